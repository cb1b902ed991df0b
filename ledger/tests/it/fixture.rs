//! A bench to try the ledger on: one database, a ledger for each service, and the people who use it.

use std::fmt::Debug;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cache::Cache;
use domain::{Amount, Bank, IdempotencyKey, Note, OnRampId, UserId};
use ledger::Ledger;
use ledger::on_ramp::{BankEvent, BankMessage, BankRequest, OnRampRequest, PaymentOutcome, Settlement};
use ledger::transfer::{TransferRequest, Undo};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::task::JoinSet;
use uuid::Uuid;

pub struct Bench {
    /// As the web service holds it, without a cache.
    pub web: Ledger,
    /// As the webhook holds it, without a cache.
    pub bank: Ledger,
    pub web_pool: PgPool,
    pub bank_pool: PgPool,
    pub auditor: PgPool,
    /// The superuser, to look at the truth and to tamper with it.
    pub admin: PgPool,
}

impl Bench {
    pub fn new(admin: PgPool) -> Self {
        let (web_pool, bank_pool) = (as_role(&admin, "okane_web"), as_role(&admin, "okane_webhook"));
        Bench {
            web: Ledger::new(web_pool.clone(), Cache::local()),
            bank: Ledger::new(bank_pool.clone(), Cache::local()),
            auditor: as_role(&admin, "okane_auditor"),
            web_pool,
            bank_pool,
            admin,
        }
    }

    /// Somebody without money.
    pub async fn person(&self, name: &str) -> UserId {
        static PHONES: AtomicU32 = AtomicU32::new(0);
        let phone = format!("+9198{:08}", PHONES.fetch_add(1, Ordering::Relaxed));
        let id = UserId::new(Uuid::now_v7());
        sqlx::query("INSERT INTO users (id, name, phone) VALUES ($1, $2, $3)")
            .bind(id.uuid())
            .bind(name)
            .bind(phone)
            .execute(&self.admin)
            .await
            .unwrap();
        id
    }

    /// Somebody with money.
    pub async fn funded(&self, name: &str, paise: i64) -> UserId {
        let person = self.person(name).await;
        self.top_up(person, paise).await;
        person
    }

    /// Adds money the one way there is: an intent, and the bank's word; as often as the limit asks for.
    pub async fn top_up(&self, person: UserId, mut paise: i64) {
        while paise > 0 {
            let part = paise.min(Amount::MAX.get());
            let intent = self.intent(person, part).await;
            let settlement = self.bank.settle(success(&intent.token, part)).await.unwrap();
            assert_eq!(settlement, Settlement::Settled);
            paise -= part;
        }
    }

    /// An intent, with the token that the bank gets.
    pub async fn intent(&self, person: UserId, paise: i64) -> BankRequest {
        self.web.open_on_ramp(person, asks(paise)).await.unwrap().request.unwrap()
    }

    /// Lets the time of an intent run out.
    pub async fn run_out(&self, intent: OnRampId) {
        self.tamper(format!(
            "UPDATE on_ramps SET expires_at = now() - interval '1 second' WHERE id = '{intent}'"
        ))
        .await;
    }

    /// What stands on a person's account.
    pub async fn money(&self, person: UserId) -> i64 {
        sqlx::query_scalar("SELECT balance FROM accounts WHERE owner = $1")
            .bind(person.uuid())
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    /// The number of a person's account.
    pub async fn account(&self, person: UserId) -> i64 {
        sqlx::query_scalar("SELECT id FROM accounts WHERE owner = $1")
            .bind(person.uuid())
            .fetch_one(&self.admin)
            .await
            .unwrap()
    }

    /// The one number that a query answers with.
    pub async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.admin).await.unwrap()
    }

    /// Changes what nobody may change: as the superuser, with triggers and foreign keys switched off.
    pub async fn tamper(&self, statements: impl Into<String>) {
        let statements = format!("SET LOCAL session_replication_role = replica; {}", statements.into());
        let mut tx = self.admin.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn assert_books_right(&self) {
        let audit = ledger::audit::audit(&self.auditor).await.unwrap();
        assert_eq!(audit.findings, [], "{audit:?}");
    }

    /// Deadlocks in this database until now. Ends the services' connections: theirs are counted at their end.
    pub async fn deadlocks(&self) -> i64 {
        tokio::join!(self.web_pool.close(), self.bank_pool.close());
        let open = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name IN ('okane_web', 'okane_webhook')";
        while self.number(open).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").await
    }
}

/// The same database as one of the services sees it.
pub fn as_role(admin: &PgPool, role: &'static str) -> PgPool {
    // Nothing here outlives a crash of Postgres, so nothing waits for its disk.
    let options = [("role", role), ("synchronous_commit", "off")];
    let options = admin.connect_options().as_ref().clone().application_name(role).options(options);
    PgPoolOptions::new().max_connections(16).connect_lazy_with(options)
}

pub fn amount(paise: i64) -> Amount {
    Amount::new(paise).unwrap()
}

pub fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

/// A wish to pay at once, under a key of its own.
pub fn request(to: UserId, paise: i64) -> TransferRequest {
    let key = key(&Uuid::new_v4().to_string());
    let note = Note::parse("tea").unwrap();
    TransferRequest { to, amount: amount(paise), note, key, undo: Undo::Seconds(0) }
}

/// A wish to add money, under a key of its own.
pub fn asks(paise: i64) -> OnRampRequest {
    OnRampRequest { bank: Bank::Deccan, amount: amount(paise), key: key(&Uuid::new_v4().to_string()) }
}

/// The bank says it paid, in a message of its own.
pub fn success(token: &str, amount_minor: i64) -> BankEvent {
    event(PaymentOutcome::Succeeded, token, amount_minor, "INR")
}

/// The bank says it did not pay, in a message of its own.
pub fn failure(token: &str, amount_minor: i64) -> BankEvent {
    event(PaymentOutcome::Failed, token, amount_minor, "INR")
}

pub fn event(outcome: PaymentOutcome, token: &str, amount_minor: i64, currency: &str) -> BankEvent {
    let message = BankMessage::Payment {
        outcome,
        token: token.to_owned(),
        amount_minor,
        currency: currency.to_owned(),
        bank_reference: "DS-1".to_owned(),
    };
    BankEvent {
        id: format!("msg_{}", Uuid::new_v4().simple()),
        body: format!("{message:?}").into_bytes(),
        message,
    }
}

/// Runs everything at once.
pub async fn at_once<T: Send + 'static>(
    attempts: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    attempts.into_iter().collect::<JoinSet<T>>().join_all().await
}

/// What refused a statement: the constraint's name, else the SQLSTATE (42501 is a missing right).
pub fn refusal<T: Debug>(outcome: sqlx::Result<T>) -> String {
    let error = outcome.unwrap_err();
    let error = error.as_database_error().unwrap_or_else(|| panic!("not refused by Postgres: {error}"));
    error.constraint().map(str::to_owned).unwrap_or_else(|| error.code().unwrap().into_owned())
}
