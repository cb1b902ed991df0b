//! The simulator before a door that does as it is told.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, response::Redirect, routing::post};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use reqwest::{Client, redirect};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::sleep};
use uuid::Uuid;
use webhook::bank_simulator::{Pace, Settings, Simulator};

use crate::world::{SECRET, secrets};

/// A door that answers with the given statuses, the last one for ever, and keeps what it was told.
#[derive(Clone)]
pub struct FakeDoor {
    pub url: String,
    script: Arc<Mutex<Vec<u16>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// One delivery; `true` where the signature held.
#[derive(Clone)]
pub struct Heard {
    pub id: String,
    pub body: Value,
    pub verified: bool,
}

impl FakeDoor {
    pub async fn answering(script: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = FakeDoor {
            url: format!("http://{}/webhooks/bank", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.to_vec())),
            heard: Arc::default(),
        };
        let router = Router::new().route("/webhooks/bank", post(hear)).with_state(door.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        door
    }

    /// The address of a door that only sends on to this one, body and all.
    pub async fn behind_a_redirect(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/webhooks/bank", listener.local_addr().unwrap());
        let inside = self.url.clone();
        let router = Router::new().fallback(async move || Redirect::temporary(&inside));
        tokio::spawn(async { axum::serve(listener, router).await });
        address
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// What was heard, once it is this much.
    pub async fn heard_times(&self, times: usize) -> Vec<Heard> {
        for _ in 0..250 {
            if self.heard().len() >= times {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        let heard = self.heard();
        assert_eq!(heard.len(), times);
        heard
    }
}

/// 0 in the script is a door that does not answer while anyone waits.
async fn hear(State(door): State<FakeDoor>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let verified = secrets(SECRET).verify(&headers, &body, Timestamp::now()).is_ok();
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    door.heard.lock().unwrap().push(Heard { id, body: serde_json::from_slice(&body).unwrap(), verified });
    let status = {
        let mut script = door.script.lock().unwrap();
        if script.len() > 1 { script.remove(0) } else { script[0] }
    };
    if status == 0 {
        sleep(Duration::from_secs(30)).await;
    }
    StatusCode::from_u16(status).unwrap_or(StatusCode::OK)
}

/// A bank on a socket, and someone who uses it.
pub struct Bank {
    pub origin: String,
    pub http: Client,
}

impl Bank {
    pub async fn before(door: &FakeDoor, state: Option<&Path>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let pace = Pace { first: Duration::from_millis(10), longest: Duration::from_millis(50), tries: 12 };
        let settings = Settings {
            webhook_url: door.url.parse().unwrap(),
            secrets: secrets(SECRET),
            origin: origin.clone(),
            pace,
        };
        let router = Simulator::open(settings, state).unwrap().router();
        tokio::spawn(async { axum::serve(listener, router).await });
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Bank { origin, http }
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.http.post(format!("{}{path}", self.origin)).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// A new payment of ₹500; gives its id.
    pub async fn payment(&self) -> String {
        let (status, body) = self.post("/api/payments", &wanted(&new_token())).await;
        assert_eq!(status, 201);
        body["id"].as_str().unwrap().to_owned()
    }

    pub async fn listed(&self, id: &str) -> Value {
        let all: Vec<Value> = self
            .http
            .get(format!("{}/api/payments", self.origin))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        all.into_iter().find(|payment| payment["id"] == id).unwrap()
    }

    /// Presses a button as a browser does.
    pub async fn press(&self, id: &str, form: &'static str) -> reqwest::Response {
        self.http
            .post(format!("{}/pay/{id}", self.origin))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap()
    }

    pub async fn page(&self, id: &str) -> reqwest::Response {
        self.http.get(format!("{}/pay/{id}", self.origin)).send().await.unwrap()
    }

    /// Waits until the book says so.
    pub async fn until(&self, id: &str, told: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..250 {
            let listed = self.listed(id).await;
            if told(&listed) {
                return listed;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("it stays {}", self.listed(id).await);
    }
}

pub fn new_token() -> String {
    format!("tok_{}", Uuid::new_v4().simple())
}

pub fn wanted(token: &str) -> Value {
    json!({
        "token": token,
        "amount_minor": 50_000,
        "currency": "INR",
        "return_url": "http://127.0.0.1:3000/add-money/1",
        "bank": "deccan",
    })
}
