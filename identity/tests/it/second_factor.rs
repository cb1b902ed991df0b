//! The second step of signing in: codes of an app, recovery codes, and what stands between them and whoever has seen one.

use axum_login::tower_sessions::{
    SessionStore,
    session::{Id, Record},
};
use identity::{Attempt, RecoveryCode, SecondCode, SecondFactorError, session::PostgresStore};
use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use super::*;

const PHONE: &str = "98450 12264";

/// Somebody's app.
pub(super) struct App(Totp);

impl App {
    fn new(key: &str) -> Self {
        let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
        App(Builder::new().with_secret(secret).build().unwrap())
    }

    /// What it shows so many half minutes from now.
    fn code(&self, steps: i64) -> Code {
        let at = Timestamp::now().as_second() + 30 * steps;
        Code::parse(&self.0.generate(at.unsigned_abs()).to_string()).unwrap()
    }

    fn second(&self, steps: i64) -> SecondCode {
        SecondCode::App(self.code(steps))
    }
}

/// Postgres asks the machine for the time as the app does: what is about to change is waited for.
async fn early_in_a_step() {
    while Timestamp::now().as_second() % 30 > 22 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A session of somebody's.
pub(super) async fn session_of(home: &Home, person: UserId) -> Id {
    let data = serde_json::json!({ "user_id": person, "auth_hash": [] });
    let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
    let mut record =
        Record { id: Id::default(), data: [("axum-login.data".into(), data)].into(), expiry_date };
    PostgresStore::new(home.pool().clone()).create(&mut record).await.unwrap();
    record.id
}

/// Turns it on with the code of the step before, so that those of now and of the next are not taken yet.
pub(super) fn other_than(code: &Code) -> Code {
    let other = if code.as_str() == "314159" { "271828" } else { "314159" };
    Code::parse(other).unwrap()
}

pub(super) async fn turn_on(home: &Home, person: UserId) -> (App, Vec<RecoveryCode>) {
    early_in_a_step().await;
    let this = session_of(home, person).await;
    home.offer_second_factor(person, &this, HERE).await.unwrap();
    let app = App::new(&home.offered_second_factor(person, &this).await.unwrap().unwrap().key);
    let (_, codes) =
        home.turn_on_second_factor(person, (&app.code(-1), &home.code(PHONE)), &this, None).await.unwrap();
    (app, codes)
}

/// The first step.
pub(super) async fn first_step(home: &Home) -> Attempt {
    match home.identity.sign_in(PHONE, PASSWORD.into(), HERE).await.unwrap() {
        Opened::SecondStep(attempt) => attempt,
        Opened::Session(_) => panic!("there is a second step"),
    }
}

fn recovery(code: &RecoveryCode) -> SecondCode {
    SecondCode::parse(&code.shown()).unwrap()
}

fn is_refused<T>(outcome: &Result<T, SecondFactorError>) -> bool {
    matches!(outcome, Err(SecondFactorError::Refused))
}

fn is_over<T>(outcome: &Result<T, SecondFactorError>) -> bool {
    matches!(outcome, Err(SecondFactorError::Over))
}

/// A code that is none of now.
fn wrong(app: &App) -> SecondCode {
    let right: Vec<_> = (-2..=2).map(|steps| app.code(steps)).collect();
    let codes = (0..10).map(|n| Code::parse(&format!("{n:06}")).unwrap());
    SecondCode::App(codes.into_iter().find(|code| !right.contains(code)).unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn it_is_on_once_a_code_was_said_in_the_session_that_was_shown_the_secret_and_ends_all_others(
    owner: PgPool,
) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    let before = home.current_user(person).await.unwrap().unwrap();
    let (this, other) = (session_of(&home, person).await, session_of(&home, person).await);
    home.offer_second_factor(person, &this, HERE).await.unwrap();
    assert!(
        home.offered_second_factor(person, &other).await.unwrap().is_none(),
        "another session is shown nothing"
    );
    let offer = home.offered_second_factor(person, &this).await.unwrap().unwrap();
    assert!(offer.uri.contains("OKANE:%2B919845012264"), "{}", offer.uri);
    let app = App::new(&offer.key);
    early_in_a_step().await;
    assert!(is_over(
        &home.turn_on_second_factor(person, (&app.code(0), &home.code(PHONE)), &other, None).await
    ));
    let SecondCode::App(no) = wrong(&app) else { panic!("digits") };
    assert!(is_refused(&home.turn_on_second_factor(person, (&no, &home.code(PHONE)), &this, None).await));
    // Whoever knows the password has an app too, but not what comes to the number; and only the newest of that holds.
    let first = home.code(PHONE);
    home.send_second_factor_code(person, &this, HERE).await.unwrap();
    for sent in [first, other_than(&home.code(PHONE))] {
        let tried = home.turn_on_second_factor(person, (&app.code(0), &sent), &this, None).await;
        assert!(matches!(tried, Err(SecondFactorError::SentRefused)), "{:?}", tried.err());
    }
    assert!(home.second_factor(person).await.unwrap().is_none());
    assert!(home.sign_in(PHONE, PASSWORD.into(), HERE).await.is_ok(), "nothing has changed yet");

    let (user, codes) =
        home.turn_on_second_factor(person, (&app.code(0), &home.code(PHONE)), &this, None).await.unwrap();
    assert!(user != before, "what a session carries is another");
    assert_eq!(codes.len(), 10);
    assert_eq!(home.second_factor(person).await.unwrap().unwrap().recovery_codes, 10);
    let store = PostgresStore::new(home.pool().clone());
    assert!(store.is_alive(&this).await.unwrap() && !store.is_alive(&other).await.unwrap());
    home.is_told(PHONE, "asks for a code of your app from now on").await;
    assert!(
        is_over(&home.turn_on_second_factor(person, (&app.code(1), &home.code(PHONE)), &this, None).await),
        "it is on"
    );

    // The code that turned it on signs nobody in, and what was shown is nowhere as it was.
    let attempt = first_step(&home).await;
    assert!(is_refused(&home.take_second_step(attempt, &app.second(0), HERE, None).await));
    let hex: String = app.0.secret().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    for secret in
        [offer.key.replace(' ', ""), offer.key, hex, codes[0].shown(), codes[0].shown().replace('-', "")]
    {
        assert_eq!(rows_that_hold(&owner, &secret).await, 0, "{secret}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn five_tries_are_the_end_of_what_was_shown_until_another_code_is_sent(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    let this = session_of(&home, person).await;
    home.offer_second_factor(person, &this, HERE).await.unwrap();
    let app = App::new(&home.offered_second_factor(person, &this).await.unwrap().unwrap().key);
    for _ in 0..5 {
        let wrong = other_than(&home.code(PHONE));
        let tried = home.turn_on_second_factor(person, (&app.code(0), &wrong), &this, None).await;
        assert!(matches!(tried, Err(SecondFactorError::SentRefused)), "{:?}", tried.err());
    }
    assert!(is_over(
        &home.turn_on_second_factor(person, (&app.code(0), &home.code(PHONE)), &this, None).await
    ));
    home.send_second_factor_code(person, &this, HERE).await.unwrap();
    home.turn_on_second_factor(person, (&app.code(0), &home.code(PHONE)), &this, None).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_shown_more_than_ten_minutes_ago_turns_nothing_on(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    let this = session_of(&home, person).await;
    home.offer_second_factor(person, &this, HERE).await.unwrap();
    let app = App::new(&home.offered_second_factor(person, &this).await.unwrap().unwrap().key);
    sqlx::query("UPDATE pending_second_factors SET expires_at = now()").execute(&owner).await.unwrap();
    assert!(home.offered_second_factor(person, &this).await.unwrap().is_none());
    assert!(is_over(
        &home.turn_on_second_factor(person, (&app.code(0), &home.code(PHONE)), &this, None).await
    ));
    home.forget_old().await.unwrap();
    assert_eq!(count(&owner, "pending_second_factors").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_is_taken_once_one_step_early_or_late_and_none_before_one_that_was_taken(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    let (app, _) = turn_on(&home, person).await;
    let step = async |code: SecondCode| {
        let attempt = first_step(&home).await;
        home.take_second_step(attempt, &code, HERE, None).await
    };
    early_in_a_step().await;
    assert!(
        is_refused(&step(app.second(-2)).await) && is_refused(&step(app.second(2)).await),
        "out of the window"
    );
    assert_eq!(step(app.second(0)).await.unwrap().user.id, person);
    assert!(is_refused(&step(app.second(0)).await), "twice");
    assert!(is_refused(&step(app.second(-1)).await), "before one that was taken");
    assert_eq!(step(app.second(1)).await.unwrap().user.id, person, "a clock that is ahead");
    assert!(
        is_refused(&home.prove_second_factor(person, &app.second(1), None).await),
        "used to sign in, it proves nothing else"
    );
    // Late by one, of somebody who has taken no later one.
    sqlx::query("ALTER TABLE second_factors DISABLE TRIGGER second_factors_step_rises")
        .execute(&owner)
        .await
        .unwrap();
    sqlx::query("UPDATE second_factors SET last_step = 1").execute(&owner).await.unwrap();
    early_in_a_step().await;
    assert!(
        is_refused(&step(app.second(-2)).await) && is_refused(&step(app.second(2)).await),
        "nothing else was in the way"
    );
    step(app.second(-1)).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_who_say_one_code_at_once_one_is_let_in(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    let (app, codes) = turn_on(&home, person).await;
    early_in_a_step().await;
    for code in [app.second(0), recovery(&codes[0])] {
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (home, code, attempt) = (home.clone(), code.clone(), first_step(&home).await);
            tries.spawn(async move { home.take_second_step(attempt, &code, HERE, None).await });
        }
        let outcomes = tries.join_all().await;
        let refused = outcomes.iter().filter(|outcome| is_refused(outcome)).count();
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), refused), (1, 7), "{code:?}");
    }
    assert_eq!(home.second_factor(person).await.unwrap().unwrap().recovery_codes, 9);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_recovery_code_opens_once_its_person_is_told_and_new_ones_take_the_place_of_old_ones(
    owner: PgPool,
) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    let (app, codes) = turn_on(&home, person).await;
    let attempt = first_step(&home).await;
    let taken = home.take_second_step(attempt, &recovery(&codes[3]), HERE, None).await.unwrap();
    assert_eq!((taken.user.id, taken.recovery_codes), (person, Some(9)));
    home.is_told(PHONE, "One of your recovery codes was used").await;
    let attempt = first_step(&home).await;
    assert!(is_refused(&home.take_second_step(attempt, &recovery(&codes[3]), HERE, None).await), "twice");

    early_in_a_step().await;
    assert!(is_refused(&home.renew_recovery_codes(person, &wrong(&app), None).await));
    let new = home.renew_recovery_codes(person, &app.second(0), None).await.unwrap();
    home.is_told(PHONE, "Your account has new recovery codes.").await;
    assert!(
        is_refused(&home.prove_second_factor(person, &recovery(&codes[4]), None).await),
        "of the old set"
    );
    home.prove_second_factor(person, &recovery(&new[0]), None).await.unwrap();
    assert_eq!(home.second_factor(person).await.unwrap().unwrap().recovery_codes, 9);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_first_step_holds_ten_minutes_and_five_tries_and_opens_one_session(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    let (app, codes) = turn_on(&home, person).await;
    let attempt = first_step(&home).await;
    for _ in 0..5 {
        assert!(is_refused(&home.take_second_step(attempt, &wrong(&app), HERE, None).await));
    }
    assert!(!home.awaits_second_step(attempt).await.unwrap());
    assert!(
        is_over(&home.take_second_step(attempt, &recovery(&codes[0]), HERE, None).await),
        "after five tries"
    );
    home.is_told(PHONE, "Somebody knew your password and entered five codes").await;

    let attempt = first_step(&home).await;
    sqlx::query("UPDATE pending_sign_ins SET expires_at = now()").execute(&owner).await.unwrap();
    assert!(is_over(&home.take_second_step(attempt, &recovery(&codes[0]), HERE, None).await), "too late");
    home.forget_old().await.unwrap();
    assert_eq!(count(&owner, "pending_sign_ins").await, 0);

    let attempt = first_step(&home).await;
    home.take_second_step(attempt, &recovery(&codes[0]), HERE, None).await.unwrap();
    assert!(
        is_over(&home.take_second_step(attempt, &recovery(&codes[1]), HERE, None).await),
        "it has opened its session"
    );
    assert!(is_over(
        &home
            .take_second_step(
                Attempt::parse("00000000-0000-4000-8000-000000000000").unwrap(),
                &recovery(&codes[1]),
                HERE,
                None
            )
            .await
    ));
    assert_eq!(
        home.second_factor(person).await.unwrap().unwrap().recovery_codes,
        9,
        "nothing else was used up"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_first_step_is_over_once_the_password_is_another(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    let (_, codes) = turn_on(&home, person).await;
    let attempt = first_step(&home).await;
    let reset = home.forgotten(Address::parse(PHONE).unwrap(), HERE).await.unwrap();
    let new = NewPassword::parse("another long password", &[]).unwrap();
    home.reset_password(reset, home.code(PHONE), new, (HERE, None)).await.unwrap();
    assert!(is_over(&home.take_second_step(attempt, &recovery(&codes[0]), HERE, None).await));
    let again = home.identity.sign_in(PHONE, "another long password".into(), HERE).await.unwrap();
    assert!(matches!(again, Opened::SecondStep(_)), "another password does not go round it");
    assert!(matches!(home.open(person).await.unwrap(), Some(Opened::SecondStep(_))), "nor does a provider");
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_signed_in_when_it_is_turned_on_by_the_password_alone_is_signed_in_no_more(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    let begun = home.sign_in(PHONE, PASSWORD.into(), HERE).await.unwrap();
    let (app, _) = turn_on(&home, person).await;
    let on = home.current_user(person).await.unwrap().unwrap();
    assert!(begun != on, "a session that is begun by it just now carries what is over");
    early_in_a_step().await;
    let this = session_of(&home, person).await;
    let off = home.turn_off_second_factor(person, &app.second(0), &this, None).await.unwrap();
    assert!(off != on && off == begun);
    assert_eq!((count(&owner, "second_factors").await, count(&owner, "recovery_codes").await), (0, 0));
    assert_eq!(count(&owner, "sessions").await, 1, "all others have ended");
    home.is_told(PHONE, "asks for no code of your app any more").await;
    assert!(home.sign_in(PHONE, PASSWORD.into(), HERE).await.is_ok());
}

#[sqlx::test(migrations = "../migrations")]
async fn codes_are_tried_ten_times_in_half_an_hour_however_often_one_begins_and_open_sessions_go_on(
    owner: PgPool,
) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    let (app, codes) = turn_on(&home, person).await;
    let (mut tried, mut attempt) = (0, first_step(&home).await);
    let seconds = loop {
        match home.take_second_step(attempt, &wrong(&app), HERE, None).await {
            Err(SecondFactorError::Refused) => tried += 1,
            Err(SecondFactorError::Over) => attempt = first_step(&home).await,
            Err(SecondFactorError::TooMany { seconds }) => break seconds,
            other => panic!("{other:?}"),
        }
    };
    assert!((8..=10).contains(&tried) && seconds <= 180, "{tried} tries, then {seconds} seconds");
    home.prove_second_factor(person, &recovery(&codes[0]), None).await.unwrap();
    assert!(home.current_user(person).await.unwrap().is_some());
    while is_refused(&home.prove_second_factor(person, &wrong(&app), None).await) {}
    let waits = home.prove_second_factor(person, &recovery(&codes[1]), None).await;
    assert!(matches!(waits, Err(SecondFactorError::TooMany { .. })), "{waits:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn postgres_takes_no_step_twice_and_the_web_can_change_no_secret(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    for back in ["last_step = last_step", "last_step = last_step - 1"] {
        let statement = sqlx::AssertSqlSafe(format!("UPDATE second_factors SET {back}"));
        let error = sqlx::query(statement).execute(&owner).await.unwrap_err();
        assert_eq!(
            error.as_database_error().unwrap().constraint(),
            Some("second_factors_step_rises"),
            "{back}"
        );
    }
    for refused in [
        "UPDATE second_factors SET secret = secret",
        "UPDATE second_factors SET link = gen_random_uuid()",
        "UPDATE recovery_codes SET hash = hash",
        "UPDATE pending_sign_ins SET person = person",
        "UPDATE pending_sign_ins SET ways_in = ways_in",
        "UPDATE pending_sign_ins SET expires_at = now() + interval '1 day'",
    ] {
        let error = sqlx::query(sqlx::AssertSqlSafe(refused)).execute(home.pool()).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{refused}: {error}");
    }
    let attempt = first_step(&home).await;
    assert!(home.awaits_second_step(attempt).await.unwrap());
    let tries = sqlx::query("UPDATE pending_sign_ins SET tries = 6").execute(&owner).await.unwrap_err();
    assert_eq!(tries.as_database_error().unwrap().constraint(), Some("pending_sign_ins_tries"));
}

#[sqlx::test(migrations = "../migrations")]
async fn under_another_secret_of_the_servers_no_app_opens_anything_and_recovery_codes_do(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    let (app, codes) = turn_on(&home, person).await;
    let post = Post::new(home.inbox.clone(), "https://okane.example", "another key of these tests".into());
    let other = Identity::new(web(&owner).await, cache::Cache::local(), 1, post);
    let shut = other.prove_second_factor(person, &app.second(0), None).await;
    assert!(matches!(shut, Err(SecondFactorError::Storage(_))), "{shut:?}");
    other.prove_second_factor(person, &recovery(&codes[0]), None).await.unwrap();
}
