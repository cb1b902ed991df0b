//! People who pay without a pause, each payment under a key of its own, and remember what they were told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::program::client;
use crate::world::*;

/// What a server needs to let them pay so much.
pub const UNHINDERED: (&str, &str) = ("RATE_LIMIT_SCALE", "100000");

pub struct Crowd {
    http: Client,
    address: String,
    pub people: Vec<Person>,
    made: AtomicUsize,
    refused: AtomicUsize,
    is_over: AtomicBool,
}

/// One paisa, from one to another.
pub struct Payment {
    from: usize,
    key: String,
    body: Value,
    told: Told,
}

/// What the server has said of a payment.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    /// Made, under this id.
    Made(String),
    /// That it moved no money.
    NotMade,
    /// That it is not known, or nothing at all.
    Unknown,
}

impl Crowd {
    pub async fn before(world: &World) -> Arc<Self> {
        let mut people = vec![];
        for name in ["Asha Rao", "Ravi Menon", "Meera Nair", "Kabir Das", "Vikram Shah", "Nila Sen"] {
            people.push(world.person(name).await);
        }
        Arc::new(Crowd {
            http: client(),
            address: format!("{}/api/v1/transfers", world.origin),
            people,
            made: AtomicUsize::default(),
            refused: AtomicUsize::default(),
            is_over: AtomicBool::default(),
        })
    }

    /// Lets so many pay, until told to end.
    pub fn begin(self: &Arc<Self>, workers: usize) -> JoinSet<Vec<Payment>> {
        (0..workers).map(|worker| self.clone().work(worker)).collect()
    }

    async fn work(self: Arc<Self>, worker: usize) -> Vec<Payment> {
        let mut payments = vec![];
        while !self.is_over.load(Ordering::SeqCst) {
            let from = worker % self.people.len();
            let to = (from + 1 + payments.len() % (self.people.len() - 1)) % self.people.len();
            let body = json!({ "to": self.people[to].phone, "amount_minor": 1 });
            let key = Uuid::new_v4().to_string();
            let mut payment = Payment { from, key, body, told: Told::Unknown };
            self.ask(&mut payment).await;
            payments.push(payment);
        }
        payments
    }

    /// Asks once, under the payment's key.
    async fn ask(&self, payment: &mut Payment) {
        let call = self.http.post(&self.address).json(&payment.body).header("idempotency-key", &payment.key);
        let answer = call.header("cookie", &self.people[payment.from].cookie).send().await;
        payment.told = match answer {
            Ok(answer) => self.told(answer).await,
            Err(_) => Told::Unknown,
        };
        if matches!(payment.told, Told::Made(_)) {
            self.made.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// What an answer says. Whoever is in trouble says so in a way that programs understand, and when to come again.
    async fn told(&self, answer: Response) -> Told {
        let status = answer.status();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            assert!(["1", "2"].contains(&answer.headers()["retry-after"].to_str().unwrap()));
            self.refused.fetch_add(1, Ordering::SeqCst);
        }
        let Ok(answer) = answer.json::<Value>().await else { return Told::Unknown };
        match (status, answer["type"].as_str(), answer["id"].as_str()) {
            (StatusCode::CREATED, _, Some(id)) => Told::Made(id.to_owned()),
            (StatusCode::SERVICE_UNAVAILABLE, Some("/problems/unavailable" | "/problems/busy"), _) => {
                Told::NotMade
            }
            (StatusCode::SERVICE_UNAVAILABLE, ..) => Told::Unknown,
            _ => panic!("{status}: {answer}"),
        }
    }

    pub fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }

    /// How often somebody was told to come again.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// Ends it, and proves: what was said to be made is there once, what was said not to be is not, and what
    /// is not known is made once when it is asked for again; so is, in the end, what was refused.
    pub async fn end(&self, workers: JoinSet<Vec<Payment>>, owner: &PgPool) {
        self.is_over.store(true, Ordering::SeqCst);
        let mut payments: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
        let count = |payments: &[Payment], of: fn(&Told) -> bool| {
            payments.iter().filter(|payment| of(&payment.told)).count()
        };
        let (refused, unknown) = (
            count(&payments, |told| *told == Told::NotMade),
            count(&payments, |told| *told == Told::Unknown),
        );
        eprintln!("{} payments, {refused} refused, {unknown} unknown", payments.len());
        self.settle(&mut payments, Told::Unknown).await;
        check(&payments, owner).await;
        self.settle(&mut payments, Told::NotMade).await;
        check(&payments, owner).await;
        audit(owner);
    }

    /// Asks again for those of which this was said, until they are made.
    async fn settle(&self, payments: &mut [Payment], of: Told) {
        for payment in payments.iter_mut().filter(|payment| payment.told == of) {
            for attempt in 0.. {
                self.ask(payment).await;
                if matches!(payment.told, Told::Made(_)) {
                    break;
                }
                assert!(attempt < 10, "{:?} in quiet times", payment.told);
            }
        }
    }
}

/// The books have what people were told, and nothing else.
async fn check(payments: &[Payment], owner: &PgPool) {
    let made = "SELECT idempotency_key, id FROM transfers WHERE kind = 'p2p'";
    let made: Vec<(String, Uuid)> = sqlx::query_as(made).fetch_all(owner).await.unwrap();
    let rows = made.len();
    let mut made: BTreeMap<_, _> = made.into_iter().collect();
    assert_eq!(rows, made.len(), "a key that paid twice");
    for payment in payments {
        let found = made.remove(&payment.key).map(|id| id.to_string());
        match &payment.told {
            Told::Made(id) => assert_eq!(found.as_ref(), Some(id), "lost"),
            told => assert_eq!((found, told), (None, &Told::NotMade), "{}", payment.key),
        }
    }
    assert!(made.is_empty(), "invented: {made:?}");
}
