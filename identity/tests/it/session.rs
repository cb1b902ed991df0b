//! Sessions as stored.

use std::sync::Arc;

use axum_login::tower_sessions::{
    Expiry, Session, SessionStore,
    session::{Id, Record},
};
use identity::session::PostgresStore;
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

use super::*;

async fn store(owner: &PgPool) -> PostgresStore {
    PostgresStore::new(web(owner).await)
}

fn record(lasts: Duration) -> Record {
    let data = [("greeting".to_owned(), "namaste".into())].into();
    Record { id: Id::default(), data, expiry_date: OffsetDateTime::now_utc() + lasts }
}

/// As if the session had begun this much earlier; its expiry stays.
async fn began_earlier(owner: &PgPool, by: &str) {
    sqlx::query("UPDATE sessions SET created_at = created_at - $1::text::interval")
        .bind(by)
        .execute(owner)
        .await
        .unwrap();
}

/// As if this much time had gone by since everything that was noted of the session.
async fn time_goes_by(owner: &PgPool, time: &str) {
    let statement = "UPDATE sessions SET created_at = created_at - $1::text::interval,
                                         expires_at = expires_at - $1::text::interval";
    sqlx::query(statement).bind(time).execute(owner).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_is_loaded_as_it_was_stored(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::hours(1));
    store.create(&mut one).await.unwrap();

    let loaded = store.load(&one.id).await.unwrap().unwrap();
    assert_eq!((loaded.id, loaded.data.get("greeting")), (one.id, one.data.get("greeting")));
    assert!((loaded.expiry_date - one.expiry_date).abs() < Duration::milliseconds(1));

    one.data.insert("greeting".to_owned(), "vanakkam".into());
    one.expiry_date += Duration::hours(1);
    store.save(&one).await.unwrap();
    let saved = store.load(&one.id).await.unwrap().unwrap();
    assert_eq!(saved.data.get("greeting"), one.data.get("greeting"));
    assert!(saved.expiry_date > loaded.expiry_date);

    store.delete(&one.id).await.unwrap();
    assert_eq!(store.load(&one.id).await.unwrap(), None);
    assert_eq!(store.load(&Id::default()).await.unwrap(), None);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_id_is_nowhere_in_the_database(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::hours(1));
    store.create(&mut one).await.unwrap();

    let hex = |bytes: [u8; 16]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let (little, big) = (hex(one.id.0.to_le_bytes()), hex(one.id.0.to_be_bytes()));
    for spelling in [one.id.to_string(), one.id.0.to_string(), little, big] {
        assert_eq!(rows_that_hold(&owner, &spelling).await, 0, "{spelling}");
    }
    assert_eq!(rows_that_hold(&owner, "namaste").await, 1, "the search finds what is there");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_renewed_session_keeps_its_data_and_the_old_id_is_dead(owner: PgPool) {
    let store = Arc::new(store(&owner).await);
    let expiry = Some(Expiry::OnInactivity(Duration::hours(1)));
    let session = Session::new(None, store.clone(), expiry);
    session.insert("greeting", "namaste").await.unwrap();
    session.save().await.unwrap();
    let old = session.id().unwrap();

    session.cycle_id().await.unwrap();
    session.save().await.unwrap();
    let new = session.id().unwrap();
    assert_ne!(old, new);
    assert_eq!(store.load(&old).await.unwrap(), None);
    let again = Session::new(Some(new), store.clone(), expiry);
    assert_eq!(again.get::<String>("greeting").await.unwrap().as_deref(), Some("namaste"));
    assert_eq!(count(&owner, "sessions").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_expired_session_is_not_loaded(owner: PgPool) {
    let store = store(&owner).await;
    let mut over = record(Duration::seconds(-1));
    store.create(&mut over).await.unwrap();
    assert_eq!(store.load(&over.id).await.unwrap(), None);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_ends_after_twelve_hours_however_busy_it_is(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::days(14));
    store.create(&mut one).await.unwrap();

    began_earlier(&owner, "11 hours 59 minutes").await;
    one.expiry_date += Duration::hours(1);
    store.save(&one).await.unwrap();
    assert!(store.load(&one.id).await.unwrap().is_some());

    began_earlier(&owner, "1 minute").await;
    assert_eq!(store.load(&one.id).await.unwrap(), None);
    store.save(&one).await.unwrap();
    assert_eq!(store.load(&one.id).await.unwrap(), None, "use does not bring it back");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_that_is_only_read_lives_on_and_one_that_is_not_used_ends_after_two_hours(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::hours(12));
    store.create(&mut one).await.unwrap();
    for _ in 0..4 {
        time_goes_by(&owner, "1 hour 50 minutes").await;
        assert!(store.load(&one.id).await.unwrap().is_some(), "it was used less than two hours ago");
    }
    store.save(&one).await.unwrap(); // a change is a use, and no more than that
    time_goes_by(&owner, "2 hours").await;
    assert_eq!(store.load(&one.id).await.unwrap(), None);
    assert_eq!(store.delete_expired().await.unwrap(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn no_use_brings_a_session_over_twelve_hours(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::hours(12));
    store.create(&mut one).await.unwrap();
    for _ in 0..7 {
        time_goes_by(&owner, "1 hour 40 minutes").await;
        assert!(store.load(&one.id).await.unwrap().is_some());
    }
    time_goes_by(&owner, "20 minutes").await;
    assert_eq!(store.load(&one.id).await.unwrap(), None);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_use_is_noted_every_minute_and_otherwise_costs_no_write(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::hours(12));
    store.create(&mut one).await.unwrap();
    let row = async || -> String {
        sqlx::query_scalar("SELECT ctid::text FROM sessions").fetch_one(&owner).await.unwrap()
    };
    for (time, is_noted) in [("0 s", false), ("50 s", false), ("20 s", true), ("0 s", false)] {
        time_goes_by(&owner, time).await;
        let before = row().await;
        store.load(&one.id).await.unwrap().unwrap();
        assert_eq!(row().await != before, is_noted, "{time}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_is_still_read_where_nothing_can_be_written(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::hours(12));
    store.create(&mut one).await.unwrap();
    time_goes_by(&owner, "1 hour").await;
    sqlx::query("REVOKE UPDATE ON sessions FROM okane_web").execute(&owner).await.unwrap();
    assert!(store.load(&one.id).await.unwrap().is_some());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_that_ended_is_not_brought_back_by_a_request_under_way(owner: PgPool) {
    let store = store(&owner).await;
    let mut one = record(Duration::hours(1));
    store.create(&mut one).await.unwrap();
    store.delete(&one.id).await.unwrap();

    store.save(&one).await.unwrap();
    assert_eq!(store.load(&one.id).await.unwrap(), None);
    assert_eq!(count(&owner, "sessions").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_id_that_exists_is_not_taken_over(owner: PgPool) {
    let store = store(&owner).await;
    let mut first = record(Duration::hours(1));
    store.create(&mut first).await.unwrap();
    let mut second = Record { id: first.id, ..record(Duration::hours(2)) };
    second.data.clear();

    store.create(&mut second).await.unwrap();
    assert_ne!(first.id, second.id);
    let data = async |id| store.load(id).await.unwrap().unwrap().data.get("greeting").cloned();
    assert_eq!(data(&first.id).await, first.data.get("greeting").cloned());
    assert_eq!(data(&second.id).await, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_loaded_is_deleted_and_the_rest_is_kept(owner: PgPool) {
    let store = store(&owner).await;
    let mut old = record(Duration::days(14));
    store.create(&mut old).await.unwrap();
    began_earlier(&owner, "12 hours").await;
    store.create(&mut record(Duration::seconds(-1))).await.unwrap();
    let mut live = record(Duration::hours(1));
    store.create(&mut live).await.unwrap();

    assert_eq!(store.delete_expired().await.unwrap(), 2);
    assert!(store.load(&live.id).await.unwrap().is_some());
    assert_eq!(count(&owner, "sessions").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_left_alone_for_a_quarter_of_an_hour_says_so_until_somebody_says_who_they_are(
    owner: PgPool,
) {
    let (store, identity) = (store(&owner).await, identity(&owner).await);
    let mut one = record(Duration::hours(12));
    store.create(&mut one).await.unwrap();
    let is_away = async || store.load(&one.id).await.unwrap().unwrap().data[identity::session::AWAY] == true;
    for _ in 0..3 {
        time_goes_by(&owner, "13 minutes").await;
        assert!(!is_away().await, "it is being used");
    }
    time_goes_by(&owner, "16 minutes").await;
    assert!(is_away().await);
    assert!(is_away().await, "to go on reading is not to say who one is");
    store.save(&one).await.unwrap();
    assert!(is_away().await, "nor is to write, whatever is written");
    identity.is_back(&one.id).await.unwrap();
    assert!(!is_away().await);
    // Where the first thing after the pause is a write, it is noted too.
    time_goes_by(&owner, "16 minutes").await;
    store.save(&one).await.unwrap();
    assert!(is_away().await);
}
