//! Carries signed callbacks to the wallet's door, one attempt at a time.

use std::{error::Error, io, time::Duration};

use http::header;
use jiff::Timestamp;
use reqwest::{Client, Url, redirect};
use serde_json::json;
use uuid::Uuid;

use super::payment::{Delivery, Kind};
use crate::signature::{self, Secrets};

/// How long the door may take to answer.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// When to try again: each pause twice the last, give or take a quarter, up to the longest.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The pause after the first attempt.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// Attempts in all, until the bank is started again.
    pub tries: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { first: Duration::from_millis(500), longest: Duration::from_secs(60), tries: 12 }
    }
}

impl Pace {
    /// The pause after this many attempts.
    pub fn pause(&self, attempts: u32) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
        let pause = doubled.min(self.longest);
        let percent = 75 + u32::from(Uuid::new_v4().as_bytes()[0]) * 50 / 255; // 75 to 125
        pause.saturating_mul(percent) / 100
    }
}

/// What is told, and how wrongly.
#[derive(Debug, Clone)]
pub struct Message {
    pub webhook_id: String,
    pub kind: Kind,
    /// When it happened, in the body.
    pub timestamp: Timestamp,
    pub token: String,
    pub amount_minor: i64,
    pub currency: String,
    pub bank_reference: String,
    /// Added to the time of signing.
    pub skew_s: i64,
    pub break_signature: bool,
}

impl Message {
    fn body(&self) -> Vec<u8> {
        json!({
            "type": self.kind,
            "timestamp": self.timestamp,
            "data": {
                "token": self.token,
                "amount_minor": self.amount_minor,
                "currency": self.currency,
                "bank_reference": self.bank_reference,
            },
        })
        .to_string()
        .into_bytes()
    }
}

/// The way to one door.
#[derive(Debug)]
pub struct Courier {
    http: Client,
    door: Url,
    secrets: Secrets,
    /// How often to knock.
    pub pace: Pace,
}

impl Courier {
    /// Follows no redirect and no proxy: callbacks go where they were told to or nowhere.
    pub fn new(door: Url, secrets: Secrets, pace: Pace) -> io::Result<Self> {
        // Refused where a provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(ANSWER_TIME)
            .pool_idle_timeout(Duration::from_secs(4)) // sooner than the door hangs up
            .build()
            .map_err(io::Error::other)?;
        Ok(Courier { http, door, secrets, pace })
    }

    /// One attempt, signed anew.
    pub async fn deliver(&self, message: &Message) -> Delivery {
        let at = Timestamp::now();
        let signed_at = at.as_second().saturating_add(message.skew_s);
        let body = message.body();
        let signed: &[u8] = if message.break_signature { b"something else" } else { &body };
        let signature = self.secrets.sign(&message.webhook_id, signed_at, signed);
        let answer = self
            .http
            .post(self.door.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(signature::ID, &message.webhook_id)
            .header(signature::TIMESTAMP, signed_at)
            .header(signature::SIGNATURE, signature)
            .body(body)
            .send()
            .await;
        let (status, error) = match answer {
            Ok(answer) => (Some(answer.status().as_u16()), None),
            Err(error) => (None, Some(chain(&error.without_url()))),
        };
        Delivery { at, kind: message.kind, webhook_id: message.webhook_id.clone(), status, error }
    }
}

/// An error with all its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_with_some_play_and_stop_growing() {
        let pace = Pace::default();
        for (attempts, whole) in
            [(1, 500), (2, 1_000), (5, 8_000), (7, 32_000), (8, 60_000), (4_000_000, 60_000)]
        {
            let whole = Duration::from_millis(whole);
            for _ in 0..50 {
                let pause = pace.pause(attempts);
                assert!(pause >= whole * 3 / 4 && pause <= whole * 5 / 4, "{attempts}: {pause:?}");
            }
        }
    }
}
