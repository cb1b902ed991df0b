//! What was begun is carried through, and told, although whoever began it hangs up.

use std::time::Duration;

use sqlx::PgPool;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::address::{NEW, browser, told};
use crate::openid::known_to;
use crate::openid::provider::Provider;
use crate::openid::visitor::{Visitor, location};
use crate::world::*;

/// Sends a request, waits until its statement waits for what `lock` holds, hangs up, and lets it go.
async fn hangs_up(visitor: &Visitor<'_>, owner: &PgPool, lock: &'static str, request: &str, body: &str) {
    hangs_up_and(visitor, owner, lock, request, body, || {}).await;
}

/// The same, doing something else before it is let go.
async fn hangs_up_and(
    visitor: &Visitor<'_>,
    owner: &PgPool,
    lock: &'static str,
    request: &str,
    body: &str,
    and: impl FnOnce(),
) {
    let mut held = owner.begin().await.unwrap();
    sqlx::query(lock).execute(&mut *held).await.unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", visitor.world.program.port())).await.unwrap();
    let host = visitor.world.origin.split_once("://").unwrap().1;
    let form = "content-type: application/x-www-form-urlencoded";
    let head = format!(
        "{request} HTTP/1.1\r\nhost: {host}\r\ncookie: {}\r\n{form}\r\ncontent-length: {}\r\n\r\n{body}",
        visitor.cookie,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    waits_for_a_lock(owner).await;
    drop(stream);
    and();
    tokio::time::sleep(Duration::from_millis(300)).await; // until the server has seen it
    held.rollback().await.unwrap();
}

async fn waits_for_a_lock(owner: &PgPool) {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..500 {
        if sqlx::query_scalar::<_, i64>(WAITING).fetch_one(owner).await.unwrap() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing waits for a lock");
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_hangs_up_in_the_middle_of_a_change_hides_it_from_nobody(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    let mut intruder = browser(&world, &asha.phone).await;
    let form = format!("phone={}&confirm={PASSWORD}", NEW.replace('+', "%2B"));
    assert_eq!(location(&intruder.submit("/settings/phone", &form).await), "/settings/phone/code");
    let form = format!("from_code={}&to_code={}", world.code(&asha.phone).await, world.code(NEW).await);
    hangs_up(&intruder, &owner, "SELECT FROM users FOR UPDATE", "POST /settings/phone/code", &form).await;
    told(&world, &asha.phone, "/undo-change?token=").await;
    told(&world, NEW, "Your phone number was changed.").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_hangs_up_on_the_way_back_from_google_connects_it_in_sight(owner: PgPool) {
    let provider = Provider::new().await;
    let world = known_to(&provider, &owner).await;
    let asha = world.person("Asha Rao").await;
    let mut intruder = browser(&world, &asha.phone).await;
    let led = intruder.submit("/settings/google", &format!("connect=1&confirm={PASSWORD}")).await;
    let back = intruder.decide(&location(&led)).await;
    let lock = "LOCK TABLE openid_identities IN SHARE MODE";
    hangs_up(&intruder, &owner, lock, &format!("GET {back}"), "").await;
    told(&world, &asha.phone, "A Google account can sign in to your wallet").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_process_that_is_told_to_stop_carries_through_and_tells_what_nobody_waits_for(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    let intruder = browser(&world, &asha.phone).await;
    let form = format!("confirm={PASSWORD}&password=another-lamp-river");
    let lock = "SELECT FROM password_credentials FOR UPDATE";
    let request = "POST /settings/password";
    hangs_up_and(&intruder, &owner, lock, request, &form, || world.stop()).await;
    let ended = async {
        while world.program.runs() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), ended).await.unwrap();
    let told = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM notices WHERE event = 'password_changed'");
    assert_eq!(told.fetch_one(&owner).await.unwrap(), 1);
}
