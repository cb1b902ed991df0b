//! The statements on `contacts`; a trigger raises the owner's version with each change.

use domain::{
    UserId,
    view::{Contact, Versioned},
};
use sqlx::PgPool;

use super::MAX_CONTACTS;

/// The version and what it is the version of, in one statement.
pub(crate) async fn all(pool: &PgPool, owner: UserId) -> Result<Versioned<Vec<Contact>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT u.contacts_version AS version, c.person AS "person?", c.favourite AS "favourite?"
           FROM users u LEFT JOIN contacts c ON c.owner = u.id
           WHERE u.id = $1 ORDER BY c.favourite DESC, c.added_at DESC, c.person"#,
        owner.uuid()
    )
    .fetch_all(pool)
    .await?;
    let version = rows.first().map_or(0, |row| row.version);
    let contact = |person, favourite| Contact { person: UserId::new(person), favourite };
    let view = rows.into_iter().filter_map(|row| Some(contact(row.person?, row.favourite?))).collect();
    Ok(Versioned { version, view })
}

/// How new it is whom a person keeps.
pub(crate) async fn version(pool: &PgPool, owner: UserId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!("SELECT contacts_version FROM users WHERE id = $1", owner.uuid())
        .fetch_one(pool)
        .await
}

pub(super) async fn one(
    pool: &PgPool,
    owner: UserId,
    person: UserId,
) -> Result<Option<Contact>, sqlx::Error> {
    let favourite = sqlx::query_scalar!(
        "SELECT favourite FROM contacts WHERE owner = $1 AND person = $2",
        owner.uuid(),
        person.uuid()
    )
    .fetch_optional(pool)
    .await?;
    Ok(favourite.map(|favourite| Contact { person, favourite }))
}

/// Keeps a person, with or without a star; without saying which, as they were. `false` where there is no room.
pub(super) async fn keep(
    pool: &PgPool,
    owner: UserId,
    person: UserId,
    favourite: Option<bool>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH room AS (
               SELECT count(*) < $4 OR bool_or(person = $2) AS is_left FROM contacts WHERE owner = $1
           ), kept AS (
               INSERT INTO contacts AS c (owner, person, favourite)
               SELECT $1, $2, coalesce($3, false) FROM room WHERE is_left
               ON CONFLICT (owner, person) DO UPDATE SET favourite = excluded.favourite
                   WHERE c.favourite <> coalesce($3, c.favourite)
           )
           SELECT is_left AS "is_left!" FROM room"#,
        owner.uuid(),
        person.uuid(),
        favourite,
        MAX_CONTACTS
    )
    .fetch_one(pool)
    .await
}

pub(super) async fn remove(pool: &PgPool, owner: UserId, person: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM contacts WHERE owner = $1 AND person = $2", owner.uuid(), person.uuid())
        .execute(pool)
        .await?;
    Ok(())
}
