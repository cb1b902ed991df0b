//! The statements on `passkeys`, `passkey_handles` and `passkey_ceremonies`.

use domain::UserId;
use serde_json::Value;
use sqlx::{PgPool, types::Json};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey as Credential;

use super::{Kind, Passkey, Question};
use crate::Attempt;

/// A person's passkeys, the newest first.
pub(super) async fn of(pool: &PgPool, person: UserId) -> sqlx::Result<Vec<Passkey>> {
    let rows = sqlx::query!(
        r#"SELECT id, name, made_at AS "made_at: jiff_sqlx::Timestamp",
                  last_used_at AS "last_used_at: jiff_sqlx::Timestamp"
           FROM passkeys WHERE user_id = $1 ORDER BY made_at DESC, id"#,
        person.uuid()
    );
    let rows = rows.fetch_all(pool).await?;
    Ok(rows
        .into_iter()
        .map(|row| Passkey {
            id: row.id,
            name: row.name,
            made_at: row.made_at.to_jiff(),
            last_used_at: row.last_used_at.map(|at| at.to_jiff()),
        })
        .collect())
}

/// The same, as their devices know them.
pub(super) async fn credentials(pool: &PgPool, person: UserId) -> sqlx::Result<Vec<Credential>> {
    let rows = sqlx::query_scalar!(
        r#"SELECT credential AS "credential: Json<Credential>" FROM passkeys WHERE user_id = $1 ORDER BY made_at"#,
        person.uuid()
    );
    Ok(rows.fetch_all(pool).await?.into_iter().map(|Json(credential)| credential).collect())
}

/// By which their devices know a person; made when it is first asked for.
pub(super) async fn handle(pool: &PgPool, person: UserId) -> sqlx::Result<Uuid> {
    sqlx::query!("INSERT INTO passkey_handles (user_id) VALUES ($1) ON CONFLICT DO NOTHING", person.uuid())
        .execute(pool)
        .await?;
    sqlx::query_scalar!("SELECT handle FROM passkey_handles WHERE user_id = $1", person.uuid())
        .fetch_one(pool)
        .await
}

/// Keeps a question.
pub(super) async fn ask(
    pool: &PgPool,
    Attempt(attempt): Attempt,
    kind: Kind,
    person: Option<UserId>,
    about: Option<&str>,
    question: &Question,
) -> sqlx::Result<()> {
    let options = (kind == Kind::Add).then_some(&question.options);
    sqlx::query!(
        "INSERT INTO passkey_ceremonies (attempt, kind, user_id, about, options, state) VALUES ($1, $2, $3, $4, $5, $6)",
        attempt,
        kind.code(),
        person.map(|person| person.uuid()),
        about,
        options,
        question.state
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The name and the options of a passkey that is to be added.
pub(super) async fn asked(
    pool: &PgPool,
    Attempt(attempt): Attempt,
    person: UserId,
) -> sqlx::Result<Option<(String, String)>> {
    let row = sqlx::query!(
        r#"SELECT about AS "about!", options AS "options!" FROM passkey_ceremonies
           WHERE attempt = $1 AND kind = 'add' AND user_id = $2 AND expires_at > now()"#,
        attempt,
        person.uuid()
    );
    Ok(row.fetch_optional(pool).await?.map(|row| (row.about, row.options.to_string())))
}

/// Takes a question: of many answers that come at once, one has it. Where `about` is said, it is what was asked about.
pub(super) async fn take(
    pool: &PgPool,
    Attempt(attempt): Attempt,
    kind: Kind,
    person: Option<UserId>,
    about: Option<&str>,
) -> sqlx::Result<Option<(Value, Option<String>)>> {
    let row = sqlx::query!(
        "DELETE FROM passkey_ceremonies
         WHERE attempt = $1 AND kind = $2 AND user_id IS NOT DISTINCT FROM $3 AND ($4::text IS NULL OR about = $4)
           AND expires_at > now()
         RETURNING state, about",
        attempt,
        kind.code(),
        person.map(|person| person.uuid()),
        about
    );
    Ok(row.fetch_optional(pool).await?.map(|row| (row.state, row.about)))
}

/// Adds a passkey and ends the person's other sessions, in one statement.
pub(super) async fn insert(
    pool: &PgPool,
    person: UserId,
    credential: &Credential,
    name: &str,
    session: &[u8],
) -> sqlx::Result<()> {
    let id: &[u8] = credential.cred_id().as_ref();
    sqlx::query!(
        "WITH added AS (
             INSERT INTO passkeys (id, user_id, credential_id, credential, counter, name)
             VALUES ($1, $2, $3, $4, ($4::jsonb #>> '{cred,counter}')::bigint, $5) RETURNING user_id
         )
         DELETE FROM sessions WHERE person IN (SELECT user_id FROM added) AND id_hash <> $6",
        Uuid::now_v7(),
        person.uuid(),
        id,
        Json(credential) as _,
        name,
        session
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Calls one otherwise; says whether there is one.
pub(super) async fn rename(pool: &PgPool, person: UserId, id: Uuid, name: &str) -> sqlx::Result<bool> {
    let renamed =
        sqlx::query!("UPDATE passkeys SET name = $3 WHERE user_id = $1 AND id = $2", person.uuid(), id, name);
    Ok(renamed.execute(pool).await?.rows_affected() == 1)
}

/// Says whether there was one; if so it ends the person's other sessions, in the same statement.
pub(super) async fn delete(pool: &PgPool, person: UserId, id: Uuid, session: &[u8]) -> sqlx::Result<bool> {
    let removed = sqlx::query_scalar!(
        "WITH removed AS (
             DELETE FROM passkeys WHERE user_id = $1 AND id = $2 RETURNING user_id
         ), ended AS (
             DELETE FROM sessions WHERE person IN (SELECT user_id FROM removed) AND id_hash <> $3
         )
         SELECT user_id FROM removed",
        person.uuid(),
        id,
        session
    );
    Ok(removed.fetch_optional(pool).await?.is_some())
}

/// A passkey, and whose it is.
pub(super) struct Known {
    pub(super) id: Uuid,
    pub(super) person: UserId,
    pub(super) handle: Uuid,
    pub(super) credential: Credential,
}

/// By which its device knows it.
pub(super) async fn find(pool: &PgPool, credential_id: &[u8]) -> sqlx::Result<Option<Known>> {
    let row = sqlx::query!(
        r#"SELECT p.id, p.user_id, h.handle, p.credential AS "credential: Json<Credential>"
           FROM passkeys p JOIN passkey_handles h ON h.user_id = p.user_id WHERE p.credential_id = $1"#,
        credential_id
    );
    Ok(row.fetch_optional(pool).await?.map(|row| Known {
        id: row.id,
        person: UserId::new(row.user_id),
        handle: row.handle,
        credential: row.credential.0,
    }))
}

/// Notes a use; says whether the passkey is still there. A trigger refuses a counter that does not rise, also of two uses
/// that come at once.
pub(super) async fn used(
    pool: &PgPool,
    id: Uuid,
    credential: &Credential,
    counter: u32,
) -> sqlx::Result<bool> {
    let used = sqlx::query!(
        "UPDATE passkeys SET credential = $2, counter = $3, last_used_at = now() WHERE id = $1",
        id,
        Json(credential) as _,
        i64::from(counter)
    );
    Ok(used.execute(pool).await?.rows_affected() == 1)
}

/// Forgets what was asked for and not answered in time.
pub(crate) async fn forget(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM passkey_ceremonies WHERE expires_at <= now()").execute(pool).await?;
    Ok(())
}
