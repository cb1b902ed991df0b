//! The door's process is killed at each thing that it sends, to Postgres, to Redis or to the bank, while it
//! credits.

use http::StatusCode;
use nix::sys::signal::Signal;
use sqlx::PgPool;

use crate::process::{Process, delivery};
use crate::support::watch::{Moment, Strike};
use crate::world::*;

/// Delivers while the process is killed at this send, and again as banks do; whether it was killed.
async fn credits(process: &Process, world: &World, door: &'static str, send: usize, delivered: bool) -> bool {
    let intent = world.intent().await;
    let id = format!("msg_{door}_{send}_{delivered}");
    let body = succeeded(&intent).to_string();
    let moment = Moment::Send(door, send);
    process.watch.strike(Strike { moment, delivered, signal: Signal::SIGKILL });
    let first = process.deliver(delivery(&id, &body)).await;
    let is_killed = process.watch.rest().is_some();
    if is_killed {
        process.start_again().await;
    }
    match first {
        Ok(answer) => {
            assert_eq!(answer, (StatusCode::OK, r#"{"status":"settled"}"#.to_owned()));
            assert_eq!(world.balance(intent.account).await, AMOUNT, "a bank that was told so comes no more");
        }
        Err(error) => assert!(is_killed, "{id}: {error}"),
    }
    let (status, answer) = process.deliver(delivery(&id, &body)).await.unwrap();
    assert_eq!(status, StatusCode::OK, "{id}: {answer}");
    assert_eq!(world.balance(intent.account).await, AMOUNT, "{id}");
    assert_eq!(world.status_of(&intent).await, "SUCCESS", "{id}");
    is_killed
}

#[sqlx::test(migrations = "../migrations")]
async fn killed_at_anything_it_sends_the_door_has_credited_once_when_the_bank_comes_again(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let process = Process::around(&pool).await;
    let mut credited = 0;
    for door in ["Postgres", "Redis", "bank"] {
        let mut kills = 0;
        for delivered in [false, true] {
            let mut send = 0;
            loop {
                send += 1;
                credited += 1;
                if !credits(&process, &world, door, send, delivered).await {
                    break;
                }
                kills += 1;
                assert!(send < 100, "a credit that does not end");
            }
        }
        eprintln!("killed {kills} times at {door}");
        assert!(kills >= 2, "{kills} at {door}");
    }
    let books = world.books().await;
    assert_eq!((books.events, books.transfers, books.entries), (credited, credited, 2 * credited));
    assert_eq!(ledger::audit::audit(&pool).await.unwrap().findings, []);
    world.close().await;
}
