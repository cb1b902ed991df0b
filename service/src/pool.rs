//! Connections to Postgres.

use std::{io, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::time::timeout;
use url::Url;

use crate::secret::{self, PASSWORD};

/// How long a request may wait for a connection before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(2);
/// A connection that has rested longer is asked whether somebody is still there before it is used. Under load
/// none rests so long, and none pays for the question.
const REST: Duration = Duration::from_millis(250);
/// How long that answer may take.
const PROBE: Duration = Duration::from_millis(500);

/// Why a `DATABASE_URL` is not used. Says nothing of what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnusableUrl {
    /// It is no address of a Postgres.
    #[error("DATABASE_URL cannot be read: it has the form postgres://role:password@host/database.")]
    Unreadable,
    /// The password is short, of few characters, or one that everybody tries first.
    #[error(
        "The password in DATABASE_URL can be guessed, and the database is on another machine: give the role one of at \
         least {PASSWORD} random characters."
    )]
    Guessable,
}

/// Reads an address. A database on this machine may have any password, or none; one that others reach has to have a
/// good one. What brings none, but a certificate or a file of passwords, is left to Postgres.
///
/// # Errors
/// Where it is unreadable, or guessable.
pub fn options(url: &SecretString) -> Result<PgConnectOptions, UnusableUrl> {
    let text = url.expose_secret();
    let options: PgConnectOptions = text.parse().map_err(|_| UnusableUrl::Unreadable)?;
    let url: Url = text.parse().map_err(|_| UnusableUrl::Unreadable)?;
    if !["postgres", "postgresql"].contains(&url.scheme()) {
        return Err(UnusableUrl::Unreadable);
    }
    let is_reached = !is_here(&options) && secret::has_guessable_password(&url);
    if is_reached { Err(UnusableUrl::Guessable) } else { Ok(options) }
}

fn is_here(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || secret::is_here(options.get_host())
}

/// Connects when first asked, so that a database that is late keeps a service waiting but up.
///
/// A lock is not waited for longer than a caller waits for an answer. A server that stops in the middle of a
/// transaction gives its locks up after five seconds. There is no `statement_timeout`: nothing may cancel a
/// COMMIT that waits for its standby.
///
/// A host that vanishes closes no connection. Whatever hangs on one is given up by its caller; the connection
/// itself has to be given up here, or the pool would soon hold nothing else until TCP has had enough, which
/// takes a quarter of an hour.
///
/// # Errors
/// Where the address is not used.
pub fn open(url: &SecretString, name: &str, connections: u32) -> Result<PgPool, UnusableUrl> {
    let options = options(url)?
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> Option<UnusableUrl> {
        options(&url.into()).err()
    }

    #[test]
    fn a_password_that_can_be_guessed_is_refused_where_others_reach_the_database() {
        for password in [
            "x",
            "okane_web",
            "postgres",
            "changeme",
            "change-me-change-me-now",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "abababababababababababab",
            "MyPassword1234567890",
            "fifteen-letters",
        ] {
            for host in ["postgres", "10.0.0.7", "db.okane.example:5432", "[2001:db8::7]"] {
                let url = format!("postgres://okane_web:{password}@{host}/okane");
                assert_eq!(refusal(&url), Some(UnusableUrl::Guessable), "{url}");
            }
            for host in ["127.0.0.1:5432", "localhost", "[::1]"] {
                assert_eq!(refusal(&format!("postgres://okane_web:{password}@{host}/okane")), None, "{host}");
            }
        }
        for url in [
            "postgres://okane_web:b1946ac92492d2347c6235b4d2611184@postgres/okane",
            "postgres://okane_web@postgres/okane",
            "postgres:///okane?host=/run/postgresql",
        ] {
            assert_eq!(refusal(url), None, "{url}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_told_without_it() {
        for url in ["canary", "mysql://canary@x/y", "postgres://a:canary@b:port/c"] {
            let refusal = refusal(url).expect("no address");
            assert!(!format!("{refusal} {refusal:?}").contains("canary"));
        }
    }
}
