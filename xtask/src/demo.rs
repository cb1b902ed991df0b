//! Three people with money and a little history, made as anybody would make them: through the JSON
//! API and the bank. What is there already stays as it is.

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use ureq::{Agent, http::Response};

use crate::{stack::DEMO_PHONE, step};

/// The same for all three; the landing page tells it.
pub const PASSWORD: &str = "brass-lamp-river";
/// Name, phone, bank, paise to begin with.
const PEOPLE: [(&str, &str, &str, i64); 3] = [
    ("Ananya Iyer", DEMO_PHONE, "deccan", 2_500_000),
    ("Meera Krishnan", "+919820055417", "nilgiri", 1_200_000),
    ("Farhan Qureshi", "+919811020331", "malwa", 800_000),
];
/// From, to, paise, note.
const TRANSFERS: [(usize, usize, i64, &str); 3] = [
    (0, 1, 45_000, "Dinner at Karavalli"),
    (2, 0, 120_000, "Concert tickets"),
    (0, 2, 8_550, "Chai and samosas"),
];

/// A person's session with the web.
struct Person {
    agent: Agent,
    web: String,
    cookie: String,
}

/// Makes whoever and whatever is missing.
pub fn people(web: &str, bank: &str) -> Result<()> {
    let mut sessions = Vec::new();
    for (name, phone, bank_name, amount) in PEOPLE {
        let person = Person::enter(web, name, phone).with_context(|| format!("signing {name} in"))?;
        if person.get("/api/v1/balance")?["version"] == 0 {
            person.add_money(bank, bank_name, amount).with_context(|| format!("adding money for {name}"))?;
        }
        sessions.push(person);
    }
    for (number, (from, to, amount, note)) in TRANSFERS.into_iter().enumerate() {
        let body = json!({"to": PEOPLE[to].1, "amount_minor": amount, "note": note});
        // The key is the same at every start: a repeated transfer is the first one again.
        let key = format!("demonstration-{number}-{amount}");
        let answer = sessions[from].post("/api/v1/transfers", &key, &body)?;
        expect(answer, &[200, 201]).with_context(|| format!("sending “{note}”"))?;
    }
    for (name, phone, ..) in PEOPLE {
        step::note(&format!("{name}, {phone}, password {PASSWORD}"));
    }
    Ok(())
}

impl Person {
    /// Signs in, and up before that where that is not enough.
    fn enter(web: &str, name: &str, phone: &str) -> Result<Person> {
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30)));
        let mut person = Person { agent: config.build().into(), web: web.to_owned(), cookie: String::new() };
        let credentials = json!({"identifier": phone, "password": PASSWORD});
        let mut session = person.post("/api/v1/session", "", &credentials)?;
        if !session.status().is_success() {
            let new = json!({"name": name, "phone": phone, "password": PASSWORD});
            expect(person.post("/api/v1/users", "", &new)?, &[201])?;
            let proof = json!({"phone": phone, "code": person.code(phone)?});
            session = person.post("/api/v1/users/verify", "", &proof)?;
        }
        let cookies =
            session.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        let pairs: Vec<_> =
            cookies.filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).collect();
        person.cookie = pairs.join("; ");
        expect(session, &[200, 201, 204])?;
        Ok(person)
    }

    /// The newest code that was sent to a number.
    fn code(&self, phone: &str) -> Result<String> {
        let messages = self.get(&format!("/api/dev/inbox/{phone}"))?;
        let mut codes =
            messages.as_array().into_iter().flatten().filter_map(|message| message["code"].as_str());
        codes
            .next()
            .map(str::to_owned)
            .with_context(|| format!("no code came to {phone}: is it somebody's already?"))
    }

    /// Asks the bank to pay, tells the bank to say that it did, waits until it arrived.
    fn add_money(&self, bank: &str, bank_name: &str, amount: i64) -> Result<()> {
        let body = json!({"amount_minor": amount, "bank": bank_name});
        // Another key at every start: an intent of an interrupted start may have expired.
        let key = format!("demonstration-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis());
        let on_ramp = expect(self.post("/api/v1/on-ramps", &key, &body)?, &[200, 201])?;
        let id = on_ramp["id"].as_str().context("the on-ramp has no id")?.to_owned();
        for _ in 0..100 {
            let state = self.get(&format!("/api/v1/on-ramps/{id}"))?;
            match state["status"].as_str() {
                Some("SUCCESS") => return Ok(()),
                Some("PROCESSING") => self.approve(bank, &state, &on_ramp)?,
                _ => bail!("the on-ramp ended as {state}"),
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("the money did not arrive in time")
    }

    /// Approves at the bank, once the bank knows of the payment.
    fn approve(&self, bank: &str, state: &Value, on_ramp: &Value) -> Result<()> {
        let page = state["bank_page"].as_str().or_else(|| on_ramp["bank_page"].as_str());
        let Some(payment) = page.and_then(|page| page.rsplit('/').next()) else { return Ok(()) };
        let url = format!("{bank}/api/payments/{payment}/deliver");
        let body = json!({"type": "payment.succeeded", "times": 1});
        expect(self.agent.post(&url).send_json(&body)?, &[200, 201, 202, 204]).map(drop)
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> Result<Response<ureq::Body>> {
        let mut request = self.agent.post(format!("{}{path}", self.web)).header("cookie", &self.cookie);
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        request.send_json(body).with_context(|| format!("POST {path}"))
    }

    fn get(&self, path: &str) -> Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.web)).header("cookie", &self.cookie);
        expect(request.call().with_context(|| format!("GET {path}"))?, &[200])
    }
}

/// The answer's JSON (null where there is none), or what it says when its status is another.
fn expect(mut answer: Response<ureq::Body>, statuses: &[u16]) -> Result<Value> {
    let text = answer.body_mut().read_to_string()?;
    if !statuses.contains(&answer.status().as_u16()) {
        bail!("answered {}: {text}", answer.status());
    }
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}
