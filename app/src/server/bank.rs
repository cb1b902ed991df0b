//! The bank's API, server to server. The bank may be down, slow, or answer rubbish: every call ends soon,
//! follows no redirect, and believes nothing but a page on the bank's own origin.

use std::error::Error;
use std::time::Duration;

use ledger::on_ramp::{BankRequest, Intent};
use reqwest::{Client, Url, redirect::Policy};
use serde::{Deserialize, Serialize};

use super::Handles;

/// A client of one bank gateway.
#[derive(Clone)]
pub struct BankClient {
    http: Client,
    base: Url,
    people: Url,
    return_base: String,
}

/// Why the bank does not know of a payment yet, as far as we can tell.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// No connection, or no answer in time.
    #[error("the bank does not answer")]
    Unreachable(#[from] reqwest::Error),
    /// It answered, and not with a payment.
    #[error("the bank answered {0}")]
    Refused(reqwest::StatusCode),
    /// Its answer leads somewhere else, or is no answer at all.
    #[error("the bank's answer cannot be used")]
    Rubbish,
}

#[derive(Serialize)]
struct PaymentRequest<'a> {
    token: &'a str,
    amount_minor: i64,
    currency: &'a str,
    return_url: String,
    bank: &'a str,
}

#[derive(Deserialize)]
struct Payment {
    page: String,
}

impl Handles {
    /// Hands an intent to the bank and answers with its page, where the bank took it. Where it cannot be
    /// told now, nothing is lost: the outbox goes on telling it.
    pub async fn tell_bank(&self, intent: &Intent) -> Result<Option<String>, ledger::StorageError> {
        let Some(request) = &intent.request else { return Ok(intent.bank_page.clone()) };
        match self.bank.open_payment(request).await {
            Ok(page) => {
                self.ledger.at_bank(intent.id, &page).await?;
                Ok(Some(page))
            }
            Err(error) => {
                tracing::warn!(on_ramp = %intent.id, error = &error as &dyn Error, "the bank could not be told yet");
                Ok(None)
            }
        }
    }
}

impl BankClient {
    /// A client of the bank whose API is at `base` and whose pages are at `people`; it sends them back to `origin`.
    pub fn new(base: &str, people: &str, origin: &str) -> Result<Self, String> {
        let address = |text: &str| {
            text.parse::<Url>().map_err(|error| format!("{text} is not a bank's address: {error}"))
        };
        let (base, people) = (address(base)?, address(people)?);
        let http = Client::builder()
            .connect_timeout(Duration::from_secs(1))
            .timeout(Duration::from_secs(3))
            .redirect(Policy::none())
            .build()
            .map_err(|error| format!("no HTTP client can be made: {error}"))?;
        Ok(BankClient { http, base, people, return_base: format!("{origin}/add-money") })
    }

    /// Where the bank's pages stand: forms may lead there.
    pub fn origin(&self) -> String {
        self.people.origin().ascii_serialization()
    }

    /// Tells the bank of a payment and returns its page for people. Safe to repeat: the bank knows the token.
    pub async fn open_payment(&self, request: &BankRequest) -> Result<String, BankError> {
        let body = PaymentRequest {
            token: &request.token,
            amount_minor: request.amount.get(),
            currency: "INR",
            return_url: format!("{}/{}", self.return_base, request.id),
            bank: request.bank.code(),
        };
        let address = self.base.join("/api/payments").map_err(|_| BankError::Rubbish)?;
        let mut answer = self.http.post(address).json(&body).send().await?;
        if !answer.status().is_success() {
            return Err(BankError::Refused(answer.status()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > 16 * 1024 {
                return Err(BankError::Rubbish);
            }
        }
        let payment: Payment = serde_json::from_slice(&bytes).map_err(|_| BankError::Rubbish)?;
        let page: Url = payment.page.parse().map_err(|_| BankError::Rubbish)?;
        if page.origin() != self.people.origin() {
            return Err(BankError::Rubbish);
        }
        Ok(page.into())
    }
}
