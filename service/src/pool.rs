//! Connections to Postgres.

use std::{io, str::FromStr as _, time::Duration};

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::time::timeout;

/// How long a request may wait for a connection before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(2);
/// A connection that has rested longer is asked whether somebody is still there before it is used. Under load
/// none rests so long, and none pays for the question.
const REST: Duration = Duration::from_millis(250);
/// How long that answer may take.
const PROBE: Duration = Duration::from_millis(500);

/// Connects when first asked, so that a database that is late keeps a service waiting but up.
///
/// A lock is not waited for longer than a caller waits for an answer. A server that stops in the middle of a
/// transaction gives its locks up after five seconds. There is no `statement_timeout`: nothing may cancel a
/// COMMIT that waits for its standby.
///
/// A host that vanishes closes no connection. Whatever hangs on one is given up by its caller; the connection
/// itself has to be given up here, or the pool would soon hold nothing else until TCP has had enough, which
/// takes a quarter of an hour.
pub fn open(url: &str, name: &str, connections: u32) -> sqlx::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?
        .application_name(name)
        .options([("idle_in_transaction_session_timeout", "5s"), ("lock_timeout", "1500ms")]);
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, rested| {
            Box::pin(async move {
                if rested.idle_for < REST { Ok(true) } else { answers(connection, PROBE).await }
            })
        })
        .after_release(|connection, _| Box::pin(answers(connection, PATIENCE)))
        .connect_lazy_with(options))
}

/// True, or the reason to throw this connection away.
async fn answers(connection: &mut PgConnection, within: Duration) -> sqlx::Result<bool> {
    match timeout(within, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "Postgres does not answer").into()),
    }
}
