//! Group commit: whatever waits goes to Postgres as one batch, one outcome each.
//!
//! A process has one writer for each kind of write. While a batch is on its way the next one gathers, so
//! that under load one transaction, one round trip and one flush of the disk serve hundreds of requests,
//! and an idle ledger answers a lone request at once: there is no waiting for company. Several processes
//! stay correct because the batch's own locks decide (migrations/0011, 0013), not this queue.
//!
//! What may go wrong, and what each caller learns:
//! - The queue is full: [`WriteError::Busy`] at once, nothing was tried.
//! - A batch fails as a whole: its members are run alone, so that one that cannot be stored fails by itself.
//! - The connection breaks while a batch is on its way: it may have been committed. Nothing looks for traces of it;
//!   each member runs again under its own key, which either finds the first outcome or makes it.
//! - That stays without an answer for two seconds: [`WriteError::Undecided`]. The key tells later.

use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// Requests in one batch, at most: more made batches slower, not faster.
const MAX_BATCH: usize = 256;
/// Requests that may wait; a few batches' worth, well under a second.
const MAX_WAITING: usize = 2048;
/// How long an outcome may be in coming before it is called undecided.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two attempts at the same request.
const PAUSE: Duration = Duration::from_millis(25);

/// A kind of write that can be done many at a time. Running a request again must be harmless: it looks for
/// its own key under a lock first, and is answered with what it did before.
pub(crate) trait Batch: Send + Sync + 'static {
    /// What is asked for.
    type Request: Clone + Send + Sync + 'static;
    /// What came of it: a "no" of the business is an answer, not an error.
    type Answer: Send + 'static;

    /// Whether an answer stays true whatever else of this request may still be under way. A "no" does not: an
    /// earlier attempt at the same request may yet be carried out.
    fn is_final(answer: &Self::Answer) -> bool;

    /// Applies all in one transaction and answers each, in order.
    fn apply(
        connection: &mut sqlx::PgConnection,
        requests: &[Self::Request],
    ) -> impl Future<Output = sqlx::Result<Vec<Self::Answer>>> + Send;
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Too many wait already. Nothing was tried.
    #[error("too many requests wait for the ledger")]
    Busy,
    /// Postgres could not be reached, or refused. Nothing was written.
    #[error("nothing could be written")]
    Storage(#[source] sqlx::Error),
    /// It may have been written or not. Asking again under the same key tells, and cannot write it twice.
    #[error("whether it was written is not known yet")]
    Undecided(#[source] sqlx::Error),
}

/// A handle to a writer; cheap to clone. The writer ends when the last handle is gone.
pub(crate) struct Writer<B: Batch> {
    queue: mpsc::Sender<Job<B>>,
}

impl<B: Batch> Clone for Writer<B> {
    fn clone(&self) -> Self {
        Writer { queue: self.queue.clone() }
    }
}

struct Job<B: Batch> {
    request: B::Request,
    deadline: Instant,
    answer: oneshot::Sender<Result<B::Answer, WriteError>>,
}

impl<B: Batch> Writer<B> {
    /// Starts a writer on this pool; must be called inside a Tokio runtime.
    pub(crate) fn start(pool: PgPool) -> Self {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(run::<B>(pool, waiting));
        Writer { queue }
    }

    /// Has one request written, in company or alone, and waits for what came of it.
    pub(crate) async fn write(&self, request: B::Request) -> Result<B::Answer, WriteError> {
        let (answer, outcome) = oneshot::channel();
        let job = Job { request, deadline: Instant::now() + PATIENCE, answer };
        self.queue.try_send(job).map_err(|_| WriteError::Busy)?;
        // A little longer than the writer's own patience, which knows more about the end.
        match tokio::time::timeout(PATIENCE + PAUSE * 4, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(WriteError::Undecided(sqlx::Error::WorkerCrashed)),
            Err(_) => Err(WriteError::Undecided(no_answer())),
        }
    }
}

async fn run<B: Batch>(pool: PgPool, mut waiting: mpsc::Receiver<Job<B>>) {
    let mut jobs = Vec::with_capacity(MAX_BATCH);
    while waiting.recv_many(&mut jobs, MAX_BATCH).await > 0 {
        // Whoever has given up was told that the outcome is unknown; leaving it undone is one of its two truths.
        jobs.retain(|job| !job.answer.is_closed());
        if jobs.is_empty() {
            continue;
        }
        let requests: Vec<_> = jobs.iter().map(|job| job.request.clone()).collect();
        match attempt::<B>(&pool, &requests).await {
            Ok(answers) => {
                for (job, answer) in jobs.drain(..).zip(answers) {
                    let _ = job.answer.send(Ok(answer));
                }
            }
            // Nothing was sent, and whoever asks again now would wait as long for nothing.
            Err(failure) if failure.found_no_connection() => {
                tracing::warn!(members = jobs.len(), error = %failure.error, "no connection for a batch");
                for job in jobs.drain(..) {
                    let _ = job.answer.send(Err(WriteError::Storage(sqlx::Error::PoolTimedOut)));
                }
            }
            Err(failure) => {
                let members = jobs.len();
                tracing::warn!(members, error = %failure.error, "a batch failed; its members are run alone");
                let ambiguous = failure.is_ambiguous();
                let alone = jobs.drain(..).map(|job| run_alone(pool.clone(), job, ambiguous));
                alone.collect::<JoinSet<()>>().join_all().await;
            }
        }
    }
}

/// Runs one request until it has an outcome or its time is over.
async fn run_alone<B: Batch>(pool: PgPool, job: Job<B>, mut ambiguous: bool) {
    let outcome = loop {
        let failure = match attempt::<B>(&pool, std::slice::from_ref(&job.request)).await {
            Ok(answers) => match answers.into_iter().next() {
                Some(answer) if ambiguous && !B::is_final(&answer) => {
                    break Err(WriteError::Undecided(no_answer()));
                }
                answer => break answer.ok_or(WriteError::Storage(sqlx::Error::RowNotFound)),
            },
            Err(failure) => failure,
        };
        ambiguous |= failure.is_ambiguous();
        if !failure.may_pass() || Instant::now() + PAUSE >= job.deadline {
            break Err(if ambiguous {
                WriteError::Undecided(failure.error)
            } else {
                WriteError::Storage(failure.error)
            });
        }
        tokio::time::sleep(PAUSE).await;
    };
    let _ = job.answer.send(outcome);
}

/// A failed attempt, and whether it can have reached Postgres.
struct Failure {
    error: sqlx::Error,
    was_sent: bool,
}

impl Failure {
    /// What was sent and not answered may have been committed, and so may what a backend was doing that was
    /// told to end. Any other error that Postgres reports was rolled back.
    fn is_ambiguous(&self) -> bool {
        self.was_sent && self.code().is_none_or(|code| code.starts_with("57P") || code.starts_with("08"))
    }

    /// Trouble of the moment, worth another attempt: a lost connection, a backend that ended or could not
    /// begin, locks that came late, a deadlock, a serialization failure, or somebody who wrote the same key first
    /// and is found by the next attempt (PostgreSQL, appendix A).
    fn may_pass(&self) -> bool {
        const PASSING: [&str; 7] = ["57P", "08", "40P01", "40001", "53300", "55P03", "23505"];
        let passes = |code: String| PASSING.iter().any(|passing| code.starts_with(passing));
        !self.found_no_connection() && self.code().is_none_or(passes)
    }

    fn found_no_connection(&self) -> bool {
        matches!(self.error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
    }

    fn code(&self) -> Option<String> {
        Some(self.error.as_database_error()?.code()?.into_owned())
    }
}

async fn attempt<B: Batch>(pool: &PgPool, requests: &[B::Request]) -> Result<Vec<B::Answer>, Failure> {
    let mut connection = pool.acquire().await.map_err(|error| Failure { error, was_sent: false })?;
    let error = match tokio::time::timeout(PATIENCE, B::apply(&mut connection, requests)).await {
        Ok(Ok(answers)) if answers.len() == requests.len() => return Ok(answers),
        Ok(Ok(_)) => sqlx::Error::RowNotFound,
        Ok(Err(error)) => error,
        Err(_) => no_answer(),
    };
    if error.as_database_error().is_none() {
        // Whatever still hangs on this connection, nobody else is to meet it. The backend is not told to
        // cancel: it may be committing.
        drop(connection.detach());
    }
    Err(Failure { error, was_sent: true })
}

fn no_answer() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "Postgres does not answer"))
}
