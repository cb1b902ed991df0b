//! A bank that has lost its memory: it tells of every payment a hundred times, in ten messages, all at once.
//!
//! `STORM_CALLBACKS` sets how many callbacks there are; the whole storm is 100000 for 1000 payments.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use sqlx::PgPool;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::process::{delivery, postgres, program};
use crate::world::*;

/// What a run sends where nothing else is asked for.
const CALLBACKS: usize = 20_000;
/// Of each payment.
const MESSAGES: usize = 10;
const COPIES: usize = 10;
const CONNECTIONS: usize = 128;

/// So many people who each wait for one payment; its tokens.
async fn top_ups(owner: &PgPool, count: usize) -> Vec<String> {
    sqlx::query(
        "INSERT INTO users (id, name, phone)
         SELECT gen_random_uuid(), 'Ananya Iyer', '+9197' || lpad(n::text, 8, '0') FROM generate_series(1, $1) AS n",
    )
    .bind(count as i32)
    .execute(owner)
    .await
    .unwrap();
    let open = "INSERT INTO on_ramps (id, account_id, idempotency_key, bank, amount, token)
                SELECT gen_random_uuid(), id, 'storm', 'deccan', $1, 'tok_' || gen_random_uuid() FROM accounts
                WHERE owner IS NOT NULL RETURNING token";
    sqlx::query_scalar(open).bind(AMOUNT).fetch_all(owner).await.unwrap()
}

/// Every message of every payment, ready to be sent as it is.
fn messages(tokens: &[String]) -> Vec<Vec<u8>> {
    let mut messages = vec![];
    for message in 0..MESSAGES {
        for token in tokens {
            let body = crate::world::message("payment.succeeded", token, AMOUNT, "INR").to_string();
            let (headers, body) = delivery(&format!("msg_{message}_{token}"), &body);
            let headers = headers.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
            let length = body.len();
            let whole = format!(
                "POST /webhooks/bank HTTP/1.1\r\nhost: door\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
            );
            messages.push(whole.into_bytes());
        }
    }
    messages
}

/// Sends one until it is taken, as banks do, and reads what the answer says. A door that is slow may ask it to
/// come again, but not for ever.
async fn deliver(connection: &mut BufReader<TcpStream>, message: &[u8]) -> String {
    for _ in 0..20 {
        let (status, body) = send(connection, message).await;
        if status != "HTTP/1.1 503 Service Unavailable" {
            assert_eq!(status, "HTTP/1.1 200 OK", "{body}");
            return body;
        }
    }
    panic!("a door that takes nothing");
}

/// Status line and body of an answer.
async fn send(connection: &mut BufReader<TcpStream>, message: &[u8]) -> (String, String) {
    connection.write_all(message).await.unwrap();
    let (mut line, mut length) = (String::new(), 0);
    connection.read_line(&mut line).await.unwrap();
    let status = line.trim().to_owned();
    while line != "\r\n" {
        line.clear();
        connection.read_line(&mut line).await.unwrap();
        length =
            line.strip_prefix("content-length: ").map_or(length, |length| length.trim().parse().unwrap());
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.unwrap();
    (status, String::from_utf8(body).unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn a_storm_of_callbacks_credits_each_payment_once_and_takes_all_of_them(owner: PgPool) {
    let callbacks =
        std::env::var("STORM_CALLBACKS").map_or(CALLBACKS, |callbacks| callbacks.parse().unwrap());
    let payments = callbacks / MESSAGES / COPIES;
    let messages = Arc::new(messages(&top_ups(&owner, payments).await));
    let process = program(&owner, postgres(&owner), &[]);
    process.start().await;
    let (begun, next) = (Instant::now(), Arc::new(AtomicUsize::default()));
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (messages, next) = (messages.clone(), next.clone());
        let connection = TcpStream::connect(("127.0.0.1", process.port())).await.unwrap();
        senders.spawn(async move {
            let (mut connection, mut settled) = (BufReader::new(connection), 0);
            // Copies of a message follow each other, and so run beside each other; its payment's others come later.
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(message) = messages.get(number / COPIES) else { return settled };
                match &*deliver(&mut connection, message).await {
                    r#"{"status":"settled"}"# => settled += 1,
                    answer => assert_eq!(answer, r#"{"status":"repeated"}"#),
                }
            }
        });
    }
    let settled: usize = senders.join_all().await.into_iter().sum();
    eprintln!("{callbacks} callbacks for {payments} payments in {:.1?}", begun.elapsed());
    assert_eq!(settled, payments);
    process.end();

    let credits = "SELECT count(*), count(DISTINCT credit_account), sum(amount)::bigint FROM transfers";
    let credits: (i64, i64, i64) = sqlx::query_as(credits).fetch_one(&owner).await.unwrap();
    assert_eq!(credits, (payments as i64, payments as i64, payments as i64 * AMOUNT));
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM bank_events").fetch_one(&owner).await.unwrap();
    assert_eq!(kept, (payments * MESSAGES) as i64);
    assert_eq!(ledger::audit::audit(&owner).await.unwrap().findings, []);
}
