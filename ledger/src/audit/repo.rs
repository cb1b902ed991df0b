//! One statement for each rule; each answers with the first row that breaks it. Sums and differences are numeric:
//! whoever tampers may write any number, and what does not fit must be told, not fail.

use sqlx::PgConnection;

pub(super) async fn freeze_in_tx(tx: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(tx).await?;
    Ok(())
}

pub(super) async fn counts(tx: &mut PgConnection) -> sqlx::Result<(i64, i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM accounts) AS "accounts!", (SELECT count(*) FROM transfers) AS "transfers!",
                  (SELECT count(*) FROM entries) AS "entries!""#
    )
    .fetch_one(tx)
    .await?;
    Ok((row.accounts, row.transfers, row.entries))
}

/// From both sides: a transfer may lack entries, and entries a transfer.
pub(super) async fn unbalanced_transfer(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('transfer %s of %s has %s entries with the sum %s', coalesce(t.id, e.transfer_id),
                         coalesce(t.amount::text, 'nothing'), count(e), coalesce(sum(e.amount), 0)) AS "row!"
           FROM transfers t FULL JOIN entries e ON e.transfer_id = t.id
           GROUP BY t.id, e.transfer_id
           HAVING count(e) <> 2
               OR count(*) FILTER (WHERE e.account_id = t.debit_account AND e.amount::numeric = -t.amount::numeric) <> 1
               OR count(*) FILTER (WHERE e.account_id = t.credit_account AND e.amount = t.amount) <> 1
           ORDER BY coalesce(t.id, e.transfer_id) LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn wrong_balance(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('account %s says %s at version %s, its %s entries say %s', a.id, a.balance, a.version, count(e), coalesce(sum(e.amount), 0)) AS "row!"
           FROM accounts a LEFT JOIN entries e ON e.account_id = a.id
           GROUP BY a.id
           HAVING a.balance <> coalesce(sum(e.amount), 0) OR a.version <> count(e)
           ORDER BY a.id LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn broken_history(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('entry %s of account %s', version, account_id) AS "row!"
           FROM (SELECT *, lag(version, 1, 0::bigint) OVER history AS version_before,
                        lag(balance_after, 1, 0::bigint) OVER history AS balance_before
                 FROM entries WINDOW history AS (PARTITION BY account_id ORDER BY version)) AS e
           WHERE version <> version_before::numeric + 1 OR balance_after <> balance_before::numeric + amount
           ORDER BY account_id, version LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn invented_money(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('all balances together are %s', sum(balance)) AS "row!" FROM accounts HAVING sum(balance) <> 0"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn overdrawn_account(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('account %s had %s after entry %s', account_id, balance_after, version) AS "row!"
           FROM entries WHERE account_id >= 1000 AND balance_after < 0 ORDER BY account_id, version LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

/// By the account's own day and month: what was paid before its newest payment counts no more.
pub(super) async fn wrong_spent(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('account %s says %s on %s and %s in that month, its newest payment was on %s, where it paid %s and %s',
                         a.id, a.spent_day, a.spent_on, a.spent_month, coalesce(max(p.day)::text, 'no day'),
                         coalesce(sum(p.paid) FILTER (WHERE p.day = a.spent_on), 0),
                         coalesce(sum(p.paid) FILTER (WHERE date_trunc('month', p.day) = date_trunc('month', a.spent_on)), 0)) AS "row!"
           FROM accounts a
           LEFT JOIN (SELECT account_id, indian_day(created_at) AS day, -amount::numeric AS paid FROM entries WHERE amount < 0) AS p
               ON p.account_id = a.id
           WHERE a.id >= 1000
           GROUP BY a.id
           HAVING a.spent_on <> coalesce(max(p.day), '-infinity')
               OR a.spent_day <> coalesce(sum(p.paid) FILTER (WHERE p.day = a.spent_on), 0)
               OR a.spent_month <> coalesce(
                   sum(p.paid) FILTER (WHERE date_trunc('month', p.day) = date_trunc('month', a.spent_on)), 0)
           ORDER BY a.id LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn wrong_on_ramp(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('intent %s is %s', r.id, r.status) AS "row!"
           FROM on_ramps r LEFT JOIN transfers t ON t.on_ramp_id = r.id AND t.kind = 'on_ramp'
           WHERE (r.status = 'SUCCESS') <> (t.id IS NOT NULL)
              OR r.status NOT IN ('PROCESSING', 'SUCCESS', 'FAILURE', 'EXPIRED')
              OR r.currency <> 'INR'
              OR t.id IS DISTINCT FROM r.transfer_id
              OR (t.id IS NOT NULL AND (t.amount, t.credit_account) <> (r.amount, r.account_id))
           ORDER BY r.id LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn wrong_held(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('account %s holds %s, its waiting payments are %s', a.id, a.held, coalesce(sum(h.amount), 0)) AS "row!"
           FROM accounts a LEFT JOIN holds h ON h.payer_account = a.id AND h.status = 'PENDING'
           GROUP BY a.id HAVING a.held <> coalesce(sum(h.amount), 0) ORDER BY a.id LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn wrong_hold(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT format('hold %s is %s', h.id, h.status) AS "row!"
           FROM holds h LEFT JOIN transfers t ON t.id = h.id
           WHERE (h.status = 'POSTED') <> (t.id IS NOT NULL)
              OR t.id IS DISTINCT FROM h.transfer_id
              OR h.status NOT IN ('PENDING', 'POSTED', 'VOIDED', 'EXPIRED')
              OR (t.debit_account, t.credit_account, t.amount, t.note, t.idempotency_key)
                 <> (h.payer_account, h.payee_account, h.amount, h.note, h.idempotency_key)
           ORDER BY h.id LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}

pub(super) async fn broken_chain(tx: &mut PgConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT row AS "row!" FROM (
               (SELECT format('entry %s of account %s', version, account_id) AS row
                FROM (SELECT e.account_id, e.version, e.hash,
                             lag(e.hash, 1, ''::bytea) OVER (PARTITION BY e.account_id ORDER BY e.version) AS before,
                             entry_bytes(e.account_id, e.version, e.amount, e.balance_after, e.created_at, t.id, t.kind,
                                         t.debit_account, t.credit_account, t.note, t.idempotency_key, t.on_ramp_id,
                                         t.bank_event_id, t.created_at) AS bytes
                      FROM entries e JOIN transfers t ON t.id = e.transfer_id) AS linked
                WHERE hash <> sha256(before || bytes) ORDER BY account_id, version LIMIT 1)
               UNION ALL
               (SELECT format('the newest entry of account %s', a.id)
                FROM accounts a LEFT JOIN entries e ON e.account_id = a.id AND e.version = a.version
                WHERE a.head <> coalesce(e.hash, ''::bytea) ORDER BY a.id LIMIT 1)
           ) AS broken LIMIT 1"#
    )
    .fetch_optional(tx)
    .await
}
