//! How what is sent to people leaves, and what the server refuses to start without.

use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::net::TcpListener;

use crate::mail::Mail;
use crate::world::*;

const GUESSABLE: &str = "canary-canary-canary-canary-change-me";

/// What it says when it refuses to start.
fn refuses(environment: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_okane"))
        .env_clear()
        .envs([("DATABASE_URL", "postgres://okane_web@127.0.0.1:1/none"), ("METRICS_ADDR", "127.0.0.1:0")])
        // Not an address to listen on: where it does not refuse before, it ends with this.
        .env("LISTEN_ADDR", "192.0.2.1:1")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn it_does_not_start_without_a_way_to_send_codes_nor_with_one_that_shows_them_to_everybody() {
    let secret = ("SESSION_SECRET", SECRET);
    let smtp = ("SMTP_URL", "smtp://canary:canary@127.0.0.1:1");
    let from = ("MAIL_FROM", "OKANE <codes@okane.example>");
    for (environment, sentence) in [
        (vec![secret], "set SMTP_URL"),
        (vec![secret, ("SMTP_URL", "")], "set SMTP_URL"),
        (vec![secret, smtp], "MAIL_FROM is missing"),
        (vec![secret, smtp, from], "SMS_DOMAIN is missing"),
        (
            vec![secret, smtp, ("MAIL_FROM", "nobody"), ("SMS_DOMAIN", "sms.example")],
            "MAIL_FROM is no address",
        ),
        (vec![secret, smtp, from, ("SMS_DOMAIN", "no domain")], "SMS_DOMAIN is no domain"),
        (vec![secret, ("DEV_INBOX", "1"), ("PUBLIC_ORIGIN", "https://okane.example")], "DEV_INBOX"),
        (vec![("DEV_INBOX", "1")], "SESSION_SECRET is missing"),
        (vec![("DEV_INBOX", "1"), ("SESSION_SECRET", "canary")], "SESSION_SECRET is too short"),
        (vec![("DEV_INBOX", "1"), ("SESSION_SECRET", GUESSABLE)], "SESSION_SECRET can be guessed"),
        (
            vec![secret, ("SMTP_URL", "smtps://okane:canary@mail.example")],
            "The password in SMTP_URL can be guessed",
        ),
        (
            vec![secret, ("DEV_INBOX", "1"), ("REDIS_URL", "redis://:canary@cache.example")],
            "The password in REDIS_URL can be guessed",
        ),
    ] {
        let said = refuses(&environment);
        assert!(said.contains(sentence) && !said.contains("canary"), "{sentence}: {said}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn in_development_and_only_there_what_is_sent_can_be_read(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let phone = "+919811111111";
    world.asks_to_sign_up("Asha Rao", phone).await;
    let inbox = world.get(&format!("/api/dev/inbox/{phone}")).send().await.unwrap();
    let messages: Value = inbox.json().await.unwrap();
    let code = messages[0]["code"].as_str().unwrap();
    assert_eq!((messages.as_array().unwrap().len(), code.len()), (1, 6));
    assert!(messages[0]["text"].as_str().unwrap().contains(code));
    let page = world.get("/dev/inbox").send().await.unwrap().text().await.unwrap();
    assert!(page.contains(phone) && page.contains(code), "{page}");
    assert!(!world.log().contains(code), "no log shows it");

    let server = Mail::start().await;
    let production = World::with(owner, &server.settings()).await;
    for path in ["/dev/inbox", "/api/dev/inbox/9811111111"] {
        let answer = production.get(path).send().await.unwrap();
        assert_ne!(answer.status(), StatusCode::OK, "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn codes_go_by_mail_to_addresses_and_by_the_gateways_mail_to_numbers(owner: PgPool) {
    let server = Mail::start().await;
    let world = World::with(owner, &server.settings()).await;
    let (phone, email) = ("+919822222222", "asha@example.in");
    let new = json!({ "name": "Asha Rao", "phone": phone, "email": email, "password": PASSWORD });
    let asked = world.post("/api/v1/users", &new).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::CREATED);
    let text = server.mail_to("919822222222@sms.example").await;
    let mail = server.mail_to(email).await;
    assert!(
        mail.contains("Subject: Your code for OKANE") && mail.contains("From: OKANE <codes@okane.example>"),
        "{mail}"
    );
    assert!(!text.contains("Subject:"), "a gateway would put it before the text: {text}");
    let code = |mail: &str| {
        let body = mail.split("\r\n\r\n").nth(1).unwrap();
        body.split("OKANE: ").nth(1).unwrap()[..6].to_owned()
    };
    let host = format!("@127.0.0.1 #{}", code(&text));
    assert!(text.trim_end().ends_with(&host), "{text}");
    let proof = json!({ "phone": phone, "code": code(&text), "email_code": code(&mail) });
    let proven = world.post("/api/v1/users/verify", &proof).send().await.unwrap();
    assert_eq!(proven.status(), StatusCode::CREATED, "{}", proven.text().await.unwrap());
}

#[sqlx::test(migrations = "../migrations")]
async fn no_line_of_what_is_typed_reaches_the_mail_server(owner: PgPool) {
    let server = Mail::start().await;
    let world = World::with(owner, &server.settings()).await;
    let new = |email: &str| {
        let new =
            json!({ "name": "Asha Rao", "phone": "+919844444444", "email": email, "password": PASSWORD });
        world.post("/api/v1/users", &new).send()
    };
    for email in [
        "asha@example.in\r\nBcc:other@evil.example",
        "asha@example.in\r\nRCPT",
        "asha@example.in>\r\nRCPT\tTO:<other",
        "as\r\nha@example.in",
        "as\nha@example.in",
        "\"as ha\"@example.in",
        "asha@example.in\0",
    ] {
        assert_eq!(new(email).await.unwrap().status(), StatusCode::BAD_REQUEST, "{email:?}");
    }
    assert_eq!(new("asha@example.in").await.unwrap().status(), StatusCode::CREATED);
    server.mail_to("asha@example.in").await;
    server.mail_to("919844444444@sms.example").await;
    let reached = server.reached();
    assert_eq!(reached.len(), 2, "{reached:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_mail_server_that_hangs_holds_nobody_up(owner: PgPool) {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Mail::at(silent.local_addr().unwrap().port());
    let world = World::with(owner, &server.settings()).await;
    let began = Instant::now();
    for number in 0..3 {
        world.asks_to_sign_up("Asha Rao", &format!("+91983333333{number}")).await;
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}
