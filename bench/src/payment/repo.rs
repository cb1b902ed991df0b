//! `pay`, the function that the ledger's batches call, with a batch of one.

use domain::UserId;
use ledger::transfer::TransferRequest;
use sqlx::PgConnection;
use uuid::Uuid;

/// Whether the schema has it.
pub(super) async fn is_there(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let name = "SELECT to_regprocedure('pay(uuid[], uuid[], uuid[], bigint[], text[], text[], integer[])') IS NOT NULL";
    sqlx::query_scalar(name).fetch_one(connection).await
}

/// Pays at once, with no time to undo it; answers with the outcome's name, `made` where it was.
pub(super) async fn pay(
    connection: &mut PgConnection,
    from: UserId,
    request: &TransferRequest,
) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT outcome FROM pay($1, $2, $3, $4, $5, $6, $7)")
        .bind([Uuid::now_v7()])
        .bind([from.uuid()])
        .bind([request.to.uuid()])
        .bind([request.amount.get()])
        .bind([request.note.as_str()])
        .bind([request.key.as_str()])
        .bind([0])
        .fetch_one(connection)
        .await
}
