//! Too much, too deep, too slow, too many at once: refused in words, soon, while others are served.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::world::*;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// Anything that takes longer has worked for its answer.
const SOON: Duration = Duration::from_secs(2);

#[sqlx::test(migrations = "../migrations")]
async fn what_is_too_long_too_deep_or_packed_is_refused_in_words_and_costs_nothing(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let megabyte = "a".repeat(1024 * 1024);
    let fields: String = (0..10_000).map(|n| format!("f{n}=&")).collect();
    let twice = "identifier=x&".repeat(1000) + "password=x";
    let deep_form = format!("form{}=x", "[a]".repeat(4000));
    let deep = "[".repeat(15_000);
    let objects = r#"{"a":"#.repeat(3000);
    // Ten megabytes of zeros, as gzip packs them, begin like this; whoever unpacked the rest would be sorry.
    let gzip = "\u{1f}\u{8b}\u{8}\0\0\0\0\0".to_owned();
    for (path, kind, packed, body, wanted) in [
        ("/sign-in", FORM, "", format!("identifier=x&password={megabyte}&next="), &[413][..]),
        ("/sign-up", FORM, "", format!("name=x&phone=x&password={megabyte}&next="), &[413]),
        ("/fn/sign_in", FORM, "", format!("form[identifier]=x&form[password]={megabyte}"), &[413]),
        ("/api/v1/session", JSON, "", json!({ "identifier": "x", "password": megabyte }).to_string(), &[413]),
        (
            "/api/v1/users",
            JSON,
            "",
            json!({ "name": "x", "phone": "x", "password": megabyte }).to_string(),
            &[413],
        ),
        ("/api/v1/transfers", JSON, "", json!({ "to": megabyte, "amount_minor": 1 }).to_string(), &[413]),
        ("/send", FORM, "", format!("to=x&amount=1&note={megabyte}&key=k"), &[413]),
        ("/preferences", FORM, "", format!("theme={megabyte}"), &[413]),
        ("/sign-out", FORM, "", megabyte.clone(), &[413]),
        ("/reports/csp", "application/csp-report", "", megabyte.clone(), &[413]),
        ("/sign-in", FORM, "", fields.clone(), &[413]),
        ("/fn/sign_in", FORM, "", fields, &[413]),
        ("/sign-in", FORM, "", twice.clone(), &[400]),
        // The framework's status for whatever a function refuses; here, the credentials.
        ("/fn/sign_in", FORM, "", deep_form.clone(), &[500]),
        ("/send", FORM, "", deep_form, &[400, 422]),
        ("/api/v1/session", JSON, "", deep.clone(), &[400]),
        ("/api/v1/session", JSON, "", format!(r#"{{"identifier":{deep}"#), &[400]),
        ("/api/v1/transfers", JSON, "", objects, &[400]),
        ("/api/v1/session", JSON, "gzip", gzip.clone(), &[415]),
        ("/sign-in", FORM, "br", gzip.clone(), &[415]),
        ("/settings/profile/picture", "multipart/form-data; boundary=x", "deflate", gzip.clone(), &[415]),
        ("/api/v1/session", JSON, "", gzip, &[400]),
        ("/sign-in", FORM, "", format!("identifier=x&password={}&next=", "a".repeat(15_000)), &[422]),
    ] {
        let begun = Instant::now();
        let call = world.http.post(format!("{}{path}", world.origin)).header("content-type", kind);
        let call = call.header("cookie", &asha.cookie).header("idempotency-key", "key-1").body(body.clone());
        let call = if packed.is_empty() { call } else { call.header("content-encoding", packed) };
        let answer = call.send().await.unwrap();
        let what = format!("{path} {kind} {packed} {}…", body.chars().take(20).collect::<String>());
        let status = answer.status();
        let is_problem = answer.headers()["content-type"] == "application/problem+json";
        let said = answer.text().await.unwrap();
        assert!(wanted.contains(&status.as_u16()), "{what}: {status} {said}");
        assert!(begun.elapsed() < SOON, "{what} took {:?}", begun.elapsed());
        assert_eq!(is_problem, path.starts_with("/api/") || path.starts_with("/reports"), "{what}: {said}");
        assert!(said.len() < 40_000 && !said.contains(&"a".repeat(200)), "{what} is echoed");
    }
}

/// Opens a connection and says this.
async fn begin(world: &World, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", world.program.port())).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// Everything that is answered, until the other side hangs up.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.expect("it hangs up");
    String::from_utf8_lossy(&answer).into_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_without_a_length_has_the_same_limit(owner: PgPool) {
    let world = World::new(owner).await;
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {FORM}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(4096));
    let answer = rest(begin(&world, &format!("{head}{}0\r\n\r\n", chunk.repeat(8))).await).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let answer = rest(begin(&world, &format!("{head}13\r\nidentifier=x&next=/\r\n0\r\n\r\n")).await).await;
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
}

#[sqlx::test(migrations = "../migrations")]
async fn who_sends_slowly_is_hung_up_on_while_everybody_else_is_served(owner: PgPool) {
    let world = World::new(owner).await;
    let asha = world.person("Asha Rao").await;
    let mut slow = JoinSet::new();
    for n in 0..300 {
        let headers = begin(&world, &format!("GET /?{n} HTTP/1.1\r\nhost: x\r\nx-slow: ")).await;
        slow.spawn(async move { (n, "headers", rest(headers).await) });
        let body = format!(
            "POST /sign-in HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {FORM}\r\ncontent-length: 100\r\n\r\na"
        );
        let body = begin(&world, &body).await;
        slow.spawn(async move { (n, "a body", rest(body).await) });
    }
    // One who says a little now and then is no quicker.
    let mut trickle = begin(&world, "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await;
    slow.spawn(async move {
        while trickle.write_all(b"a").await.is_ok() {
            sleep(Duration::from_millis(500)).await;
        }
        (0, "headers", String::new())
    });
    let mut body = begin(&world, &format!("POST /fn/sign_in HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {FORM}\r\ncontent-length: 9000\r\n\r\n")).await;
    slow.spawn(async move {
        let mut answer = [0; 12];
        loop {
            let _ = body.write_all(b"a").await;
            if let Ok(read) = timeout(Duration::from_millis(200), body.read_exact(&mut answer)).await {
                let answer = read.map(|_| String::from_utf8_lossy(&answer).into_owned());
                return (0, "a body", answer.unwrap_or_default());
            }
        }
    });
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        let asked = Instant::now();
        assert_eq!(asha.get(&world, "/api/v1/balance").await.status(), StatusCode::OK);
        assert!(asked.elapsed() < SOON, "others wait {:?}", asked.elapsed());
        sleep(Duration::from_millis(50)).await;
    }
    while let Some(ended) = slow.join_next().await {
        let (n, what, answer) = ended.unwrap();
        let wanted = if what == "headers" { "" } else { "HTTP/1.1 408" };
        let is_told = answer.starts_with(wanted) || what == "headers" && answer.starts_with("HTTP/1.1 408");
        assert!(is_told, "{n}: {what} ended with {answer:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// Bytes of memory that a process has had at most.
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_sign_ins_at_once_as_many_are_worked_on_as_there_are_processors(owner: PgPool) {
    const AT_ONCE: u64 = 96;
    let world = World::with(owner, &[("RATE_LIMIT_SCALE", "1000")]).await;
    let asha = world.person("Asha Rao").await;
    let (pid, mut tries) = (world.program.pid(), JoinSet::new());
    let before = peak(pid);
    for n in 0..AT_ONCE {
        let body = json!({ "identifier": format!("+9197{n:08}"), "password": "a-password-that-is-wrong" });
        let call = world.post("/api/v1/session", &body);
        tries.spawn(async move { call.send().await.unwrap().status() });
    }
    let asked = Instant::now();
    assert_eq!(asha.get(&world, "/api/v1/balance").await.status(), StatusCode::OK);
    assert!(asked.elapsed() < SOON, "who reads waits {:?} for those who sign in", asked.elapsed());
    while let Some(status) = tries.join_next().await {
        let status = status.unwrap();
        assert!([StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE].contains(&status), "{status}");
    }
    let grown = peak(pid) - before;
    let one = 19 * 1024 * 1024; // what Argon2 works in
    assert!(grown < AT_ONCE * one / 4, "{} MB more than before", grown / 1024 / 1024);
}
