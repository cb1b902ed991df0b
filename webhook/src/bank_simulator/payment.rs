//! A payment as the bank knows it, and what it told about it.

use domain::Bank;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{bench::Fault, brand::Brand};

/// How many deliveries are remembered of one payment.
const DELIVERIES: usize = 200;

/// What the wallet asked to be paid, and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payment {
    pub id: String,
    /// The wallet's secret name for it. On no page.
    pub token: String,
    pub amount_minor: i64,
    pub currency: String,
    pub bank: Bank,
    pub return_url: String,
    /// The bank's own name for it.
    pub bank_reference: String,
    pub state: State,
    pub requested_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    /// What is to be told since the decision.
    pub callback: Option<Callback>,
    pub deliveries: Vec<Delivery>,
}

/// What the person at the bank's page chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Pending,
    Approved,
    Declined,
}

/// The message that follows from a decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Callback {
    pub webhook_id: String,
    pub fault: Fault,
    /// Delivered, refused for good, or never to be delivered.
    pub done: bool,
}

/// What a callback says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    #[serde(rename = "payment.succeeded")]
    Succeeded,
    #[serde(rename = "payment.failed")]
    Failed,
}

/// One attempt to tell.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    pub at: Timestamp,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub webhook_id: String,
    /// What was answered, if anything was.
    pub status: Option<u16>,
    /// Why nothing was.
    pub error: Option<String>,
}

impl Payment {
    /// A payment that waits for a decision.
    pub fn new(token: String, amount_minor: i64, currency: String, bank: Bank, return_url: String) -> Self {
        Payment {
            id: format!("pay_{}", Uuid::now_v7().simple()),
            token,
            amount_minor,
            currency,
            bank,
            return_url,
            bank_reference: Brand::of(bank).reference(),
            state: State::Pending,
            requested_at: Timestamp::now(),
            decided_at: None,
            callback: None,
            deliveries: Vec::new(),
        }
    }

    /// Approves or declines. The caller has seen that it is pending.
    pub fn decide(&mut self, approved: bool, fault: Fault) {
        self.state = if approved { State::Approved } else { State::Declined };
        self.decided_at = Some(Timestamp::now());
        let done = fault == Fault::Never;
        self.callback = Some(Callback { webhook_id: new_webhook_id(), fault, done });
    }

    /// What the decision means for the wallet.
    pub fn kind(&self) -> Kind {
        if self.state == State::Approved { Kind::Succeeded } else { Kind::Failed }
    }

    /// Somebody still waits to be told.
    pub fn owes_callback(&self) -> bool {
        self.callback.as_ref().is_some_and(|callback| !callback.done)
    }

    /// Remembers attempts, the newest ones.
    pub fn note(&mut self, deliveries: Vec<Delivery>) {
        self.deliveries.extend(deliveries);
        let surplus = self.deliveries.len().saturating_sub(DELIVERIES);
        self.deliveries.drain(..surplus);
    }

    /// The reference on the page: the end of the id, in groups that can be read out.
    pub fn merchant_reference(&self) -> String {
        let end = self.id.get(self.id.len().saturating_sub(8)..).unwrap_or(&self.id).to_uppercase();
        let (left, right) = end.split_at(end.len() / 2);
        format!("{left} {right}")
    }
}

/// A name for a message that no other has.
pub fn new_webhook_id() -> String {
    format!("msg_{}", Uuid::now_v7().simple())
}
