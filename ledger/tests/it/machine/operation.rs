//! What can happen to a ledger. Operations name people, intents and earlier attempts by place, so that
//! any part of a sequence is a sequence too.

use domain::{Period, UndoWindow};
use proptest::collection::vec;
use proptest::prelude::*;

use super::precaution::{Approval, Precaution, precaution};

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Operation {
    /// A new person.
    Join,
    /// The welcome credit, asked for again as well.
    Welcome(usize),
    /// Somebody asks to add money.
    Open { person: usize, paise: i64, attempt: Attempt },
    /// The bank says one thing.
    Say(Message),
    /// The bank says many things, settled in one statement.
    Storm(Vec<Message>),
    /// Somebody pays.
    Pay(Wish),
    /// Many pay, in one statement.
    Batch(Vec<Wish>),
    /// The web's role asks Postgres, past every parser, to pay nothing or less.
    Forge { from: usize, to: usize, paise: i64 },
    /// Somebody cancels a payment that waits or waited, counted from the newest; mostly their own.
    Cancel { payment: usize, stranger: bool },
    /// The time of every waiting payment comes.
    HoldsFallDue,
    /// The relay posts what is due.
    PostDue,
    /// The time of every open intent runs out.
    IntentsRunOut,
    /// The relay ends the intents whose time is over.
    Expire,
    /// Somebody sets a limit.
    SetLimit { person: usize, period: Period, most: Sum },
    /// Raised limits come into force.
    LimitsFallDue,
    /// Somebody trusts another, or no longer.
    Trust { payer: usize, payee: usize, trust: bool },
    /// Somebody gives themselves time to undo, or none.
    SetUndo { person: usize, window: UndoWindow },
    /// Whoever was paid was paid an hour ago.
    AnHourPasses,
    /// What was spent was spent on another day of this month.
    NextDay,
    /// What was spent was spent in another month.
    NextMonth,
    /// Both services begin anew.
    Restart,
    /// Somebody guards their wallet.
    Take(Precaution),
}

/// Under which key somebody asks; earlier attempts are counted from the newest.
#[derive(Debug, Clone, Copy)]
pub enum Attempt {
    /// A key of its own.
    New,
    /// Just as before, whatever came of it.
    Again(usize),
    /// Something else, under the key of an earlier one.
    Other(usize),
}

/// Somebody wants to pay.
#[derive(Debug, Clone)]
pub struct Wish {
    pub from: usize,
    /// Nobody, where it is none.
    pub to: Option<usize>,
    pub paise: Sum,
    pub note: bool,
    /// Seconds to undo; none leaves it to the policy.
    pub undo: Option<u16>,
    pub attempt: Attempt,
    /// Asked for where the payer approves payments.
    pub approval: Approval,
}

/// How much.
#[derive(Debug, Clone, Copy)]
pub enum Sum {
    /// So many paise.
    Paise(i64),
    /// What can be spent, or of a limit is used, and so much more.
    All(i64),
    /// What needs no approval, and so much more.
    Unapproved(i64),
    /// What a cooling-off leaves, and so much more.
    Cooling(i64),
}

/// What the bank says.
#[derive(Debug, Clone)]
pub struct Message {
    /// About which intent, counted from the newest.
    pub intent: usize,
    pub paid: bool,
    pub twist: Twist,
    pub attempt: Attempt,
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy)]
pub enum Twist {
    Nothing,
    Amount(i64),
    Currency,
    Token,
    Form,
}

/// One operation after the other, as a ledger and its relay meet them.
pub fn one_by_one(length: usize) -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        46 => wish().prop_map(Operation::Pay),
        20 => message().prop_map(Operation::Say),
        2 => vec(wish(), 2..9).prop_map(Operation::Batch),
        2 => vec(message(), 2..9).prop_map(Operation::Storm),
        30 => aside(),
        16 => precaution().prop_map(Operation::Take),
    ];
    vec(operation, length)
}

/// Mostly whole batches.
pub fn in_batches(length: usize) -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        12 => vec(wish(), 2..257).prop_map(Operation::Batch),
        4 => vec(message(), 2..65).prop_map(Operation::Storm),
        20 => aside(),
        10 => precaution().prop_map(Operation::Take),
    ];
    vec(operation, length)
}

fn aside() -> impl Strategy<Value = Operation> {
    let period = prop_oneof![Just(Period::Transfer), Just(Period::Day), Just(Period::Month)];
    prop_oneof![
        2 => Just(Operation::Join),
        1 => any::<usize>().prop_map(Operation::Welcome),
        14 => (any::<usize>(), 1_00..=1_00_000_00i64, attempt())
            .prop_map(|(person, paise, attempt)| Operation::Open { person, paise, attempt }),
        1 => (any::<usize>(), any::<usize>(), -5_000..=0i64)
            .prop_map(|(from, to, paise)| Operation::Forge { from, to, paise }),
        5 => (0..12usize, prop::bool::weighted(0.2))
            .prop_map(|(payment, stranger)| Operation::Cancel { payment, stranger }),
        2 => Just(Operation::HoldsFallDue),
        2 => Just(Operation::PostDue),
        1 => Just(Operation::IntentsRunOut),
        1 => Just(Operation::Expire),
        6 => (any::<usize>(), period, limit())
            .prop_map(|(person, period, most)| Operation::SetLimit { person, period, most }),
        6 => Just(Operation::LimitsFallDue),
        2 => (any::<usize>(), any::<usize>(), any::<bool>())
            .prop_map(|(payer, payee, trust)| Operation::Trust { payer, payee, trust }),
        2 => (any::<usize>(), 0..4usize)
            .prop_map(|(person, place)| Operation::SetUndo { person, window: UndoWindow::ALL[place] }),
        1 => Just(Operation::AnHourPasses),
        2 => Just(Operation::NextDay),
        1 => Just(Operation::NextMonth),
        1 => Just(Operation::Restart),
    ]
}

/// Any, or a little more than is used.
fn limit() -> impl Strategy<Value = Sum> {
    prop_oneof![(0..=11_00_000_00i64).prop_map(Sum::Paise), (0..=5_000_00i64).prop_map(Sum::All)]
}

/// Batches have thousands of members: each is one number to proptest, and its bits say what it is.
fn wish() -> impl Strategy<Value = Wish> {
    any::<u64>().prop_map(|bits| {
        let mut bits = Bits(bits);
        Wish {
            from: bits.below(1 << 12) as usize,
            to: (bits.below(32) > 0).then(|| bits.below(1 << 12) as usize),
            paise: match bits.below(20) {
                0 => Sum::Paise(1_00_000_01),
                1 | 2 => Sum::All(bits.below(3) as i64 - 1),
                3 => Sum::Paise(10_000_00 + bits.below(2) as i64),
                16 | 17 => Sum::Unapproved(bits.below(3) as i64 - 1),
                18 | 19 => Sum::Cooling(bits.below(3) as i64 - 1),
                finer => Sum::Paise(1 + (bits.below(30_000_00) >> finer) as i64),
            },
            note: bits.below(2) > 0,
            undo: [Some(0), Some(0), Some(0), Some(0), None, None, Some(1800), Some(3600)]
                [bits.below(8) as usize],
            attempt: bits.attempt(),
            approval: bits.approval(),
        }
    })
}

fn message() -> impl Strategy<Value = Message> {
    any::<u64>().prop_map(|bits| {
        let mut bits = Bits(bits);
        Message {
            intent: bits.below(10) as usize,
            paid: bits.below(5) > 0,
            twist: match bits.below(16) {
                0 => Twist::Amount([i64::MIN, -2, -1, 1, 2, i64::MAX][bits.below(6) as usize]),
                1 => Twist::Currency,
                2 => Twist::Token,
                3 => Twist::Form,
                _ => Twist::Nothing,
            },
            attempt: bits.attempt(),
        }
    })
}

fn attempt() -> impl Strategy<Value = Attempt> {
    any::<u64>().prop_map(|bits| Bits(bits).attempt())
}

/// Numbers out of a number (splitmix64).
pub struct Bits(pub u64);

impl Bits {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn approval(&mut self) -> Approval {
        match self.below(16) {
            0..8 => Approval::Right,
            8 => Approval::OtherAmount(1),
            9 => Approval::OtherAmount(-1),
            10 => Approval::OtherPayee,
            11 => Approval::OtherKey,
            12 => Approval::OtherPerson,
            13 => Approval::Late,
            _ => Approval::None,
        }
    }

    fn attempt(&mut self) -> Attempt {
        match self.below(16) {
            0 | 1 => Attempt::Again(self.below(12) as usize),
            2 => Attempt::Again(self.below(1 << 12) as usize),
            3 => Attempt::Other(self.below(12) as usize),
            _ => Attempt::New,
        }
    }
}
