//! Statements on `approvals` and `approval_limits`; what writes is a function of the migrations (0021).

use domain::{Paise, UserId, approval::ApprovalMethod};
use jiff::Timestamp;
use sqlx::PgPool;

use super::Approving;

/// Paise above which a person approves payments.
pub(super) async fn limit(pool: &PgPool, person: UserId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "SELECT l.above FROM approval_limits l JOIN accounts a ON a.id = l.account_id WHERE a.owner = $1",
        person.uuid()
    )
    .fetch_optional(pool)
    .await
}

/// Sets it, or takes it away.
pub(super) async fn set_limit(
    pool: &PgPool,
    person: UserId,
    above: Option<Paise>,
    is_proven: bool,
) -> sqlx::Result<()> {
    let above = above.map(Paise::get);
    sqlx::query!(
        r#"SELECT set_approval_limit($1, $2, $3) AS "done?: ()""#,
        person.uuid(),
        above as Option<i64>,
        is_proven
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Notes an approval; answers with its end.
pub(super) async fn approve(
    pool: &PgPool,
    person: UserId,
    payment: &Approving,
    method: ApprovalMethod,
) -> sqlx::Result<Timestamp> {
    let until = sqlx::query_scalar!(
        r#"SELECT approve($1, $2, $3, $4, $5) AS "until!: jiff_sqlx::Timestamp""#,
        person.uuid(),
        payment.key.as_str(),
        payment.to.uuid(),
        payment.amount.get(),
        method.code()
    );
    Ok(until.fetch_one(pool).await?.to_jiff())
}

/// Whether this very payment is approved; the same rule as `pay`'s.
pub(super) async fn is_approved(pool: &PgPool, person: UserId, payment: &Approving) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM approvals WHERE person = $1 AND idempotency_key = $2 AND payee = $3 AND amount = $4
                                                  AND expires_at > clock_timestamp()) AS "is_approved!""#,
        person.uuid(),
        payment.key.as_str(),
        payment.to.uuid(),
        payment.amount.get()
    )
    .fetch_one(pool)
    .await
}

/// Forgets those that are over.
pub(super) async fn forget(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM approvals WHERE expires_at <= now()").execute(pool).await?;
    Ok(())
}
