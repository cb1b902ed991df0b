//! How what is sent to people leaves, and what the server refuses to start without.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::world::*;

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
async fn a_mail_server_that_hangs_holds_nobody_up(owner: PgPool) {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Mail { port: silent.local_addr().unwrap().port(), received: Arc::default() };
    let world = World::with(owner, &server.settings()).await;
    let began = Instant::now();
    for number in 0..3 {
        world.asks_to_sign_up("Asha Rao", &format!("+91983333333{number}")).await;
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

/// A mail server that takes everything.
struct Mail {
    port: u16,
    received: Arc<Mutex<Vec<(String, String)>>>,
}

impl Mail {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Mail { port: listener.local_addr().unwrap().port(), received: Arc::default() };
        let received = server.received.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, received.clone()));
            }
        });
        server
    }

    fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("DEV_INBOX", "0".to_owned()),
            ("SMTP_URL", format!("smtp://127.0.0.1:{}", self.port)),
            ("MAIL_FROM", "OKANE <codes@okane.example>".to_owned()),
            ("SMS_DOMAIN", "sms.example".to_owned()),
        ]
    }

    /// The mail to this address, once it has come.
    async fn mail_to(&self, address: &str) -> String {
        let wanted = format!("<{address}>");
        let found = async {
            loop {
                let found =
                    self.received.lock().unwrap().iter().find(|(to, _)| to.contains(&wanted)).cloned();
                if let Some((_, mail)) = found {
                    return mail;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), found).await.expect("a mail")
    }
}

/// As much of SMTP as it takes (RFC 5321).
async fn talk(stream: TcpStream, received: Arc<Mutex<Vec<(String, String)>>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await? > 0 {
        let said = std::mem::take(&mut line);
        let answer = match said.split([' ', ':', '\r']).next().unwrap_or_default() {
            "RCPT" => {
                to = said;
                "250 ok\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail).await?;
                }
                received.lock().unwrap().push((to.clone(), mail.trim_end_matches(".\r\n").to_owned()));
                "250 taken\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
