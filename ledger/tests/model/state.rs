//! One moment of everything: what is committed, what is cached, and how far everybody is.

use crate::promise;

/// What keeps a promise; each can be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A payment's key is looked for before it is made.
    KeyIsLookedFor,
    /// So is a message's id before it is acted on.
    EventIsClaimed,
    /// An intent is credited only while it is open.
    IntentEndsOnce,
    /// What decides is read under the lock, not before.
    LooksUnderLock,
    /// The bank is answered after the commit.
    AnswersAfterCommit,
    /// The cache is told after the commit.
    TellsAfterCommit,
    /// The cache keeps the newer of two entries.
    ComparesAndSets,
    /// A server believes no entry older than what it has seen.
    ReadsAreChecked,
    /// The cache is told of a payment that is found under its key, as of one that is made.
    RepeatsAreTold,
    /// What must be told is written down with the movement.
    Outbox,
    /// A payment is not made while the wallet is frozen.
    FreezeIsLookedFor,
    /// Nor where nobody has approved it,
    ApprovalIsLookedFor,
    /// under its own key.
    ApprovalIsOfOneKey,
}

impl Protection {
    pub const ALL: [Protection; 13] = [
        Protection::KeyIsLookedFor,
        Protection::EventIsClaimed,
        Protection::IntentEndsOnce,
        Protection::LooksUnderLock,
        Protection::AnswersAfterCommit,
        Protection::TellsAfterCommit,
        Protection::ComparesAndSets,
        Protection::ReadsAreChecked,
        Protection::RepeatsAreTold,
        Protection::Outbox,
        Protection::FreezeIsLookedFor,
        Protection::ApprovalIsLookedFor,
        Protection::ApprovalIsOfOneKey,
    ];

    /// The promises that rest on it.
    pub fn keeps(self) -> &'static [&'static str] {
        match self {
            Protection::KeyIsLookedFor => &[promise::PAID_ONCE],
            Protection::EventIsClaimed => &[promise::TAKEN_ONCE],
            Protection::IntentEndsOnce => &[promise::CREDITED_ONCE],
            Protection::LooksUnderLock => {
                &[promise::TAKEN_ONCE, promise::PAID_ONCE, promise::CREDITED_ONCE, promise::FROZEN]
            }
            Protection::AnswersAfterCommit => &[promise::CREDIT_KEPT],
            Protection::TellsAfterCommit => &[promise::NOTHING_AHEAD],
            Protection::ComparesAndSets => &[promise::OWN_PAYMENT, promise::SETTLED],
            Protection::ReadsAreChecked | Protection::RepeatsAreTold => &[promise::OWN_PAYMENT],
            Protection::Outbox => &[promise::SETTLED],
            Protection::FreezeIsLookedFor => &[promise::FROZEN],
            Protection::ApprovalIsLookedFor | Protection::ApprovalIsOfOneKey => &[promise::APPROVED],
        }
    }
}

/// What Postgres has committed of one person's money.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Books {
    /// Rises with every movement; of two balances the newer.
    pub version: u8,
    /// How often the intent was credited.
    pub credits: u8,
    /// How often each message of the bank was acted on.
    pub taken: [u8; 2],
    /// How often the payment was made.
    pub payments: u8,
    /// Whether the person has frozen their wallet.
    pub frozen: bool,
    /// Whether the payment is approved, under its key.
    pub approved: bool,
    /// Versions of which the cache must still be told: a bit for each.
    pub untold: u8,
}

/// What was read before somebody acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Look {
    /// New under its name.
    pub is_new: bool,
    /// Of an open intent.
    pub is_open: bool,
    /// From a frozen wallet.
    pub is_frozen: bool,
    /// Approved by its payer.
    pub is_approved: bool,
}

/// How far a request is in the process that handles it: the webhook's are messages, the server's
/// a payment, and under another key one that nobody has approved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Request {
    #[default]
    None,
    /// It came.
    Came { id: u8 },
    /// Only without the lock.
    Looked { id: u8, look: Look },
    /// It is committed, and the cache is to be told a version where there is one.
    Committed { id: u8, version: u8, tells: bool },
    /// Whoever asked can be answered: the books stood at this version.
    Told { id: u8, version: u8 },
}

/// Somebody who has read the books and will write into the cache, sooner or later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Reader {
    #[default]
    None,
    /// Has read this version, for somebody who had been answered with another.
    Holds { version: u8, answered: u8 },
}

/// The relay: has taken these rows of the outbox, and then read this version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Relay {
    pub rows: u8,
    pub version: u8,
}

/// How far a freeze is that the person has asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Freeze {
    /// Nobody has, or nobody was told, or it is thawed.
    #[default]
    None,
    /// It is committed.
    Committed,
    /// The person knows that nothing leaves any more.
    Answered,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub books: Books,
    /// The version that stands in the cache.
    pub cache: Option<u8>,
    /// The bank's messages, which are two about one payment, and whether each was answered.
    pub answered: [bool; 2],
    pub webhook: [Request; 2],
    pub server: [Request; 2],
    pub reader: Reader,
    pub relay: Relay,
    /// The newest version the server has seen since it began.
    pub floor: u8,
    /// With which version the payment was answered.
    pub paid: Option<u8>,
    pub freeze: Freeze,
    /// Something has left a wallet whose owner had been told that it is frozen.
    pub left_frozen: bool,
    /// Something was paid that was not approved.
    pub unapproved: bool,
    /// Somebody was shown less than what they had been answered with.
    pub shown_less: bool,
    /// What may still go wrong, and be read.
    pub left: crate::protocol::Faults,
}
