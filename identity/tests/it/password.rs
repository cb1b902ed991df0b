//! Where a password must not be, and how it becomes another.

use axum_login::AuthnBackend;
use axum_login::tower_sessions::{
    SessionStore,
    session::{Id, Record},
};
use identity::{Credentials, Identity, SignInError, session::PostgresStore};
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn the_plain_password_is_nowhere_in_the_database(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
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

    ananya(&identity).await;
    let user = sign_in(&identity).await;
    assert_eq!(format!("{user:?}"), format!("CurrentUser {{ id: {:?}, .. }}", user.id));
}

#[sqlx::test(migrations = "../migrations")]
async fn who_says_the_password_they_have_gets_another_and_no_other_way(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let new = || NewPassword::parse("another long password", &[]).unwrap();
    let here = Id::default();
    for wrong in ["a password that is wrong", "", &"x".repeat(1 << 20)] {
        let refused = identity.change_password(id, wrong.into(), new(), &here, None).await;
        assert!(matches!(refused, Err(SignInError::Refused)), "{refused:?}");
    }
    let changed = identity.change_password(id, PASSWORD.into(), new(), &here, None).await.unwrap();
    assert!(Some(changed) == identity.current_user(id).await.unwrap());
    for (password, is_right) in [("another long password", true), (PASSWORD, false)] {
        let signed_in = identity.sign_in("98450 12264", password.into(), HERE).await;
        assert_eq!(signed_in.is_ok(), is_right, "{password}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_who_change_it_at_once_from_one_password_one_succeeds(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let tries: Vec<_> = (0..6)
        .map(|n| {
            let identity = identity.clone();
            let new = NewPassword::parse(format!("long password number {n}"), &[]).unwrap();
            tokio::spawn(async move {
                identity.change_password(id, PASSWORD.into(), new, &Id::default(), None).await
            })
        })
        .collect();
    let mut changed = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => changed += 1,
            Err(error) => assert!(matches!(error, SignInError::Refused), "{error:?}"),
        }
    }
    assert_eq!(changed, 1);
}

async fn sign_in(identity: &Identity) -> identity::CurrentUser {
    identity.authenticate(credentials()).await.unwrap().unwrap()
}

fn credentials() -> Credentials {
    Credentials { identifier: "98450 12264".to_owned(), password: PASSWORD.into(), network: HERE }
}
