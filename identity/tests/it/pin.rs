//! The PIN: where it must not be, and how few tries there are.

use domain::approval::PinState;
use identity::{NewPin, PIN_TRIES, Pin, PinError};
use sqlx::PgPool;

use super::*;

const PHONE: &str = "98450 12264";
const PIN: &str = "314159";

fn pin(text: &str) -> Pin {
    Pin::parse(&text.into()).unwrap()
}

fn new(text: &str) -> NewPin {
    NewPin::parse(&text.into(), "").unwrap()
}

async fn said(home: &Home, person: UserId, text: &str) -> String {
    match home.check_pin(person, &pin(text)).await {
        Ok(()) => "right".to_owned(),
        Err(PinError::Wrong { tries }) => format!("wrong, {tries} left"),
        Err(error) => format!("{error:?}"),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn ten_wrong_ones_in_a_row_are_the_end_of_a_pin_and_a_right_one_gives_all_tries_back(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    assert_eq!(said(&home, id, PIN).await, "None");
    home.set_pin(id, new(PIN), None).await.unwrap();
    for left in (1..PIN_TRIES).rev() {
        assert_eq!(said(&home, id, "314150").await, format!("wrong, {left} left"));
    }
    assert_eq!(said(&home, id, PIN).await, "right");
    for left in (1..PIN_TRIES).rev() {
        assert_eq!(said(&home, id, "314150").await, format!("wrong, {left} left"));
    }
    assert_eq!(home.pin_state(id).await.unwrap(), PinState::Set);
    for text in ["314150", PIN, PIN] {
        assert_eq!(said(&home, id, text).await, "Void", "{text}");
    }
    assert_eq!(home.pin_state(id).await.unwrap(), PinState::Void);
    home.is_told(PHONE, "Your PIN was wrong ten times in a row").await;
    home.set_pin(id, new("271828"), None).await.unwrap();
    assert_eq!(said(&home, id, PIN).await, "wrong, 9 left");
    assert_eq!(said(&home, id, "271828").await, "right");
    home.is_told(PHONE, "A new PIN approves your payments.").await;
    home.remove_pin(id, None).await.unwrap();
    home.is_told(PHONE, "Your PIN was removed").await;
    assert_eq!(
        (said(&home, id, "271828").await.as_str(), home.pin_state(id).await.unwrap()),
        ("None", PinState::None)
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_guesses_at_once_ten_are_looked_at(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    home.set_pin(id, new(PIN), None).await.unwrap();
    let guesses: Vec<_> = (0..16)
        .map(|n| {
            let home = home.clone();
            tokio::spawn(async move { said(&home, id, &format!("2718{n:02}")).await })
        })
        .collect();
    let mut looked_at = 0;
    for guess in guesses {
        looked_at += usize::from(guess.await.unwrap().starts_with("wrong"));
    }
    assert_eq!(looked_at, 9, "and the tenth says that it was the last");
    assert_eq!(said(&home, id, PIN).await, "Void");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_pin_is_its_persons_own_and_stands_nowhere_to_be_read_or_tried(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let other = home.enter(person("Vikram Shah", "98450 12265")).await;
    home.set_pin(id, new(PIN), None).await.unwrap();
    home.set_pin(other, new("271828"), None).await.unwrap();
    assert_eq!(said(&home, other, PIN).await, "wrong, 9 left");
    assert_eq!(rows_that_hold(&owner, PIN).await, 0);
    // Whoever can write the tables gives nobody their own PIN, and whoever can read them tries none without the key.
    sqlx::query("UPDATE pins SET hash = (SELECT hash FROM pins WHERE user_id = $1)")
        .bind(id.uuid())
        .execute(&owner)
        .await
        .unwrap();
    assert_eq!(said(&home, other, PIN).await, "wrong, 8 left");
    assert_eq!(said(&home, id, PIN).await, "right");
    let post = Post::new(home.inbox.clone(), "https://okane.example", "another key".into());
    let elsewhere = Identity::new(web(&owner).await, cache::Cache::local(), 1, post);
    let tried = elsewhere.check_pin(id, &pin(PIN)).await;
    assert!(matches!(tried, Err(PinError::Void)), "{tried:?}");
    assert_eq!(elsewhere.pin_state(id).await.unwrap(), PinState::Void, "under another key no PIN is right");
    assert_eq!(said(&home, id, PIN).await, "right", "nor is one used up by it");
}

#[sqlx::test(migrations = "../migrations")]
async fn trying_is_counted_also_where_it_is_right(owner: PgPool) {
    let home = identity(&owner).await;
    let id = ananya(&home).await;
    let mut tried = 0;
    let refused = loop {
        match home.check_pin(id, &pin(PIN)).await {
            Err(error @ PinError::TooMany { .. }) => break error.to_string(),
            _ => tried += 1,
        }
    };
    assert!(tried >= 100 && refused.ends_with("No money moved."), "{tried} {refused}");
}
