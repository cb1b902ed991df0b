//! The ledger knows people by id; here they get their names.

use std::collections::HashMap;

use domain::view::{Counterparty, Movement, Person, Receipt, Versioned};
use domain::{TransferRefusal, UserId};
use identity::{Errand, Identity, PayeeError};
use ledger::StorageError;

use super::{Handles, form_trouble, network, too_many};
use crate::people::Acquaintance;
use crate::send::Chosen;
use crate::ui::form::FormError;

/// Somebody was chosen who is none of the payer's people, or no longer.
const NOBODY_CHOSEN: &str = "You have not dealt with this person and have not added them. Enter their number or handle. No money moved.";

type People = HashMap<UserId, Versioned<Person>>;

/// Whom somebody has to do with: favourites first, then whoever they dealt with last, then those they only added.
pub(crate) async fn acquaintances(
    handles: &Handles,
    user: UserId,
) -> Result<Vec<Acquaintance>, StorageError> {
    let dealings = handles.ledger.dealings(user).await?;
    let contacts = handles.identity.contacts(user).await?.view;
    let favourite: HashMap<UserId, bool> =
        contacts.iter().map(|contact| (contact.person, contact.favourite)).collect();
    let dealt: HashMap<UserId, jiff::Timestamp> =
        dealings.iter().map(|dealing| (dealing.person, dealing.last)).collect();
    let added = contacts.iter().map(|contact| contact.person).filter(|id| !dealt.contains_key(id));
    let ids: Vec<UserId> = dealings.iter().map(|dealing| dealing.person).chain(added).collect();
    let people = handles.identity.people(&ids).await?;
    let mut acquaintances: Vec<_> = ids
        .into_iter()
        .map(|id| Acquaintance {
            person: person(id, &people),
            favourite: favourite.get(&id).copied().unwrap_or_default(),
            last: dealt.get(&id).copied(),
        })
        .collect();
    acquaintances.sort_by_key(|one| !one.favourite); // stable: within each part the order stays
    Ok(acquaintances)
}

/// Somebody that a person has to do with.
pub(crate) struct Known {
    pub(crate) person: Person,
    pub(crate) favourite: bool,
    /// Not only added.
    pub(crate) has_dealt: bool,
}

/// One of those whom somebody has to do with; for anybody else there is nobody by this id.
pub(crate) async fn acquaintance(
    handles: &Handles,
    user: UserId,
    id: UserId,
) -> Result<Option<Known>, StorageError> {
    let contact = handles.identity.contact(user, id).await?;
    let has_dealt = handles.ledger.has_dealt(user, id).await?;
    if contact.is_none() && !has_dealt {
        return Ok(None);
    }
    let person = person(id, &handles.identity.people(&[id]).await?);
    Ok(Some(Known { person, favourite: contact.is_some_and(|contact| contact.favourite), has_dealt }))
}

/// Whom a payer means. Whoever they typed is looked up, which counts; whoever they chose is one of their people.
pub(crate) async fn chosen_payee(
    handles: &Handles,
    user: UserId,
    chosen: Chosen,
) -> Result<Person, FormError> {
    let person = match chosen {
        Chosen::Known(id) => acquaintance(handles, user, id)
            .await
            .map_err(|error| form_trouble(&error))?
            .map(|known| known.person)
            .ok_or_else(|| FormError::field("to", NOBODY_CHOSEN))?,
        Chosen::Named(payee) => {
            match handles.identity.find_payee(user, network(), &payee, Errand::Look).await {
                Ok(found) => found.payee,
                Err(PayeeError::Storage(error)) => return Err(form_trouble(&error)),
                Err(refusal @ PayeeError::TooMany { seconds }) => {
                    return Err(too_many(seconds, FormError::field("to", refusal)));
                }
                Err(refusal) => return Err(FormError::field("to", refusal)),
            }
        }
    };
    if person.id == user { Err(FormError::field("to", TransferRefusal::ToSelf)) } else { Ok(person) }
}

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
    people.get(&id).map(|known| known.view.clone()).unwrap_or_else(|| Person {
        id,
        name: "Closed account".to_owned(),
        phone: String::new(),
        handle: None,
        picture: None,
    })
}
