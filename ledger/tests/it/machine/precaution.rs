//! What people do so that others cannot empty their wallet, and what is done to them: freezes, approvals, changes of
//! a number or an address.

use domain::ThawDelay;
use proptest::prelude::*;

/// One of these.
#[derive(Debug, Clone)]
pub enum Precaution {
    /// Somebody freezes their wallet.
    Freeze(usize),
    /// The same, but the server ends when the wallet is marked, and a payment that began to wait meanwhile still does.
    FreezeInPart(usize),
    /// Somebody asks for the thaw.
    Thaw(usize),
    SetDelay {
        person: usize,
        delay: ThawDelay,
    },
    /// Somebody sets a PIN, or loses it.
    SetPin {
        person: usize,
        has_pin: bool,
    },
    SetApprovalLimit {
        person: usize,
        above: Option<i64>,
        is_proven: bool,
    },
    /// Approvals that are over are forgotten.
    ForgetApprovals,
    /// Another number, or another address.
    ChangeAddress {
        person: usize,
        is_phone: bool,
    },
    /// The link that the old end has got, counted from the newest change; followed again as well.
    UndoChange(usize),
    /// For all of these.
    MinutesPass(i64),
}

/// Which approval somebody has got before they pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    None,
    Right,
    OtherAmount(i64),
    OtherPayee,
    OtherKey,
    OtherPerson,
    Late,
}

impl Approval {
    /// What a refusal of it is counted as.
    pub fn refused_as(self) -> &'static str {
        match self {
            Approval::None => "needed an approval",
            Approval::Right => "needed an approval that was overwritten",
            Approval::OtherAmount(_) => "needed an approval of this amount",
            Approval::OtherPayee => "needed an approval of this payee",
            Approval::OtherKey => "needed an approval under this key",
            Approval::OtherPerson => "needed an approval by this person",
            Approval::Late => "needed an approval that is not over",
        }
    }
}

/// Somebody, or something.
pub fn precaution() -> impl Strategy<Value = Precaution> {
    let person = any::<usize>;
    let above = prop_oneof![Just(0i64), Just(50_00), Just(500_00), Just(2_000_00), 0..=20_000_00i64];
    let delay = (0..5usize).prop_map(|place| ThawDelay::ALL[place.saturating_sub(2)]);
    let minutes = prop_oneof![2 => Just(30), 1 => Just(60), 1 => Just(23 * 60), 3 => Just(24 * 60)];
    prop_oneof![
        3 => person().prop_map(Precaution::Freeze),
        2 => person().prop_map(Precaution::FreezeInPart),
        16 => person().prop_map(Precaution::Thaw),
        2 => (person(), delay).prop_map(|(person, delay)| Precaution::SetDelay { person, delay }),
        8 => (person(), prop::bool::weighted(0.9)).prop_map(|(person, has_pin)| Precaution::SetPin { person, has_pin }),
        12 => (person(), prop::option::weighted(0.8, above), any::<bool>())
            .prop_map(|(person, above, is_proven)| Precaution::SetApprovalLimit { person, above, is_proven }),
        1 => Just(Precaution::ForgetApprovals),
        6 => (person(), any::<bool>()).prop_map(|(person, is_phone)| Precaution::ChangeAddress { person, is_phone }),
        4 => (0..4usize).prop_map(Precaution::UndoChange),
        5 => minutes.prop_map(Precaution::MinutesPass),
    ]
}
