//! Copies of a migrated database: each sequence of operations begins with empty books, so that a shorter one
//! can be tried without what the longer one left behind.

use std::sync::Mutex;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use crate::fixture::{Bench, at_once};

/// The database that is copied, and what was made of it.
pub struct Copies {
    /// On another database: nobody may be connected to the one that is copied.
    elsewhere: PgPool,
    options: PgConnectOptions,
    template: String,
    made: Mutex<Vec<String>>,
}

impl Copies {
    /// Of this database, after these statements. Closes the pool.
    pub async fn of(template: PgPool, statements: &str) -> Self {
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&template).await.unwrap();
        let options = template.connect_options().as_ref().clone();
        let elsewhere = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(300));
        let elsewhere = elsewhere.connect_with(options.clone().database("postgres")).await.unwrap();
        template.close().await;
        let template = options.get_database().unwrap().to_owned();
        Copies { elsewhere, options, template, made: Mutex::default() }
    }

    /// A bench on a new copy.
    pub async fn bench(&self) -> Bench {
        let name = format!("okane_copy_{}", Uuid::new_v4().simple());
        self.run(format!(r#"CREATE DATABASE "{name}" TEMPLATE "{}""#, self.template)).await;
        // Planning what looks at the books takes longer than looking, and nothing here outlives a crash.
        let settings = [("plan_cache_mode", "force_generic_plan"), ("synchronous_commit", "off")];
        let options = self.options.clone().database(&name).options(settings);
        let admin = PgPoolOptions::new().max_connections(4).connect_with(options).await.unwrap();
        self.made.lock().unwrap().push(name);
        Bench::new(admin)
    }

    /// Takes the copies away, all at once: each waits for a checkpoint, which they can share.
    pub async fn drop_all(&self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        at_once(made.into_iter().map(|name| {
            let statement = format!(r#"DROP DATABASE "{name}" WITH (FORCE)"#);
            let elsewhere = self.elsewhere.clone();
            async move { sqlx::raw_sql(AssertSqlSafe(statement)).execute(&elsewhere).await.unwrap() }
        }))
        .await;
    }

    async fn run(&self, statement: String) {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&self.elsewhere).await.unwrap();
    }
}

/// Ends a bench's connections.
pub async fn leave(bench: Bench) {
    tokio::join!(bench.web_pool.close(), bench.bank_pool.close(), bench.auditor.close(), bench.admin.close());
}
