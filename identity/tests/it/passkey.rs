//! Passkeys: whom they let in, and every answer of a device that is not believed.

use axum_login::{AuthUser as _, tower_sessions::session::Id};
use identity::{
    Asked, Asking, Attempt, MAX_PASSKEYS, PasskeyError, PasskeyName,
    openid::{Account, UnlinkError},
};
use serde_json::Value;
use sqlx::PgPool;

use super::{
    authenticator::{Authenticator, PRESENT},
    *,
};

const PHONE: &str = "98450 12264";
const ORIGIN: &str = "https://okane.example";

async fn meera(home: &Home) -> UserId {
    home.enter(person("Meera Krishnan", "98200 55417")).await
}

fn options(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Asks for a passkey that is called so.
async fn asked(home: &Home, person: UserId, name: &str) -> (Attempt, Value) {
    let name = PasskeyName::parse(name).unwrap();
    let attempt = home.ask_for_passkey(person, &name).await.unwrap();
    let (called, told) = home.asked_for_passkey(person, attempt).await.unwrap().unwrap();
    assert_eq!(called, name.as_str());
    (attempt, options(&told))
}

/// Adds a passkey.
async fn added(home: &Home, person: UserId) -> Authenticator {
    let (attempt, options) = asked(home, person, "My phone").await;
    let (device, answer) = Authenticator::make(&options, ORIGIN);
    home.add_passkey(person, attempt, &answer.to_string(), &Id::default(), None).await.unwrap();
    device
}

async fn ask_to_sign_in(home: &Home) -> (Attempt, Value) {
    let Asked { attempt, options: told } = home.ask_to_sign_in(HERE).await.unwrap();
    (attempt, options(&told))
}

/// What a device that is changed so is answered, at signing in.
async fn signs_in(home: &Home, device: &mut Authenticator) -> String {
    let (attempt, options) = ask_to_sign_in(home).await;
    let answer = device.answer(&options);
    said(home.sign_in_by_passkey(attempt, &answer.to_string()).await)
}

fn said(result: Result<CurrentUser, PasskeyError>) -> String {
    match result {
        Ok(user) => user.id().to_string(),
        Err(error) => format!("{error:?}"),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_lets_its_owner_in_and_an_answer_is_one_once(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let mut device = added(&home, id).await;
    home.is_told(PHONE, "A new passkey can sign in to your wallet").await;
    let (attempt, options) = ask_to_sign_in(&home).await;
    assert_eq!(options["allowCredentials"], serde_json::json!([]), "nobody is named before they are known");
    let answer = device.answer(&options).to_string();
    assert_eq!(home.sign_in_by_passkey(attempt, &answer).await.unwrap().id(), id);
    assert_eq!(said(home.sign_in_by_passkey(attempt, &answer).await), "Over");
    let (another, _) = ask_to_sign_in(&home).await;
    assert_eq!(
        said(home.sign_in_by_passkey(another, &answer).await),
        "Refused",
        "it answers another question"
    );
    let listed = home.passkeys(id).await.unwrap();
    assert_eq!((listed.len(), listed[0].name.as_str()), (1, "My phone"));
    assert!(listed[0].last_used_at.is_some());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_lets_nobody_in_who_is_suspended(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let mut device = added(&home, id).await;
    assert!(identity::suspension::suspend(&owner, id, "stolen").await.unwrap());
    assert_eq!(signs_in(&home, &mut device).await, "Suspended");
    assert!(home.open(id).await.unwrap().is_none(), "nor does an account at a provider");
    assert!(identity::suspension::restore(&owner, id).await.unwrap());
    assert_eq!(signs_in(&home, &mut device).await, id.to_string());
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_equal_answers_at_once_one_is_taken(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let mut device = added(&home, id).await;
    let (attempt, options) = ask_to_sign_in(&home).await;
    let answer = device.answer(&options).to_string();
    let tries = (0..8).map(|_| {
        let (home, answer) = (home.clone(), answer.clone());
        tokio::spawn(async move { home.sign_in_by_passkey(attempt, &answer).await.is_ok() })
    });
    let mut taken = 0;
    for one in tries.collect::<Vec<_>>() {
        taken += usize::from(one.await.unwrap());
    }
    assert_eq!(taken, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_that_is_not_wholly_as_it_should_be_lets_nobody_in(owner: PgPool) {
    let home = identity(&owner).await;
    let (id, meera) = (ananya(&home).await, meera(&home).await);
    let mut device = added(&home, id).await;
    let mut other = added(&home, meera).await;
    let sound = (device.origin.clone(), device.rp_id.clone(), device.flags, device.handle.clone());
    for origin in [
        "https://evil.example",
        "http://okane.example",
        "https://okane.example:8443",
        "https://www.okane.example",
    ] {
        device.origin = origin.to_owned();
        assert_eq!(signs_in(&home, &mut device).await, "Refused", "{origin}");
    }
    device.origin = sound.0;
    for rp_id in ["evil.example", "example", "www.okane.example"] {
        device.rp_id = rp_id.to_owned();
        assert_eq!(signs_in(&home, &mut device).await, "Refused", "{rp_id}");
    }
    device.rp_id = sound.1;
    for flags in [0, PRESENT] {
        device.flags = flags;
        assert_eq!(signs_in(&home, &mut device).await, "Refused", "nobody was seen: {flags}");
    }
    device.flags = sound.2;
    for handle in [None, other.handle.clone(), Some("AAAA".to_owned())] {
        device.handle = handle.clone();
        assert_eq!(signs_in(&home, &mut device).await, "Refused", "of {handle:?}");
    }
    device.handle = sound.3;
    let (attempt, options) = ask_to_sign_in(&home).await;
    let mut answer = device.answer(&options);
    // By another key, and by a key that is nobody's.
    answer["response"]["signature"] = other.answer(&options)["response"]["signature"].clone();
    assert_eq!(said(home.sign_in_by_passkey(attempt, &answer.to_string()).await), "Refused");
    let (attempt, options) = ask_to_sign_in(&home).await;
    let mut answer = device.answer(&options);
    answer["rawId"] = "AAAA".into();
    assert_eq!(said(home.sign_in_by_passkey(attempt, &answer.to_string()).await), "Refused");
    for text in ["", "{}", "null", "[]"] {
        let (attempt, _) = ask_to_sign_in(&home).await;
        assert_eq!(said(home.sign_in_by_passkey(attempt, text).await), "Refused", "{text}");
    }
    assert_eq!(signs_in(&home, &mut device).await, id.to_string(), "as it should be it does");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_is_added_only_by_a_device_that_has_seen_its_owner_on_our_page(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let odds: [fn(&mut Authenticator); 4] = [
        |device| device.origin = "https://evil.example".to_owned(),
        |device| device.rp_id = "evil.example".to_owned(),
        |device| device.flags = PRESENT,
        |device| device.flags = 0,
    ];
    for odd in odds {
        let (attempt, options) = asked(&home, id, "Odd").await;
        let (_, answer) = Authenticator::make_as(&options, ORIGIN, odd);
        let added = home.add_passkey(id, attempt, &answer.to_string(), &Id::default(), None).await;
        assert_eq!(said(added), "Refused");
    }
    let (attempt, other) = (asked(&home, id, "One").await, asked(&home, id, "Other").await);
    let (_, answer) = Authenticator::make(&attempt.1, ORIGIN);
    let added = home.add_passkey(id, other.0, &answer.to_string(), &Id::default(), None).await;
    assert_eq!(said(added), "Refused", "it answers another question");
    assert!(home.passkeys(id).await.unwrap().is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_asked_is_over_after_five_minutes_and_for_anybody_or_anything_else(owner: PgPool) {
    let home = identity(&owner).await;
    let (id, meera) = (ananya(&home).await, meera(&home).await);
    let (mut device, mut other) = (added(&home, id).await, added(&home, meera).await);
    let payment = Asking::Approve("key-1 meera 500");
    let asked = home.ask_by_passkey(id, payment).await.unwrap();
    assert_eq!(options(&asked.options)["allowCredentials"][0]["id"], device.id());
    let answer = device.answer(&options(&asked.options)).to_string();
    for (person, asking) in [(meera, payment), (id, Asking::Prove), (id, Asking::Approve("key-1 meera 501"))]
    {
        let checked = home.check_passkey(person, asking, asked.attempt, &answer).await;
        assert!(matches!(checked, Err(PasskeyError::Over)), "{person} {asking:?}");
    }
    assert_eq!(said(home.sign_in_by_passkey(asked.attempt, &answer).await), "Over");
    home.check_passkey(id, payment, asked.attempt, &answer).await.unwrap();

    let asked = home.ask_by_passkey(id, Asking::Prove).await.unwrap();
    let theirs = other.answer(&options(&asked.options)).to_string();
    let checked = home.check_passkey(id, Asking::Prove, asked.attempt, &theirs).await;
    assert!(matches!(checked, Err(PasskeyError::Refused)), "somebody else's passkey: {checked:?}");

    let asked = home.ask_by_passkey(id, Asking::Prove).await.unwrap();
    let answer = device.answer(&options(&asked.options)).to_string();
    sqlx::query("UPDATE passkey_ceremonies SET expires_at = now()").execute(&owner).await.unwrap();
    let checked = home.check_passkey(id, Asking::Prove, asked.attempt, &answer).await;
    assert!(matches!(checked, Err(PasskeyError::Over)), "{checked:?}");
    home.forget_old().await.unwrap();
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM passkey_ceremonies").fetch_one(&owner).await.unwrap();
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_counter_that_does_not_rise_is_a_copy_and_one_that_is_not_kept_is_none(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let mut device = added(&home, id).await;
    device.counter = 10;
    assert_eq!(signs_in(&home, &mut device).await, id.to_string());
    for counter in [0, 5, 10] {
        device.counter = counter;
        assert_eq!(signs_in(&home, &mut device).await, "Refused", "{counter}");
    }
    device.counter = 11;
    assert_eq!(signs_in(&home, &mut device).await, id.to_string());
    let back = sqlx::query("UPDATE passkeys SET counter = 12").execute(&owner).await.unwrap_err();
    assert_eq!(back.as_database_error().unwrap().constraint(), Some("passkeys_counter_rises"));

    let (attempt, options) = asked(&home, id, "Synced").await;
    let (mut synced, answer) = Authenticator::make_as(&options, ORIGIN, |device| device.counter = 0);
    home.add_passkey(id, attempt, &answer.to_string(), &Id::default(), None).await.unwrap();
    for _ in 0..2 {
        assert_eq!(signs_in(&home, &mut synced).await, id.to_string());
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn adding_and_removing_one_is_another_way_in_and_a_removed_one_opens_nothing(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let hash = async || home.current_user(id).await.unwrap().unwrap().session_auth_hash().to_vec();
    let before = hash().await;
    let mut device = added(&home, id).await;
    let with_one = hash().await;
    assert_ne!(before, with_one);
    let passkey = home.passkeys(id).await.unwrap().remove(0);
    let meera = meera(&home).await;
    home.remove_passkey(meera, passkey.id, &Id::default(), None).await.unwrap();
    assert_eq!(home.passkeys(id).await.unwrap().len(), 1, "nobody removes somebody else's");
    let (attempt, options) = ask_to_sign_in(&home).await;
    let answer = device.answer(&options).to_string();
    home.remove_passkey(id, passkey.id, &Id::default(), None).await.unwrap();
    assert_eq!(said(home.sign_in_by_passkey(attempt, &answer).await), "Refused");
    home.is_told(PHONE, "A passkey was removed").await;
    assert_eq!(hash().await, before);
    assert!(matches!(home.ask_by_passkey(id, Asking::Prove).await, Err(PasskeyError::Refused)));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_is_one_persons_and_one_person_has_ten(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let (id, meera) = (ananya(&home).await, meera(&home).await);
    let device = added(&home, id).await;
    let (attempt, options) = asked(&home, meera, "Not mine").await;
    let again = device.registered(&options).to_string();
    let added_again = home.add_passkey(meera, attempt, &again, &Id::default(), None).await;
    assert_eq!(said(added_again), "Known");
    for _ in 1..MAX_PASSKEYS {
        added(&home, id).await;
    }
    let one_more = home.ask_for_passkey(id, &PasskeyName::parse("One more").unwrap()).await;
    assert!(matches!(one_more, Err(PasskeyError::Full)), "{one_more:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn of_four_sessions_that_add_the_tenth_passkey_at_once_one_does(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    for _ in 1..MAX_PASSKEYS {
        added(&home, id).await;
    }
    // All come as far as to the table before one of them goes on.
    let mut held = owner.begin().await.unwrap();
    sqlx::query("LOCK TABLE passkeys IN SHARE MODE").execute(&mut *held).await.unwrap();
    let mut adding = Vec::new();
    for _ in 0..4 {
        let (attempt, options) = asked(&home, id, "My phone").await;
        let (_, answer) = Authenticator::make(&options, ORIGIN);
        let (home, answer) = (home.clone(), answer.to_string());
        adding.push(tokio::spawn(async move {
            home.add_passkey(id, attempt, &answer, &Id::default(), None).await
        }));
    }
    while waiting_for_a_lock(&owner).await < 4 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    held.rollback().await.unwrap();
    let mut full = 0;
    for one in adding {
        full += usize::from(matches!(one.await.unwrap(), Err(PasskeyError::Full)));
    }
    assert_eq!((full, home.passkeys(id).await.unwrap().len()), (3, MAX_PASSKEYS));
}

async fn waiting_for_a_lock(owner: &PgPool) -> i64 {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sqlx::query_scalar(WAITING).fetch_one(owner).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_is_no_last_way_in(owner: PgPool) {
    let home = identity(&owner).await;
    let account = Account::new("https://id.example", "ananya", None).unwrap();
    let by_account = SignUp { way_in: WayIn::Account(account), ..person("Ananya Iyer", PHONE) };
    let id = home.enter(by_account).await;
    added(&home, id).await;
    let unlinked = home.unlink(id, "https://id.example", None).await;
    assert!(matches!(unlinked, Err(UnlinkError::LastWayIn)), "{unlinked:?}");
}
