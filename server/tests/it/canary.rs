//! Secrets and what is personal, put through every road of the program and through what goes wrong on the way, and then
//! looked for wherever they have no business: in the log at its most talkative, in metrics, in Redis, in Postgres, in
//! answers, in addresses, and in what any process of the machine can see of ours.

use std::net::{SocketAddr, TcpListener};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};

use crate::second_factor::{Factor, browser, first_step, turn_on};
use crate::support::door::Door;
use crate::support::redis;
use crate::support::watch::Watch;
use crate::world::*;

const PIN: &str = "738416";
const WRONG_PIN: &str = "738419";
const WRONG: &str = "canary-wrong-password-7b1e";
const DATABASE: &str = "canary-database-password-c90d";
const KEY: &str = "canary-key-51d2";
const NOTE: &str = "canary-note-88aa";

/// The server with a password to its database, and doors before everything it talks to.
struct Cage {
    world: World,
    postgres: Door,
    redis: Door,
    redis_url: String,
    metrics: String,
    /// Every answer that was got, with its headers.
    answers: Vec<String>,
}

impl Cage {
    async fn new(owner: &PgPool) -> Self {
        let postgres = Door::before("Postgres", postgres(owner), None).await;
        let (redis, redis_url) = redis::door(&Watch::default()).await;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let metrics = format!("127.0.0.1:{port}");
        let mut database = database(owner, local(postgres.port));
        database.set_password(Some(DATABASE)).unwrap();
        let settings = [
            ("DATABASE_URL", database.as_str()),
            ("REDIS_URL", &redis_url),
            ("METRICS_ADDR", &metrics),
            ("RUST_LOG", "debug"),
            ("RATE_LIMIT_SCALE", "1000"),
        ];
        let world = World::with(owner.clone(), &settings).await;
        Cage { world, postgres, redis, redis_url, metrics, answers: Vec::new() }
    }

    async fn hear(&mut self, call: RequestBuilder) -> (StatusCode, String) {
        let answer = call.send().await.unwrap();
        let (status, headers) = (answer.status(), format!("{:?}", answer.headers()));
        let body = answer.text().await.unwrap();
        self.answers.push(format!("{headers}\n{body}"));
        (status, body)
    }

    async fn get(&mut self, person: &Person, path: &str) -> (StatusCode, String) {
        self.hear(self.world.get(path).header("cookie", &person.cookie)).await
    }

    async fn form(&mut self, person: &Person, path: &str, body: String) -> (StatusCode, String) {
        let call = self.world.http.post(format!("{}{path}", self.world.origin)).body(body);
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        self.hear(call.header("cookie", &person.cookie)).await
    }

    async fn call(&mut self, person: &Person, path: &str, key: &str, body: &Value) -> (StatusCode, String) {
        let call = self.world.post(path, body).header("cookie", &person.cookie);
        self.hear(call.header("idempotency-key", key)).await
    }
}

fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// Every road that a secret takes, with the answers that are no secret's business.
async fn all_roads(cage: &mut Cage, asha: &Person, vikram: &Person, round: usize) {
    let number = asha.phone.replace('+', "%2B");
    let wrong = json!({ "identifier": asha.phone, "password": WRONG });
    cage.call(asha, "/api/v1/session", "x", &wrong).await;
    cage.form(asha, "/sign-in", format!("identifier={number}&password={WRONG}&next=")).await;
    cage.form(asha, "/sign-up", format!("name=1&phone=1&password={WRONG}&next=")).await;
    cage.form(asha, "/fn/sign_in", format!("form[identifier]={number}&form[password]={WRONG}&form[next]="))
        .await;
    cage.form(asha, "/fn/sign_in", format!("form[identifier][]={number}&form[password][x]={WRONG}")).await;
    cage.form(asha, "/settings/freeze", format!("thaw=1&confirm={WRONG}")).await;
    cage.form(asha, "/settings/freeze", format!("thaw=1&confirm={PASSWORD}")).await;
    cage.form(asha, "/settings/limits", format!("day=x&confirm={WRONG}&confirm={PASSWORD}")).await;
    cage.form(asha, "/settings/approval", format!("set=1&pin={PIN}&confirm={PASSWORD}")).await;
    cage.form(asha, "/settings/approval", "ask=above&above=50000".to_owned()).await;
    for pin in [json!(WRONG_PIN), json!(PIN), json!(738416), json!([PIN]), json!({ "pin": PIN })] {
        let approval =
            json!({ "key": "canary-approval", "to": vikram.phone, "amount_minor": 1_00, "pin": pin });
        cage.call(asha, "/api/v1/approvals", "x", &approval).await;
    }
    cage.form(asha, "/fn/settings/approval/change", format!("form[set]=1&form[pin]={PIN}&form[pin]={PIN}"))
        .await;
    let pay = json!({ "to": vikram.phone, "amount_minor": 1_00, "note": NOTE });
    let other = json!({ "to": vikram.phone, "amount_minor": 2_00, "note": NOTE });
    let key = format!("{KEY}-{round}");
    for body in [&pay, &pay, &other] {
        cage.call(asha, "/api/v1/transfers", &key, body).await;
    }
    cage.call(asha, "/api/v1/on-ramps", &key, &json!({ "amount_minor": 500_00, "bank": "deccan" })).await;
    cage.form(asha, "/add-money", format!("amount=500&bank=deccan&key={key}-page")).await;
    for path in
        ["/home", "/activity", "/people", "/send", "/settings/sessions", "/settings/profile", "/nonsense"]
    {
        cage.get(asha, path).await;
    }
    cage.get(vikram, "/home").await;
    let by_key = format!("/api/v1/transfers/by-key/{key}");
    cage.get(asha, &by_key).await;
    // Here the key belongs: it names the draft, in the form and in its address.
    let heard = cage.answers.len();
    cage.form(
        asha,
        "/send",
        format!("to={}&amount=1&note=x&key={key}-draft", vikram.phone.replace('+', "%2B")),
    )
    .await;
    let (_, page) = cage.form(asha, "/send/review", format!("draft={key}-draft&pin={WRONG_PIN}")).await;
    assert!(!page.contains(WRONG_PIN), "{page}");
    cage.form(asha, "/send/review", format!("draft={key}-draft&pin={PIN}")).await;
    cage.answers.truncate(heard);
}

/// The second step of somebody who has one, by codes that are right, wrong and used before.
async fn second_steps(cage: &mut Cage, rohan: &Person, factor: &Factor, round: usize) {
    let (mut visitor, first) = first_step(&cage.world, &rohan.phone, PASSWORD).await;
    cage.answers.push(format!("{:?}", first.headers()));
    for code in [&factor.key, &factor.codes[round], &factor.codes[round]] {
        let answer = visitor.submit("/sign-in/code", &format!("code={code}&next=")).await;
        let headers = format!("{:?}", answer.headers());
        cage.answers.push(format!("{headers}\n{}", answer.text().await.unwrap()));
    }
    let page = visitor.get("/settings/second-factor").await;
    cage.answers.push(page.text().await.unwrap());
}

#[sqlx::test(migrations = "../migrations")]
async fn no_secret_is_found_where_it_has_no_business_whatever_goes_wrong(owner: PgPool) {
    let mut cage = Cage::new(&owner).await;
    let (asha, vikram) = (cage.world.person("Canary Aviary").await, cage.world.person("Vikram Shah").await);
    let rohan = cage.world.person("Rohan Das").await;
    let factor = turn_on(&mut browser(&cage.world, &rohan), &rohan.phone).await;
    all_roads(&mut cage, &asha, &vikram, 0).await;
    second_steps(&mut cage, &rohan, &factor, 0).await;
    // A row that Postgres refuses is shown whole in the details of its error.
    let refuse =
        "ALTER TABLE transfers ADD CONSTRAINT canary CHECK (note NOT LIKE 'canary-refused%') NOT VALID";
    sqlx::query(refuse).execute(&owner).await.unwrap();
    let refused =
        json!({ "to": vikram.phone, "amount_minor": 1_00, "note": format!("canary-refused {NOTE}") });
    let (status, _) = cage.call(&asha, "/api/v1/transfers", &format!("{KEY}-refused"), &refused).await;
    assert!(status.is_server_error(), "{status}");
    cage.redis.strand();
    cage.redis.lead_to(local(1));
    all_roads(&mut cage, &asha, &vikram, 1).await;
    second_steps(&mut cage, &rohan, &factor, 1).await;
    cage.postgres.strand();
    cage.postgres.lead_to(local(1));
    let (status, _) = cage.get(&asha, "/home").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    all_roads(&mut cage, &asha, &vikram, 2).await;
    second_steps(&mut cage, &rohan, &factor, 2).await;

    let session = asha.cookie.split_once('=').unwrap().1;
    let id = BASE64_URL_SAFE_NO_PAD.decode(session).unwrap();
    let id = i128::from_le_bytes(id.try_into().unwrap()); // as a session's id prints itself for programmers
    let tokens: Vec<String> =
        sqlx::query_scalar("SELECT token FROM on_ramps").fetch_all(&owner).await.unwrap();
    assert!(tokens.len() >= 2);
    let mut secrets = vec![
        PIN.to_owned(),
        WRONG_PIN.to_owned(),
        PASSWORD.to_owned(),
        WRONG.to_owned(),
        DATABASE.to_owned(),
        session.to_owned(),
        id.to_string(),
        factor.key.clone(),
    ];
    for code in &factor.codes {
        secrets.extend([code.clone(), code.replace('-', "")]);
    }
    // But for what the bank's pages are named by, nothing of it is kept as it is.
    let kept_sealed = secrets.clone();
    secrets.extend(tokens);

    let log = cage.world.log();
    assert!(log.contains("a request failed") && log.lines().count() > 100, "it has something to tell: {log}");
    let metrics = cage.world.http.get(format!("http://{}/metrics", cage.metrics)).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let process = std::fs::read(format!("/proc/{}/cmdline", cage.world.program.pid())).unwrap();
    let process = String::from_utf8_lossy(&process).into_owned();
    let personal = [KEY, NOTE, "Canary", &asha.phone[3..]].map(str::to_owned);
    for (place, text) in [("the log", &log), ("metrics", &metrics), ("the command line", &process)] {
        for secret in secrets.iter().chain(&personal) {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} stands in {place}");
        }
    }
    for answer in &cage.answers {
        for secret in secrets.iter().map(String::as_str).chain([KEY]) {
            assert!(!answer.contains(secret), "{secret} stands in an answer: {answer}");
        }
    }
    let kept = everything_in_redis(&cage).await;
    assert!(kept.contains("Canary Aviary"), "what is cached was found");
    for secret in secrets.iter().map(String::as_str).chain([KEY]) {
        assert!(!kept.contains(secret), "{secret} stands in Redis");
    }
    let rows = everything_in_postgres(&owner).await;
    assert!(rows.contains(KEY) && rows.contains("$argon2id$"), "what is kept was found");
    for secret in &kept_sealed {
        assert!(!rows.contains(secret.as_str()), "{secret} stands in Postgres");
    }
}

/// Every key with its value, of every test that runs.
async fn everything_in_redis(cage: &Cage) -> String {
    let url = cage.redis_url.parse::<reqwest::Url>().unwrap();
    let behind = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:63799".to_owned());
    assert!(url.port() != behind.parse::<reqwest::Url>().unwrap().port(), "not by the door that is shut");
    let mut redis = ::redis::Client::open(behind).unwrap().get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<Vec<u8>> = ::redis::cmd("KEYS").arg("*").query_async(&mut redis).await.unwrap();
    let mut found = String::new();
    for key in keys {
        let value: Option<Vec<u8>> =
            ::redis::cmd("GET").arg(&key).query_async(&mut redis).await.unwrap_or_default();
        for part in [key, value.unwrap_or_default()] {
            found.push_str(&String::from_utf8_lossy(&part));
            found.push('\n');
        }
    }
    found
}

async fn everything_in_postgres(owner: &PgPool) -> String {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(owner)
            .await
            .unwrap();
    let mut found = String::new();
    for table in tables {
        let rows = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
        let rows: String = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_one(owner).await.unwrap();
        found.push_str(&rows);
    }
    found
}

#[test]
fn a_database_that_cannot_be_reached_is_told_of_without_its_password() {
    let okane = env!("CARGO_BIN_EXE_okane");
    let mut missing: reqwest::Url = std::env::var("DATABASE_URL").unwrap().parse().unwrap();
    missing.set_password(Some(DATABASE)).unwrap();
    missing.set_path("/canary_none");
    for address in [
        missing.to_string(),
        format!("postgres://okane_web:{DATABASE}@127.0.0.1:port/none"),
        format!("mysql://okane_web:{DATABASE}@127.0.0.1:1/none"),
        format!("postgres://okane_web:{DATABASE}@127.0.0.1:1/none?sslmode={DATABASE}"),
    ] {
        for command in ["migrate", "audit"] {
            let output = std::process::Command::new(okane)
                .arg(command)
                .env_clear()
                .env("DATABASE_URL", &address)
                .env("RUST_LOG", "debug")
                .output()
                .unwrap();
            assert!(!output.status.success(), "{command}");
            let said =
                [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            assert!(!said.concat().contains(DATABASE), "{said:?}");
        }
    }
}

#[test]
fn help_shows_no_value_that_is_secret() {
    for arguments in [&["--help"][..], &["serve", "--help"], &["migrate", "--help"], &["warm", "--help"]] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_okane"))
            .args(arguments)
            .env_clear()
            .envs([("DATABASE_URL", "postgres://canary"), ("REDIS_URL", "redis://canary")])
            .output()
            .unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("Usage") && !help.contains("canary"), "{help}");
    }
}
