//! A server that is stopped, and not ended: its connections stay open, and what it has locked stays locked
//! until Postgres has had enough of it.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, PgPool};

use super::ring::{Ring, until};
use crate::support::watch::{Moment, Strike};
use crate::world::*;

/// How long whoever is frozen may hold others up.
const AT_MOST: Duration = Duration::from_secs(6);

fn freezing(words: &str, delivered: bool) -> Strike {
    Strike { moment: Moment::Saying(words.to_owned()), delivered, signal: Signal::SIGSTOP }
}

async fn add_money(person: &Person, world: &World) -> (StatusCode, Value) {
    let body = json!({ "amount_minor": 500_00, "bank": "deccan" });
    let call = world.post("/api/v1/on-ramps", &body).header("cookie", &person.cookie);
    let answer = call.header("idempotency-key", "on-ramp").send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn what_a_server_has_locked_that_froze_before_its_commit_is_free_within_six_seconds(owner: PgPool) {
    let frozen = Ring::around(&owner, &[]).await;
    let other = World::new(owner.clone()).await;
    let asha = other.person("Asha Rao").await;
    frozen.watch.strike(freezing("COMMIT", false));
    let gone_on = async {
        until("the server is frozen", async || frozen.watch.struck().is_some()).await;
        let begun = Instant::now();
        let (status, held_up) = add_money(&asha, &other).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "the key is locked: {held_up}");
        let opened = loop {
            let (status, opened) = add_money(&asha, &other).await;
            if status == StatusCode::CREATED {
                break opened;
            }
            assert!(begun.elapsed() < AT_MOST, "{opened}");
        };
        assert!(begun.elapsed() < AT_MOST, "{:?}", begun.elapsed());
        frozen.world.program.signal(Signal::SIGCONT);
        opened
    };
    let ((status, _), opened) = tokio::join!(add_money(&asha, &frozen.world), gone_on);
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "its own caller is told");
    let (status, again) = add_money(&asha, &frozen.world).await;
    assert_eq!((status, &again["id"]), (StatusCode::CREATED, &opened["id"]));
    let intents: i64 = sqlx::query_scalar("SELECT count(*) FROM on_ramps").fetch_one(&owner).await.unwrap();
    assert_eq!(intents, 1);
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_server_that_froze_with_a_payment_under_way_holds_nobody_up(owner: PgPool) {
    let frozen = Ring::around(&owner, &[]).await;
    let other = World::new(owner.clone()).await;
    let (asha, vikram) = (other.person("Asha Rao").await, other.person("Vikram Shah").await);
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00 });
    frozen.watch.strike(freezing("under-way", true));
    let gone_on = async {
        until("the server is frozen", async || frozen.watch.struck().is_some()).await;
        let begun = Instant::now();
        let (status, made) = asha.pay(&other, "under-way", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert_eq!(asha.pay(&other, "another", &body).await.0, StatusCode::CREATED);
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        frozen.world.program.signal(Signal::SIGCONT);
        made
    };
    let (first, made) = tokio::join!(asha.pay(&frozen.world, "under-way", &body), gone_on);
    assert_eq!((first.0, &first.1["id"]), (StatusCode::CREATED, &made["id"]));
    let balance: Value = asha.get(&other, "/api/v1/balance").await.json().await.unwrap();
    assert_eq!(balance["available_minor"], WELCOME - 2_00);
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_of_ours_that_keeps_a_payer_locked_and_says_no_more_is_ended_within_six_seconds(
    owner: PgPool,
) {
    let world = World::new(owner.clone()).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let ours =
        service::pool::open(&owner.connect_options().to_url_lossy().as_str().into(), "okane", 1).unwrap();
    let mut silent = ours.begin().await.unwrap();
    sqlx::query("SELECT FROM accounts FOR UPDATE").execute(&mut *silent).await.unwrap();

    let begun = Instant::now();
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00 });
    let mut held_up = 0;
    while asha.pay(&world, "key", &body).await.0 != StatusCode::CREATED {
        held_up += 1;
        assert!(begun.elapsed() < AT_MOST, "{:?}", begun.elapsed());
    }
    assert!(held_up > 0 && begun.elapsed() < AT_MOST, "{held_up}, {:?}", begun.elapsed());
    assert!(sqlx::query("SELECT 1").execute(&mut *silent).await.is_err(), "it was ended");
    let balance: Value = asha.get(&world, "/api/v1/balance").await.json().await.unwrap();
    assert_eq!(balance["available_minor"], WELCOME - 1_00);
    audit(&owner);
}
