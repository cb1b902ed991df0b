//! Signing in by an OpenID provider, and what stands between it and whoever lies: a provider that is not what it says, a
//! browser that is not the one that asked, an answer that was heard before.

mod account;
mod key;
pub mod provider;
mod refusal;
mod sign_in;
mod trouble;
pub mod visitor;

use provider::{CLIENT, Provider, SECRET};
use sqlx::PgPool;

use crate::world::World;

/// A server that is known to this provider.
pub async fn known_to(provider: &Provider, owner: &PgPool) -> World {
    let settings = [
        ("OIDC_ISSUER", provider.issuer.as_str()),
        ("OIDC_CLIENT_ID", CLIENT),
        ("OIDC_CLIENT_SECRET", SECRET),
        ("RATE_LIMIT_SCALE", "100"),
    ];
    World::with(owner.clone(), &settings).await
}

pub async fn count(owner: &PgPool, table: &'static str) -> i64 {
    let statement = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(statement).fetch_one(owner).await.unwrap()
}

/// Nothing secret stands in the log, whatever happened.
fn assert_log_is_clean(world: &World, provider: &Provider) {
    let log = world.log();
    for secret in provider.secrets().iter().filter(|secret| !secret.is_empty()) {
        assert!(!log.contains(secret), "{secret} stands in {log}");
    }
}
