//! Many at once on few people: afterwards all that anybody was told must be true of one order of events.

mod books;
mod guard;
mod history;
mod worker;

use domain::{TransferRefusal, UserId};
use sqlx::PgPool;
pub use worker::Course;

use crate::fixture::Bench;

/// How many answers there were.
#[derive(Debug)]
pub struct Answers {
    pub all: usize,
    pub freezes: usize,
    pub approvals: usize,
    /// Refused from a frozen wallet, and without an approval.
    pub frozen: usize,
    pub unapproved: usize,
}

impl Answers {
    fn of(records: &worker::Records) -> Self {
        let refused = |is: fn(&TransferRefusal) -> bool| {
            records.attempts.iter().filter(|attempt| attempt.outcome.as_ref().is_err_and(is)).count()
        };
        Answers {
            all: records.attempts.len() + records.sayings.len() + records.cancelled.len(),
            freezes: records.freezes.len(),
            approvals: records.approvals.len(),
            frozen: refused(|refusal| matches!(refusal, TransferRefusal::Frozen)),
            unapproved: refused(|refusal| matches!(refusal, TransferRefusal::ApprovalNeeded { .. })),
        }
    }
}

/// Runs a race and checks its history, the totals and the books.
pub async fn race(bench: &Bench, course: Course) -> Result<Answers, String> {
    let (people, records) = worker::run(bench, course).await;
    let books = books::Books::read(&bench.admin).await.map_err(|error| error.to_string())?;
    let deadlocks = bench.deadlocks().await;
    if deadlocks > 0 {
        return Err(format!("{deadlocks} deadlocks"));
    }
    history::check(&people, &records, &books, course.holds)?;
    guard::check(&records, &books)?;
    total(bench, &people, &books).await?;
    let audit = ledger::audit::audit(&bench.auditor).await.map_err(|error| error.to_string())?;
    if let Some(finding) = audit.findings.first() {
        return Err(format!("audit: {}: {}", finding.rule, finding.row));
    }
    Ok(Answers::of(&records))
}

/// What people have is what they were given; nothing is held when nothing waits.
async fn total(bench: &Bench, people: &[UserId], books: &books::Books) -> Result<(), String> {
    let credits: i64 = books.intents.values().map(|(_, credits)| credits).sum();
    // The first money of each person came by an intent too.
    let given = (credits - people.len() as i64) * worker::TOP_UP + people.len() as i64 * worker::FUNDS;
    let there = bench.number("SELECT sum(balance - held)::bigint FROM accounts WHERE id >= 1000").await;
    if there == given { Ok(()) } else { Err(format!("there are {there} paise instead of {given}")) }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_many_are_told_at_once_is_true_of_one_order_for_each_account(admin: PgPool) {
    let course = Course { people: 4, workers: 32, each: 50, holds: false, guards: false, seed: 1 };
    let answers = race(&Bench::new(admin), course).await.unwrap();
    assert_eq!(answers.all, 32 * 50);
}

#[sqlx::test(migrations = "../migrations")]
async fn payments_that_wait_are_made_cancelled_and_posted_by_many_at_once_and_none_is_lost(admin: PgPool) {
    let course = Course { people: 4, workers: 32, each: 50, holds: true, guards: false, seed: 2 };
    let answers = race(&Bench::new(admin), course).await.unwrap();
    assert!(answers.all > 32 * 30, "{answers:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn among_many_nothing_leaves_a_frozen_wallet_and_no_approval_is_spent_twice(admin: PgPool) {
    guarded(admin, false).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn among_many_what_waits_is_given_back_by_a_freeze_or_moved_before_it(admin: PgPool) {
    guarded(admin, true).await;
}

async fn guarded(admin: PgPool, holds: bool) {
    let course = Course { people: 4, workers: 32, each: 50, holds, guards: true, seed: 3 };
    let answers = race(&Bench::new(admin), course).await.unwrap();
    let Answers { all, freezes, approvals, frozen, unapproved } = answers;
    assert!(all > 32 * 30 && freezes >= 10 && approvals >= 100, "{answers:?}");
    assert!(frozen >= 50 && unapproved >= 10, "{answers:?}");
}
