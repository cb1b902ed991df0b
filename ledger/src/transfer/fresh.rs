//! What a batch of payments put on the pages of those who have a part in it.

use std::collections::BTreeMap;

use domain::view::{Balance, Counterparty, Movement, TransferStatus};
use domain::{Paise, UserId};

use super::repo::Paid;
use super::{Transfer, TransferRequest};
use crate::activity::Fresh;

/// One person's part.
struct Part {
    /// Their movements, each with the request that made it, in the order of the batch.
    moved: Vec<(usize, Movement<UserId>)>,
    /// As it stands after the batch.
    balance: Balance,
    /// More of theirs has changed: a payment that waits.
    is_more: bool,
}

/// Finds whatever has changed by movements alone, and gives it to the last of the requests that moved it. What was made
/// before this batch has changed nothing.
pub(super) fn find(requests: &[(UserId, TransferRequest)], paid: &mut [Paid]) {
    let mut parts = BTreeMap::<UserId, Part>::new();
    for (n, ((from, request), paid)) in requests.iter().zip(paid.iter()).enumerate() {
        let Ok(transfer) = &paid.outcome else { continue };
        if transfer.replayed {
            continue;
        }
        for (person, other, balance) in
            [(*from, request.to, transfer.balance), (request.to, *from, paid.payee_balance)]
        {
            let part = parts.entry(person).or_insert(Part { moved: vec![], balance, is_more: false });
            part.is_more |= transfer.status != TransferStatus::Posted;
            part.moved.push((n, movement(request, transfer, other, person == *from)));
        }
    }
    for (person, part) in parts {
        if let (false, Some((last, _))) = (part.is_more, part.moved.last()) {
            let last = *last;
            paid[last].fresh.extend(part.fresh(person));
        }
    }
}

/// The balance after it is still to be found.
fn movement(request: &TransferRequest, transfer: &Transfer, other: UserId, is_out: bool) -> Movement<UserId> {
    let amount = request.amount.get();
    Movement::Entry {
        transfer: transfer.id,
        counterparty: Counterparty::Person(other),
        amount: Paise::new(if is_out { -amount } else { amount }),
        balance_after: Paise::ZERO,
        note: request.note.clone(),
        at: transfer.at,
    }
}

impl Part {
    /// Nothing where the sums do not fit, which no account allows.
    fn fresh(mut self, person: UserId) -> Option<Fresh> {
        let to = self.balance.version;
        let from = to - i64::try_from(self.moved.len()).ok()?;
        let mut after = self.balance.available.checked_add(self.balance.held)?;
        for (_, movement) in self.moved.iter_mut().rev() {
            if let Movement::Entry { amount, balance_after, .. } = movement {
                *balance_after = after;
                after = after.checked_sub(*amount)?;
            }
        }
        let movements = self.moved.into_iter().map(|(_, movement)| movement).collect();
        Some(Fresh { person, from, to, movements })
    }
}
