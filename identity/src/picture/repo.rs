//! The statements on `pictures`; a trigger raises the version of whose it is.

use domain::{Digest, UserId};
use sqlx::PgPool;

pub(super) async fn put(pool: &PgPool, id: UserId, jpeg: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO pictures (user_id, jpeg) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET jpeg = excluded.jpeg",
        id.uuid(),
        jpeg
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn remove(pool: &PgPool, id: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM pictures WHERE user_id = $1", id.uuid()).execute(pool).await?;
    Ok(())
}

pub(super) async fn get(pool: &PgPool, id: UserId, name: Digest) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT jpeg FROM pictures WHERE user_id = $1 AND digest = $2",
        id.uuid(),
        name.bytes().as_slice()
    )
    .fetch_optional(pool)
    .await
}
