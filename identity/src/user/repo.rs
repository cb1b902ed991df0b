//! The statements on `users`.

use domain::{Email, PersonName, Phone, UserId};
use sqlx::PgPool;
use uuid::Uuid;

use super::User;

/// Writes the person and their credential in one statement, so there is never one without the other.
pub(crate) async fn insert(
    pool: &PgPool,
    id: UserId,
    name: &PersonName,
    phone: &Phone,
    email: Option<&Email>,
    hash: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH person AS (INSERT INTO users (id, name, phone, email) VALUES ($1, $2, $3, $4) RETURNING id)
         INSERT INTO password_credentials (user_id, hash) SELECT id, $5 FROM person",
        id.uuid(),
        name.as_str(),
        phone.as_str(),
        email.map(Email::as_str),
        hash
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(crate) async fn by_ids(pool: &PgPool, ids: &[UserId]) -> Result<Vec<User>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query_as!(Row, "SELECT id, name, phone FROM users WHERE id = ANY($1)", &ids)
        .try_map(User::try_from)
        .fetch_all(pool)
        .await
}

pub(crate) async fn by_phone(pool: &PgPool, phone: &Phone) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as!(Row, "SELECT id, name, phone FROM users WHERE phone = $1", phone.as_str())
        .try_map(User::try_from)
        .fetch_optional(pool)
        .await
}

struct Row {
    id: Uuid,
    name: String,
    phone: String,
}

impl TryFrom<Row> for User {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let phone = Phone::parse(&row.phone).map_err(|e| sqlx::Error::Decode(e.into()))?;
        Ok(User { id: UserId::new(row.id), name: row.name, phone })
    }
}
