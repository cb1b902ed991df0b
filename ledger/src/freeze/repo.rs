//! Statements on `freezes`; what writes is a function of the migrations (0016).

use domain::{ThawDelay, UserId};
use sqlx::PgPool;
use uuid::Uuid;

/// A person's freeze; a shorter delay only while it is not yet in force.
pub(super) struct Row {
    pub(super) frozen_at: Option<jiff_sqlx::Timestamp>,
    pub(super) thaw_at: Option<jiff_sqlx::Timestamp>,
    pub(super) delay_minutes: i32,
    pub(super) next_delay_minutes: Option<i32>,
    pub(super) next_delay_at: Option<jiff_sqlx::Timestamp>,
}

/// How it stands now; `None` for whoever has never frozen anything nor chosen a delay.
pub(super) async fn of(pool: &PgPool, person: UserId) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT CASE WHEN is_over THEN NULL ELSE frozen_at END AS "frozen_at: jiff_sqlx::Timestamp",
                  CASE WHEN is_over THEN NULL ELSE thaw_at END AS "thaw_at: jiff_sqlx::Timestamp",
                  CASE WHEN is_next THEN next_delay_minutes ELSE delay_minutes END AS "delay_minutes!",
                  CASE WHEN NOT is_next THEN next_delay_minutes END AS next_delay_minutes,
                  CASE WHEN NOT is_next THEN next_delay_at END AS "next_delay_at: jiff_sqlx::Timestamp"
           FROM (SELECT f.*, coalesce(thaw_at <= clock_timestamp(), false) AS is_over,
                        coalesce(next_delay_at <= clock_timestamp(), false) AS is_next
                 FROM freezes f JOIN accounts a ON a.id = f.account_id WHERE a.owner = $1) AS f"#,
        person.uuid()
    )
    .fetch_optional(pool)
    .await
}

/// Freezes; answers with the waiting payments that were given back.
pub(super) async fn freeze(pool: &PgPool, person: UserId) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(r#"SELECT freeze($1) AS "id!""#, person.uuid()).fetch_all(pool).await
}

/// Asks for the thaw.
pub(super) async fn thaw(pool: &PgPool, person: UserId) -> sqlx::Result<()> {
    sqlx::query!(r#"SELECT thaw($1) AS "done?: ()""#, person.uuid()).execute(pool).await?;
    Ok(())
}

/// Chooses the delay.
pub(super) async fn set_delay(pool: &PgPool, person: UserId, delay: ThawDelay) -> sqlx::Result<()> {
    let minutes = i32::from(delay.minutes());
    sqlx::query!(r#"SELECT set_thaw_delay($1, $2) AS "done?: ()""#, person.uuid(), minutes)
        .execute(pool)
        .await?;
    Ok(())
}

/// The delay of so many minutes, which a constraint keeps to the known ones.
pub(super) fn delay(minutes: i32) -> sqlx::Result<ThawDelay> {
    let known = u16::try_from(minutes).ok().and_then(ThawDelay::of_minutes);
    known.ok_or_else(|| sqlx::Error::Decode(format!("unknown delay {minutes}").into()))
}
