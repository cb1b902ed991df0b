//! Another password for whoever has forgotten theirs.

use std::time::Instant;

use axum_login::tower_sessions::{SessionStore, session::Record};
use identity::{Address, Attempt, Code, CodeError, PasswordError, ResetError, session::PostgresStore};
use sqlx::PgPool;

use super::*;

const PHONE: &str = "98450 12264";
const NEW: &str = "another long password";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

async fn reset(home: &Home, attempt: Attempt, code: &Code, password: &str) -> Result<(), ResetError> {
    let password = NewPassword::parse(password, &[]).unwrap();
    home.reset_password(attempt, code.clone(), password, (HERE, None)).await.map(drop)
}

fn is_refused(outcome: &Result<(), ResetError>) -> bool {
    matches!(outcome, Err(ResetError::Code(CodeError::Refused)))
}

fn other_than(code: &Code) -> Code {
    Code::parse(if code.as_str() == "000000" { "000001" } else { "000000" }).unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_reads_the_code_at_number_or_address_gets_another_password_and_every_session_ends(
    owner: PgPool,
) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let before = home.current_user(id).await.unwrap().unwrap();
    let store = PostgresStore::new(home.pool().clone());
    let data = serde_json::json!({ "user_id": id, "auth_hash": [] });
    let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
    let record =
        Record { id: Default::default(), data: [("axum-login.data".into(), data)].into(), expiry_date };
    store.create(&mut record.clone()).await.unwrap();

    for (where_to, new) in [(PHONE, NEW), ("ananya@example.in", "a third long password")] {
        let attempt = home.forgotten(address(where_to), HERE).await.unwrap();
        assert!(
            home.sign_in(PHONE, PASSWORD.into(), HERE).await.is_ok() || new != NEW,
            "nothing has happened yet"
        );
        reset(&home, attempt, &home.code(where_to), new).await.unwrap();
        assert_eq!(home.sign_in(PHONE, new.into(), HERE).await.unwrap().id, id);
        home.is_told(PHONE, "Your password was changed by a code").await;
    }
    assert!(home.sign_in(PHONE, PASSWORD.into(), HERE).await.is_err());
    assert_eq!(count(&owner, "sessions").await, 0);
    assert!(before != home.current_user(id).await.unwrap().unwrap());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_is_used_once_holds_ten_minutes_takes_five_tries_and_only_the_newest_does(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    ananya(&home).await;
    let ask = async || {
        let attempt = home.forgotten(address(PHONE), HERE).await.unwrap();
        (attempt, home.code(PHONE))
    };
    let (attempt, code) = ask().await;
    sqlx::query("UPDATE password_resets SET expires_at = now()").execute(&owner).await.unwrap();
    assert!(is_refused(&reset(&home, attempt, &code, NEW).await), "too late");

    let (attempt, code) = ask().await;
    for _ in 0..5 {
        assert!(is_refused(&reset(&home, attempt, &other_than(&code), NEW).await));
    }
    assert!(is_refused(&reset(&home, attempt, &code, NEW).await), "after five tries");

    let (first, first_code) = ask().await;
    let (second, second_code) = ask().await;
    assert!(is_refused(&reset(&home, first, &first_code, NEW).await), "not the newest");
    assert_eq!(first, second, "whoever else asks leaves the page of use that its owner has open");
    let (other, other_code) = {
        let attempt = home.forgotten(address("ananya@example.in"), HERE).await.unwrap();
        (attempt, home.code("ananya@example.in"))
    };
    assert!(
        second_code == other_code || is_refused(&reset(&home, other, &second_code, NEW).await),
        "of another attempt"
    );
    assert!(home.sign_in(PHONE, PASSWORD.into(), HERE).await.is_ok(), "nothing has changed");
    reset(&home, second, &second_code, NEW).await.unwrap();
    assert!(is_refused(&reset(&home, second, &second_code, "a third long password").await), "twice");
    assert!(home.sign_in(PHONE, NEW.into(), HERE).await.is_ok());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_password_about_oneself_is_refused_to_whoever_has_the_code_and_to_nobody_else(owner: PgPool) {
    let home = identity(&owner).await;
    ananya(&home).await;
    let attempt = home.forgotten(address(PHONE), HERE).await.unwrap();
    let code = home.code(PHONE);
    assert!(is_refused(&reset(&home, attempt, &other_than(&code), "ananya iyer 1").await));
    let about = reset(&home, attempt, &code, "ananya iyer 1").await;
    assert!(matches!(about, Err(ResetError::Password(PasswordError::Own))), "{about:?}");
    reset(&home, attempt, &code, NEW).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_tries_codes_with_somebodys_number_keeps_them_from_nothing(owner: PgPool) {
    let home = identity(&owner).await;
    ananya(&home).await;
    let attempt = home.forgotten(address(PHONE), HERE).await.unwrap();
    let code = home.code(PHONE);
    let tried = async || {
        let proof = Proof { code: other_than(&code), email_code: None };
        home.prove_sign_up(Which::Phone(phone(PHONE)), proof, HERE).await
    };
    while !matches!(tried().await, Err(CodeError::TooMany { .. })) {}
    reset(&home, attempt, &code, NEW).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_sent_anything_and_no_code_is_right_for_nobody(owner: PgPool) {
    let home = identity(&owner).await;
    for nobody in ["98450 99999", "nobody@example.in"] {
        let attempt = home.forgotten(address(nobody), HERE).await.unwrap();
        assert!(home.messages(nobody).is_empty());
        let code = Code::parse("123456").unwrap();
        assert!(is_refused(&reset(&home, attempt, &code, NEW).await));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn asking_takes_the_same_time_for_known_and_unknown(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 1_000_000).await;
    ananya(&home).await;
    for round in 1.. {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for n in 0..150 {
            for (text, times) in [(PHONE.to_owned(), &mut known), (format!("97000 {n:05}"), &mut unknown)] {
                let start = Instant::now();
                home.forgotten(address(&text), HERE).await.unwrap();
                times.push(start.elapsed());
            }
        }
        let (known, unknown) = (median(&mut known).as_micros(), median(&mut unknown).as_micros());
        // A row that is there is changed and one that is not is made; each is one statement and one flush.
        if known.abs_diff(unknown) * 5 < known.max(unknown) {
            return;
        }
        assert!(round < 4, "asking tells by its time who is known: {known} and {unknown} µs");
    }
}
