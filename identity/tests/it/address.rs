//! Another number or address: proven at both ends, undone by whoever it was taken from.

use axum_login::tower_sessions::{
    SessionStore,
    session::{Id, Record},
};
use identity::{
    Attempt, SignInError,
    address::{AskError, BothCodes, ChangeError, UndoToken, Wish},
    session::PostgresStore,
};

use super::*;

pub const OLD: &str = "98450 12264";
pub const NEW: &str = "98450 12299";
pub const EMAIL: &str = "ananya@example.in";
pub const NEW_EMAIL: &str = "iyer@example.in";

pub fn number(text: &str) -> Wish {
    Wish::Phone(phone(text))
}

pub fn mail(text: &str) -> Wish {
    Wish::Email(Email::parse(text).unwrap())
}

pub async fn ask(home: &Home, person: UserId, wish: Wish) -> Attempt {
    home.ask_for_address(person, wish, HERE).await.unwrap()
}

pub fn codes(from: &Code, to: Option<&Code>) -> BothCodes {
    BothCodes { from: from.clone(), to: to.cloned() }
}

pub async fn change(
    home: &Home,
    person: UserId,
    attempt: Attempt,
    codes: BothCodes,
) -> Result<(), ChangeError> {
    home.change_address(person, attempt, codes, &Id::default(), (HERE, None)).await
}

/// Changes it as its owner does.
pub async fn changed(home: &Home, person: UserId, wish: Wish, from: &str, to: &str) {
    let attempt = ask(home, person, wish).await;
    let both = codes(&home.code(from), Some(&home.code(to)));
    change(home, person, attempt, both).await.unwrap();
}

/// The link in the newest message to where it was.
pub fn undo_link(home: &Home, address: &str) -> UndoToken {
    let texts = home.messages(address).into_iter().map(|received| received.message.text);
    let found = texts.filter_map(|text| text.split_once("token=").map(|(_, token)| token.to_owned())).next();
    UndoToken::parse(&found.unwrap()).unwrap()
}

pub fn other_than(code: &Code) -> Code {
    Code::parse(if code.as_str() == "000000" { "000001" } else { "000000" }).unwrap()
}

/// As if so much time had gone by since every change.
pub async fn time_goes_by(owner: &PgPool, time: &str) {
    for statement in [
        "UPDATE address_changes SET changed_at = changed_at - $1::text::interval, undone_at = undone_at - $1::text::interval",
        "UPDATE cooling_offs SET until = until - $1::text::interval",
        "UPDATE pending_addresses SET expires_at = expires_at - $1::text::interval",
    ] {
        sqlx::query(statement).bind(time).execute(owner).await.unwrap();
    }
}

pub async fn phone_of(home: &Home, person: UserId) -> String {
    home.profile(person).await.unwrap().unwrap().view.phone
}

pub async fn email_of(home: &Home, person: UserId) -> Option<String> {
    home.profile(person).await.unwrap().unwrap().view.email
}

pub async fn signs_in(home: &Home, name: &str) -> Option<UserId> {
    match home.sign_in(name, PASSWORD.into(), HERE).await {
        Ok(user) => Some(user.id),
        Err(SignInError::Refused) => None,
        Err(error) => panic!("{error:?}"),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn who_reads_at_both_ends_changes_number_and_address_and_other_sessions_end(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let store = PostgresStore::new(home.pool().clone());
    let session = || {
        let data = [("axum-login.data".into(), serde_json::json!({ "user_id": id, "auth_hash": [] }))].into();
        let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
        Record { id: Id::default(), data, expiry_date }
    };
    let (mut here, mut elsewhere) = (session(), session());
    store.create(&mut here).await.unwrap();
    store.create(&mut elsewhere).await.unwrap();

    let attempt = ask(&home, id, number(NEW)).await;
    assert_eq!(phone_of(&home, id).await, "+91 98450 12264", "nothing is changed by asking");
    let both = codes(&home.code(OLD), Some(&home.code(NEW)));
    home.change_address(id, attempt, both, &here.id, (HERE, None)).await.unwrap();
    assert_eq!(phone_of(&home, id).await, "+91 98450 12299", "also of what was read before");
    assert!(store.load(&here.id).await.unwrap().is_some(), "the one that did it goes on");
    assert!(store.load(&elsewhere.id).await.unwrap().is_none());
    assert_eq!((signs_in(&home, NEW).await, signs_in(&home, OLD).await), (Some(id), None));
    assert!(home.is_told(OLD, "the phone number of your account was changed").await.contains("IST"));
    home.is_told(EMAIL, "the phone number of your account was changed").await;

    time_goes_by(&owner, "25 hours").await;
    changed(&home, id, mail(NEW_EMAIL), EMAIL, NEW_EMAIL).await;
    assert_eq!(email_of(&home, id).await.as_deref(), Some(NEW_EMAIL));
    time_goes_by(&owner, "25 hours").await;
    let attempt = ask(&home, id, Wish::NoEmail).await;
    change(&home, id, attempt, codes(&home.code(NEW_EMAIL), None)).await.unwrap();
    assert_eq!(email_of(&home, id).await, None);
    assert!(matches!(home.ask_for_address(id, Wish::NoEmail, HERE).await, Err(AskError::None)));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_first_address_is_proven_there_and_at_the_number_and_cools_nothing_off(owner: PgPool) {
    let home = identity(&owner).await;
    let id = home.enter(person("Ananya Iyer", OLD)).await;
    changed(&home, id, mail(EMAIL), OLD, EMAIL).await;
    assert_eq!(signs_in(&home, EMAIL).await, Some(id));
    assert_eq!(home.addresses_cool_until(id).await.unwrap(), None);
    assert_eq!(count(&owner, "cooling_offs").await, 0);
    home.is_told(OLD, "an email address was added").await;
    // Whoever it was not takes it away again, and what an intruder made of it with it.
    let first = undo_link(&home, OLD);
    changed(&home, id, mail(NEW_EMAIL), EMAIL, NEW_EMAIL).await;
    let intruders = undo_link(&home, EMAIL);
    assert!(home.undo_address(&first, None).await.unwrap());
    assert_eq!(email_of(&home, id).await, None);
    assert!(!home.undo_address(&intruders, None).await.unwrap(), "what was undone puts nothing back");
    assert_eq!(email_of(&home, id).await, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn one_end_alone_swapped_codes_old_ones_and_other_people_change_nothing(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    let vikram = home.enter(person("Vikram Shah", "98200 55417")).await;
    let begun = async || {
        let attempt = ask(&home, id, number(NEW)).await;
        (attempt, home.code(OLD), home.code(NEW))
    };
    let (attempt, from, to) = begun().await;
    let one_end = change(&home, id, attempt, codes(&from, None)).await;
    assert!(matches!(one_end, Err(ChangeError::ToRefused)), "{one_end:?}");
    let one_end = change(&home, id, attempt, codes(&from, Some(&other_than(&to)))).await;
    assert!(matches!(one_end, Err(ChangeError::ToRefused)), "{one_end:?}");
    let one_end = change(&home, id, attempt, codes(&other_than(&from), Some(&to))).await;
    assert!(matches!(one_end, Err(ChangeError::FromRefused)), "{one_end:?}");
    let swapped = change(&home, id, attempt, codes(&to, Some(&from))).await;
    assert!(from == to || matches!(swapped, Err(ChangeError::FromRefused)), "{swapped:?}");
    let theirs = change(&home, vikram, attempt, codes(&from, Some(&to))).await;
    assert!(matches!(theirs, Err(ChangeError::Over)), "another person: {theirs:?}");
    assert!(home.pending_address(vikram, attempt).await.unwrap().is_none());

    let (newer, newer_from, newer_to) = begun().await;
    let old = change(&home, id, attempt, codes(&newer_from, Some(&newer_to))).await;
    assert!(matches!(old, Err(ChangeError::Over)), "an attempt that was begun anew: {old:?}");
    home.send_both_again(id, newer, HERE).await.unwrap();
    let old = change(&home, id, newer, codes(&newer_from, Some(&newer_to))).await;
    assert!(old.is_err() || newer_from == home.code(OLD), "not the newest codes");

    let (attempt, from, to) = begun().await;
    for _ in 0..5 {
        assert!(change(&home, id, attempt, codes(&other_than(&from), Some(&to))).await.is_err());
    }
    let late = change(&home, id, attempt, codes(&from, Some(&to))).await;
    assert!(matches!(late, Err(ChangeError::Over)), "after five tries: {late:?}");
    let (attempt, from, to) = begun().await;
    time_goes_by(&owner, "10 minutes").await;
    let late = change(&home, id, attempt, codes(&from, Some(&to))).await;
    assert!(matches!(late, Err(ChangeError::Over)), "after ten minutes: {late:?}");
    assert_eq!(phone_of(&home, id).await, "+91 98450 12264");

    let (attempt, from, to) = begun().await;
    change(&home, id, attempt, codes(&from, Some(&to))).await.unwrap();
    let twice = change(&home, id, attempt, codes(&from, Some(&to))).await;
    assert!(matches!(twice, Err(ChangeError::Over)), "{twice:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_somebodys_is_asked_for_like_what_is_free_and_its_owner_is_told(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    home.enter(with_email(person("Vikram Shah", "98200 55417"), "vikram@example.in")).await;
    for (wish, theirs) in
        [(number("98200 55417"), "98200 55417"), (mail("vikram@example.in"), "vikram@example.in")]
    {
        let codes_before = home.messages(theirs).iter().filter(|one| one.message.code.is_some()).count();
        let attempt = ask(&home, id, wish).await;
        let shown = home.pending_address(id, attempt).await.unwrap().unwrap();
        assert!(shown.to.is_some(), "the page asks for the code that never came");
        let told = home.messages(theirs).remove(0).message;
        assert!(told.code.is_none() && told.text.contains("has an account already"), "{}", told.text);
        let codes_after = home.messages(theirs).iter().filter(|one| one.message.code.is_some()).count();
        assert_eq!(codes_before, codes_after);
        let from = home.code(if theirs.contains('@') { EMAIL } else { OLD });
        let guess = change(&home, id, attempt, codes(&from, Some(&home.code(theirs)))).await;
        assert!(matches!(guess, Err(ChangeError::ToRefused)), "{guess:?}");
    }
    let same = home.ask_for_address(id, number(OLD), HERE).await;
    assert!(matches!(same, Err(AskError::Same)), "one's own is no secret to oneself");
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_who_change_to_one_number_at_once_one_has_it(owner: PgPool) {
    let home = identity(&owner).await;
    let (one, two) = (ananya(&home).await, home.enter(person("Vikram Shah", "98200 55417")).await);
    let first = ask(&home, one, number(NEW)).await;
    let first_codes = codes(&home.code(OLD), Some(&home.code(NEW)));
    let second = ask(&home, two, number(NEW)).await;
    let second_codes = codes(&home.code("98200 55417"), Some(&home.code(NEW)));
    let (first, second) =
        tokio::join!(change(&home, one, first, first_codes), change(&home, two, second, second_codes));
    let taken = |outcome: &Result<(), ChangeError>| matches!(outcome, Err(ChangeError::Taken));
    assert!(first.is_ok() && taken(&second) || second.is_ok() && taken(&first), "{first:?} {second:?}");
    assert_eq!(count(&owner, "users WHERE phone = '+919845012299'").await, 1);
    assert_eq!(count(&owner, "cooling_offs").await, 1, "nothing of the other's is changed");
}

#[sqlx::test(migrations = "../migrations")]
async fn there_is_no_second_change_within_a_day_whoever_writes_it(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    // Asked for before the other change was made: the wall in Postgres is the one that stands here.
    let early = ask(&home, id, mail(NEW_EMAIL)).await;
    let sealed = "SELECT p FROM pending_addresses p";
    let kept = format!("CREATE TABLE kept AS SELECT * FROM ({sealed}) AS k");
    sqlx::raw_sql(sqlx::AssertSqlSafe(kept)).execute(&owner).await.unwrap();
    let early_codes = codes(&home.code(EMAIL), Some(&home.code(NEW_EMAIL)));
    changed(&home, id, number(NEW), OLD, NEW).await;
    sqlx::raw_sql("INSERT INTO pending_addresses SELECT (p).* FROM kept").execute(&owner).await.unwrap();
    let second = change(&home, id, early, early_codes).await;
    assert!(matches!(second, Err(ChangeError::Cooling)), "{second:?}");
    for wish in [number(OLD), mail(NEW_EMAIL), Wish::NoEmail] {
        let second = home.ask_for_address(id, wish, HERE).await;
        let Err(refusal @ AskError::Cooling { .. }) = second else { panic!("{second:?}") };
        assert!(refusal.to_string().contains("again after"), "{refusal}");
    }
    time_goes_by(&owner, "23 hours 59 minutes").await;
    assert!(matches!(home.ask_for_address(id, Wish::NoEmail, HERE).await, Err(AskError::Cooling { .. })));
    time_goes_by(&owner, "1 minute").await;
    changed(&home, id, mail(NEW_EMAIL), EMAIL, NEW_EMAIL).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_names_a_number_as_theirs_to_be_keeps_nobody_from_leaving_it(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 1).await;
    let id = ananya(&home).await;
    let mallory = home.enter(person("Mallory", "98450 12200")).await;
    while home.ask_for_address(mallory, number(OLD), HERE).await.is_ok() {}
    home.ask_for_address(id, number(NEW), HERE).await.unwrap();
}
