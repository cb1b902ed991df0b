//! The ledger knows people by id; here they get their names.

use std::collections::HashMap;

use domain::UserId;
use domain::view::{Counterparty, Movement, Person, Receipt};
use identity::Identity;
use ledger::StorageError;

type People = HashMap<UserId, Person>;

/// The same movements with names.
pub async fn movements(
    identity: &Identity,
    movements: Vec<Movement<UserId>>,
) -> Result<Vec<Movement>, StorageError> {
    let mut ids: Vec<UserId> = movements.iter().filter_map(other).collect();
    ids.sort();
    ids.dedup();
    let people = identity.people(&ids).await;
    people.map(|people| movements.into_iter().map(|movement| name(movement, &people)).collect())
}

/// The same receipt with a name.
pub async fn receipt(identity: &Identity, receipt: Receipt<UserId>) -> Result<Receipt, StorageError> {
    let ids: Vec<UserId> = match &receipt.counterparty {
        Counterparty::Person(id) => vec![*id],
        _ => vec![],
    };
    let people = identity.people(&ids).await;
    people.map(|people| {
        let counterparty = receipt.counterparty.map(|id| person(id, &people));
        Receipt {
            transfer: receipt.transfer,
            reference: receipt.reference,
            counterparty,
            amount: receipt.amount,
            status: receipt.status,
            balance_after: receipt.balance_after,
            note: receipt.note,
            made_at: receipt.made_at,
            ended_at: receipt.ended_at,
            on_ramp: receipt.on_ramp,
        }
    })
}

fn other(movement: &Movement<UserId>) -> Option<UserId> {
    match movement {
        Movement::Entry { counterparty: Counterparty::Person(id), .. }
        | Movement::Hold { counterparty: Counterparty::Person(id), .. } => Some(*id),
        _ => None,
    }
}

fn name(movement: Movement<UserId>, people: &People) -> Movement {
    match movement {
        Movement::Entry { transfer, counterparty, amount, balance_after, note, at } => {
            let counterparty = counterparty.map(|id| person(id, people));
            Movement::Entry { transfer, counterparty, amount, balance_after, note, at }
        }
        Movement::Hold { transfer, counterparty, amount, status, note, at } => {
            let counterparty = counterparty.map(|id| person(id, people));
            Movement::Hold { transfer, counterparty, amount, status, note, at }
        }
        Movement::Attempt { on_ramp, bank, amount, status, at } => {
            Movement::Attempt { on_ramp, bank, amount, status, at }
        }
    }
}

fn person(id: UserId, people: &People) -> Person {
    people
        .get(&id)
        .cloned()
        .unwrap_or_else(|| Person { name: "Closed account".to_owned(), phone: String::new() })
}
