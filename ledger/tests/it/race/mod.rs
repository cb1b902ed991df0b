//! Many at once on few people: afterwards all that anybody was told must be true of one order of events.

mod books;
mod history;
mod worker;

use domain::UserId;
use sqlx::PgPool;
pub use worker::Course;

use crate::fixture::Bench;

/// Runs a race and checks its history, the totals and the books; says how many answers there were.
pub async fn race(bench: &Bench, course: Course) -> Result<usize, String> {
    let (people, records) = worker::run(bench, course).await;
    let books = books::Books::read(&bench.admin).await.map_err(|error| error.to_string())?;
    let deadlocks = bench.deadlocks().await;
    if deadlocks > 0 {
        return Err(format!("{deadlocks} deadlocks"));
    }
    history::check(&people, &records, &books, course.holds)?;
    total(bench, &people, &books).await?;
    let audit = ledger::audit::audit(&bench.auditor).await.map_err(|error| error.to_string())?;
    if let Some(finding) = audit.findings.first() {
        return Err(format!("audit: {}: {}", finding.rule, finding.row));
    }
    Ok(records.attempts.len() + records.sayings.len() + records.cancelled.len())
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
    let course = Course { people: 4, workers: 32, each: 50, holds: false, seed: 1 };
    let answers = race(&Bench::new(admin), course).await.unwrap();
    assert_eq!(answers, 32 * 50);
}

#[sqlx::test(migrations = "../migrations")]
async fn payments_that_wait_are_made_cancelled_and_posted_by_many_at_once_and_none_is_lost(admin: PgPool) {
    let course = Course { people: 4, workers: 32, each: 50, holds: true, seed: 2 };
    let answers = race(&Bench::new(admin), course).await.unwrap();
    assert!(answers > 32 * 30, "{answers}");
}
