//! The server is killed at each thing that it sends, to Postgres, to Redis or to its client, while it pays.

use nix::sys::signal::Signal;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::ring::Ring;
use crate::support::watch::{Moment, Strike};
use crate::world::*;

/// Somebody who pays a server that is killed.
struct Payer {
    ring: Ring,
    person: Person,
    body: Value,
    paid: i64,
}

impl Payer {
    /// Pays while the server is killed at this send, and asks again under the same key. Whether it was killed.
    async fn pays(&mut self, door: &'static str, send: usize, delivered: bool) -> bool {
        let key = format!("{door}-{send}-{delivered}");
        let moment = Moment::Send(door, send);
        self.ring.watch.strike(Strike { moment, delivered, signal: Signal::SIGKILL });
        let first = self.person.try_to_pay(&self.ring.world, &key, &self.body).await;
        let is_killed = self.ring.watch.rest().is_some();
        if is_killed {
            self.ring.start_again().await;
        }
        let (status, again) = self.person.pay(&self.ring.world, &key, &self.body).await;
        assert_eq!(status, StatusCode::CREATED, "killed at {key}: {again}");
        match first {
            Ok((status, first)) => {
                assert_eq!((status, &first["id"]), (StatusCode::CREATED, &again["id"]), "{key}");
            }
            Err(error) => assert!(is_killed, "{key}: {error}"),
        }
        self.paid += 1;
        is_killed
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn killed_at_anything_it_sends_the_server_has_paid_once_when_it_is_asked_again(owner: PgPool) {
    let ring = Ring::around(&owner, &[("RATE_LIMIT_SCALE", "1000")]).await;
    let (person, vikram) = (ring.world.person("Asha Rao").await, ring.world.person("Vikram Shah").await);
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00, "note": "tea" });
    let mut payer = Payer { ring, person, body, paid: 0 };
    for door in ["Postgres", "Redis", "client"] {
        let mut kills = 0;
        for delivered in [false, true] {
            // Another send than the payment's may be the last; two that come too late are none of it.
            let (mut send, mut late) = (0, 0);
            while late < 2 {
                send += 1;
                let is_killed = payer.pays(door, send, delivered).await;
                (late, kills) = (if is_killed { 0 } else { late + 1 }, kills + usize::from(is_killed));
                assert!(send < 100, "a payment that does not end");
            }
        }
        eprintln!("killed {kills} times at {door}");
        assert!(kills >= 2, "{kills} at {door}");
    }
    let transfers = "SELECT count(*) FROM transfers WHERE kind = 'p2p' AND amount = 100";
    assert_eq!(sqlx::query_scalar::<_, i64>(transfers).fetch_one(&owner).await.unwrap(), payer.paid);
    let balance: Value = payer.person.get(&payer.ring.world, "/api/v1/balance").await.json().await.unwrap();
    assert_eq!(balance["available_minor"], WELCOME - payer.paid * 1_00);
    audit(&owner);
}
