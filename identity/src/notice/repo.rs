//! The statements on `notices` and `known_devices`.

use domain::UserId;
use sqlx::PgPool;
use uuid::Uuid;

use super::Event;
use crate::session::Device;

pub(super) async fn insert(
    pool: &PgPool,
    id: Uuid,
    person: UserId,
    event: Event,
    device: Option<&Device>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO notices (id, person, event, device, network) VALUES ($1, $2, $3, $4, $5)",
        id,
        person.uuid(),
        event.code(),
        device.map(|device| &*device.name),
        device.map(|device| &*device.network)
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) struct Row {
    pub(super) event: String,
    pub(super) device: Option<String>,
    pub(super) network: Option<String>,
    pub(super) at: jiff_sqlx::Timestamp,
}

/// The newest, at most so many, and so many of each kind.
pub(super) async fn of(pool: &PgPool, person: UserId, most: i64, of_a_kind: i64) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT event, device, network, at AS "at: jiff_sqlx::Timestamp" FROM (
               SELECT *, row_number() OVER (PARTITION BY event ORDER BY at DESC, id DESC) AS nth FROM notices
               WHERE person = $1 AND at > now() - interval '90 days'
           ) AS n
           WHERE nth <= $3 ORDER BY at DESC, id DESC LIMIT $2"#,
        person.uuid(),
        most,
        of_a_kind
    )
    .fetch_all(pool)
    .await
}

/// Notes where a person is; says whether the device or the network is news of somebody who did not come just now.
pub(super) async fn is_news(pool: &PgPool, person: UserId, device: &Device) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"WITH known AS (
               SELECT coalesce(bool_or(device = $2), false) AS device, coalesce(bool_or(network = $3), false) AS network,
                      count(*) > 0 OR (SELECT created_at < now() - interval '10 minutes' FROM users WHERE id = $1) AS was_here
               FROM known_devices WHERE person = $1 AND last_at > now() - interval '90 days'
           ), noted AS (
               INSERT INTO known_devices (person, device, network) VALUES ($1, $2, $3)
               ON CONFLICT (person, device, network) DO UPDATE SET last_at = now()
           )
           SELECT was_here AND NOT (device AND network) AS "is_news!" FROM known"#,
        person.uuid(),
        device.name,
        device.network
    )
    .fetch_one(pool)
    .await
}

/// Forgets what is older than ninety days.
pub(crate) async fn forget(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query!("SELECT forget_notices()").execute(pool).await?;
    sqlx::query!("DELETE FROM known_devices WHERE last_at <= now() - interval '90 days'")
        .execute(pool)
        .await?;
    Ok(())
}
