//! Becoming a person.

use std::{collections::HashMap, time::Instant};

use domain::{
    UserId,
    view::{self, Versioned},
};
use identity::{Identity, SignUpError};
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn a_person_has_a_profile_a_credential_and_an_account(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await.unwrap();

    let me = view::Profile {
        id,
        name: "Ananya Iyer".into(),
        phone: "+91 98450 12264".into(),
        email: Some("ananya@example.in".into()),
        handle: None,
        picture: None,
    };
    assert_eq!(identity.profile(id).await.unwrap(), Some(Versioned { version: 0, view: me }));
    assert_eq!(count(&owner, "password_credentials").await, 1);
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts WHERE owner = $1 AND balance = 0")
        .bind(id.uuid())
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(accounts, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_taken_phone_or_email_is_refused_in_the_same_words_and_nothing_is_written(owner: PgPool) {
    let identity = identity(&owner).await;
    ananya(&identity).await.unwrap();

    let same_phone =
        identity.sign_up(with_email(person("Eve", "+91 098450-12264"), "eve@example.in"), HERE).await;
    let same_email =
        identity.sign_up(with_email(person("Eve", "98450 99999"), "ANANYA@example.in"), HERE).await;
    for refused in [same_phone.unwrap_err(), same_email.unwrap_err()] {
        assert!(matches!(refused, SignUpError::Taken), "{refused:?}");
        assert_eq!(
            refused.to_string(),
            "We could not create an account with these details. If you already have one, sign in."
        );
    }
    assert_eq!(count(&owner, "users").await, 1);
    assert_eq!(count(&owner, "password_credentials").await, 1);
    assert_eq!(count(&owner, "accounts WHERE owner IS NOT NULL").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_taken_number_costs_a_hash_as_a_free_one_does(owner: PgPool) {
    let identity = Identity::new(web(&owner).await, cache::Cache::local(), 100);
    ananya(&identity).await.unwrap();
    let (mut taken, mut hashing) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        let start = Instant::now();
        ananya(&identity).await.unwrap_err();
        taken.push(start.elapsed());
        // One hash and no writing: a free number also waits for the disk, which no other test makes steady.
        let start = Instant::now();
        identity.sign_in("nobody@example.in", PASSWORD.into(), HERE).await.unwrap_err();
        hashing.push(start.elapsed());
    }
    let percent = median(&mut taken).as_micros() * 100 / median(&mut hashing).as_micros();
    assert!(percent >= 60, "a taken number takes {percent} % of the time of a hash");
}

#[sqlx::test(migrations = "../migrations")]
async fn of_eight_who_sign_up_at_once_by_one_number_one_succeeds(owner: PgPool) {
    let identity = identity(&owner).await;
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let identity = identity.clone();
            tokio::spawn(async move { identity.sign_up(person("Ananya Iyer", "98450 12264"), HERE).await })
        })
        .collect();
    let (mut made, mut taken) = (0, 0);
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            Err(SignUpError::Taken) => taken += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((made, taken), (1, 7));
    assert_eq!(count(&owner, "users").await, 1);
    assert_eq!(count(&owner, "password_credentials").await, 1);
    assert_eq!(count(&owner, "accounts WHERE owner IS NOT NULL").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_person_without_a_credential_is_never_written(owner: PgPool) {
    let refuse = "ALTER TABLE password_credentials ADD CONSTRAINT none_today CHECK (hash = '') NOT VALID";
    sqlx::query(refuse).execute(&owner).await.unwrap();

    let refused = ananya(&identity(&owner).await).await.unwrap_err();
    assert!(matches!(refused, SignUpError::Storage(_)), "another constraint is not `Taken`: {refused:?}");
    assert_eq!(count(&owner, "users").await, 0);
    assert_eq!(count(&owner, "accounts WHERE owner IS NOT NULL").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn tries_by_one_number_are_throttled_and_those_by_another_are_not(owner: PgPool) {
    let identity = identity(&owner).await;
    for _ in 0..10 {
        let _ = ananya(&identity).await;
    }
    let Err(SignUpError::TooMany { seconds }) = ananya(&identity).await else { panic!("not throttled") };
    assert!((1..=181).contains(&seconds), "{seconds}");
    identity.sign_up(person("Bharat", "98450 12265"), HERE).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn people_are_seen_by_others_with_a_masked_number(owner: PgPool) {
    let identity = Identity::new(web(&owner).await, cache::Cache::local(), 100);
    let a = ananya(&identity).await.unwrap();
    let b = identity.sign_up(person("Bharat Rao", "+44 20 7946 0958"), HERE).await.unwrap();
    let nobody = UserId::new("018f0000-0000-7000-8000-000000000000".parse().unwrap());

    let people = identity.people(&[a, b, nobody, a]).await.unwrap();
    let seen = |id, name, phone| (id, Versioned { version: 0, view: stranger(id, name, phone) });
    let [ananya, bharat] = [seen(a, "Ananya Iyer", "+91 98••• ••264"), seen(b, "Bharat Rao", "+44••••••958")];
    assert_eq!(people, HashMap::from([ananya, bharat]));
    assert!(identity.people(&[]).await.unwrap().is_empty());
    assert_eq!(identity.profile(nobody).await.unwrap(), None);
}
