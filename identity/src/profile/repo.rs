//! The statements that change how a person shows themself; a trigger raises the version of what they change.

use domain::{Handle, PersonName, UserId};
use sqlx::PgPool;

pub(super) async fn rename(pool: &PgPool, id: UserId, name: &PersonName) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE users SET name = $2 WHERE id = $1", id.uuid(), name.as_str()).execute(pool).await?;
    Ok(())
}

pub(super) async fn choose_handle(pool: &PgPool, id: UserId, handle: &Handle) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE users SET handle = $2 WHERE id = $1", id.uuid(), handle.as_str())
        .execute(pool)
        .await?;
    Ok(())
}
