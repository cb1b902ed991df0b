//! Where a password must not be.

use axum_login::AuthnBackend;
use axum_login::tower_sessions::{SessionStore, session::Record};
use identity::{Credentials, Identity, session::PostgresStore};
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn the_plain_password_is_nowhere_in_the_database(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await.unwrap();
    let user = sign_in(&identity).await;
    let store = PostgresStore::new(identity.pool().clone());
    let data = [("user".to_owned(), format!("{user:?}").into())].into();
    let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
    store.create(&mut Record { id: Default::default(), data, expiry_date }).await.unwrap();

    assert_eq!(rows_that_hold(&owner, &id.to_string()).await, 4, "users, credentials, accounts, sessions");
    assert_eq!(rows_that_hold(&owner, PASSWORD).await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn neither_password_nor_hash_is_shown_by_debug(owner: PgPool) {
    let identity = identity(&owner).await;
    let shown = format!("{:?} {:#?}", person("Ananya", "9845012264"), credentials());
    assert!(shown.contains("9845012264") && !shown.contains("horse"), "{shown}");

    ananya(&identity).await.unwrap();
    let user = sign_in(&identity).await;
    assert_eq!(format!("{user:?}"), format!("CurrentUser {{ id: {:?}, .. }}", user.id));
}

async fn sign_in(identity: &Identity) -> identity::CurrentUser {
    identity.authenticate(credentials()).await.unwrap().unwrap()
}

fn credentials() -> Credentials {
    Credentials { identifier: "98450 12264".to_owned(), password: PASSWORD.into(), network: HERE }
}
