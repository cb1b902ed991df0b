//! Becoming a person: nothing of one exists until the number is proven.

use std::{collections::HashMap, time::Instant};

use domain::{
    UserId,
    view::{self, Versioned},
};
use identity::{Address, Attempt, Code, CodeError, Proof, SendCodeError, Which};
use sqlx::PgPool;

use super::*;

const PHONE: &str = "98450 12264";
const EMAIL: &str = "ananya@example.in";

fn ananya_herself() -> SignUp {
    with_email(person("Ananya Iyer", PHONE), EMAIL)
}

async fn prove(home: &Home, which: Which, code: &Code) -> Result<UserId, CodeError> {
    home.prove_sign_up(which, Proof { code: code.clone(), email_code: None }, HERE).await
}

/// As if this much time had gone by since every code was sent.
async fn time_goes_by(owner: &PgPool, time: &str) {
    let statement = "UPDATE pending_sign_ups SET expires_at = expires_at - $1::text::interval";
    sqlx::query(statement).bind(time).execute(owner).await.unwrap();
}

/// Another code than this.
fn other_than(code: &Code) -> Code {
    let other = if code.as_str() == "000000" { "000001" } else { "000000" };
    Code::parse(other).unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_person_has_a_profile_a_credential_and_an_account_once_they_have_proven_their_number(
    owner: PgPool,
) {
    let home = identity(&owner).await;
    let attempt = home.sign_up(ananya_herself(), HERE).await.unwrap();
    for table in ["users", "password_credentials", "accounts WHERE owner IS NOT NULL"] {
        assert_eq!(count(&owner, table).await, 0, "{table}");
    }
    let unproven = home.sign_in(PHONE, PASSWORD.into(), HERE).await;
    assert!(unproven.is_err(), "nobody signs in by what is not proven");

    let proof = Proof { code: home.code(PHONE), email_code: Some(home.code(EMAIL)) };
    let id = home.prove_sign_up(Which::Attempt(attempt), proof, HERE).await.unwrap();
    let me = view::Profile {
        id,
        name: "Ananya Iyer".into(),
        phone: "+91 98450 12264".into(),
        email: Some(EMAIL.into()),
        handle: None,
        picture: None,
    };
    assert_eq!(home.profile(id).await.unwrap(), Some(Versioned { version: 0, view: me }));
    assert_eq!(home.sign_in(EMAIL, PASSWORD.into(), HERE).await.unwrap().id, id);
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts WHERE owner = $1 AND balance = 0")
        .bind(id.uuid())
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(accounts, 1);
    assert_eq!(count(&owner, "pending_sign_ups").await, 0, "what was proven is forgotten");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_that_is_not_proven_is_nobodys_and_a_wrong_code_for_it_proves_nothing(owner: PgPool) {
    let home = identity(&owner).await;
    let attempt = home.sign_up(ananya_herself(), HERE).await.unwrap();
    let code = home.code(PHONE);
    let wrong = Proof { code: code.clone(), email_code: Some(other_than(&home.code(EMAIL))) };
    let refused = home.prove_sign_up(Which::Attempt(attempt), wrong, HERE).await;
    assert!(matches!(refused, Err(CodeError::EmailRefused)), "{refused:?}");
    assert_eq!(count(&owner, "users").await, 0);

    let id = prove(&home, Which::Attempt(attempt), &code).await.unwrap();
    assert_eq!(home.profile(id).await.unwrap().unwrap().view.email, None);
    assert!(home.sign_in(EMAIL, PASSWORD.into(), HERE).await.is_err());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_is_used_once_holds_ten_minutes_and_takes_five_tries(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let attempt = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    let code = home.code(PHONE);
    time_goes_by(&owner, "10 minutes 1 second").await;
    let late = prove(&home, Which::Attempt(attempt), &code).await;
    assert!(matches!(late, Err(CodeError::Refused)), "{late:?}");

    let attempt = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    let code = home.code(PHONE);
    for _ in 0..5 {
        let wrong = prove(&home, Which::Attempt(attempt), &other_than(&code)).await;
        assert!(matches!(wrong, Err(CodeError::Refused)), "{wrong:?}");
    }
    let after_five = prove(&home, Which::Attempt(attempt), &code).await;
    assert!(matches!(after_five, Err(CodeError::Refused)), "{after_five:?}");

    let attempt = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    let code = home.code(PHONE);
    for _ in 0..4 {
        prove(&home, Which::Attempt(attempt), &other_than(&code)).await.unwrap_err();
    }
    time_goes_by(&owner, "9 minutes 50 seconds").await;
    prove(&home, Which::Attempt(attempt), &code).await.unwrap();
    let again = prove(&home, Which::Attempt(attempt), &code).await;
    assert!(matches!(again, Err(CodeError::Refused)), "{again:?}");
    let by_number = prove(&home, Which::Phone(phone(PHONE)), &code).await;
    assert!(matches!(by_number, Err(CodeError::Refused)), "{by_number:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn only_the_newest_code_holds_and_whoever_signs_up_by_a_number_again_begins_anew(owner: PgPool) {
    let home = identity(&owner).await;
    let first = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    let first_code = home.code(PHONE);
    home.send_again(first, HERE).await.unwrap();
    let second_code = home.code(PHONE);
    assert_ne!(first_code.as_str(), second_code.as_str());
    let old = prove(&home, Which::Attempt(first), &first_code).await;
    assert!(matches!(old, Err(CodeError::Refused)), "{old:?}");

    // Somebody else wants the same number; its owner is not made a person of theirs by the page they have open.
    let theirs = home.sign_up(person("Mallory", "+91 98450 12264"), HERE).await.unwrap();
    let third_code = home.code(PHONE);
    for code in [&second_code, &third_code] {
        let mine = prove(&home, Which::Attempt(first), code).await;
        assert!(matches!(mine, Err(CodeError::Refused)), "{mine:?}");
    }
    assert!(home.pending_sign_up(first).await.unwrap().is_none());
    assert!(home.pending_sign_up(theirs).await.unwrap().is_some());
    assert_eq!(count(&owner, "users").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_has_an_account_is_told_so_where_they_read_and_nobody_is_told_at_the_door(owner: PgPool) {
    let home = identity(&owner).await;
    ananya(&home).await;
    let again = home.sign_up(with_email(person("Eve", "+91 098450-12264"), EMAIL), HERE).await.unwrap();
    let pending = home.pending_sign_up(again).await.unwrap().unwrap();
    assert_eq!((pending.phone, pending.email.unwrap().as_str()), (phone(PHONE), EMAIL));
    for address in [PHONE, EMAIL] {
        let newest = home.messages(address).remove(0).message;
        assert!(newest.text.contains("has an account already") && newest.code.is_none(), "{newest:?}");
        assert!(newest.text.contains("https://okane.example/sign-in"), "{}", newest.text);
    }
    home.send_again(again, HERE).await.unwrap();
    assert!(home.messages(PHONE)[0].message.code.is_none());

    // A free number with a taken address: the person is made, without the address.
    let other =
        home.sign_up(with_email(person("Eve", "98450 99999"), "ANANYA@example.in"), HERE).await.unwrap();
    let eve = prove(&home, Which::Attempt(other), &home.code("98450 99999")).await.unwrap();
    assert_eq!(home.profile(eve).await.unwrap().unwrap().view.email, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_message_says_who_sends_it_and_carries_a_code_without_a_link(owner: PgPool) {
    let home = identity(&owner).await;
    home.sign_up(ananya_herself(), HERE).await.unwrap();
    let (text, mail) = (home.messages(PHONE).remove(0).message, home.messages(EMAIL).remove(0).message);
    let (code, mail_code) = (home.code(PHONE), home.code(EMAIL));
    for (message, code) in [(&text, &code), (&mail, &mail_code)] {
        assert!(
            message.text.starts_with("OKANE: ") && message.text.contains(code.as_str()),
            "{}",
            message.text
        );
        assert!(message.text.contains("We never ask you for it"), "{}", message.text);
        assert!(!message.text.contains("://") && !message.subject.contains(code.as_str()));
        assert!(!format!("{message:?}").contains(code.as_str()), "nor is it shown by debug");
    }
    assert!(text.text.ends_with(&format!("\n\n@okane.example #{}", code.as_str())), "{}", text.text);
    assert_eq!(rows_that_hold(&owner, code.as_str()).await, 0, "it is kept sealed");
    assert_eq!(rows_that_hold(&owner, PASSWORD).await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_taken_number_costs_a_hash_as_a_free_one_does(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    ananya(&home).await;
    let (mut taken, mut hashing) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        let start = Instant::now();
        home.sign_up(ananya_herself(), HERE).await.unwrap();
        taken.push(start.elapsed());
        // One hash and no writing: a free number also waits for the disk, which no other test makes steady.
        let start = Instant::now();
        home.sign_in("nobody@example.in", PASSWORD.into(), HERE).await.unwrap_err();
        hashing.push(start.elapsed());
    }
    let percent = median(&mut taken).as_micros() * 100 / median(&mut hashing).as_micros();
    assert!(percent >= 60, "a taken number takes {percent} % of the time of a hash");
}

#[sqlx::test(migrations = "../migrations")]
async fn of_eight_who_use_one_code_at_once_one_becomes_the_person(owner: PgPool) {
    let home = identity(&owner).await;
    let attempt = home.sign_up(person("Ananya Iyer", PHONE), HERE).await.unwrap();
    let code = home.code(PHONE);
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (home, code) = (home.clone(), code.clone());
            tokio::spawn(async move { prove(&home, Which::Attempt(attempt), &code).await })
        })
        .collect();
    let (mut made, mut refused) = (0, 0);
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            Err(CodeError::Refused) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((made, refused), (1, 7));
    assert_eq!(count(&owner, "users").await, 1);
    assert_eq!(count(&owner, "password_credentials").await, 1);
    assert_eq!(count(&owner, "accounts WHERE owner IS NOT NULL").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn whose_number_became_somebodys_meanwhile_is_told_so_with_the_right_code_alone(owner: PgPool) {
    let home = identity(&owner).await;
    let attempt = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    let code = home.code(PHONE);
    sqlx::query("INSERT INTO users (id, name, phone) VALUES (gen_random_uuid(), 'Ananya', '+919845012264')")
        .execute(&owner)
        .await
        .unwrap();
    let wrong = prove(&home, Which::Attempt(attempt), &other_than(&code)).await;
    assert!(matches!(wrong, Err(CodeError::Refused)), "{wrong:?}");
    let right = prove(&home, Which::Attempt(attempt), &code).await;
    assert!(matches!(right, Err(CodeError::Taken)), "{right:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_person_without_a_credential_is_never_written(owner: PgPool) {
    let refuse = "ALTER TABLE password_credentials ADD CONSTRAINT none_today CHECK (hash = '') NOT VALID";
    sqlx::query(refuse).execute(&owner).await.unwrap();

    let home = identity(&owner).await;
    let attempt = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    let refused = prove(&home, Which::Attempt(attempt), &home.code(PHONE)).await;
    assert!(matches!(refused, Err(CodeError::Storage(_))), "another constraint is not `Taken`: {refused:?}");
    assert_eq!(count(&owner, "users").await, 0);
    assert_eq!(count(&owner, "accounts WHERE owner IS NOT NULL").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn codes_to_one_number_are_throttled_and_those_of_a_sign_up_keep_nobody_from_another_password(
    owner: PgPool,
) {
    let home = identity(&owner).await;
    let throttled = |answer: Result<(), SendCodeError>| {
        let Err(SendCodeError::TooMany { seconds }) = answer else { panic!("not throttled: {answer:?}") };
        assert!((1..=361).contains(&seconds), "{seconds}");
    };
    let attempt = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    for _ in 0..4 {
        home.send_again(attempt, HERE).await.unwrap();
    }
    throttled(home.sign_up(person("Ananya", PHONE), HERE).await.map(drop));
    throttled(home.send_again(attempt, HERE).await);
    for _ in 0..5 {
        home.forgotten(Address::parse(PHONE).unwrap(), HERE).await.unwrap();
    }
    throttled(home.forgotten(Address::parse(PHONE).unwrap(), HERE).await.map(drop));
    home.sign_up(person("Bharat", "98450 12265"), HERE).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn however_many_codes_are_sent_ten_of_a_number_are_tried(owner: PgPool) {
    let home = identity(&owner).await;
    let mut looked_at = 0;
    for _ in 0..4 {
        let attempt = home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
        let wrong = other_than(&home.code(PHONE));
        for _ in 0..5 {
            match prove(&home, Which::Attempt(attempt), &wrong).await.unwrap_err() {
                CodeError::Refused => looked_at += 1,
                CodeError::TooMany { seconds } => assert!((1..=181).contains(&seconds), "{seconds}"),
                error => panic!("{error:?}"),
            }
        }
    }
    assert_eq!(looked_at, 10);
    // Also where nobody asked for any.
    for number in 0..10 {
        let refused = prove(&home, Which::Phone(phone("98450 12265")), &Code::parse("000000").unwrap()).await;
        assert!(matches!(refused, Err(CodeError::Refused)), "{number}: {refused:?}");
    }
    let refused = prove(&home, Which::Phone(phone("98450 12265")), &Code::parse("000000").unwrap()).await;
    assert!(matches!(refused, Err(CodeError::TooMany { .. })), "{refused:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_not_proven_in_time_is_forgotten(owner: PgPool) {
    let home = identity(&owner).await;
    home.sign_up(person("Ananya", PHONE), HERE).await.unwrap();
    home.forgotten(Address::parse(PHONE).unwrap(), HERE).await.unwrap();
    home.forget_old().await.unwrap();
    assert_eq!((count(&owner, "pending_sign_ups").await, count(&owner, "password_resets").await), (1, 1));
    time_goes_by(&owner, "11 minutes").await;
    sqlx::query("UPDATE password_resets SET expires_at = now()").execute(&owner).await.unwrap();
    home.forget_old().await.unwrap();
    assert_eq!((count(&owner, "pending_sign_ups").await, count(&owner, "password_resets").await), (0, 0));
    assert!(Attempt::parse("nonsense").is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn people_are_seen_by_others_with_a_masked_number(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let a = ananya(&home).await;
    let b = home.enter(person("Bharat Rao", "+44 20 7946 0958")).await;
    let nobody = UserId::new("018f0000-0000-7000-8000-000000000000".parse().unwrap());

    let people = home.people(&[a, b, nobody, a]).await.unwrap();
    let seen = |id, name, phone| (id, Versioned { version: 0, view: stranger(id, name, phone) });
    let [ananya, bharat] = [seen(a, "Ananya Iyer", "+91 98••• ••264"), seen(b, "Bharat Rao", "+44••••••958")];
    assert_eq!(people, HashMap::from([ananya, bharat]));
    assert!(home.people(&[]).await.unwrap().is_empty());
    assert_eq!(home.profile(nobody).await.unwrap(), None);
}
