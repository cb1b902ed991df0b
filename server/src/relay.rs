//! Works the outbox off, posts payments whose waiting is over, and ends what nobody ended: overdue intents,
//! old sessions, tries that count no more. Each server runs one; several share the work.

use std::error::Error;
use std::io;
use std::time::Duration;

use app::server::{BankClient, Handles};
use domain::OnRampId;
use identity::Identity;
use identity::session::PostgresStore;
use ledger::Ledger;
use ledger::outbox::{Task, Topic};
use tokio::task::JoinSet;

/// Between two looks at an outbox that was empty.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two looks for payments whose time has come: somebody watches the last second of it.
const POSTING: Duration = Duration::from_millis(250);
/// Between two rounds of housekeeping.
const HOUSEKEEPING: Duration = Duration::from_secs(5);
/// Between two looks for tries that count no more, and for codes that hold no more: it reads all that are counted.
const SWEEPING: Duration = Duration::from_secs(60);
/// How long any of it may wait for Postgres: on a connection whose other end has vanished, it would for ever.
const PATIENCE: Duration = Duration::from_secs(5);
/// Rows taken at a time.
const BATCH: i64 = 100;

/// Runs until aborted. A row that cannot be told now stays and comes back later by itself; a bank that
/// hangs holds up neither the end of overdue intents nor what others are to be told.
pub(crate) async fn run(handles: Handles, sessions: PostgresStore) {
    let Handles { ledger, bank, identity, .. } = handles;
    tokio::join!(
        keep_house(&ledger, &sessions),
        sweep(&identity, &ledger),
        post_holds(&ledger),
        work_off(&ledger, &bank)
    );
}

async fn post_holds(ledger: &Ledger) {
    loop {
        match in_time(ledger.post_due_holds()).await {
            Ok(posted) if posted > 0 => tracing::info!(posted, "payments that waited have moved"),
            outcome => {
                report(outcome.map(|_| ()), "payments that waited could not be posted");
                tokio::time::sleep(POSTING).await;
            }
        }
    }
}

async fn keep_house(ledger: &Ledger, sessions: &PostgresStore) {
    let mut pace = tokio::time::interval(HOUSEKEEPING);
    loop {
        pace.tick().await;
        report(in_time(ledger.expire_on_ramps()).await.map(|_| ()), "overdue intents could not be ended");
        report(in_time(sessions.delete_expired()).await.map(|_| ()), "old sessions could not be deleted");
    }
}

async fn sweep(identity: &Identity, ledger: &Ledger) {
    let mut pace = tokio::time::interval(SWEEPING);
    loop {
        pace.tick().await;
        report(in_time(identity.forget_old()).await, "what is over could not be forgotten");
        report(in_time(identity.remind_of_ways_back()).await, "nobody could be reminded of a way back");
        report(in_time(ledger.forget_approvals()).await, "approvals that are over could not be forgotten");
    }
}

async fn work_off(ledger: &Ledger, bank: &BankClient) {
    loop {
        if !round(ledger, bank).await {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Takes one batch; true where there may be more.
async fn round(ledger: &Ledger, bank: &BankClient) -> bool {
    let tasks = match in_time(ledger.outbox_take(BATCH)).await {
        Ok(tasks) => tasks,
        Err(error) => {
            report(Err(error), "the outbox could not be read");
            return false;
        }
    };
    let published = in_time(ledger.publish(&tasks)).await;
    let changed = |task: &&Task| task.topic.changed().is_some();
    let mut done: Vec<i64> = match &published {
        Ok(()) => tasks.iter().filter(changed).map(|task| task.id).collect(),
        Err(_) => vec![],
    };
    report(published, "caches could not be told");
    let mut calls = JoinSet::new();
    for task in &tasks {
        let told = match task.topic {
            Topic::TransferPosted(_) | Topic::HoldChanged(_) | Topic::OnRampEnded(_) => false,
            Topic::BankPayment(id) => {
                let (ledger, bank, row, attempts) = (ledger.clone(), bank.clone(), task.id, task.attempts);
                calls.spawn(async move { tell_bank(&ledger, &bank, id, attempts).await.then_some(row) });
                false
            }
            Topic::SuspenseAlert(id) => {
                tracing::error!(on_ramp = %id, "a bank paid after its intent had ended; the money is in suspense and needs a person");
                true
            }
        };
        done.extend(told.then_some(task.id));
    }
    done.extend(calls.join_all().await.into_iter().flatten());
    report(in_time(ledger.outbox_done(&done)).await, "the outbox could not be cleared");
    tasks.len() as i64 == BATCH
}

/// Tells the bank of an intent it does not know; true where there is nothing more to tell.
async fn tell_bank(ledger: &Ledger, bank: &BankClient, id: OnRampId, attempts: i32) -> bool {
    let request = match in_time(ledger.bank_request(id)).await {
        Ok(Some(request)) => request,
        Ok(None) => return true,
        Err(error) => {
            report(Err(error), "an intent could not be read");
            return false;
        }
    };
    match bank.open_payment(&request).await {
        Ok(page) => {
            let noted = in_time(ledger.at_bank(id, &page)).await;
            let is_noted = noted.is_ok();
            report(noted, "the bank's answer could not be noted");
            is_noted
        }
        Err(error) => {
            tracing::warn!(on_ramp = %id, attempts, error = &error as &dyn Error, "the bank still cannot be told");
            false
        }
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let late = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "Postgres does not answer").into());
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(late)
}

fn report(outcome: Result<(), sqlx::Error>, what: &'static str) {
    if let Err(error) = outcome {
        tracing::warn!(error = &error as &dyn Error, "{what}");
    }
}
