//! Freezes and approvals in a race: while a wallet is frozen nothing leaves it, and what is approved is paid once.

use std::time::Instant;

use domain::approval::ApprovalMethod;
use domain::{Paise, TransferRefusal, UserId};
use jiff::Timestamp;
use ledger::approval::Approving;
use ledger::transfer::TransferRequest;
use sqlx::PgPool;

use super::books::Books;
use super::worker::{Attempt, Ground, Records, pay};
use crate::fixture::{Bench, amount};
use crate::machine::operation::Bits;

/// Payments above so many paise are approved.
const ABOVE: i64 = 3_00;
/// What a worker tries to pay between freezing somebody's wallet and thawing it.
const MEANWHILE: u64 = 1;

/// A freeze and its thaw: when each was asked for and answered, and by Postgres' clock what lies between.
pub struct Freeze {
    person: UserId,
    asked: Instant,
    frozen: Instant,
    thaws: Instant,
    thawed: Instant,
    between: (Timestamp, Timestamp),
    /// Payments that still waited when the freeze was answered.
    waiting: i64,
}

/// An approval that was noted.
pub struct Approval {
    start: Instant,
    end: Instant,
    person: UserId,
    payment: Approving,
}

/// Everybody approves what is above the amount.
pub async fn prepare(bench: &Bench, people: &[UserId]) {
    for person in people {
        sqlx::query("INSERT INTO pins (user_id, hash, sealed_by) VALUES ($1, '$argon2id$', '8 bytes.')")
            .bind(person.uuid())
            .execute(&bench.admin)
            .await
            .unwrap();
        bench.web.set_approval_limit(*person, Some(Paise::new(ABOVE)), false).await.unwrap();
    }
}

/// Freezes somebody's wallet, goes on, and thaws it; or does nothing where another worker has frozen it.
pub async fn freeze(ground: &Ground, bits: &mut Bits) {
    let place = bits.below(ground.people.len() as u64) as usize;
    let Ok(_own) = ground.freezes[place].try_lock() else { return };
    let (person, web) = (ground.people[place], ground.server(bits));
    let asked = Instant::now();
    let outcome = async {
        web.freeze(person).await?;
        let frozen = Instant::now();
        let (from, waiting) = look(&ground.admin, person).await?;
        for _ in 0..MEANWHILE {
            pay(ground, bits).await;
        }
        let (to, _) = look(&ground.admin, person).await?;
        let thaws = Instant::now();
        web.thaw(person).await?;
        let (thawed, between) = (Instant::now(), (from, to));
        Ok::<_, sqlx::Error>(Freeze { person, asked, frozen, thaws, thawed, between, waiting })
    };
    let outcome = outcome.await;
    let mut records = ground.records.lock().unwrap();
    match outcome {
        Ok(freeze) => records.freezes.push(freeze),
        Err(error) => records.errors.push(format!("freezing: {error:?}")),
    }
}

/// What Postgres' clock says, and how many payments of a person wait.
async fn look(admin: &PgPool, person: UserId) -> sqlx::Result<(Timestamp, i64)> {
    let (at, waiting): (jiff_sqlx::Timestamp, i64) = sqlx::query_as(
        "SELECT clock_timestamp(), (SELECT count(*) FROM holds h JOIN accounts a ON a.id = h.payer_account
                                    WHERE a.owner = $1 AND h.status = 'PENDING')",
    )
    .bind(person.uuid())
    .fetch_one(admin)
    .await?;
    Ok((at.to_jiff(), waiting))
}

/// Approves what is about to be paid, mostly; now and then another amount, or nothing.
pub async fn approve(ground: &Ground, bits: &mut Bits, person: UserId, wish: &TransferRequest) {
    let paise = wish.amount.get();
    let paise = match bits.below(8) {
        _ if paise <= ABOVE => return,
        0 => return,
        1 => paise + 1,
        _ => paise,
    };
    let payment = Approving { key: wish.key.clone(), to: wish.to, amount: amount(paise) };
    let start = Instant::now();
    let outcome = ground.server(bits).approve(person, &payment, ApprovalMethod::Pin).await;
    let approval = Approval { start, end: Instant::now(), person, payment };
    let mut records = ground.records.lock().unwrap();
    match outcome {
        Ok(_) => records.approvals.push(approval),
        Err(error) => records.errors.push(format!("approving: {error:?}")),
    }
}

/// Checks what everybody was told of freezes and approvals.
pub fn check(records: &Records, books: &Books) -> Result<(), String> {
    frozen(records, books)?;
    if records.guarded {
        approved(records, books)?;
    }
    records.attempts.iter().try_for_each(|attempt| refused(attempt, records))
}

/// Nothing leaves between a freeze that was answered and its thaw, at once, later or by the relay.
fn frozen(records: &Records, books: &Books) -> Result<(), String> {
    for freeze in &records.freezes {
        if freeze.waiting > 0 {
            return Err(format!("{} payments still waited in a frozen wallet", freeze.waiting));
        }
        let entries = books.entries.get(&freeze.person.uuid()).map_or(&[][..], Vec::as_slice);
        let is_between = |at: Timestamp| freeze.between.0 < at && at < freeze.between.1;
        if let Some(entry) = entries.iter().find(|entry| entry.amount < 0 && is_between(entry.at)) {
            return Err(format!("{} paise left a frozen wallet", -entry.amount));
        }
        let made = records.attempts.iter().find(|attempt| {
            let is_new = attempt.outcome.as_ref().is_ok_and(|made| !made.replayed);
            let is_within = freeze.frozen <= attempt.start && attempt.end <= freeze.thaws;
            is_new && is_within && attempt.from == freeze.person
        });
        if let Some(made) = made {
            return Err(format!("paid from a frozen wallet: {made:?}"));
        }
    }
    Ok(())
}

/// Whatever was paid above the amount has an approval of its own: by this person, for this payment, before its end.
fn approved(records: &Records, books: &Books) -> Result<(), String> {
    for (id, payment) in books.payments.iter().filter(|(_, payment)| payment.paise > ABOVE) {
        let own = |approval: &&Approval| {
            let Approving { key, to, amount } = &approval.payment;
            (approval.person.uuid(), key.as_str()) == (payment.payer, &*payment.key)
                && (to.uuid(), amount.get()) == (payment.payee, payment.paise)
        };
        let first = records.approvals.iter().filter(own).map(|approval| approval.start).min();
        let made = records
            .attempts
            .iter()
            .find(|attempt| attempt.outcome.as_ref().is_ok_and(|made| made.id == *id && !made.replayed));
        if made.is_some_and(|made| first.is_none_or(|first| first > made.end)) {
            return Err(format!("paid without an approval of its own: {made:?}"));
        }
    }
    Ok(())
}

/// Whoever was refused was refused for what was so at some time between the question and the answer.
fn refused(attempt: &Attempt, records: &Records) -> Result<(), String> {
    let is_so = match &attempt.outcome {
        Err(TransferRefusal::Frozen) => records.freezes.iter().any(|freeze| {
            freeze.person == attempt.from && freeze.asked <= attempt.end && attempt.start <= freeze.thawed
        }),
        Err(TransferRefusal::ApprovalNeeded { above }) => {
            let under_key = || {
                let named = |approval: &&Approval| {
                    (approval.person, approval.payment.key.as_str()) == (attempt.from, &*attempt.key)
                };
                records.approvals.iter().filter(named)
            };
            let is_it = |approval: &Approval| {
                (approval.payment.to, approval.payment.amount.get()) == (attempt.to, attempt.paise)
            };
            // One that was there before the question, and that none of another payment has come after.
            let held =
                under_key().filter(|approval| is_it(approval) && approval.end < attempt.start).any(|held| {
                    !under_key()
                        .any(|other| !is_it(other) && other.end > held.start && other.start < attempt.end)
                });
            above.get() == ABOVE && attempt.paise > ABOVE && !held
        }
        _ => true,
    };
    if is_so { Ok(()) } else { Err(format!("refused for what was never so: {attempt:?}")) }
}
