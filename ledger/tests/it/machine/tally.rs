//! How often what happened: a rule that hardly ever decides anything is not tried.

use std::collections::BTreeMap;

use domain::{Period, TransferRefusal};

/// What happens at least once in so many steps; a batch is one.
const OFTEN: [(&str, usize); 21] = [
    ("from a frozen wallet", 50),
    ("paid after a thaw", 100),
    ("given back by a freeze", 1000),
    ("given back by the relay", 5000),
    ("an approval limit", 400),
    ("an approval limit of nothing to approve by", 500),
    ("a looser approval limit without proof", 8000),
    ("needed an approval", 3000),
    ("needed an approval of this amount", 4000),
    ("needed an approval of this payee", 4000),
    ("needed an approval under this key", 4000),
    ("needed an approval by this person", 4000),
    ("needed an approval that is not over", 4000),
    ("paid by an approval", 1000),
    ("a change", 400),
    ("a change too soon", 5000),
    ("a change undone", 2500),
    ("an undoing too late", 5000),
    ("more than cooling off leaves", 800),
    ("paid while cooling off", 400),
    ("paid after a cooling-off", 100),
];

/// By what it is.
#[derive(Debug, Clone, Default)]
pub struct Tally(BTreeMap<&'static str, usize>);

impl Tally {
    pub fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    pub fn add(&mut self, other: &Tally) {
        for (what, times) in &other.0 {
            *self.0.entry(what).or_default() += times;
        }
    }

    /// What of all this hardly ever happened in so many steps.
    pub fn seldom(&self, steps: usize) -> Vec<(&'static str, usize)> {
        let times = |what: &str| self.0.get(what).copied().unwrap_or(0);
        let seldom = OFTEN.into_iter().filter(|(what, one_in)| times(what) < steps / one_in);
        seldom.map(|(what, _)| (what, times(what))).collect()
    }
}

/// What a refusal is counted as.
pub fn refused(refusal: &TransferRefusal) -> &'static str {
    match refusal {
        TransferRefusal::NotEnoughMoney { .. } => "not enough money",
        TransferRefusal::ToSelf => "to oneself",
        TransferRefusal::UnknownPayee => "to nobody",
        TransferRefusal::AboveLimit { period: Period::Transfer, .. } => "above the limit of a transfer",
        TransferRefusal::AboveLimit { period: Period::Day, .. } => "above the limit of a day",
        TransferRefusal::AboveLimit { period: Period::Month, .. } => "above the limit of a month",
        TransferRefusal::Frozen => "from a frozen wallet",
        TransferRefusal::ApprovalNeeded { .. } => "not approved",
        TransferRefusal::CoolingOff { .. } => "more than cooling off leaves",
        TransferRefusal::KeyReused => "under a used key",
    }
}
