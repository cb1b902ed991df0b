//! Statements of the owner of the tables, who prepares and counts. Transfers are inserted as everywhere:
//! entries, balances and outbox follow by the trigger, so what is loaded is as true as what is posted.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

/// Makes a database; its name is ours, never somebody's input.
pub(super) async fn create_database(pool: &PgPool, name: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(pool).await?;
    Ok(())
}

/// People with numbers from +91 98 0000 0000 on; their accounts are opened by the trigger.
pub(super) async fn insert_people(pool: &PgPool, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO users (id, name, phone)
         SELECT id, 'Person ' || place, '+9198' || lpad((place - 1)::text, 8, '0')
         FROM unnest($1::uuid[]) WITH ORDINALITY AS people (id, place)",
    )
    .bind(ids)
    .execute(pool)
    .await?;
    Ok(())
}

/// The accounts of these people, in their order.
pub(super) async fn accounts(pool: &PgPool, owners: &[Uuid]) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar(
        "SELECT a.id FROM unnest($1::uuid[]) WITH ORDINALITY AS people (id, place)
         JOIN accounts a ON a.owner = people.id ORDER BY place",
    )
    .bind(owners)
    .fetch_all(pool)
    .await
}

/// A welcome credit of ₹1,000, the most there is, for each account.
pub(super) async fn welcome(pool: &PgPool, ids: &[Uuid], accounts: &[i64]) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO transfers (id, kind, debit_account, credit_account, amount)
         SELECT id, 'welcome', 2, account, 100000 FROM unnest($1::uuid[], $2::bigint[]) AS given (id, account)",
    )
    .bind(ids)
    .bind(accounts)
    .execute(pool)
    .await?;
    Ok(())
}

/// What a round begins with: statistics of now, and nothing that must still be written.
pub(super) async fn settle_down(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::raw_sql("TRUNCATE outbox").execute(pool).await?;
    sqlx::raw_sql("VACUUM (ANALYZE)").execute(pool).await?;
    sqlx::raw_sql("CHECKPOINT").execute(pool).await?;
    Ok(())
}

/// Paise of all people together, and transfers between them.
pub(super) async fn totals(pool: &PgPool) -> sqlx::Result<(i64, i64)> {
    sqlx::query_as(
        "SELECT (SELECT sum(balance)::bigint FROM accounts WHERE id >= 1000),
                (SELECT count(*) FROM transfers WHERE kind = 'p2p')",
    )
    .fetch_one(pool)
    .await
}

/// The server's version and what it promises, as it says itself.
pub(super) async fn postgres(pool: &PgPool) -> sqlx::Result<String> {
    sqlx::query_scalar(
        "SELECT format('Postgres %s, fsync %s, synchronous_commit %s, shared_buffers %s, max_connections %s',
                split_part(current_setting('server_version'), ' ', 1), current_setting('fsync'),
                current_setting('synchronous_commit'), current_setting('shared_buffers'), current_setting('max_connections'))",
    )
    .fetch_one(pool)
    .await
}

/// The numbers of these people, in their order.
pub(super) async fn phones(pool: &PgPool, ids: &[Uuid]) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT u.phone FROM unnest($1::uuid[]) WITH ORDINALITY AS people (id, place)
         JOIN users u ON u.id = people.id ORDER BY place",
    )
    .bind(ids)
    .fetch_all(pool)
    .await
}

/// Gives people the password of whoever has this number.
pub(super) async fn copy_password(pool: &PgPool, phone: &str, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO password_credentials (user_id, hash)
         SELECT people.id, c.hash FROM unnest($2::uuid[]) AS people (id), users u
         JOIN password_credentials c ON c.user_id = u.id WHERE u.phone = $1 ON CONFLICT (user_id) DO NOTHING",
    )
    .bind(phone)
    .bind(ids)
    .execute(pool)
    .await?;
    Ok(())
}

/// Rows that somebody must still be told of.
pub(super) async fn untold(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(pool).await
}

/// Switches foreign keys and the second look at each transfer's sum off, and posting as fast as it goes.
/// What posts and what keeps history from being changed goes on.
pub(super) async fn put_checks_aside(connection: &mut PgConnection) -> sqlx::Result<()> {
    let statements = "SET synchronous_commit = off;
        ALTER TABLE transfers DISABLE TRIGGER ALL; ALTER TABLE transfers ENABLE TRIGGER USER;
        ALTER TABLE entries DISABLE TRIGGER ALL; ALTER TABLE entries ENABLE TRIGGER USER;
        ALTER TABLE entries DISABLE TRIGGER entries_zero_sum;";
    sqlx::raw_sql(statements).execute(connection).await?;
    Ok(())
}

/// Everything as it was.
pub(super) async fn take_checks_back(connection: &mut PgConnection) -> sqlx::Result<()> {
    let statements = "ALTER TABLE transfers ENABLE TRIGGER ALL; ALTER TABLE entries ENABLE TRIGGER ALL;
        RESET synchronous_commit";
    sqlx::raw_sql(statements).execute(connection).await?;
    Ok(())
}

/// Transfers of one paisa between these accounts, posted in one statement, with nobody left to be told.
pub(super) async fn insert_transfers(
    connection: &mut PgConnection,
    ids: &[Uuid],
    debit: &[i64],
    credit: &[i64],
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO transfers (id, kind, debit_account, credit_account, amount, note, idempotency_key)
         SELECT id, 'p2p', debit, credit, 1, 'tea', id::text
         FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS made (id, debit, credit)",
    )
    .bind(ids)
    .bind(debit)
    .bind(credit)
    .execute(&mut *connection)
    .await?;
    sqlx::raw_sql("TRUNCATE outbox").execute(connection).await?;
    Ok(())
}

/// Whoever has an entry of this version, and its place in the activity as an address has it.
pub(super) async fn places(pool: &PgPool, version: i64) -> sqlx::Result<Vec<(Uuid, String)>> {
    sqlx::query_as(
        "SELECT a.owner, format('%s.%s', (extract(epoch FROM e.created_at) * 1000000)::bigint, replace(e.transfer_id::text, '-', ''))
         FROM entries e JOIN accounts a ON a.id = e.account_id
         WHERE e.version = $1 AND a.version >= $1 + 30 AND a.owner IS NOT NULL",
    )
    .bind(version)
    .fetch_all(pool)
    .await
}
