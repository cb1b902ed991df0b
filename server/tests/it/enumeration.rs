//! Whether somebody has an account is not to be learned at the door: not from what is answered, nor from how long it takes.

use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

/// Of each kind, in turns, so that a busy moment of the machine falls on both.
const TRIES: usize = 300;
/// A busy machine can move two medians apart once; what is in the program moves them apart each time.
const ROUNDS: usize = 3;

const UNHINDERED: [(&str, &str); 1] = [("RATE_LIMIT_SCALE", "1000000")];

struct Answer {
    status: StatusCode,
    headers: Vec<(String, String)>,
    /// Of the session, where it begins one.
    cookie: String,
    body: String,
    took: Duration,
}

async fn ask(call: RequestBuilder) -> Answer {
    let began = Instant::now();
    let answer = call.send().await.unwrap();
    let (status, headers) = (answer.status(), told(answer.headers()));
    let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
    let cookie = cookie.and_then(|cookie| Some(cookie.split(';').next()?.to_owned())).unwrap_or_default();
    let body = answer.text().await.unwrap();
    Answer { status, headers, cookie, body, took: began.elapsed() }
}

/// What every answer has anew is left out.
fn told(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut told: Vec<_> = headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| match name.as_str() {
            "set-cookie" => (name.to_string(), "a session of its own".to_owned()),
            _ => (name.to_string(), value.to_str().unwrap().to_owned()),
        })
        .collect();
    told.sort();
    told
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Whether known and unknown take the same time, within five in a hundred.
async fn take_the_same_time(what: &str, mut ask: impl AsyncFnMut(bool, usize) -> Duration) {
    for round in 1..=ROUNDS {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for n in 0..TRIES {
            for is_known in [n % 2 == 0, n % 2 != 0] {
                let took = ask(is_known, round * TRIES + n).await;
                if is_known { known.push(took) } else { unknown.push(took) }
            }
        }
        let (known, unknown) = (median(&mut known), median(&mut unknown));
        println!("{what}, round {round}: known {known:?}, unknown {unknown:?}");
        if known.abs_diff(unknown) * 20 <= known.max(unknown) {
            return;
        }
    }
    panic!("{what} tells by its time who is known");
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_in_answers_known_and_unknown_alike(owner: PgPool) {
    let world = World::with(owner, &UNHINDERED).await;
    let asha = world.person("Asha Rao").await;
    let name = |is_known: bool, n: usize| {
        if is_known { asha.phone.clone() } else { format!("+9197{n:08}") }
    };
    let program = |name: &str| {
        world.post("/api/v1/session", &json!({ "identifier": name, "password": "a-password-that-is-wrong" }))
    };
    let browser = |name: &str| {
        // What was typed is shown again, so it has to be the same for both; only what it means differs.
        let form = format!("identifier={}&password=a-password-that-is-wrong&next=", name.replace('+', "%2B"));
        let call = world.http.post(format!("{}/sign-in", world.origin)).body(form);
        call.header("content-type", "application/x-www-form-urlencoded")
    };
    let (known, unknown) = (ask(program(&asha.phone)).await, ask(program(&name(false, 1))).await);
    assert_eq!(
        (known.status, &known.headers, &known.body),
        (unknown.status, &unknown.headers, &unknown.body)
    );
    let (known, unknown) = (ask(browser(&asha.phone)).await, ask(browser(&name(false, 1))).await);
    assert_eq!((known.status, known.status.as_u16()), (unknown.status, 422));
    let bare = |answer: &Answer, name: &str| {
        let nonce =
            answer.body.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("-");
        answer.body.replace(nonce, "NONCE").replace(name, "NAME")
    };
    assert_eq!(bare(&known, &asha.phone), bare(&unknown, &name(false, 1)));

    take_the_same_time("signing in", async |is_known, n| ask(program(&name(is_known, n))).await.took).await;
}

/// What is told of an answer, without what is anew in each: nonces, and by what the browser knows its attempt.
fn bare(answer: &Answer, attempts: &str) -> (StatusCode, Vec<(String, String)>, String) {
    let anew = |text: &str| match text.split_once(attempts) {
        Some((before, rest)) => format!("{before}{}", rest.get(36..).unwrap_or_default()),
        None => text.to_owned(),
    };
    let headers = answer.headers.iter().map(|(name, value)| (name.clone(), anew(value))).collect();
    (answer.status, headers, answer.body.clone())
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_up_answers_taken_and_free_alike(owner: PgPool) {
    let world = World::with(owner, &UNHINDERED).await;
    let asha = world.person("Asha Rao").await;
    let program = |phone: &str| {
        world.post("/api/v1/users", &json!({ "name": "Somebody", "phone": phone, "password": PASSWORD }))
    };
    let browser = |phone: &str| {
        let phone = phone.replace('+', "%2B");
        let form = format!("name=Somebody&phone={phone}&email=&password={PASSWORD}&next=");
        let call = world.http.post(format!("{}/sign-up", world.origin)).body(form);
        call.header("content-type", "application/x-www-form-urlencoded")
    };
    let (taken, free) = (ask(program(&asha.phone)).await, ask(program("+919600000000")).await);
    assert_eq!(bare(&taken, "attempt="), bare(&free, "attempt="));
    assert_eq!((taken.status, &*taken.body), (StatusCode::CREATED, r#"{"verify":"phone"}"#));
    let (taken, free) = (ask(browser(&asha.phone)).await, ask(browser("+919600000000")).await);
    assert_eq!(bare(&taken, "attempt="), bare(&free, "attempt="));
    assert_eq!(taken.status, StatusCode::SEE_OTHER);

    // Nor do the pages that these lead to, nor a code that is wrong.
    let leads_to =
        |answer: &Answer| answer.headers.iter().find(|(name, _)| name == "location").unwrap().1.clone();
    for led in [taken, free] {
        let page = ask(world.get(&leads_to(&led)).header("cookie", &led.cookie)).await;
        assert!(page.status == StatusCode::OK && page.body.contains("We sent a message to"), "{}", page.body);
    }
    let wrong =
        |phone: &str| world.post("/api/v1/users/verify", &json!({ "phone": phone, "code": "000000" }));
    let (taken, free) = (ask(wrong(&asha.phone)).await, ask(wrong("+919600000001")).await);
    assert_eq!(bare(&taken, "attempt="), bare(&free, "attempt="));

    take_the_same_time("signing up", async |is_known, n| {
        let phone = if is_known { asha.phone.clone() } else { format!("+9196{n:08}") };
        ask(program(&phone)).await.took
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn forgetting_answers_known_and_unknown_alike(owner: PgPool) {
    let world = World::with(owner, &UNHINDERED).await;
    let asha = world.person("Asha Rao").await;
    let forget = |address: &str| {
        let form = format!("identifier={}", address.replace('+', "%2B"));
        let call = world.http.post(format!("{}/forgotten", world.origin)).body(form);
        call.header("content-type", "application/x-www-form-urlencoded")
    };
    let unknown = "+919700000000";
    let (known, nobody) = (ask(forget(&asha.phone)).await, ask(forget(unknown)).await);
    assert_eq!(bare(&known, "attempt="), bare(&nobody, "attempt="));
    assert_eq!(known.status, StatusCode::SEE_OTHER);
    take_the_same_time("forgetting", async |is_known, _| {
        ask(forget(if is_known { &asha.phone } else { unknown })).await.took
    })
    .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn changing_ones_number_answers_taken_and_free_alike(owner: PgPool) {
    let world = World::with(owner, &UNHINDERED).await;
    let (asha, ravi) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
    let wish = |phone: &str| {
        let form = format!("phone={}&confirm={PASSWORD}", phone.replace('+', "%2B"));
        let call = world.http.post(format!("{}/settings/phone", world.origin)).body(form);
        call.header("content-type", "application/x-www-form-urlencoded").header("cookie", &ravi.cookie)
    };
    let free = "+919600000000";
    let page = || world.get("/settings/phone/code").header("cookie", &ravi.cookie);
    let wrong = || {
        let call = world.http.post(format!("{}/settings/phone/code", world.origin));
        let call = call.body("from_code=000000&to_code=000000").header("cookie", &ravi.cookie);
        call.header("content-type", "application/x-www-form-urlencoded")
    };
    let without = |answer: Answer, phone: &str| {
        let nonce =
            answer.body.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("-");
        let shown = format!("{} {} {}", &phone[..3], &phone[3..8], &phone[8..]);
        (answer.status, answer.body.replace(nonce, "NONCE").replace(&shown, "NUMBER"))
    };
    let mut seen = Vec::new();
    for phone in [&*asha.phone, free] {
        let asked = ask(wish(phone)).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let asked = bare(&asked, "attempt=");
        seen.push((asked, without(ask(page()).await, phone), without(ask(wrong()).await, phone)));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].1.1.contains("NUMBER"), "{}", seen[0].1.1);
    take_the_same_time("changing a number", async |is_known, _| {
        ask(wish(if is_known { &asha.phone } else { free })).await.took
    })
    .await;
}
