//! Statements on `cooling_offs`; what writes are the migrations: a trigger (0023), and who turns a second step off as lost (0028).

use domain::UserId;
use sqlx::PgPool;

/// A cooling-off that is not over.
pub(super) struct Row {
    pub(super) most: i64,
    pub(super) left: i64,
    pub(super) until: jiff_sqlx::Timestamp,
}

/// A person's, by the same rule as `pay`'s. With LIMIT the policy is one row to the planner too, which else counts the sum
/// a thousand times and compiles the statement for that.
pub(super) async fn of(pool: &PgPool, person: UserId) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT p.cooling_most AS most, c.until AS "until: jiff_sqlx::Timestamp",
                  greatest(0, p.cooling_most - a.held + coalesce(
                      (SELECT sum(amount)::bigint FROM entries
                       WHERE account_id = a.id AND version > c.since_version AND amount < 0), 0)) AS "left!"
           FROM accounts a JOIN cooling_offs c ON c.account_id = a.id CROSS JOIN (SELECT cooling_most FROM policy LIMIT 1) p
           WHERE a.owner = $1 AND c.until > clock_timestamp()"#,
        person.uuid()
    )
    .fetch_optional(pool)
    .await
}

/// By policy.
pub(super) async fn most(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT cooling_most FROM policy").fetch_one(pool).await
}
