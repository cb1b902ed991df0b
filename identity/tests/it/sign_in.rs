//! Proving who one is.

use std::time::Instant;

use identity::{Identity, SignInError};
use sqlx::PgPool;

use super::*;

async fn refused(identity: &Identity, identifier: &str, password: &str) -> SignInError {
    identity.sign_in(identifier, password.into(), HERE).await.unwrap_err()
}

#[sqlx::test(migrations = "../migrations")]
async fn every_spelling_of_the_number_and_the_email_signs_in(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    for identifier in [
        "9845012264",
        "98450 12264",
        "098450-12264",
        "+91 98450 12264",
        "+91 (098450) 12264",
        "919845012264",
        "ananya@example.in",
        " Ananya@Example.IN ",
    ] {
        assert_eq!(identity.sign_in(identifier, PASSWORD.into(), HERE).await.unwrap().id, id, "{identifier}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_password_and_somebody_unknown_get_the_same_answer(owner: PgPool) {
    let identity = identity(&owner).await;
    ananya(&identity).await;
    for (identifier, password) in [
        ("98450 12264", "correct horse batterx"),
        ("98450 12264", ""),
        ("98450 12264", &"x".repeat(2049)),
        ("ananya@example.in", "Correct horse battery"),
        ("98450 12265", PASSWORD),
        ("nobody@example.in", PASSWORD),
        ("neither a phone nor an e-mail", PASSWORD),
        ("", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ] {
        let error = refused(&identity, identifier, password).await;
        assert!(matches!(error, SignInError::Refused), "{identifier}: {error:?}");
        assert_eq!(error.to_string(), "The phone number, e-mail address or password is not right.");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_password_and_somebody_unknown_cost_the_same_time(owner: PgPool) {
    let identity = home(&owner, cache::Cache::local(), 100).await;
    ananya(&identity).await;
    let kinds = [("98450 12264", "known"), ("98450 12265", "unknown"), ("not an identifier", "malformed")];
    let mut times = vec![Vec::new(); kinds.len()];
    for _ in 0..15 {
        // Taken in turns, so that a busy moment of the machine falls on all of them.
        for ((identifier, _), times) in kinds.iter().zip(&mut times) {
            let start = Instant::now();
            refused(&identity, identifier, "a password that is wrong").await;
            times.push(start.elapsed());
        }
    }
    let known = median(&mut times[0]);
    for (i, (_, kind)) in kinds.iter().enumerate().skip(1) {
        let percent = median(&mut times[i]).as_micros() * 100 / known.as_micros();
        assert!((60..=167).contains(&percent), "{kind} takes {percent} % of the time of a known number");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_overlong_password_is_refused_without_hashing_it(owner: PgPool) {
    let identity = identity(&owner).await;
    ananya(&identity).await;
    // No try is counted either, so many of them neither cost nor lock anything.
    for _ in 0..50 {
        let error = refused(&identity, "98450 12264", &"x".repeat(1 << 20)).await;
        assert!(matches!(error, SignInError::Refused), "{error:?}");
    }
    identity.sign_in("98450 12264", PASSWORD.into(), HERE).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn who_signs_in_with_a_hash_of_former_costs_has_one_of_todays_afterwards(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let todays = hash_of(&owner, id).await;
    identity.sign_in("98450 12264", PASSWORD.into(), HERE).await.unwrap();
    assert_eq!(hash_of(&owner, id).await, todays, "todays stays");

    hash_as_before(&owner, id).await;
    let former = hash_of(&owner, id).await;
    refused(&identity, "98450 12264", "a password that is wrong").await;
    assert_eq!(hash_of(&owner, id).await, former, "a wrong one changes nothing");
    identity.sign_in("98450 12264", PASSWORD.into(), HERE).await.unwrap();
    let anew = hash_of(&owner, id).await;
    assert!(anew.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{anew}");
    assert_eq!(identity.sign_in("98450 12264", PASSWORD.into(), HERE).await.unwrap().id, id);
}

#[sqlx::test(migrations = "../migrations")]
async fn after_six_tries_an_identifier_waits_and_others_do_not(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let bharat = identity.enter(person("Bharat", "98450 12265")).await;

    for spelling in ["9845012264", "+91 98450 12264"].iter().cycle().take(6) {
        let error = refused(&identity, spelling, "a password that is wrong").await;
        assert!(matches!(error, SignInError::Refused), "{error:?}");
    }
    for password in [PASSWORD, "a password that is wrong"] {
        let error = refused(&identity, "098450 12264", password).await;
        let SignInError::TooMany { seconds } = error else { panic!("{error:?}") };
        assert!((1..=451).contains(&seconds), "{seconds}");
    }
    assert_eq!(identity.sign_in("98450 12265", PASSWORD.into(), HERE).await.unwrap().id, bharat);
    assert!(identity.current_user(id).await.unwrap().is_some(), "an open session goes on");
}

#[sqlx::test(migrations = "../migrations")]
async fn somebody_unknown_is_throttled_as_somebody_known_is(owner: PgPool) {
    let identity = identity(&owner).await;
    for _ in 0..6 {
        let error = refused(&identity, "nobody@example.in", PASSWORD).await;
        assert!(matches!(error, SignInError::Refused), "{error:?}");
    }
    let error = refused(&identity, "nobody@example.in", PASSWORD).await;
    assert!(matches!(error, SignInError::TooMany { .. }), "{error:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_that_is_away_is_not_a_wrong_password(owner: PgPool) {
    let identity = identity(&owner).await;
    identity.pool().close().await;
    let error = refused(&identity, "98450 12264", PASSWORD).await;
    assert!(matches!(error, SignInError::Storage(_)), "{error:?}");
}
