//! What the bank says, however often and in whatever order: one credit, or none.

use http::StatusCode;
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::world::*;

const CLEARING: i64 = 1;
const SUSPENSE: i64 = 3;

#[sqlx::test(migrations = "../migrations")]
async fn sixteen_copies_at_once_credit_once_and_are_all_taken(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let mut copies = JoinSet::new();
    for _ in 0..16 {
        let request = signed(SECRET, "msg_one", now(), succeeded(&intent).to_string());
        copies.spawn(send(world.door.clone(), request));
    }
    let answers = copies.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    assert_eq!(answers.iter().filter(|answer| answer.is("settled")).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.is("repeated")).count(), 15);

    let books = world.books().await;
    assert_eq!((books.events, books.transfers, books.entries), (1, 1, 2));
    assert_eq!(world.balance(intent.account).await, AMOUNT);
    assert_eq!(world.balance(CLEARING).await, -AMOUNT);
    assert_eq!(world.status_of(&intent).await, "SUCCESS");
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_payment_told_again_under_new_ids_is_credited_once(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    assert!(world.deliver("msg_first", &succeeded(&intent)).await.is("settled"));
    let mut again = JoinSet::new();
    for n in 0..16 {
        let request = signed(SECRET, &format!("msg_again_{n}"), now(), succeeded(&intent).to_string());
        again.spawn(send(world.door.clone(), request));
    }
    assert!(again.join_all().await.iter().all(|answer| answer.is("repeated")));
    assert_eq!(world.books().await.transfers, 1);
    assert_eq!(world.balance(intent.account).await, AMOUNT);
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn new_ids_that_race_for_one_payment_credit_once(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let mut racing = JoinSet::new();
    for n in 0..16 {
        let request = signed(SECRET, &format!("msg_race_{n}"), now(), succeeded(&intent).to_string());
        racing.spawn(send(world.door.clone(), request));
    }
    let answers = racing.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    assert_eq!(answers.iter().filter(|answer| answer.is("settled")).count(), 1);
    assert_eq!(world.balance(intent.account).await, AMOUNT);
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_failure_ends_the_intent_and_a_success_after_it_goes_to_suspense(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    assert!(world.deliver("msg_failed", &failed(&intent)).await.is("failed"));
    assert_eq!(world.status_of(&intent).await, "FAILURE");
    assert_eq!(world.books().await.transfers, 0);

    assert!(world.deliver("msg_revived", &succeeded(&intent)).await.is("suspense"));
    assert!(world.deliver("msg_revived", &succeeded(&intent)).await.is("repeated"));
    assert!(world.deliver("msg_revived_2", &succeeded(&intent)).await.is("repeated"));
    assert_eq!(world.balance(intent.account).await, 0, "never to the person");
    assert_eq!(world.balance(SUSPENSE).await, AMOUNT, "and never lost");
    assert_eq!(world.balance(CLEARING).await, -AMOUNT);
    assert_eq!(world.status_of(&intent).await, "FAILURE");
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_success_after_the_intent_expired_goes_to_suspense_once_however_often_it_is_told(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    world.expire(&intent).await;
    assert!(world.deliver("msg_failed", &failed(&intent)).await.is("ignored"), "it has ended already");
    assert!(world.deliver("msg_late", &succeeded(&intent)).await.is("suspense"));
    for again in ["msg_late", "msg_later"] {
        assert!(world.deliver(again, &succeeded(&intent)).await.is("repeated"), "{again}");
    }
    assert_eq!(world.balance(intent.account).await, 0);
    assert_eq!(world.balance(SUSPENSE).await, AMOUNT);
    assert_eq!(world.status_of(&intent).await, "EXPIRED");
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_amount_is_refused_after_the_end_of_an_intent_too(pool: PgPool) {
    let world = World::new(pool).await;
    let (paid, late) = (world.intent().await, world.intent().await);
    assert!(world.deliver("msg_paid", &succeeded(&paid)).await.is("settled"));
    world.expire(&late).await;
    let before = world.books().await;
    for (id, intent) in [("msg_more", &paid), ("msg_much", &late)] {
        let more = message("payment.succeeded", &intent.token, AMOUNT + 1, "INR");
        world.deliver(id, &more).await.assert_refused(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let after = world.books().await;
    assert_eq!((after.transfers, after.balances), (before.transfers, before.balances));
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_failure_after_a_success_takes_nothing_back(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    assert!(world.deliver("msg_paid", &succeeded(&intent)).await.is("settled"));
    assert!(world.deliver("msg_failed", &failed(&intent)).await.is("ignored"));
    assert_eq!(world.balance(intent.account).await, AMOUNT);
    assert_eq!(world.status_of(&intent).await, "SUCCESS");
    assert_eq!(world.kept("msg_failed").await.unwrap().0, "ignored");
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_success_and_a_failure_at_once_end_in_one_state_with_the_money_in_one_place(pool: PgPool) {
    let world = World::new(pool).await;
    for round in 0..8 {
        let intent = world.intent().await;
        let suspended = world.balance(SUSPENSE).await;
        let both = [("paid", succeeded(&intent)), ("failed", failed(&intent))];
        let mut racing = JoinSet::new();
        for (name, body) in both {
            let request = signed(SECRET, &format!("msg_{name}_{round}"), now(), body.to_string());
            racing.spawn(send(world.door.clone(), request));
        }
        assert!(racing.join_all().await.iter().all(|answer| answer.status == StatusCode::OK));
        let (person, suspense) =
            (world.balance(intent.account).await, world.balance(SUSPENSE).await - suspended);
        match world.status_of(&intent).await.as_str() {
            "SUCCESS" => assert_eq!((person, suspense), (AMOUNT, 0)),
            "FAILURE" => assert_eq!((person, suspense), (0, AMOUNT)),
            other => panic!("the intent is {other}"),
        }
    }
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_signed_bytes_are_kept_as_they_came(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let body = format!("  {}\n", serde_json::to_string_pretty(&succeeded(&intent)).unwrap());
    assert!(world.send(signed(SECRET, "msg_kept", now(), body.clone())).await.is("settled"));
    assert_eq!(world.kept("msg_kept").await, Some(("settled".to_owned(), body.into_bytes())));
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_id_with_another_body_is_refused_and_with_the_same_bytes_it_is_a_repeat(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    assert!(world.deliver("msg_twice", &succeeded(&intent)).await.is("settled"));
    let before = world.books().await;
    for body in [failed(&intent), succeeded(&world.intent().await), serde_json::json!({})] {
        let answer = world.deliver("msg_twice", &body).await;
        answer.assert_refused(StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(world.deliver("msg_twice", &succeeded(&intent)).await.is("repeated"));
    let after = world.books().await;
    assert_eq!(
        (after.events, after.transfers, after.outbox),
        (before.events, before.transfers, before.outbox)
    );
    assert_eq!(world.status_of(&intent).await, "SUCCESS");
    world.close().await;
}
