//! Whether what everybody was told can be true at once: nothing lost, doubled or invented, and for each account
//! one order of what was done, in which nothing stands before what had ended when it began.

use std::collections::HashMap;
use std::time::Instant;

use domain::{TransferRefusal, UserId};
use ledger::hold::Cancellation;
use ledger::on_ramp::Settlement;
use uuid::Uuid;

use super::books::{Books, Entry};
use super::worker::{Attempt, Made, Records};

/// Checks it all; says what cannot be.
pub fn check(people: &[UserId], records: &Records, books: &Books, holds: bool) -> Result<(), String> {
    if let Some(error) = records.errors.first() {
        return Err(format!("there was no answer: {error}"));
    }
    payments(records, books)?;
    intents(records, books)?;
    cancellations(records, books)?;
    let times = times(records, books);
    let entries = |person: &UserId| books.entries.get(&person.uuid()).map_or(&[][..], Vec::as_slice);
    people.iter().try_for_each(|person| order(entries(person), &times))?;
    if !holds {
        let answers = records.attempts.iter().map(|attempt| answer(attempt, entries(&attempt.from), &times));
        answers.collect::<Result<(), _>>()?;
    }
    Ok(())
}

/// Each payment that somebody was told of is there once, and none of which nobody was told.
fn payments(records: &Records, books: &Books) -> Result<(), String> {
    let mut by_key: HashMap<(Uuid, &str), Vec<Uuid>> = HashMap::new();
    for (id, payment) in &books.payments {
        by_key.entry((payment.payer, &payment.key)).or_default().push(*id);
    }
    if let Some((key, ids)) = by_key.iter().find(|(_, ids)| ids.len() > 1) {
        return Err(format!("doubled: {} payments under {key:?}", ids.len()));
    }
    let mut firsts: HashMap<Uuid, usize> = HashMap::new();
    for attempt in &records.attempts {
        let there = by_key.get(&(attempt.from.uuid(), &*attempt.key)).map(|ids| ids[0]);
        match &attempt.outcome {
            Ok(made) => {
                let Some(payment) = books.payments.get(&made.id).filter(|_| there == Some(made.id)) else {
                    return Err(format!("lost: {attempt:?}"));
                };
                let told = (attempt.from.uuid(), attempt.to.uuid(), attempt.paise);
                if told != (payment.payer, payment.payee, payment.paise) {
                    return Err(format!("another payment than was asked for: {attempt:?}"));
                }
                *firsts.entry(made.id).or_default() += usize::from(!made.replayed);
            }
            Err(TransferRefusal::KeyReused) if there.is_none() => {
                return Err(format!("refused for a payment that is not there: {attempt:?}"));
            }
            Err(_) => {}
        }
    }
    for id in books.payments.keys() {
        match firsts.get(id) {
            Some(1) => {}
            Some(firsts) => return Err(format!("{firsts} were told that they were the first to make {id}")),
            None => return Err(format!("invented: nobody was told of {id}")),
        }
    }
    Ok(())
}

fn intents(records: &Records, books: &Books) -> Result<(), String> {
    for (intent, (status, credits)) in &books.intents {
        let of = |wanted| {
            records.sayings.iter().filter(|s| s.intent == *intent && s.settlement == wanted).count() as i64
        };
        let (settled, failed) = (of(Settlement::Settled), of(Settlement::Failed));
        let told = records.sayings.iter().any(|saying| saying.intent == *intent);
        if *credits > 1 || (told && (settled != *credits || settled + failed > 1)) {
            return Err(format!(
                "intent {intent} is {status}, was credited {credits} times, and settled {settled} times"
            ));
        }
    }
    Ok(())
}

fn cancellations(records: &Records, books: &Books) -> Result<(), String> {
    for (hold, cancellation) in &records.cancelled {
        let status = books.payments.get(hold).map_or("not there", |payment| &payment.status);
        let kept = match cancellation {
            Cancellation::Cancelled => status == "VOIDED",
            Cancellation::TooLate => status == "POSTED",
            // Or its payer has frozen their wallet before it moved.
            Cancellation::Moving => status == "POSTED" || (records.guarded && status == "VOIDED"),
        };
        if !kept {
            return Err(format!("{hold} is {status} after the answer {cancellation:?}"));
        }
    }
    Ok(())
}

/// When each movement was asked for and acknowledged; what a relay posted has no such times.
fn times(records: &Records, books: &Books) -> HashMap<Uuid, (Instant, Instant)> {
    let paid = records.attempts.iter().filter_map(|attempt| match &attempt.outcome {
        Ok(Made { id, replayed: false, waits: false, .. }) => Some((*id, (attempt.start, attempt.end))),
        _ => None,
    });
    let mut settled = HashMap::new();
    for saying in &records.sayings {
        if matches!(saying.settlement, Settlement::Settled | Settlement::Suspense) {
            settled.insert(saying.intent, (saying.start, saying.end));
        }
    }
    let credits = books.causes.iter().filter_map(|(id, intent)| Some((*id, *settled.get(intent)?)));
    paid.chain(credits).collect()
}

/// Nothing was below zero, the sums are right, and nothing stands after what began when it was over.
fn order(entries: &[Entry], times: &HashMap<Uuid, (Instant, Instant)>) -> Result<(), String> {
    let mut balance = 0;
    let mut newest_start = None;
    for (place, entry) in entries.iter().enumerate() {
        balance += entry.amount;
        if balance < 0 {
            return Err(format!("overdrawn: there was {balance} after entry {}", place + 1));
        }
        if entry.balance_after != balance {
            return Err(format!(
                "entry {} says {} where there are {balance}",
                place + 1,
                entry.balance_after
            ));
        }
        let Some((start, end)) = times.get(&entry.transfer) else { continue };
        if newest_start.is_some_and(|newest| *end < newest) {
            return Err(format!(
                "entry {} was over before an entry that stands before it was begun",
                place + 1
            ));
        }
        newest_start = newest_start.max(Some(*start));
    }
    Ok(())
}

/// Whether the balance that an attempt was told was there between its beginning and its end.
fn answer(
    attempt: &Attempt,
    entries: &[Entry],
    times: &HashMap<Uuid, (Instant, Instant)>,
) -> Result<(), String> {
    let possible = match &attempt.outcome {
        Ok(made) => {
            let own = entries.iter().position(|entry| entry.transfer == made.id).unwrap_or(usize::MAX);
            // A version counts the entries, and what else its owner sees.
            let mut told = entries.iter().take(made.version as usize).skip(own);
            told.any(|entry| entry.balance_after == made.available)
        }
        Err(TransferRefusal::NotEnoughMoney { available }) => {
            let time = |place: usize| entries.get(place).and_then(|entry| times.get(&entry.transfer));
            available.get() < attempt.paise
                && (0..entries.len()).any(|place| {
                    entries[place].balance_after == available.get()
                        && time(place).is_none_or(|(start, _)| *start <= attempt.end)
                        && (place + 1 == entries.len()
                            || time(place + 1).is_some_and(|(_, end)| *end >= attempt.start))
                })
        }
        // Whether it was so is for `guard` to find out.
        Err(TransferRefusal::Frozen | TransferRefusal::ApprovalNeeded { .. }) => true,
        Err(TransferRefusal::KeyReused) => true,
        Err(other) => return Err(format!("nobody asked for {other:?}")),
    };
    if possible { Ok(()) } else { Err(format!("there was never such a balance: {attempt:?}")) }
}
