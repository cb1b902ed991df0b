//! Deliveries within requests whose end can be read in two ways: the bank's door hears none of them, however well signed.

use sqlx::PgPool;

use crate::{
    process::{delivery, postgres, program},
    support::smuggling::{assert_nothing_hidden_is_heard, say},
    world::*,
};

#[sqlx::test(migrations = "../migrations")]
async fn a_delivery_hidden_in_a_request_whose_end_can_be_read_in_two_ways_is_not_heard(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let program = program(&owner, postgres(&owner), &[]);
    program.start().await;
    let intent = world.intent().await;
    let (headers, body) = delivery("msg_hidden", &succeeded(&intent).to_string());
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let hidden = format!(
        "POST /webhooks/bank HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let before = world.books().await;
    assert_nothing_hidden_is_heard(program.port(), "/webhooks/bank", &hidden).await;
    assert_eq!(world.books().await, before, "nothing of it was heard");

    // By itself it is heard: it is where it stood that decided.
    let answer = say(program.port(), &hidden).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(world.balance(intent.account).await, AMOUNT);
    program.end();
    world.close().await;
}
