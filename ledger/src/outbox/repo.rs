//! Statements on `outbox`.

use domain::{OnRampId, TransferId, UserId, view::Balance};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{Task, Topic};
use crate::account;

pub(crate) async fn add_in_tx(
    tx: &mut PgConnection,
    topic: &str,
    subject: Uuid,
    delay_seconds: i32,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO outbox (topic, subject, due_at) VALUES ($1, $2, now() + make_interval(secs => $3::integer))",
        topic,
        subject,
        delay_seconds
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(crate) async fn done_by_subject_in_tx(
    tx: &mut PgConnection,
    topic: &str,
    subject: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM outbox WHERE topic = $1 AND subject = $2", topic, subject).execute(tx).await?;
    Ok(())
}

/// SKIP LOCKED: several servers take different rows.
pub(super) async fn take(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<Task>> {
    let rows = sqlx::query!(
        "UPDATE outbox SET attempts = attempts + 1,
                due_at = now() + make_interval(secs => least(300, power(2, least(attempts, 9))) * (0.75 + random() / 2))
         WHERE id IN (SELECT id FROM outbox WHERE due_at <= now() ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING id, topic, subject, attempts",
        limit
    )
    .fetch_all(pool)
    .await?;
    let task = |topic, id, attempts| Task { id, topic, attempts };
    rows.into_iter()
        .map(|row| match row.topic.as_str() {
            "transfer_posted" => {
                Ok(task(Topic::TransferPosted(TransferId::new(row.subject)), row.id, row.attempts))
            }
            "hold_changed" => {
                Ok(task(Topic::HoldChanged(TransferId::new(row.subject)), row.id, row.attempts))
            }
            "on_ramp_ended" => Ok(task(Topic::OnRampEnded(OnRampId::new(row.subject)), row.id, row.attempts)),
            "bank_payment" => Ok(task(Topic::BankPayment(OnRampId::new(row.subject)), row.id, row.attempts)),
            "suspense_alert" => {
                Ok(task(Topic::SuspenseAlert(OnRampId::new(row.subject)), row.id, row.attempts))
            }
            other => Err(sqlx::Error::Decode(format!("unknown outbox topic {other}").into())),
        })
        .collect()
}

pub(super) async fn done(pool: &PgPool, ids: &[i64]) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM outbox WHERE id = ANY ($1)", ids).execute(pool).await?;
    Ok(())
}

/// The present balances of everyone whose account these transfers, payments that wait or intents changed.
pub(super) async fn balances_of(pool: &PgPool, subjects: &[Uuid]) -> sqlx::Result<Vec<(UserId, Balance)>> {
    let rows = sqlx::query!(
        r#"SELECT a.owner AS "owner!", a.balance, a.held, a.revision
           FROM (SELECT debit_account AS id FROM transfers WHERE id = ANY ($1)
                 UNION SELECT credit_account FROM transfers WHERE id = ANY ($1)
                 UNION SELECT payer_account FROM holds WHERE id = ANY ($1)
                 UNION SELECT payee_account FROM holds WHERE id = ANY ($1)
                 UNION SELECT account_id FROM on_ramps WHERE id = ANY ($1)) AS changed
           JOIN accounts a USING (id)
           WHERE a.owner IS NOT NULL"#,
        subjects
    )
    .fetch_all(pool)
    .await?;
    let balances = rows
        .into_iter()
        .map(|row| (UserId::new(row.owner), account::balance(row.balance, row.held, row.revision)));
    Ok(balances.collect())
}
