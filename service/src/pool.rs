//! Connections to Postgres.

use std::{str::FromStr as _, time::Duration};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// How long a request may wait for a connection before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Connects when first asked, so that a database that is late keeps a service waiting but up.
///
/// A lock is not waited for longer than a caller waits for an answer. A server that stops in the middle of a transaction gives its locks up after five seconds. There is no
/// `statement_timeout`: nothing may cancel a COMMIT that waits for its standby.
pub fn open(url: &str, name: &str, connections: u32) -> sqlx::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?
        .application_name(name)
        .options([("idle_in_transaction_session_timeout", "5s"), ("lock_timeout", "1500ms")]);
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_lazy_with(options))
}
