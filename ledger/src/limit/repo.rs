//! Statements on `limits` and `payees`; what writes is a function of the migrations (0007).

use domain::{Paise, Period, UserId};
use sqlx::PgPool;

/// A limit, its period spelled out.
pub(super) struct Row {
    pub(super) period: String,
    pub(super) most: i64,
    pub(super) highest: i64,
    pub(super) used: i64,
    pub(super) next_most: Option<i64>,
    pub(super) next_at: Option<jiff_sqlx::Timestamp>,
}

/// A person's limits, shortest period first, with what counts against them now.
pub(super) async fn of(pool: &PgPool, person: UserId) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT p.period AS "period!", p.highest AS "highest!",
                  least(CASE WHEN l.next_at <= now() THEN l.next_most ELSE l.most END, p.highest) AS "most!",
                  CASE p.period
                      WHEN 'day' THEN a.held + CASE WHEN a.spent_on = indian_day(now()) THEN a.spent_day ELSE 0 END
                      WHEN 'month' THEN a.held + CASE WHEN a.spent_on >= date_trunc('month', indian_day(now())) THEN a.spent_month ELSE 0 END
                      ELSE 0 END AS "used!",
                  CASE WHEN l.next_at > now() THEN l.next_most END AS "next_most?",
                  CASE WHEN l.next_at > now() THEN l.next_at END AS "next_at?: jiff_sqlx::Timestamp"
           FROM accounts a CROSS JOIN policy
           CROSS JOIN LATERAL (VALUES (1, 'transfer', per_transfer), (2, 'day', per_day), (3, 'month', per_month)) AS p (place, period, highest)
           LEFT JOIN limits l ON l.account_id = a.id AND l.period = p.period
           WHERE a.owner = $1 ORDER BY p.place"#,
        person.uuid()
    )
    .fetch_all(pool)
    .await
}

/// Lower at once, higher later; refused above the policy's.
pub(super) async fn set(pool: &PgPool, person: UserId, period: Period, most: Paise) -> sqlx::Result<()> {
    sqlx::query!(r#"SELECT set_limit($1, $2, $3) AS "done?: ()""#, person.uuid(), period.code(), most.get())
        .execute(pool)
        .await?;
    Ok(())
}

/// Whether the first payments of one person to another may be large without waiting.
pub(super) async fn trust(pool: &PgPool, payer: UserId, payee: UserId, trust: bool) -> sqlx::Result<()> {
    sqlx::query!(r#"SELECT trust_payee($1, $2, $3) AS "done?: ()""#, payer.uuid(), payee.uuid(), trust)
        .execute(pool)
        .await?;
    Ok(())
}
