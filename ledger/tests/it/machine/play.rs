//! Plays a sequence on the ledger and on the model, and compares after every operation.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use cache::Cache;
use domain::view::TransferStatus;
use domain::{OnRampRefusal, Paise, TransferId, TransferRefusal, UserId};
use ledger::Ledger;
use ledger::audit::Rule;
use ledger::hold::Cancellation;
use ledger::limit::LimitError;
use ledger::on_ramp::{BankRequest, OnRampError, OnRampRequest};
use ledger::transfer::TransferError;
use uuid::Uuid;

use super::model::{Asked, IntentState, Model, Said, State, Told};
use super::operation::Operation;
use super::precaution::Approval;
use super::seen::Seen;
use super::statement;
use super::tally::Tally;
use crate::copies::leave;
use crate::fixture::{Bench, amount, asks, key};

/// Somebody who is not there.
pub const NOBODY: UserId = UserId::new(Uuid::nil());
/// The welcome credit.
const WELCOME: i64 = 100_00;
/// Somewhat less than an approval is good for.
const APPROVALS_HOLD: Duration = Duration::from_secs(290);
/// Operations between two audits.
const AUDIT_EVERY: usize = 400;

/// The operation that was wrong, by its place, and what was wrong.
#[derive(Debug)]
pub struct Failure {
    pub step: usize,
    pub what: String,
}

pub struct Play {
    pub bench: Bench,
    pub model: Model,
    pub people: Vec<UserId>,
    accounts: Vec<i64>,
    payments: Vec<Uuid>,
    pub intents: Vec<BankRequest>,
    /// What was tried before, whatever came of it.
    pub asked: Vec<Asked>,
    pub opened: Vec<(usize, i64, String)>,
    pub said: Vec<Said>,
    seen: Seen,
    /// How many operations were played, each member of a batch being one.
    played: usize,
}

/// What came of a sequence that was as it should be.
#[derive(Debug, Default)]
pub struct Played {
    pub operations: usize,
    /// A batch is one of these.
    pub steps: usize,
    pub payments: usize,
    pub happened: Tally,
}

/// Plays a sequence on new books.
pub async fn play(bench: Bench, operations: &[Operation]) -> Result<Played, Failure> {
    let start = Instant::now();
    let day = "SELECT indian_day(clock_timestamp()) - DATE '2000-01-01'";
    let mut play = Play {
        bench,
        model: Model::default(),
        people: vec![],
        accounts: vec![],
        payments: vec![],
        intents: vec![],
        asked: vec![],
        opened: vec![],
        said: vec![],
        seen: Seen::default(),
        played: 0,
    };
    let began: i32 = sqlx::query_scalar(day).fetch_one(&play.bench.admin).await.unwrap();
    let mut outcome = play.begin().await.map_err(|what| Failure { step: 0, what });
    for (step, operation) in operations.iter().enumerate() {
        if outcome.is_ok() {
            outcome = play.step(operation, step).await.map_err(|what| Failure { step, what });
        }
    }
    if outcome.is_ok() {
        outcome = play.audit().await.map_err(|what| Failure { step: operations.len() - 1, what });
    }
    let ended: i32 = sqlx::query_scalar(day).fetch_one(&play.bench.admin).await.unwrap();
    let steps = operations.len();
    let (operations, payments, happened) = (play.played, play.payments.len(), play.model.happened);
    leave(play.bench).await;
    match outcome {
        // What was spent became yesterday's meanwhile, or an approval was over, which the model cannot know.
        Err(_) if began != ended || start.elapsed() > APPROVALS_HOLD => Ok(Played::default()),
        outcome => outcome.map(|()| Played { operations, steps, payments, happened }),
    }
}

impl Play {
    async fn begin(&mut self) -> Result<(), String> {
        for _ in 0..3 {
            self.join().await;
        }
        self.seen = Seen::look(&self.bench.admin, &self.seen).await.map_err(text)?;
        self.seen.agrees(&self.model, &self.accounts)
    }

    async fn join(&mut self) {
        let person = self.bench.person("Somebody").await;
        self.accounts.push(self.bench.account(person).await);
        self.people.push(person);
        self.model.people.push(Default::default());
    }

    async fn step(&mut self, operation: &Operation, step: usize) -> Result<(), String> {
        let before = (self.model.outbox, self.model.heard());
        self.carry_out(operation).await?;
        self.played += operation.size();
        let seen = Seen::look(&self.bench.admin, &self.seen).await.map_err(text)?;
        seen.agrees(&self.model, &self.accounts)?;
        seen.follows(&self.seen)?;
        let refused = before.0 == self.model.outbox && !operation.changes_more_than_money();
        if refused && seen.digest != self.seen.digest {
            return Err("what was refused has changed something".to_owned());
        }
        self.seen = seen;
        self.first_look(step % self.people.len()).await?;
        if step % AUDIT_EVERY == AUDIT_EVERY - 1 {
            self.audit().await?;
        }
        Ok(())
    }

    /// What a cache shows by the account's revision is what Postgres would: nothing one can see changes uncounted.
    async fn first_look(&self, person: usize) -> Result<(), String> {
        let person = self.people[person];
        let shown = self.bench.web.recent(person).await.map_err(text)?;
        let truth = self.bench.web.recent_now(person).await.map_err(text)?;
        if shown == truth { Ok(()) } else { Err(format!("shown is {shown:?}, the truth is {truth:?}")) }
    }

    async fn audit(&self) -> Result<(), String> {
        let audit = ledger::audit::audit(&self.bench.auditor).await.map_err(text)?;
        audit
            .findings
            .iter()
            // `NextDay` and `NextMonth` change what was spent and leave the payments where they were.
            .find(|finding| finding.rule != Rule::SpentIsWhatWasPaid.sentence())
            .map_or(Ok(()), |finding| Err(format!("audit: {}: {}", finding.rule, finding.row)))
    }

    async fn carry_out(&mut self, operation: &Operation) -> Result<(), String> {
        let (web, bank) = (self.bench.web.clone(), self.bench.bank.clone());
        match operation {
            Operation::Join => self.join().await,
            Operation::Welcome(person) => {
                let person = self.person(*person);
                let given = web.welcome(self.people[person], amount(WELCOME)).await.map_err(text)?;
                same(&self.model.welcome(person, WELCOME), &given.is_some())?;
            }
            Operation::Open { person, paise, attempt } => {
                let (person, paise, key) = self.opening(*person, *paise, *attempt);
                self.open(person, paise, &key).await?;
            }
            Operation::Say(message) => {
                let said = self.saying(message);
                let settlement = bank.settle(self.event(&said)).await.map_err(text)?;
                same(&self.model.settle(&said), &settlement)?;
            }
            Operation::Storm(messages) => {
                let mut all = vec![];
                for message in messages {
                    all.push(self.saying(message));
                }
                let settlements = statement::settle(self, &all).await.map_err(text)?;
                let expected: Vec<_> =
                    all.iter().map(|said| self.model.settle(said).code().to_owned()).collect();
                same(&expected, &settlements)?;
            }
            Operation::Pay(wish) => {
                let asked = self.asking(wish, Some(domain::Amount::MAX.get()));
                let approved = self.approved(&asked);
                self.approve(approved.as_slice()).await?;
                let outcome = web.transfer(self.people[asked.from], self.request(&asked)).await;
                let told = match outcome {
                    Ok(made) => Ok((made.id.uuid(), made.replayed, state(made.status), made.balance)),
                    Err(TransferError::Refused(refusal)) => Err(refusal),
                    Err(TransferError::Write(error)) => return Err(format!("{error:?}")),
                };
                let told = told.map(|(id, replayed, state, balance)| {
                    (id, replayed, state, balance.available.get(), balance.held.get())
                });
                self.compare(&[asked], vec![told])?;
            }
            Operation::Batch(wishes) => {
                let mut all = vec![];
                for wish in wishes {
                    all.push(self.asking(wish, None));
                }
                let approved: Vec<_> = all.iter().filter_map(|asked| self.approved(asked)).collect();
                self.approve(&approved).await?;
                let told = statement::pay(self, &all).await.map_err(text)?;
                self.compare(&all, told)?;
            }
            Operation::Forge { from, to, paise } => {
                let (from, to) = (self.person(*from), self.person(*to));
                let (from, to) = (from, if from == to { (to + 1) % self.people.len() } else { to });
                let (undo, key) = (Some(0), "forged".to_owned());
                let (note, approval) = (false, Approval::None);
                let asked = Asked { from, to: Some(to), paise: *paise, note, undo, key, approval };
                // A business may have its own reasons to refuse; else a constraint does.
                if let Ok([Ok(told)]) = statement::pay(self, &[asked]).await.as_deref() {
                    return Err(format!("{paise} paise were paid: {told:?}"));
                }
            }
            Operation::Cancel { payment, stranger } => self.cancel(*payment, *stranger).await?,
            Operation::HoldsFallDue => {
                self.bench.tamper("UPDATE holds SET created_at = now() - interval '1 minute', release_at = now() - interval '1 second' WHERE status = 'PENDING'; UPDATE accounts SET revision = revision + 1").await;
                for payment in &mut self.model.payments {
                    payment.due |= payment.state == State::Pending;
                }
            }
            Operation::PostDue => {
                let mut posted = 0;
                loop {
                    match web.post_due_holds().await.map_err(text)? {
                        0 => break,
                        more => posted += more,
                    }
                }
                same(&self.model.post_due(), &posted)?;
            }
            Operation::IntentsRunOut => {
                self.bench.tamper("UPDATE on_ramps SET expires_at = now() - interval '1 second' WHERE status = 'PROCESSING'; UPDATE accounts SET revision = revision + 1").await;
                for intent in &mut self.model.intents {
                    intent.overdue |= intent.state == IntentState::Processing;
                }
            }
            Operation::Expire => {
                same(&self.model.expire(), &web.expire_on_ramps().await.map_err(text)?)?;
            }
            Operation::SetLimit { person, period, most } => {
                let person = self.person(*person);
                let most = self.limit(person, *period, *most);
                let set = match web.set_limit(self.people[person], *period, Paise::new(most)).await {
                    Ok(()) => true,
                    Err(LimitError::TooHigh { .. }) => false,
                    Err(error) => return Err(text(error)),
                };
                same(&self.model.set_limit(person, *period, most), &set)?;
                let limits = web.limits(self.people[person]).await.map_err(text)?.into_iter();
                let limits: Vec<_> = limits
                    .map(|limit| (limit.most.get(), limit.used.get(), limit.next.map(|(next, _)| next.get())))
                    .collect();
                same(&self.model.limits(person), &limits)?;
            }
            Operation::LimitsFallDue => {
                self.bench
                    .tamper(
                        "UPDATE limits SET next_at = now() - interval '1 second'  WHERE next_at IS NOT NULL",
                    )
                    .await;
                self.model.limits_fall_due();
            }
            Operation::Trust { payer, payee, trust } => {
                let (payer, payee) = (self.person(*payer), self.person(*payee));
                if payer != payee {
                    web.trust(self.people[payer], self.people[payee], *trust).await.map_err(text)?;
                    self.model.trust(payer, payee, *trust);
                }
            }
            Operation::SetUndo { person, window } => {
                let person = self.person(*person);
                web.set_undo_window(self.people[person], *window).await.map_err(text)?;
                same(window, &web.undo_window(self.people[person]).await.map_err(text)?)?;
                // Minutes instead of seconds: nothing comes due by itself.
                self.bench.tamper("UPDATE undo_windows SET seconds = seconds * 60 WHERE seconds <= 60").await;
                self.model.people[person].undo = window.seconds() * 60;
            }
            Operation::AnHourPasses => {
                self.bench
                    .tamper("UPDATE payees SET first_paid_at = first_paid_at - interval '1 hour'")
                    .await;
                self.model.an_hour_passes();
            }
            Operation::NextDay => {
                self.bench.tamper("UPDATE accounts SET spent_on = spent_on - 1, spent_day = 0 WHERE spent_on > date_trunc('month', spent_on); UPDATE accounts SET spent_day = 0").await;
                self.model.next_day(false);
            }
            Operation::NextMonth => {
                self.bench
                    .tamper("UPDATE accounts SET spent_on = spent_on - 40 WHERE spent_on > '-infinity'")
                    .await;
                self.model.next_day(true);
            }
            Operation::Restart => {
                self.bench.web = Ledger::new(self.bench.web_pool.clone(), Cache::local());
                self.bench.bank = Ledger::new(self.bench.bank_pool.clone(), Cache::local());
            }
            Operation::Take(precaution) => self.take(precaution).await?,
        }
        Ok(())
    }

    async fn open(&mut self, person: usize, paise: i64, text: &str) -> Result<(), String> {
        let wish = OnRampRequest { key: key(text), ..asks(paise) };
        let opened = self.bench.web.open_on_ramp(self.people[person], wish).await;
        match (self.model.open(person, paise, text), opened) {
            (None, Err(OnRampError::Refused(OnRampRefusal::KeyReused))) => Ok(()),
            (Some((place, true)), Ok(intent)) if place == self.intents.len() => {
                self.intents.push(intent.request.ok_or("a new intent is not for the bank")?);
                Ok(())
            }
            (Some((place, false)), Ok(intent)) => {
                let open = self.model.intents[place].state == IntentState::Processing;
                same(&(self.intents[place].id, open), &(intent.id, intent.request.is_some()))
            }
            (expected, other) => Err(format!("{other:?} instead of {expected:?}")),
        }
    }

    async fn cancel(&mut self, back: usize, stranger: bool) -> Result<(), String> {
        let waited = |place: &usize| self.model.payments[*place].waited;
        let Some(place) = (0..self.payments.len()).rev().filter(waited).nth(back) else { return Ok(()) };
        let payer = self.model.payments[place].asked.from;
        let person = if stranger { (payer + 1) % self.people.len() } else { payer };
        let hold = TransferId::new(self.payments[place]);
        let cancelled = self.bench.web.cancel(self.people[person], hold).await.map_err(text)?;
        let expected = self.model.cancel(person, place).map(|(state, _)| match state {
            State::Voided => Cancellation::Cancelled,
            State::Posted => Cancellation::TooLate,
            State::Pending => Cancellation::Moving,
        });
        same(&expected, &cancelled)
    }

    /// Compares what payers were told with what the model says; a new payment gets its id here.
    fn compare(&mut self, asked: &[Asked], told: Vec<statement::Told>) -> Result<(), String> {
        let expected = self.model.pay(asked);
        same(&expected.len(), &told.len())?;
        for (expected, told) in expected.into_iter().zip(told) {
            let told = match told {
                Ok((id, replayed, state, available, held)) => {
                    let payment = self.payments.iter().rposition(|known| *known == id).unwrap_or_else(|| {
                        self.payments.push(id);
                        self.payments.len() - 1
                    });
                    Ok(Told { payment, replayed, state, available, held })
                }
                Err(refusal) => Err::<_, TransferRefusal>(refusal),
            };
            same(&expected, &told)?;
        }
        Ok(())
    }
}

fn state(status: TransferStatus) -> State {
    match status {
        TransferStatus::Pending { .. } => State::Pending,
        TransferStatus::Posted => State::Posted,
        TransferStatus::Voided | TransferStatus::Expired => State::Voided,
    }
}

pub fn same<T: PartialEq + Debug>(expected: &T, found: &T) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("the answer is {found:?} instead of {expected:?}")) }
}

pub fn text(error: impl Debug) -> String {
    format!("{error:?}")
}
