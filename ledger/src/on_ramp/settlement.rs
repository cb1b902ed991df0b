//! The webhook's part: what the bank says, settled exactly once.
//!
//! One transaction: lock the intent by its token, see whether this event was heard before, decide on the
//! locked state, keep the event, post, end the intent. The lock makes duplicates wait for each other; the
//! unique constraints on event and intent are the second wall. An id names one message: under an id that
//! was heard before, only the same bytes are a repeat.

use domain::AccountId;
use domain::view::OnRampStatus;

use super::repo::{self, Heard, LockedIntent};
use crate::posting::{self, Cause, Posting};
use crate::{Ledger, account, balance, outbox};

/// A message of the bank whose signature was verified.
#[derive(Debug, Clone)]
pub struct BankEvent {
    /// `webhook-id`: one message, however often it is delivered.
    pub id: String,
    /// The signed bytes, kept as they came.
    pub body: Vec<u8>,
    /// What they say.
    pub message: BankMessage,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum BankMessage {
    /// Signed, and yet not of the agreed form.
    Malformed,
    /// About a payment.
    Payment {
        /// Whether the bank paid.
        outcome: PaymentOutcome,
        /// Names the intent.
        token: String,
        /// In minor units; must equal the intent's.
        amount_minor: i64,
        /// Must be `INR`.
        currency: String,
        /// The bank's own name for the payment.
        bank_reference: String,
    },
}

/// Whether the bank paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// It did.
    Succeeded,
    /// It did not and will not.
    Failed,
}

/// What came of a message. The first five are done; the rest are refused and, but for the last, kept for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// The wallet was credited, now.
    Settled,
    /// The intent ended as FAILURE, now.
    Failed,
    /// Heard before, or the same payment under another message; nothing more was done.
    Repeated,
    /// A failure after the end: nothing to do.
    Ignored,
    /// A success after the end: the money is set aside.
    Suspense,
    /// Not the amount that was asked for.
    WrongAmount,
    /// Not the currency that was asked for.
    WrongCurrency,
    /// No intent has this token.
    UnknownToken,
    /// Not of the agreed form.
    Malformed,
    /// Its id was heard before with other bytes. Not kept: what was first said under the id stays.
    Contradicted,
}

impl Settlement {
    /// The word in `bank_events`, and in the log.
    pub const fn code(self) -> &'static str {
        match self {
            Settlement::Settled => "settled",
            Settlement::Failed => "failed",
            Settlement::Repeated => "repeated",
            Settlement::Ignored => "ignored",
            Settlement::Suspense => "suspense",
            Settlement::WrongAmount => "wrong_amount",
            Settlement::WrongCurrency => "wrong_currency",
            Settlement::UnknownToken => "unknown_token",
            Settlement::Malformed => "malformed",
            Settlement::Contradicted => "contradicted",
        }
    }

    /// What another delivery under an id that was heard before is answered: refusals stay refusals, and
    /// other bytes are not a repeat, whatever came of the first ones.
    fn again(earlier: &Heard) -> Self {
        use Settlement::*;
        if !earlier.same_body {
            return Contradicted;
        }
        [WrongAmount, WrongCurrency, UnknownToken, Malformed]
            .into_iter()
            .find(|refusal| refusal.code() == earlier.outcome)
            .unwrap_or(Repeated)
    }
}

impl Ledger {
    /// Takes a verified message of the bank and does what it says, once.
    pub async fn settle(&self, event: BankEvent) -> sqlx::Result<Settlement> {
        let settlement = posting::retrying(|| self.settle_once(&event)).await?;
        match settlement {
            Settlement::Settled | Settlement::Failed | Settlement::Repeated | Settlement::Ignored => {
                tracing::info!(event = event.id, outcome = settlement.code(), "a bank event was taken");
            }
            _ => tracing::error!(event = event.id, outcome = settlement.code(), "a bank event needs review"),
        }
        Ok(settlement)
    }

    async fn settle_once(&self, event: &BankEvent) -> sqlx::Result<Settlement> {
        let mut tx = self.pool.begin().await?;
        let intent = match &event.message {
            BankMessage::Payment { token, .. } => repo::lock_by_token_in_tx(&mut tx, token).await?,
            BankMessage::Malformed => None,
        };
        if let Some(earlier) = repo::heard(&mut *tx, event).await? {
            return Ok(Settlement::again(&earlier));
        }
        let settlement = decide(intent.as_ref(), &event.message);
        if !repo::keep_event_in_tx(&mut tx, event, settlement, intent.as_ref().map(|i| i.id)).await? {
            // The same id came at the same moment under another lock, with another token or none, and was first.
            let earlier = repo::heard(&mut *tx, event).await?.ok_or(sqlx::Error::RowNotFound)?;
            return Ok(Settlement::again(&earlier));
        }
        let credited = match (&intent, &event.message) {
            (Some(intent), BankMessage::Payment { bank_reference, .. }) => {
                carry_out_in_tx(&mut tx, settlement, intent, event, bank_reference).await?
            }
            _ => None,
        };
        let balances = match credited {
            Some(account) => account::repo::balances(&mut *tx, &[account]).await?,
            None => vec![],
        };
        tx.commit().await?;
        balance::publish(&self.cache, &balances).await;
        Ok(settlement)
    }
}

/// What a message means for an intent in its locked state. Nothing else decides.
fn decide(intent: Option<&LockedIntent>, message: &BankMessage) -> Settlement {
    use {OnRampStatus::*, PaymentOutcome::*};
    let BankMessage::Payment { outcome, amount_minor, currency, .. } = message else {
        return Settlement::Malformed;
    };
    let Some(intent) = intent else { return Settlement::UnknownToken };
    if currency != "INR" {
        return Settlement::WrongCurrency;
    }
    if *amount_minor != intent.amount.get() {
        return Settlement::WrongAmount;
    }
    match (intent.status, outcome) {
        (Processing, Succeeded) => Settlement::Settled,
        (Processing, Failed) => Settlement::Failed,
        (Success, Succeeded) => Settlement::Repeated,
        (Failure | Expired, Succeeded) if intent.paid_late => Settlement::Repeated,
        (Failure | Expired, Succeeded) => Settlement::Suspense,
        (Success | Failure | Expired, Failed) => Settlement::Ignored,
    }
}

/// Writes what was decided; answers with the account that was credited, if one was.
async fn carry_out_in_tx(
    tx: &mut sqlx::PgConnection,
    settlement: Settlement,
    intent: &LockedIntent,
    event: &BankEvent,
    bank_reference: &str,
) -> sqlx::Result<Option<AccountId>> {
    let (on_ramp, cause_event) = (intent.id, event.id.clone());
    match settlement {
        Settlement::Settled => {
            let cause = Cause::OnRamp { on_ramp, event: cause_event };
            let posting = Posting::new(AccountId::BANK_CLEARING, intent.account, intent.amount, cause);
            posting::repo::insert_in_tx(tx, &posting).await?;
            repo::succeed_in_tx(tx, on_ramp, posting.id, bank_reference).await?;
            Ok(Some(intent.account))
        }
        Settlement::Failed => {
            repo::fail_in_tx(tx, on_ramp, bank_reference).await?;
            Ok(None)
        }
        Settlement::Suspense => {
            let cause = Cause::Suspense { on_ramp, event: cause_event };
            let posting = Posting::new(AccountId::BANK_CLEARING, AccountId::SUSPENSE, intent.amount, cause);
            posting::repo::insert_in_tx(tx, &posting).await?;
            outbox::repo::add_in_tx(tx, "suspense_alert", on_ramp.uuid(), 0).await?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Amount, OnRampId};

    use super::*;

    fn intent(status: OnRampStatus, paid_late: bool) -> LockedIntent {
        LockedIntent {
            id: OnRampId::new(uuid::Uuid::nil()),
            account: AccountId::FIRST_USER,
            amount: Amount::new(500_00).expect("positive"),
            status,
            paid_late,
        }
    }

    fn message(outcome: PaymentOutcome, amount_minor: i64, currency: &str) -> BankMessage {
        let (token, bank_reference) = ("t".to_owned(), "r".to_owned());
        BankMessage::Payment { outcome, token, amount_minor, currency: currency.to_owned(), bank_reference }
    }

    #[test]
    fn every_state_answers_every_message() {
        use {OnRampStatus::*, PaymentOutcome::*};
        for (status, paid_late, outcome, settlement) in [
            (Processing, false, Succeeded, Settlement::Settled),
            (Processing, false, Failed, Settlement::Failed),
            (Success, false, Succeeded, Settlement::Repeated),
            (Success, false, Failed, Settlement::Ignored),
            (Failure, false, Succeeded, Settlement::Suspense),
            (Failure, true, Succeeded, Settlement::Repeated),
            (Failure, false, Failed, Settlement::Ignored),
            (Expired, false, Succeeded, Settlement::Suspense),
            (Expired, true, Succeeded, Settlement::Repeated),
            (Expired, false, Failed, Settlement::Ignored),
        ] {
            let decided = decide(Some(&intent(status, paid_late)), &message(outcome, 500_00, "INR"));
            assert_eq!(decided, settlement, "{status:?} {outcome:?}");
        }
    }

    #[test]
    fn a_wrong_amount_or_currency_is_refused_in_every_state() {
        for status in [OnRampStatus::Processing, OnRampStatus::Success, OnRampStatus::Expired] {
            let intent = intent(status, false);
            for amount in [-500_00, 0, 499_99, 500_01, i64::MAX] {
                let message = message(PaymentOutcome::Succeeded, amount, "INR");
                assert_eq!(decide(Some(&intent), &message), Settlement::WrongAmount);
            }
            let message = message(PaymentOutcome::Succeeded, 500_00, "USD");
            assert_eq!(decide(Some(&intent), &message), Settlement::WrongCurrency);
        }
    }
}
