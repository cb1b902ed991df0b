//! Another number or address: proven at both ends, undone by whoever it was taken from.

use axum_login::tower_sessions::{
    SessionStore,
    session::{Id, Record},
};
use identity::{
    Attempt, CodeError, ResetError, SignInError,
    address::{AskError, BothCodes, ChangeError, UndoToken, Wish},
    session::PostgresStore,
};

use super::*;

const OLD: &str = "98450 12264";
const NEW: &str = "98450 12299";
const EMAIL: &str = "ananya@example.in";
const NEW_EMAIL: &str = "iyer@example.in";

fn number(text: &str) -> Wish {
    Wish::Phone(phone(text))
}

fn mail(text: &str) -> Wish {
    Wish::Email(Email::parse(text).unwrap())
}

async fn ask(home: &Home, person: UserId, wish: Wish) -> Attempt {
    home.ask_for_address(person, wish, HERE).await.unwrap()
}

fn codes(from: &Code, to: Option<&Code>) -> BothCodes {
    BothCodes { from: from.clone(), to: to.cloned() }
}

async fn change(home: &Home, person: UserId, attempt: Attempt, codes: BothCodes) -> Result<(), ChangeError> {
    home.change_address(person, attempt, codes, &Id::default(), (HERE, None)).await
}

/// Changes it as its owner does.
async fn changed(home: &Home, person: UserId, wish: Wish, from: &str, to: &str) {
    let attempt = ask(home, person, wish).await;
    let both = codes(&home.code(from), Some(&home.code(to)));
    change(home, person, attempt, both).await.unwrap();
}

/// The link in the newest message to where it was.
fn undo_link(home: &Home, address: &str) -> UndoToken {
    let texts = home.messages(address).into_iter().map(|received| received.message.text);
    let found = texts.filter_map(|text| text.split_once("token=").map(|(_, token)| token.to_owned())).next();
    UndoToken::parse(&found.unwrap()).unwrap()
}

fn other_than(code: &Code) -> Code {
    Code::parse(if code.as_str() == "000000" { "000001" } else { "000000" }).unwrap()
}

/// As if so much time had gone by since every change.
async fn time_goes_by(owner: &PgPool, time: &str) {
    for statement in [
        "UPDATE address_changes SET changed_at = changed_at - $1::text::interval, undone_at = undone_at - $1::text::interval",
        "UPDATE cooling_offs SET until = until - $1::text::interval",
        "UPDATE pending_addresses SET expires_at = expires_at - $1::text::interval",
    ] {
        sqlx::query(statement).bind(time).execute(owner).await.unwrap();
    }
}

async fn phone_of(home: &Home, person: UserId) -> String {
    home.profile(person).await.unwrap().unwrap().view.phone
}

async fn email_of(home: &Home, person: UserId) -> Option<String> {
    home.profile(person).await.unwrap().unwrap().view.email
}

async fn signs_in(home: &Home, name: &str) -> Option<UserId> {
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
async fn for_a_day_the_number_that_was_left_gives_another_password_and_the_new_one_does_not(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let codes_to =
        |address: &str| home.messages(address).into_iter().filter(|one| one.message.code.is_some()).count();
    let before = codes_to(NEW);
    let reset = async |address: &str, code: Code, password: &str| {
        let attempt = home.forgotten(Address::parse(address).unwrap(), HERE).await.unwrap();
        let code = home.messages(address).into_iter().find_map(|one| one.message.code).unwrap_or(code);
        let password = NewPassword::parse(password, &[]).unwrap();
        home.reset_password(attempt, code, password, (HERE, None)).await
    };
    let refused = reset(NEW, home.code(NEW), "another long password").await;
    assert!(matches!(refused, Err(ResetError::Code(CodeError::Refused))), "{refused:?}");
    assert_eq!(codes_to(NEW), before, "no code goes there");
    let former =
        reset(OLD, home.code(OLD), "another long password").await.unwrap().expect("theirs until today");
    home.is_told(OLD, "changed by a code that we sent").await;
    assert!(home.sign_in(OLD, "another long password".into(), HERE).await.is_err(), "it is no name yet");
    assert!(home.restore_address(&former, None).await.unwrap());
    assert!(home.sign_in(OLD, "another long password".into(), HERE).await.is_ok());
    assert!(home.sign_in(NEW, "another long password".into(), HERE).await.is_err());
    home.is_told(OLD, "again what it was before").await;
    assert!(!home.restore_address(&former, None).await.unwrap(), "once");
    assert!(
        reset(OLD, home.code(OLD), "a second long password").await.unwrap().is_none(),
        "it is theirs now"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn after_the_day_the_new_number_gives_another_password_and_the_one_that_was_left_is_nobodys(
    owner: PgPool,
) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let codes_to =
        |address: &str| home.messages(address).into_iter().filter(|one| one.message.code.is_some()).count();
    let reset = async |address: &str, password: &str| {
        let attempt = home.forgotten(Address::parse(address).unwrap(), HERE).await.unwrap();
        let password = NewPassword::parse(password, &[]).unwrap();
        home.reset_password(attempt, home.code(address), password, (HERE, None)).await
    };
    time_goes_by(&owner, "24 hours").await;
    assert!(reset(NEW, "a third long password").await.unwrap().is_none());
    let nobody = codes_to(OLD);
    home.forgotten(Address::parse(OLD).unwrap(), HERE).await.unwrap();
    assert_eq!(codes_to(OLD), nobody, "after the day it is nobody's");
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_it_was_taken_from_puts_it_back_once_within_a_day_and_nobody_else_gets_it_meanwhile(
    owner: PgPool,
) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let token = undo_link(&home, OLD);
    assert_eq!(rows_that_hold(&owner, token.as_str()).await, 0, "the tables have its hash alone");

    let attempt = home.sign_up(person("Mallory", OLD), HERE).await.unwrap();
    let proof = Proof { code: home.code(OLD), email_code: None };
    let taken = home.prove_sign_up(Which::Attempt(attempt), proof, HERE).await;
    assert!(matches!(taken, Err(CodeError::Taken)), "{taken:?}");

    assert_eq!(home.undoable(&token).await.unwrap().unwrap().person, id);
    let other = UndoToken::parse(&"0".repeat(32)).unwrap();
    assert!(
        !home.undo_address(&other, None).await.unwrap() && home.undoable(&other).await.unwrap().is_none()
    );
    let (one, two) = tokio::join!(home.undo_address(&token, None), home.undo_address(&token, None));
    assert!(one.unwrap() ^ two.unwrap(), "of two at once one undoes it");
    assert!(!home.undo_address(&token, None).await.unwrap(), "twice");
    assert_eq!(phone_of(&home, id).await, "+91 98450 12264");
    assert_eq!((signs_in(&home, OLD).await, signs_in(&home, NEW).await), (Some(id), None));
    assert_eq!(count(&owner, "sessions").await, 0);
    home.is_told(OLD, "again what it was before").await;
    let second = home.ask_for_address(id, number(NEW), HERE).await;
    assert!(
        matches!(second, Err(AskError::Cooling { .. })),
        "nor does whoever did it do it again: {second:?}"
    );

    time_goes_by(&owner, "24 hours").await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let token = undo_link(&home, OLD);
    time_goes_by(&owner, "24 hours").await;
    assert!(home.undoable(&token).await.unwrap().is_none());
    assert!(!home.undo_address(&token, None).await.unwrap(), "a day has gone by");
    home.enter(person("Vikram Shah", OLD)).await;
    home.forget_old().await.unwrap();
    assert_eq!(count(&owner, "address_changes").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_way_back_goes_to_either_end_and_undoes_whatever_was_changed_beside_it(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = home.enter(person("Meera Krishnan", "98450 12200")).await;
    // Whoever has got in leaves themselves a way back in, before they take the number.
    changed(&home, id, mail("mallory@example.in"), "98450 12200", "mallory@example.in").await;
    changed(&home, id, number(NEW), "98450 12200", NEW).await;
    let undo = undo_link(&home, "98450 12200");
    let key = "INSERT INTO passkeys (id, user_id, credential_id, credential, counter, name, made_at)
               SELECT gen_random_uuid(), $1, $2, '{}', 0, 'theirs', now() - $3::text::interval";
    sqlx::query("INSERT INTO passkey_handles (user_id) VALUES ($1)")
        .bind(id.uuid())
        .execute(&owner)
        .await
        .unwrap();
    for (credential, age) in [(b"new", "1 hour"), (b"old", "25 hours")] {
        let made = sqlx::query(key).bind(id.uuid()).bind(&credential[..]).bind(age);
        made.execute(&owner).await.unwrap();
    }
    assert_eq!(undo_link(&home, "mallory@example.in"), undo, "the address of the other kind hears of it too");
    assert!(home.undo_address(&undo, None).await.unwrap());
    let kept: (String, Option<String>) = sqlx::query_as("SELECT phone, email FROM users WHERE id = $1")
        .bind(id.uuid())
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(kept, ("+919845012200".to_owned(), None));
    let keys: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT credential_id FROM passkeys").fetch_all(&owner).await.unwrap();
    assert_eq!(keys, [b"old".to_vec()], "what was added in the day that is undone opens nothing");
    home.forgotten(Address::parse("mallory@example.in").unwrap(), HERE).await.unwrap();
    let sent = home.messages("mallory@example.in");
    assert!(
        !sent.iter().any(|one| one.message.text.contains("choose a new password. It")),
        "no way in is left"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_names_a_number_as_theirs_to_be_keeps_nobody_from_leaving_it(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 1).await;
    let id = ananya(&home).await;
    let mallory = home.enter(person("Mallory", "98450 12200")).await;
    while home.ask_for_address(mallory, number(OLD), HERE).await.is_ok() {}
    home.ask_for_address(id, number(NEW), HERE).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn the_web_can_forget_no_change_that_can_still_be_undone(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let id = ananya(&home).await;
    changed(&home, id, number(NEW), OLD, NEW).await;
    let web = web(&owner).await;
    for table in ["address_changes", "notices"] {
        let error = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DELETE FROM {table}")))
            .execute(&web)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{table}: {error}");
    }
    home.forget_old().await.unwrap();
    assert_eq!(count(&owner, "address_changes").await, 1);
}
