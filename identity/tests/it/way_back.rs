//! The slow way back of whoever has lost their second step: every wall on it, each by itself.

use domain::UserId;
use identity::{Attempt, Code, SecondCode, WayBack, WayBackCodes, WayBackError, address::UndoToken};
use sqlx::PgPool;

use super::second_factor::{first_step, other_than, session_of, turn_on};
use super::*;

const PHONE: &str = "98450 12264";
const EMAIL: &str = "ananya@example.in";
const LINK: &str = "https://okane.example/stop-way-back?token=";

fn codes(home: &Home) -> WayBackCodes {
    WayBackCodes { phone: home.code(PHONE), email: Some(home.code(EMAIL)) }
}

/// Codes of nobody's.
fn any() -> WayBackCodes {
    WayBackCodes { phone: Code::parse("123456").unwrap(), email: None }
}

/// The first step, and the wait.
async fn wait(home: &Home) -> Attempt {
    let sign_in = first_step(home).await;
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    home.begin_way_back(sign_in, codes(home), (HERE, None)).await.unwrap();
    sign_in
}

/// What comes next before the wait has begun, for whoever has an e-mail address.
const BLANK: WayBack = WayBack::Codes { has_email: true, are_sent: false, has_waited: false };
const ASKED: WayBack = WayBack::Codes { has_email: true, are_sent: true, has_waited: false };

/// As if it had begun so long ago.
async fn days_go_by(owner: &PgPool, days: i32) {
    let moved = "UPDATE ways_back SET asked_at = asked_at - make_interval(days => $1), until = until - make_interval(days => $1)";
    sqlx::query(moved).bind(days).execute(owner).await.unwrap();
}

fn is_over<T>(outcome: &Result<T, WayBackError>) -> bool {
    matches!(outcome, Err(WayBackError::Over))
}

fn constraint(outcome: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> String {
    let error = outcome.unwrap_err();
    error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn after_both_codes_seven_days_and_the_first_step_again_it_is_off_and_everybody_was_told(
    owner: PgPool,
) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    session_of(&home, person).await;
    let sign_in = first_step(&home).await;
    assert_eq!(home.way_back(sign_in).await.unwrap(), Some(BLANK));
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    assert_eq!(home.way_back(sign_in).await.unwrap(), Some(ASKED));
    let right = codes(&home);
    let odd = [
        WayBackCodes { phone: other_than(&right.phone), ..right.clone() },
        WayBackCodes { email: right.email.as_ref().map(other_than), ..right.clone() },
        WayBackCodes { email: None, ..right.clone() },
        WayBackCodes { phone: right.email.clone().unwrap(), email: Some(right.phone.clone()) },
    ];
    for wrong in odd {
        let refused = home.begin_way_back(sign_in, wrong, (HERE, None)).await;
        assert!(
            matches!(refused, Err(WayBackError::PhoneRefused | WayBackError::EmailRefused)),
            "{refused:?}"
        );
    }
    let until = home.begin_way_back(sign_in, right.clone(), (HERE, None)).await.unwrap();
    let left = until.duration_since(jiff::Timestamp::now());
    assert!((167..=168).contains(&left.as_hours()), "{left}");
    for address in [PHONE, EMAIL] {
        home.is_told(address, LINK).await;
    }
    assert_eq!(home.way_back(sign_in).await.unwrap(), Some(WayBack::Waits { until }));
    assert_eq!(count(&owner, "pending_ways_back").await, 0, "codes are used once");
    let twice = home.begin_way_back(sign_in, right, (HERE, None)).await;
    assert!(matches!(twice, Err(WayBackError::Waits { .. })), "{twice:?}");
    let old = codes(&home);
    for days in [0, 6] {
        days_go_by(&owner, days).await;
        let early = home.take_way_back(sign_in, old.clone(), (HERE, None)).await;
        assert!(matches!(early, Err(WayBackError::Waits { .. })), "{early:?}");
        let early = home.ask_for_way_back(sign_in, HERE).await;
        assert!(matches!(early, Err(WayBackError::Waits { .. })), "{early:?}");
    }
    days_go_by(&owner, 1).await;
    let again = first_step(&home).await;
    let ready = WayBack::Codes { has_email: true, are_sent: false, has_waited: true };
    assert_eq!(home.way_back(again).await.unwrap(), Some(ready));
    assert!(is_over(&home.take_way_back(again, old.clone(), (HERE, None)).await), "it takes codes of now");
    home.ask_for_way_back(again, HERE).await.unwrap();
    assert!(is_over(&home.begin_way_back(again, codes(&home), (HERE, None)).await), "it waits once");
    let right = codes(&home);
    let wrong = WayBackCodes { email: right.email.as_ref().map(other_than), ..right.clone() };
    for (codes, is_email) in
        [(old, false), (wrong, true), (WayBackCodes { email: None, ..right.clone() }, true)]
    {
        match home.take_way_back(again, codes, (HERE, None)).await {
            Err(WayBackError::PhoneRefused) => assert!(!is_email),
            Err(WayBackError::EmailRefused) => assert!(is_email),
            other => panic!("{other:?}"),
        }
    }
    assert!(home.second_factor(person).await.unwrap().is_some());
    assert_eq!(home.take_way_back(again, right.clone(), (HERE, None)).await.unwrap().id, person);
    assert!(home.second_factor(person).await.unwrap().is_none());
    assert_eq!((count(&owner, "sessions").await, count(&owner, "cooling_offs").await), (0, 1));
    for sign_in in [again, sign_in] {
        assert!(is_over(&home.take_way_back(sign_in, right.clone(), (HERE, None)).await));
    }
    home.sign_in(PHONE, PASSWORD.into(), HERE).await.unwrap();
    home.is_told(EMAIL, "turned off without a code, after the wait").await;
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_has_no_email_address_waits_as_long_and_a_week_after_that_it_is_over(owner: PgPool) {
    let home = identity(&owner).await;
    let person = home.enter(person("Ananya Iyer", PHONE)).await;
    turn_on(&home, person).await;
    let sign_in = first_step(&home).await;
    let blank = WayBack::Codes { has_email: false, are_sent: false, has_waited: false };
    assert_eq!(home.way_back(sign_in).await.unwrap(), Some(blank));
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    let codes = WayBackCodes { phone: home.code(PHONE), email: None };
    home.begin_way_back(sign_in, codes.clone(), (HERE, None)).await.unwrap();
    days_go_by(&owner, 6).await;
    let early = home.take_way_back(sign_in, codes, (HERE, None)).await;
    assert!(matches!(early, Err(WayBackError::Waits { .. })), "{early:?}");
    days_go_by(&owner, 1).await;
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    let codes = WayBackCodes { phone: home.code(PHONE), email: None };
    days_go_by(&owner, 7).await;
    assert!(
        is_over(&home.take_way_back(sign_in, codes, (HERE, None)).await),
        "a week after it, nothing holds"
    );
    assert!(home.second_factor(person).await.unwrap().is_some());
    let sign_in = first_step(&home).await;
    assert_eq!(home.way_back(sign_in).await.unwrap(), Some(blank));
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    let codes = WayBackCodes { phone: home.code(PHONE), email: None };
    home.begin_way_back(sign_in, codes, (HERE, None)).await.unwrap();
}

/// What ends it.
#[derive(Debug, Clone, Copy)]
enum End {
    Session,
    Link,
    Code,
    Password,
    Suspended,
    Number,
    TurnedOff,
}

#[sqlx::test(migrations = "../migrations")]
async fn it_is_ended_by_a_session_a_link_a_code_another_password_another_number_a_suspension_and_by_turning_it_off(
    owner: PgPool,
) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    let (_, recovery) = turn_on(&home, person).await;
    for end in
        [End::Session, End::Link, End::Code, End::Suspended, End::Password, End::TurnedOff, End::Number]
    {
        if home.second_factor(person).await.unwrap().is_none() {
            turn_on(&home, person).await;
        }
        let sign_in = wait(&home).await;
        let code = |n: usize| SecondCode::parse(&recovery[n].shown()).unwrap();
        match end {
            End::Session => assert!(home.stop_way_back(person, None).await.unwrap()),
            End::Link => {
                let message = home.is_told(PHONE, LINK).await;
                let token = message.rsplit_once('=').unwrap().1;
                let token = UndoToken::parse(token).unwrap();
                assert!(home.stoppable_way_back(&token).await.unwrap().is_some());
                assert!(home.stop_way_back_by(&token, None).await.unwrap());
                assert!(!home.stop_way_back_by(&token, None).await.unwrap(), "once");
            }
            End::Code => {
                let other = first_step(&home).await;
                home.take_second_step(other, &code(0), HERE, None).await.unwrap();
            }
            End::Password => {
                let reset = home.forgotten(Address::parse(PHONE).unwrap(), HERE).await.unwrap();
                let password = NewPassword::parse(PASSWORD, &[]).unwrap();
                home.reset_password(reset, home.code(PHONE), password, (HERE, None)).await.unwrap();
                let week = "UPDATE password_credentials SET updated_at = updated_at - interval '7 days'";
                sqlx::query(week).execute(&owner).await.unwrap();
            }
            // Whoever is shut out could not end it meanwhile.
            End::Suspended => {
                assert!(identity::suspension::suspend(&owner, person, "stolen").await.unwrap());
                assert_eq!(count(&owner, "ways_back").await, 0);
                assert!(identity::suspension::restore(&owner, person).await.unwrap());
            }
            End::Number => {
                sqlx::query("UPDATE users SET phone = '+919845012299'").execute(&owner).await.unwrap();
                assert_eq!(count(&owner, "ways_back").await, 0);
                continue;
            }
            End::TurnedOff => {
                let this = session_of(&home, person).await;
                home.turn_off_second_factor(person, &code(1), &this, None).await.unwrap();
                assert_eq!(count(&owner, "ways_back").await, 0);
                continue;
            }
        }
        days_go_by(&owner, 7).await;
        let again = first_step(&home).await;
        for attempt in [sign_in, again] {
            assert!(is_over(&home.take_way_back(attempt, any(), (HERE, None)).await), "{end:?}");
        }
        assert_eq!(home.way_back(again).await.unwrap(), Some(BLANK), "{end:?}");
        assert!(home.second_factor(person).await.unwrap().is_some());
        if !matches!(end, End::Password | End::Suspended) {
            home.is_told(EMAIL, "was ended. It is on as before.").await;
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn codes_have_five_tries_and_their_person_is_sent_few(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    let sign_in = first_step(&home).await;
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    let right = codes(&home);
    let wrong = WayBackCodes { phone: other_than(&right.phone), ..right.clone() };
    for _ in 0..5 {
        let refused = home.begin_way_back(sign_in, wrong.clone(), (HERE, None)).await;
        assert!(matches!(refused, Err(WayBackError::PhoneRefused)));
    }
    assert!(is_over(&home.begin_way_back(sign_in, right, (HERE, None)).await));
    for _ in 0..4 {
        home.ask_for_way_back(sign_in, HERE).await.unwrap();
    }
    let many = home.ask_for_way_back(sign_in, HERE).await;
    assert!(matches!(many, Err(WayBackError::TooMany { .. })), "{many:?}");
    assert_eq!(count(&owner, "ways_back").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn how_long_it_takes_is_not_the_programs_to_say(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    let sign_in = wait(&home).await;
    for forbidden in [
        "UPDATE ways_back SET until = now()",
        "INSERT INTO ways_back (person, ways_in, stop_hash, until) SELECT person, ways_in, sha256('x'), now() FROM ways_back",
    ] {
        let error = sqlx::query(forbidden).execute(home.pool()).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{forbidden}");
    }
    let sooner =
        sqlx::query("UPDATE ways_back SET until = asked_at + interval '6 days'").execute(&owner).await;
    assert_eq!(constraint(sooner), "ways_back_takes_days");
    assert_eq!(taken(&home).await, None);
    days_go_by(&owner, 7).await;
    assert_eq!(taken(&home).await, None, "nor without codes");
    assert!(home.stop_way_back(person, None).await.unwrap());
    // Whoever has had the number or the address since today has to be believed by it first.
    let changed = "INSERT INTO address_changes (person, kind, from_address, to_address, undo_hash)
                   SELECT id, 'email', 'before@example.in', email, sha256('x') FROM users";
    sqlx::query(changed).execute(&owner).await.unwrap();
    assert!(matches!(home.ask_for_way_back(sign_in, HERE).await, Err(WayBackError::Cooling { .. })));
    let insert = "INSERT INTO ways_back (person, ways_in, stop_hash) SELECT person, ways_in, sha256('x') FROM pending_sign_ins";
    assert_eq!(constraint(sqlx::query(insert).execute(home.pool()).await), "ways_back_cooling");
}

/// What Postgres says to whoever asks it for the end by codes that nobody has read.
async fn taken(home: &Home) -> Option<uuid::Uuid> {
    let taken = "SELECT take_way_back(attempt, sha256('x')) FROM pending_sign_ins";
    sqlx::query_scalar(taken).fetch_one(home.pool()).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_day_before_the_end_everybody_is_told_again_and_that_message_ends_it_too(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    wait(&home).await;
    let reminders = |address: &str| {
        let told = home.messages(address);
        told.into_iter().filter(|told| told.message.text.contains("reads the codes that we send")).count()
    };
    home.remind_of_ways_back().await.unwrap();
    assert_eq!((reminders(PHONE), reminders(EMAIL)), (0, 0), "not on the first day");
    days_go_by(&owner, 6).await;
    tokio::try_join!(home.remind_of_ways_back(), home.remind_of_ways_back()).unwrap();
    home.remind_of_ways_back().await.unwrap();
    assert_eq!((reminders(PHONE), reminders(EMAIL)), (1, 1), "once, whoever tells it");
    let message = home.messages(EMAIL).into_iter().rev().map(|told| told.message.text);
    let message = message.into_iter().find(|text| text.contains("reads the codes that we send")).unwrap();
    let token = UndoToken::parse(message.rsplit_once('=').unwrap().1).unwrap();
    assert!(home.stoppable_way_back(&token).await.unwrap().is_some());
    assert!(home.stop_way_back_by(&token, None).await.unwrap());
    assert_eq!(count(&owner, "ways_back").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_password_that_came_after_the_second_step_waits_a_week_before_it_can_ask(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    let reset = home.forgotten(Address::parse(PHONE).unwrap(), HERE).await.unwrap();
    let password = NewPassword::parse(PASSWORD, &[]).unwrap();
    home.reset_password(reset, home.code(PHONE), password, (HERE, None)).await.unwrap();
    let sign_in = first_step(&home).await;
    assert!(matches!(home.way_back(sign_in).await.unwrap(), Some(WayBack::Cooling { .. })));
    let refused = home.ask_for_way_back(sign_in, HERE).await;
    assert!(matches!(refused, Err(WayBackError::Cooling { .. })), "{refused:?}");
    let insert = "INSERT INTO ways_back (person, ways_in, stop_hash) SELECT person, ways_in, sha256('x') FROM pending_sign_ins";
    assert_eq!(constraint(sqlx::query(insert).execute(home.pool()).await), "ways_back_cooling");
    let week = "UPDATE password_credentials SET updated_at = updated_at - interval '7 days'";
    sqlx::query(week).execute(&owner).await.unwrap();
    sqlx::query("UPDATE second_factors SET since = since - interval '8 days'").execute(&owner).await.unwrap();
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    home.begin_way_back(sign_in, codes(&home), (HERE, None)).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_of_today_says_nothing_even_where_it_is_the_first(owner: PgPool) {
    let home = identity(&owner).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    let sign_in = first_step(&home).await;
    let added = "INSERT INTO address_changes (person, kind, from_address, to_address, undo_hash)
                 SELECT id, 'email', NULL, email, sha256('x') FROM users";
    sqlx::query(added).execute(&owner).await.unwrap();
    assert!(matches!(home.ask_for_way_back(sign_in, HERE).await, Err(WayBackError::Cooling { .. })));
}

#[sqlx::test(migrations = "../migrations")]
async fn of_ending_and_taking_it_at_once_one_comes_off(owner: PgPool) {
    let home = home(&owner, cache::Cache::local(), 100).await;
    let person = ananya(&home).await;
    turn_on(&home, person).await;
    let sign_in = wait(&home).await;
    days_go_by(&owner, 7).await;
    home.ask_for_way_back(sign_in, HERE).await.unwrap();
    let codes = codes(&home);
    let taking = |n: u8| {
        let (home, codes) = (home.clone(), codes.clone());
        async move {
            match n % 2 {
                0 => home.take_way_back(sign_in, codes, (HERE, None)).await.is_ok(),
                _ => home.stop_way_back(person, None).await.unwrap(),
            }
        }
    };
    let mut came_off = 0;
    for one in (0..8).map(|n| tokio::spawn(taking(n))).collect::<Vec<_>>() {
        came_off += usize::from(one.await.unwrap());
    }
    assert_eq!(came_off, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn without_a_first_step_there_is_nothing_to_go_on_from(owner: PgPool) {
    let home = identity(&owner).await;
    let person: UserId = ananya(&home).await;
    turn_on(&home, person).await;
    let nobodys = Attempt::parse(&uuid::Uuid::new_v4().to_string()).unwrap();
    assert_eq!(home.way_back(nobodys).await.unwrap(), None);
    assert!(is_over(&home.ask_for_way_back(nobodys, HERE).await));
    assert!(is_over(&home.take_way_back(nobodys, any(), (HERE, None)).await));
    let sign_in = first_step(&home).await;
    sqlx::query("UPDATE pending_sign_ins SET expires_at = now()").execute(&owner).await.unwrap();
    assert_eq!(home.way_back(sign_in).await.unwrap(), None);
    assert!(is_over(&home.ask_for_way_back(sign_in, HERE).await));
    assert!(!home.messages(PHONE).iter().any(|received| received.message.text.contains("without the app")));
}
