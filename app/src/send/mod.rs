//! Money to a person: who and how much, review, confirm.

pub mod api;
mod page;
mod review;

use domain::{
    Amount, IdempotencyKey, Note, Paise, Payee, UserId,
    payee::PayeeTextError,
    view::{Outlook, Person},
};
pub use page::SendPage;
pub use review::ReviewPage;
use serde::{Deserialize, Serialize};

use crate::{approval::Asked, people::Acquaintance, ui::form::Typed};

/// The form at `/send`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendForm {
    /// Phone number or handle of the payee.
    pub to: String,
    /// Instead of that: one of the payer's people, by id.
    pub person: String,
    /// Amount.
    pub amount: String,
    /// What it is for.
    pub note: String,
    /// Idempotency key, made when the form is rendered; names the draft, then the transfer.
    pub key: String,
}

/// What the page at `/send` begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blank {
    /// The form, with a fresh key.
    pub form: SendForm,
    /// Whom the form names, where it names one of the payer's people.
    pub person: Option<Person>,
    /// Payments above this are approved.
    pub approve_above: Option<Paise>,
    /// Favourites, and whom they dealt with last.
    pub recent: Vec<Acquaintance>,
}

/// The form at `/send/review`: which draft, and what approves it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfirmForm {
    /// The draft's key.
    pub draft: String,
    /// The PIN, where the payment is approved by it. Never shown again.
    pub pin: String,
    /// In its place: the answer of a device, as JSON. Never shown again.
    pub passkey: String,
}

/// What was typed, understood, and waits for a confirmation. Kept in the session, so that what is
/// confirmed is what was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// One attempt, one outcome.
    pub key: IdempotencyKey,
    /// As it was typed, to go back to.
    pub form: SendForm,
    /// Who is paid.
    pub payee: UserId,
    /// As they are registered.
    pub person: Person,
    /// How much.
    pub amount: Amount,
    /// What for.
    pub note: Note,
}

impl Draft {
    /// To the same person, as much, for the same.
    pub fn is_same_payment(&self, other: &Draft) -> bool {
        (self.payee, self.amount, &self.note) == (other.payee, other.amount, &other.note)
    }
}

/// Everything the review page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The draft's key.
    pub draft: String,
    /// Registered name and masked number.
    pub person: Person,
    /// How much.
    pub amount: Paise,
    /// What for; may be empty.
    pub note: String,
    /// What will become of it.
    pub outlook: Outlook,
    /// What approves it, where that is asked for.
    pub ask: Option<Asked>,
    /// What can be spent afterwards; negative where it is not enough.
    pub left_after: Paise,
}

/// Whom the form names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Whoever has this number or handle.
    Named(Payee),
    /// One of the payer's people.
    Known(UserId),
}

impl Chosen {
    /// The person of the form, or else what was typed. What is no id names nobody, and then nothing was typed.
    pub fn parse(form: &SendForm) -> Result<Self, PayeeTextError> {
        match form.person.parse() {
            Ok(id) => Ok(Chosen::Known(id)),
            Err(_) => Payee::parse(&form.to).map(Chosen::Named),
        }
    }
}

impl Typed for SendForm {}

impl Typed for ConfirmForm {
    fn without_secrets(self) -> Self {
        ConfirmForm { pin: String::new(), passkey: String::new(), ..self }
    }
}
