//! Puts names into operations, which know people, intents and attempts only by place.

use domain::{Note, Period};
use ledger::on_ramp::{BankEvent, BankMessage, PaymentOutcome};
use ledger::transfer::{TransferRequest, Undo};

use super::guard::Approved;
use super::model::{Asked, Payload, Said};
use super::operation::{Attempt, Message, Operation, Sum, Twist, Wish};
use super::play::{NOBODY, Play};
use super::precaution::Approval;
use super::statement::note;
use crate::fixture::{amount, key};

impl Operation {
    /// How many operations it is: each member of a batch is one.
    pub fn size(&self) -> usize {
        match self {
            Operation::Storm(messages) => messages.len(),
            Operation::Batch(wishes) => wishes.len(),
            _ => 1,
        }
    }

    /// Whether it writes what no outbox tells of.
    pub fn changes_more_than_money(&self) -> bool {
        matches!(
            self,
            Operation::Join
                | Operation::HoldsFallDue
                | Operation::IntentsRunOut
                | Operation::SetLimit { .. }
                | Operation::LimitsFallDue
                | Operation::Trust { .. }
                | Operation::SetUndo { .. }
                | Operation::AnHourPasses
                | Operation::NextDay
                | Operation::NextMonth
                | Operation::Take(_)
        )
    }
}

/// Paise that somebody pays where there is no bound to go up to.
const USUAL: i64 = 100_00;

/// The one so many before the newest.
fn back<T: Clone>(earlier: &[T], count: usize) -> Option<T> {
    let place = earlier.len().checked_sub(1)?;
    Some(earlier[place - count % earlier.len()].clone())
}

impl Play {
    /// Somebody, by any number.
    pub fn person(&self, number: usize) -> usize {
        number % self.people.len()
    }

    /// A wish, of at most so much, and remembered.
    pub fn asking(&mut self, wish: &Wish, most: Option<i64>) -> Asked {
        let from = self.person(wish.from);
        let (guard, held) = (&self.model.people[from].guard, self.model.people[from].held);
        let paise = match wish.paise {
            Sum::Paise(paise) => paise,
            Sum::All(more) => self.model.available(from) + more,
            Sum::Unapproved(more) => guard.above.map_or(USUAL, |above| above + more),
            Sum::Cooling(more) => guard.cooling(held).map_or(USUAL, |(left, _)| left + more),
        };
        let mut asked = Asked {
            from,
            to: wish.to.map(|to| self.person(to)),
            paise,
            note: wish.note,
            undo: wish.undo,
            key: format!("key-{}", self.asked.len()),
            approval: Approval::None,
        };
        match wish.attempt {
            Attempt::New => {}
            Attempt::Again(count) => asked = back(&self.asked, count).unwrap_or(asked),
            Attempt::Other(count) => {
                if let Some(earlier) = back(&self.asked, count) {
                    (asked.from, asked.key) = (earlier.from, earlier.key);
                }
            }
        }
        asked.paise = asked.paise.clamp(1, most.unwrap_or(i64::MAX));
        let is_asked = self.model.people[asked.from].guard.above.is_some() && asked.to.is_some();
        asked.approval = if is_asked { wish.approval } else { Approval::None };
        self.asked.push(asked.clone());
        asked
    }

    /// The approval that was got for a payment.
    pub fn approved(&self, asked: &Asked) -> Option<Approved> {
        let (person, payee) = (asked.from, asked.to?);
        let (key, paise) = (asked.key.clone(), asked.paise);
        let mut approved = Approved { person, key, payee, paise, is_late: false };
        match asked.approval {
            Approval::None => return None,
            Approval::Right => {}
            Approval::OtherAmount(more) => approved.paise = (paise + more).max(1),
            Approval::OtherPayee => approved.payee = self.person(payee + 1),
            Approval::OtherKey => approved.key += "-other",
            Approval::OtherPerson => approved.person = self.person(person + 1),
            Approval::Late => approved.is_late = true,
        }
        Some(approved)
    }

    /// A limit in paise.
    pub fn limit(&self, person: usize, period: Period, most: Sum) -> i64 {
        let place = Period::ALL.iter().position(|other| *other == period).unwrap();
        match most {
            Sum::All(more) => self.model.limits(person)[place].1 + more,
            Sum::Paise(paise) | Sum::Unapproved(paise) | Sum::Cooling(paise) => paise,
        }
    }

    /// The same wish as the web puts it.
    pub fn request(&self, asked: &Asked) -> TransferRequest {
        TransferRequest {
            to: asked.to.map_or(NOBODY, |to| self.people[to]),
            amount: amount(asked.paise),
            note: Note::parse(note(asked)).unwrap(),
            key: key(&asked.key),
            undo: asked.undo.map_or(Undo::AsUsual, Undo::Seconds),
        }
    }

    /// An intent that is asked for, and remembered.
    pub fn opening(&mut self, person: usize, paise: i64, attempt: Attempt) -> (usize, i64, String) {
        let new = (self.person(person), paise, format!("key-{}", self.opened.len()));
        let wish = match attempt {
            Attempt::New => new,
            Attempt::Again(count) => back(&self.opened, count).unwrap_or(new),
            Attempt::Other(count) => {
                back(&self.opened, count).map_or(new, |(person, _, key)| (person, paise, key))
            }
        };
        self.opened.push(wish.clone());
        wish
    }

    /// A message, and remembered.
    pub fn saying(&mut self, message: &Message) -> Said {
        let newest = self.intents.len().checked_sub(1);
        let intent = newest.map(|newest| newest - message.intent % self.intents.len());
        let asked_for = intent.map_or(0, |intent| self.model.intents[intent].paise);
        let mut payload = Payload { intent, paid: message.paid, paise: asked_for, rupees: true };
        match message.twist {
            Twist::Amount(more) => payload.paise = asked_for.saturating_add(more),
            Twist::Currency => payload.rupees = false,
            Twist::Token => payload.intent = None,
            Twist::Nothing | Twist::Form => {}
        }
        let payment = (!matches!(message.twist, Twist::Form)).then_some(payload);
        let id = format!("msg_{}", self.said.len());
        let body = format!("{payment:?}");
        let mut said = Said { id, body, payment };
        match message.attempt {
            Attempt::New => {}
            Attempt::Again(count) => said = back(&self.said, count).unwrap_or(said),
            Attempt::Other(count) => said.id = back(&self.said, count).map_or(said.id, |earlier| earlier.id),
        }
        self.said.push(said.clone());
        said
    }

    /// The name of an intent between us and the bank.
    pub fn token(&self, intent: Option<usize>) -> String {
        intent.map_or("nobody's".to_owned(), |intent| self.intents[intent].token.clone())
    }

    /// The same message as the webhook puts it.
    pub fn event(&self, said: &Said) -> BankEvent {
        let message = match &said.payment {
            None => BankMessage::Malformed,
            Some(payload) => BankMessage::Payment {
                outcome: if payload.paid { PaymentOutcome::Succeeded } else { PaymentOutcome::Failed },
                token: self.token(payload.intent),
                amount_minor: payload.paise,
                currency: if payload.rupees { "INR" } else { "USD" }.to_owned(),
                bank_reference: "DS-1".to_owned(),
            },
        };
        BankEvent { id: said.id.clone(), body: said.body.clone().into_bytes(), message }
    }
}
