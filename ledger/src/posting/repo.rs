//! The statement that moves money.

use super::{Cause, Posting};

/// Writes the movement; its entries, balances and outbox row follow in the same statement.
pub(crate) async fn insert_in_tx(tx: &mut sqlx::PgConnection, posting: &Posting) -> sqlx::Result<()> {
    let (kind, on_ramp, event) = match &posting.cause {
        Cause::OnRamp { on_ramp, event } => ("on_ramp", Some(on_ramp.uuid()), Some(event.as_str())),
        Cause::Suspense { on_ramp, event } => ("suspense", Some(on_ramp.uuid()), Some(event.as_str())),
        Cause::Welcome => ("welcome", None, None),
    };
    sqlx::query!(
        "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, on_ramp_id, bank_event_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        posting.id.uuid(),
        kind,
        posting.debit.get(),
        posting.credit.get(),
        posting.amount.get(),
        on_ramp,
        event,
    )
    .execute(tx)
    .await?;
    Ok(())
}
