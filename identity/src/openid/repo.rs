//! The statements on `openid_identities`.

use domain::UserId;
use sqlx::PgPool;

use super::{Account, Link};

pub(super) async fn owner(pool: &PgPool, account: &Account) -> Result<Option<UserId>, sqlx::Error> {
    let owner = sqlx::query_scalar!(
        "SELECT user_id FROM openid_identities WHERE issuer = $1 AND subject = $2",
        account.issuer,
        account.subject
    );
    Ok(owner.fetch_optional(pool).await?.map(UserId::new))
}

/// Ends all of the person's sessions with it, in one statement: what they carry is another now, and might be what it was
/// again.
pub(super) async fn insert(pool: &PgPool, person: UserId, account: &Account) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH linked AS (
             INSERT INTO openid_identities (issuer, subject, user_id, email) VALUES ($1, $2, $3, $4) RETURNING user_id
         )
         DELETE FROM sessions WHERE person IN (SELECT user_id FROM linked)",
        account.issuer,
        account.subject,
        person.uuid(),
        account.email
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Says whether there was one; if so it ends all of the person's sessions, in the same statement.
pub(super) async fn delete(pool: &PgPool, person: UserId, issuer: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query_scalar!(
        "WITH unlinked AS (
             DELETE FROM openid_identities WHERE user_id = $1 AND issuer = $2 RETURNING user_id
         ), ended AS (
             DELETE FROM sessions WHERE person IN (SELECT user_id FROM unlinked)
         )
         SELECT user_id FROM unlinked",
        person.uuid(),
        issuer
    );
    Ok(done.fetch_optional(pool).await?.is_some())
}

pub(super) async fn link(pool: &PgPool, person: UserId, issuer: &str) -> Result<Option<Link>, sqlx::Error> {
    let link = sqlx::query!(
        r#"SELECT email, linked_at AS "since: jiff_sqlx::Timestamp"
           FROM openid_identities WHERE user_id = $1 AND issuer = $2"#,
        person.uuid(),
        issuer
    );
    let link = link.fetch_optional(pool).await?;
    Ok(link.map(|link| Link { email: link.email, since: link.since.to_jiff() }))
}
