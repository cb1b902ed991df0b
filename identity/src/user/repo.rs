//! The statements on `users`.

use std::collections::HashMap;

use domain::{Digest, Handle, Payee, Phone, UserId};
use sqlx::PgPool;
use uuid::Uuid;

use super::User;

/// Those of these people who exist, in one look.
pub(crate) async fn stored(pool: PgPool, ids: Vec<UserId>) -> Result<HashMap<UserId, User>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.into_iter().map(UserId::uuid).collect();
    let users = sqlx::query_as!(
        Row,
        "SELECT id, name, phone, email, handle, (SELECT digest FROM pictures WHERE user_id = id) AS picture, profile_version
         FROM users WHERE id = ANY($1)",
        &ids
    )
    .try_map(User::try_from)
    .fetch_all(&pool)
    .await?;
    Ok(users.into_iter().map(|user| (user.id, user)).collect())
}

/// How new it is what these people show of themselves, and whom they keep.
pub(crate) async fn versions(pool: &PgPool, ids: &[UserId]) -> Result<Vec<(UserId, i64, i64)>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows =
        sqlx::query!("SELECT id, profile_version, contacts_version FROM users WHERE id = ANY($1)", &ids);
    let rows = rows.fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (UserId::new(row.id), row.profile_version, row.contacts_version)).collect())
}

/// Who has this number or handle. One statement for both, as no number looks like a handle.
pub(crate) async fn by_payee(pool: &PgPool, payee: &Payee) -> Result<Option<User>, sqlx::Error> {
    let text = match payee {
        Payee::Phone(phone) => phone.as_str(),
        Payee::Handle(handle) => handle.as_str(),
    };
    sqlx::query_as!(
        Row,
        "SELECT id, name, phone, email, handle, (SELECT digest FROM pictures WHERE user_id = id) AS picture, profile_version
         FROM users WHERE phone = $1 OR handle = $1",
        text
    )
    .try_map(User::try_from)
    .fetch_optional(pool)
    .await
}

struct Row {
    id: Uuid,
    name: String,
    phone: String,
    email: Option<String>,
    handle: Option<String>,
    picture: Option<Vec<u8>>,
    profile_version: i64,
}

impl TryFrom<Row> for User {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let phone = Phone::parse(&row.phone).map_err(|e| sqlx::Error::Decode(e.into()))?;
        let handle = row.handle.as_deref().map(Handle::parse).transpose();
        Ok(User {
            id: UserId::new(row.id),
            name: row.name,
            phone,
            email: row.email,
            handle: handle.map_err(|e| sqlx::Error::Decode(e.into()))?,
            // A SHA-256, made by Postgres.
            picture: row.picture.and_then(|hash| hash.try_into().ok()).map(Digest::new),
            version: row.profile_version,
        })
    }
}
