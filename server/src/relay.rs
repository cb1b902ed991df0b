//! Works the outbox off, and ends what nobody ended: overdue intents, old sessions. Each server runs one;
//! several share the work.

use std::error::Error;
use std::time::Duration;

use app::server::BankClient;
use domain::OnRampId;
use identity::session::PostgresStore;
use ledger::Ledger;
use ledger::outbox::{Task, Topic};

/// Between two looks at an outbox that was empty.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two rounds of housekeeping.
const HOUSEKEEPING: Duration = Duration::from_secs(5);
/// Rows taken at a time.
const BATCH: i64 = 100;

/// Runs until aborted. A row that cannot be told now stays and comes back later by itself.
pub(crate) async fn run(ledger: Ledger, bank: BankClient, sessions: PostgresStore) {
    let mut housekeeping = tokio::time::interval(HOUSEKEEPING);
    loop {
        tokio::select! {
            _ = housekeeping.tick() => {
                report(ledger.expire_on_ramps().await.map(|_| ()), "overdue intents could not be ended");
                report(sessions.delete_expired().await.map(|_| ()), "old sessions could not be deleted");
            }
            _ = tokio::time::sleep(PAUSE) => {
                while round(&ledger, &bank).await {}
            }
        }
    }
}

/// Takes one batch; true where there may be more.
async fn round(ledger: &Ledger, bank: &BankClient) -> bool {
    let tasks = match ledger.outbox_take(BATCH).await {
        Ok(tasks) => tasks,
        Err(error) => {
            report(Err(error), "the outbox could not be read");
            return false;
        }
    };
    let transfers: Vec<_> = tasks.iter().filter_map(posted).collect();
    let published = ledger.publish_transfers(&transfers).await;
    let mut done: Vec<i64> = match &published {
        Ok(()) => tasks.iter().filter(|task| posted(task).is_some()).map(|task| task.id).collect(),
        Err(_) => vec![],
    };
    report(published, "balances could not be published");
    for task in &tasks {
        let told = match task.topic {
            Topic::TransferPosted(_) => false,
            Topic::BankPayment(id) => tell_bank(ledger, bank, id, task.attempts).await,
            Topic::SuspenseAlert(id) => {
                tracing::error!(on_ramp = %id, "a bank paid after its intent had ended; the money is in suspense and needs a person");
                true
            }
        };
        done.extend(told.then_some(task.id));
    }
    report(ledger.outbox_done(&done).await, "the outbox could not be cleared");
    tasks.len() as i64 == BATCH
}

fn posted(task: &Task) -> Option<domain::TransferId> {
    match task.topic {
        Topic::TransferPosted(id) => Some(id),
        _ => None,
    }
}

/// Tells the bank of an intent it does not know; true where there is nothing more to tell.
async fn tell_bank(ledger: &Ledger, bank: &BankClient, id: OnRampId, attempts: i32) -> bool {
    let request = match ledger.bank_request(id).await {
        Ok(Some(request)) => request,
        Ok(None) => return true,
        Err(error) => {
            report(Err(error), "an intent could not be read");
            return false;
        }
    };
    match bank.open_payment(&request).await {
        Ok(page) => {
            report(ledger.at_bank(id, &page).await, "the bank's answer could not be noted");
            true
        }
        Err(error) => {
            tracing::warn!(on_ramp = %id, attempts, error = &error as &dyn Error, "the bank still cannot be told");
            false
        }
    }
}

fn report(outcome: Result<(), sqlx::Error>, what: &'static str) {
    if let Err(error) = outcome {
        tracing::warn!(error = &error as &dyn Error, "{what}");
    }
}
