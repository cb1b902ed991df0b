//! What a person may see. A view cannot hold a secret: no token, no hash, nobody else's full number.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Bank, Digest, Handle, Note, OnRampId, Paise, Period, ThawDelay, TransferId, TransferRefusal, UserId,
};

/// A view, and how new it is: it changes only together with its version, and of two the higher is the newer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned<T> {
    /// Rises with every change of what the view shows.
    pub version: i64,
    /// What is shown.
    pub view: T,
}

/// What can be spent, and what is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Paise that can be spent now.
    pub available: Paise,
    /// Paise reserved by holds.
    pub held: Paise,
    /// Rises with every change of either; a higher version is a newer truth.
    pub version: i64,
}

/// A person as others see them: whoever dealt with them, or found them by their exact number or handle.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Who; says nothing about them, and is the address of their page for those they have to do with.
    pub id: UserId,
    /// The registered name.
    pub name: String,
    /// The masked phone number.
    pub phone: String,
    /// The handle, where they chose one.
    pub handle: Option<Handle>,
    /// The name of their picture, where they gave one.
    pub picture: Option<Digest>,
}

/// Who stands on the other side of a movement. The ledger knows people by id only, hence `P`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Counterparty<P = Person> {
    /// Another person.
    Person(P),
    /// A bank that money came from.
    Bank(Bank),
    /// OKANE itself: the welcome credit.
    Okane,
}

impl<P> Counterparty<P> {
    /// The same, with the person put in the place of their id.
    pub fn map<Q>(self, person: impl FnOnce(P) -> Q) -> Counterparty<Q> {
        match self {
            Counterparty::Person(p) => Counterparty::Person(person(p)),
            Counterparty::Bank(bank) => Counterparty::Bank(bank),
            Counterparty::Okane => Counterparty::Okane,
        }
    }
}

/// How far an attempt to add money has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OnRampStatus {
    /// The bank has not answered.
    Processing,
    /// In the wallet.
    Success,
    /// The bank declined.
    Failure,
    /// The bank did not answer in time.
    Expired,
}

impl OnRampStatus {
    /// The word in tables and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            OnRampStatus::Processing => "PROCESSING",
            OnRampStatus::Success => "SUCCESS",
            OnRampStatus::Failure => "FAILURE",
            OnRampStatus::Expired => "EXPIRED",
        }
    }

    /// The status with this word.
    pub fn parse(code: &str) -> Option<Self> {
        use OnRampStatus::*;
        [Processing, Success, Failure, Expired].into_iter().find(|status| status.code() == code)
    }
}

/// How far a transfer between people has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TransferStatus {
    /// It has moved.
    Posted,
    /// It is set aside and moves by itself when its time comes.
    Pending {
        /// When that is.
        until: Timestamp,
        /// Why it waits.
        reason: HoldReason,
    },
    /// The sender cancelled it in time; nothing moved.
    Voided,
    /// It could not be posted; nothing moved.
    Expired,
}

impl TransferStatus {
    /// The word on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            TransferStatus::Posted => "POSTED",
            TransferStatus::Pending { .. } => "PENDING",
            TransferStatus::Voided => "VOIDED",
            TransferStatus::Expired => "EXPIRED",
        }
    }

    /// When it moves by itself, as long as it waits.
    pub const fn release_at(self) -> Option<Timestamp> {
        match self {
            TransferStatus::Pending { until, .. } => Some(until),
            TransferStatus::Posted | TransferStatus::Voided | TransferStatus::Expired => None,
        }
    }
}

/// Why a transfer waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HoldReason {
    /// So that the sender can undo it.
    Undo,
    /// It is large, and its sender has paid this person for less than an hour, or never.
    FirstPayment,
}

/// What would become of a payment if it were made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// Nothing was ever paid to this person before.
    pub first_time: bool,
    /// How many seconds it would wait, and why; `None` where it would move at once.
    pub wait: Option<(u32, HoldReason)>,
    /// It is above this amount, which its payer has chosen, and so has to be approved; zero: each payment is.
    pub approve_above: Option<Paise>,
    /// Why it would be refused, where it would be.
    pub refusal: Option<TransferRefusal>,
}

/// One line of the activity: money that moved, or tried to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Movement<P = Person> {
    /// An entry of the ledger.
    Entry {
        /// Its transfer, the address of its receipt.
        transfer: TransferId,
        /// The other side.
        counterparty: Counterparty<P>,
        /// Negative for money that went out.
        amount: Paise,
        /// The balance after it.
        balance_after: Paise,
        /// The sender's words; may be empty.
        note: Note,
        /// When it was posted.
        at: Timestamp,
    },
    /// A transfer that has not moved money: waiting, cancelled or expired.
    Hold {
        /// The transfer, the address of its receipt.
        transfer: TransferId,
        /// The other side.
        counterparty: Counterparty<P>,
        /// Negative for money that is to go out.
        amount: Paise,
        /// Anything but `Posted`.
        status: TransferStatus,
        /// The sender's words; may be empty.
        note: Note,
        /// When it was made.
        at: Timestamp,
    },
    /// A top-up that has not moved money: pending, declined or expired.
    Attempt {
        /// The intent, the address of its status page.
        on_ramp: OnRampId,
        /// The bank asked.
        bank: Bank,
        /// How much was asked for.
        amount: Paise,
        /// Anything but `Success`.
        status: OnRampStatus,
        /// When it was asked.
        at: Timestamp,
    },
}

impl<P> Movement<P> {
    /// When it was posted or asked.
    pub fn at(&self) -> Timestamp {
        match self {
            Movement::Entry { at, .. } | Movement::Hold { at, .. } | Movement::Attempt { at, .. } => *at,
        }
    }
}

/// One page of the activity, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPage<P = Person> {
    /// The movements.
    pub movements: Vec<Movement<P>>,
    /// The `before` of the next page; `None` on the last.
    pub next: Option<String>,
}

/// A transfer as one of its two people sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt<P = Person> {
    /// The transfer.
    pub transfer: TransferId,
    /// Its short reference.
    pub reference: String,
    /// The other side.
    pub counterparty: Counterparty<P>,
    /// Negative for money that goes out of the reader's wallet.
    pub amount: Paise,
    /// How far it has come.
    pub status: TransferStatus,
    /// The reader's balance after it; `None` where nothing has moved.
    pub balance_after: Option<Paise>,
    /// The sender's words; may be empty.
    pub note: Note,
    /// When the sender confirmed it.
    pub made_at: Timestamp,
    /// When it was posted, cancelled or given back; `None` while it waits.
    pub ended_at: Option<Timestamp>,
    /// The intent it settled, where it came from a bank.
    pub on_ramp: Option<OnRampId>,
}

/// An intent to add money, as its owner sees it: with its times, without its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnRamp {
    /// The intent.
    pub id: OnRampId,
    /// Its short reference.
    pub reference: String,
    /// The bank asked.
    pub bank: Bank,
    /// How much was asked for.
    pub amount: Paise,
    /// How far it is.
    pub status: OnRampStatus,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it closes unanswered.
    pub expires_at: Timestamp,
    /// When the bank took the request; `None` while it cannot be reached.
    pub at_bank_at: Option<Timestamp>,
    /// The bank's own page for this payment, once it has one.
    pub bank_page: Option<String>,
    /// When it ended, one way or the other.
    pub settled_at: Option<Timestamp>,
    /// The bank's name for the payment.
    pub bank_reference: Option<String>,
    /// The receipt, once the money is in the wallet.
    pub transfer: Option<TransferId>,
    /// The bank paid after this had closed; the money is set aside.
    pub late: bool,
}

/// Who is signed in, as they see themself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Who.
    pub id: UserId,
    /// The registered name.
    pub name: String,
    /// The phone number in full, spaced.
    pub phone: String,
    /// The e-mail address, where they gave one.
    pub email: Option<String>,
    /// The handle, once they chose one.
    pub handle: Option<Handle>,
    /// The name of their picture, where they gave one.
    pub picture: Option<Digest>,
}

/// Somebody a person keeps: whom, not what they are called, which is theirs to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Whom.
    pub person: UserId,
    /// Starred: they come first.
    pub favourite: bool,
}

/// Somebody a person has paid or was paid by. The ledger knows people by id only, hence `P`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dealing<P = Person> {
    /// With whom.
    pub person: P,
    /// When money last moved between them.
    pub last: Timestamp,
}

/// What everything between two people comes to, from the side of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// What the reader sent.
    pub sent: Paise,
    /// What the reader received.
    pub received: Paise,
    /// How many payments that was, both ways.
    pub payments: i64,
    /// When the first was made; `None` where there was none.
    pub since: Option<Timestamp>,
}

impl Position {
    /// What the reader has more by it; negative where they sent more than they received.
    pub fn net(&self) -> Paise {
        self.received.checked_sub(self.sent).unwrap_or_default()
    }
}

/// How it stands with the freeze of a person's wallet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Since when nothing leaves it; `None` where it is not frozen.
    pub since: Option<Timestamp>,
    /// When that is over; `None` until its owner asks for it.
    pub thaws_at: Option<Timestamp>,
    /// How long it takes from asking.
    pub delay: ThawDelay,
    /// The shorter delay that was chosen, and from when it holds.
    pub next: Option<(ThawDelay, Timestamp)>,
}

impl Freeze {
    /// Whether nothing leaves the wallet at this moment. For showing; what is paid is decided in Postgres.
    pub fn is_frozen(&self, now: Timestamp) -> bool {
        self.since.is_some() && self.thaws_at.is_none_or(|at| at > now)
    }
}

/// A wallet from which little leaves for a while, because its owner's number or address was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoolingOff {
    /// What may leave while it lasts, together.
    pub most: Paise,
    /// What is left of that; what waits counts as gone.
    pub left: Paise,
    /// When it is over.
    pub until: Timestamp,
}

/// One of a person's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// What it counts.
    pub period: Period,
    /// What it allows now.
    pub most: Paise,
    /// How far it can be raised.
    pub highest: Paise,
    /// What was paid or waits in the present period; nothing for a single transfer.
    pub used: Paise,
    /// What it will allow, and from when.
    pub next: Option<(Paise, Timestamp)>,
}

impl Limit {
    /// What is left of it; nothing where it was lowered below what is used.
    pub fn left(&self) -> Paise {
        self.most.checked_sub(self.used).filter(|left| !left.is_negative()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(most: i64, used: i64) -> Limit {
        let (most, used, highest) = (Paise::new(most), Paise::new(used), Paise::new(1_000));
        Limit { period: Period::Day, most, highest, used, next: None }
    }

    #[test]
    fn what_is_left_of_a_limit_is_never_less_than_nothing() {
        assert_eq!(limit(100, 30).left(), Paise::new(70));
        assert_eq!(limit(100, 100).left(), Paise::ZERO);
        assert_eq!(limit(100, 101).left(), Paise::ZERO, "it was lowered");
    }

    #[test]
    fn each_status_has_its_word() {
        for (status, word) in [
            (OnRampStatus::Processing, "PROCESSING"),
            (OnRampStatus::Success, "SUCCESS"),
            (OnRampStatus::Failure, "FAILURE"),
            (OnRampStatus::Expired, "EXPIRED"),
        ] {
            assert_eq!((status.code(), OnRampStatus::parse(word)), (word, Some(status)));
        }
        assert_eq!(OnRampStatus::parse("success"), None);
        let pending = TransferStatus::Pending { until: Timestamp::UNIX_EPOCH, reason: HoldReason::Undo };
        let words = [TransferStatus::Posted, pending, TransferStatus::Voided, TransferStatus::Expired];
        assert_eq!(words.map(TransferStatus::code), ["POSTED", "PENDING", "VOIDED", "EXPIRED"]);
        assert_eq!(pending.release_at(), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(TransferStatus::Posted.release_at(), None);
    }

    #[test]
    fn a_movement_tells_when_it_was_and_a_counterparty_whose_it_is() {
        let at = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1);
        let movement: Movement = Movement::Attempt {
            on_ramp: OnRampId::new(uuid::Uuid::nil()),
            bank: Bank::Deccan,
            amount: Paise::new(1),
            status: OnRampStatus::Failure,
            at,
        };
        assert_eq!(movement.at(), at);
        assert_eq!(Counterparty::Person(1).map(|person| person + 1), Counterparty::Person(2));
        assert_eq!(
            Counterparty::Bank::<i32>(Bank::Malwa).map(|person| person),
            Counterparty::Bank(Bank::Malwa)
        );
    }
}
