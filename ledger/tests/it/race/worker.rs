//! Many workers on few people, each writing down what it asked for, when, and what it was told.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cache::Cache;
use domain::view::TransferStatus;
use domain::{TransferId, TransferRefusal, UserId};
use ledger::Ledger;
use ledger::hold::Cancellation;
use ledger::on_ramp::{BankEvent, BankRequest, Settlement};
use ledger::transfer::{TransferError, TransferRequest, Undo};
use sqlx::PgPool;
use tokio::sync::Mutex as Turn;
use uuid::Uuid;

use super::guard::{self, Approval, Freeze};
use crate::fixture::{Bench, amount, at_once, failure, key, request, success};
use crate::machine::operation::Bits;

/// What everybody has when it begins.
pub const FUNDS: i64 = 20_00;
/// What each intent is for.
pub const TOP_UP: i64 = 1_00;

/// How a race is run.
#[derive(Clone, Copy)]
pub struct Course {
    pub people: usize,
    pub workers: u64,
    /// Operations of each worker.
    pub each: u64,
    /// Whether some payments wait, to be cancelled or posted.
    pub holds: bool,
    /// Whether wallets are frozen, and large payments approved.
    pub guards: bool,
    pub seed: u64,
}

/// A payment that was asked for.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub start: Instant,
    pub end: Instant,
    pub from: UserId,
    pub to: UserId,
    pub paise: i64,
    pub key: String,
    /// An answer that did not come is an error here: nothing is broken on purpose.
    pub outcome: Result<Made, TransferRefusal>,
}

/// A payment as its payer was told of it.
#[derive(Debug, Clone)]
pub struct Made {
    pub id: Uuid,
    pub replayed: bool,
    pub waits: bool,
    pub available: i64,
    pub version: i64,
}

/// What the bank said, and what it was told.
#[derive(Debug, Clone)]
pub struct Saying {
    pub start: Instant,
    pub end: Instant,
    pub intent: Uuid,
    pub settlement: Settlement,
}

/// All that was written down.
#[derive(Default)]
pub struct Records {
    pub attempts: Vec<Attempt>,
    pub sayings: Vec<Saying>,
    pub cancelled: Vec<(Uuid, Cancellation)>,
    pub freezes: Vec<Freeze>,
    pub approvals: Vec<Approval>,
    /// Whether large payments have to be approved.
    pub guarded: bool,
    /// Answers that are none.
    pub errors: Vec<String>,
}

pub struct Ground {
    course: Course,
    pub people: Vec<UserId>,
    /// By place of the person: who holds it may freeze and thaw their wallet.
    pub freezes: Vec<Turn<()>>,
    /// Looks at the truth.
    pub admin: PgPool,
    intents: Vec<BankRequest>,
    /// One message for each intent that several workers deliver.
    messages: Vec<BankEvent>,
    web: Vec<Ledger>,
    bank: Vec<Ledger>,
    pub records: Mutex<Records>,
}

impl Ground {
    /// One of the servers.
    pub fn server(&self, bits: &mut Bits) -> &Ledger {
        &self.web[bits.below(self.web.len() as u64) as usize]
    }
}

/// Runs a race of several servers; answers with its people and records.
pub async fn run(bench: &Bench, course: Course) -> (Vec<UserId>, Records) {
    let mut people = vec![];
    for _ in 0..course.people {
        people.push(bench.funded("Somebody", FUNDS).await);
    }
    let mut intents = vec![];
    for n in 0..course.workers as usize {
        intents.push(bench.intent(people[n % people.len()], TOP_UP).await);
    }
    let messages = intents.iter().map(|intent| success(&intent.token, TOP_UP)).collect();
    let web = (0..4).map(|_| Ledger::new(bench.web_pool.clone(), Cache::local())).collect();
    let bank = (0..2).map(|_| Ledger::new(bench.bank_pool.clone(), Cache::local())).collect();
    if course.guards {
        guard::prepare(bench, &people).await;
    }
    let (freezes, admin) = (people.iter().map(|_| Turn::default()).collect(), bench.admin.clone());
    let records = Mutex::new(Records { guarded: course.guards, ..Records::default() });
    let ground = Ground { course, people, freezes, admin, intents, messages, web, bank, records };
    let ground = Arc::new(ground);
    at_once((0..course.workers).map(|worker| work(ground.clone(), worker))).await;
    if course.holds {
        // Whatever still waits comes due.
        let waits = "SELECT count(*) FROM holds WHERE status = 'PENDING'";
        while bench.number(waits).await > 0 {
            post_due(&ground).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let records = std::mem::take(&mut *ground.records.lock().unwrap());
    (ground.people.clone(), records)
}

async fn work(ground: Arc<Ground>, worker: u64) {
    let mut bits = Bits(ground.course.seed ^ (worker << 32));
    let mut waiting = vec![];
    for _ in 0..ground.course.each {
        match bits.below(20) {
            0..4 => say(&ground, &mut bits).await,
            4 if ground.course.holds => post_due(&ground).await,
            8 if ground.course.guards => guard::freeze(&ground, &mut bits).await,
            5..8 if ground.course.holds && !waiting.is_empty() => {
                let (from, hold) = waiting.swap_remove(bits.below(waiting.len() as u64) as usize);
                cancel(&ground, &mut bits, from, hold).await;
            }
            _ => {
                if let Some(hold) = pay(&ground, &mut bits).await {
                    waiting.push(hold);
                }
            }
        }
    }
}

/// Pays under a key of its own or, as often as not the same thing, under one that others use as well.
pub async fn pay(ground: &Ground, bits: &mut Bits) -> Option<(UserId, Uuid)> {
    let mut dice = Bits(bits.below(u64::MAX));
    let shared = (dice.below(4) == 0).then(|| bits.below(24));
    if let Some(shared) = shared {
        dice = Bits(ground.course.seed.wrapping_add(shared));
    }
    let people = ground.people.len() as u64;
    let from = dice.below(people);
    let to = (from + 1 + dice.below(people - 1)) % people;
    let (from, to) = (ground.people[from as usize], ground.people[to as usize]);
    let mut wish = request(to, 1 + dice.below(6_00) as i64);
    if let Some(shared) = shared {
        wish.key = key(&format!("shared-{shared}"));
        if bits.below(8) == 0 {
            wish.amount = amount(wish.amount.get() + 1);
        }
    }
    if ground.course.holds && dice.below(3) == 0 {
        wish = TransferRequest { undo: Undo::Seconds(1), ..wish };
    }
    if ground.course.guards {
        guard::approve(ground, bits, from, &wish).await;
    }
    let (paise, key) = (wish.amount.get(), wish.key.as_str().to_owned());
    let web = ground.server(bits);
    let start = Instant::now();
    let outcome = web.transfer(from, wish).await;
    let end = Instant::now();
    let outcome = match outcome {
        Ok(made) => Ok(Made {
            id: made.id.uuid(),
            replayed: made.replayed,
            waits: matches!(made.status, TransferStatus::Pending { .. }),
            available: made.balance.available.get(),
            version: made.balance.version,
        }),
        Err(TransferError::Refused(refusal)) => Err(refusal),
        Err(TransferError::Write(error)) => {
            ground.records.lock().unwrap().errors.push(format!("{error:?}"));
            return None;
        }
    };
    let waits = outcome.as_ref().ok().filter(|made| made.waits && !made.replayed).map(|made| (from, made.id));
    let attempt = Attempt { start, end, from, to, paise, key, outcome };
    ground.records.lock().unwrap().attempts.push(attempt);
    waits
}

/// Says that an intent was paid, in a message of its own or in the one that others deliver too; or that it failed.
async fn say(ground: &Ground, bits: &mut Bits) {
    let place = bits.below(ground.intents.len() as u64) as usize;
    let intent = &ground.intents[place];
    let event = match bits.below(8) {
        0 => failure(&intent.token, TOP_UP),
        1..4 => success(&intent.token, TOP_UP),
        _ => ground.messages[place].clone(),
    };
    let bank = &ground.bank[bits.below(ground.bank.len() as u64) as usize];
    let start = Instant::now();
    let outcome = bank.settle(event).await;
    let end = Instant::now();
    let mut records = ground.records.lock().unwrap();
    match outcome {
        Ok(settlement) => records.sayings.push(Saying { start, end, intent: intent.id.uuid(), settlement }),
        Err(error) => records.errors.push(format!("{error:?}")),
    }
}

async fn cancel(ground: &Ground, bits: &mut Bits, from: UserId, hold: Uuid) {
    let outcome = ground.server(bits).cancel(from, TransferId::new(hold)).await;
    let mut records = ground.records.lock().unwrap();
    match outcome {
        Ok(Some(cancellation)) => records.cancelled.push((hold, cancellation)),
        other => records.errors.push(format!("cancelling answered {other:?}")),
    }
}

async fn post_due(ground: &Ground) {
    if let Err(error) = ground.web[0].post_due_holds().await {
        ground.records.lock().unwrap().errors.push(format!("{error:?}"));
    }
}
