//! What a session holds for one use.

use axum_login::tower_sessions::session::Id;
use serde_json::Value;

use super::{key, repo};
use crate::Identity;

impl Identity {
    /// Takes what a session holds under this name out of it, where this field of it has this value. Once, also where it
    /// is asked for twice at the same moment. A request that goes on with the session has it still, and must remove it
    /// there before the session is saved.
    pub async fn take_from_session(
        &self,
        this: &Id,
        name: &str,
        field: &str,
        value: &str,
    ) -> sqlx::Result<Option<Value>> {
        repo::take(&self.0.pool, &key(this), name, field, value).await
    }
}
