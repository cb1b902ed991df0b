//! The statements about two people. Each reads indexes made for it (migrations/0012) and no more rows than it tells of.

use domain::{
    AccountId, Paise, UserId,
    view::{Dealing, Position},
};
use sqlx::PgPool;

use crate::activity::{Cursor, Row};

/// The newest of: whom they paid, who paid them, what waits, who is among their newest movements. When each was last is
/// looked up in the index of the pair.
pub(super) async fn latest(pool: &PgPool, person: UserId, limit: i64) -> sqlx::Result<Vec<Dealing<UserId>>> {
    let rows = sqlx::query!(
        r#"WITH me AS (SELECT id FROM accounts WHERE owner = $1), met AS (
               (SELECT k.payee_account AS account, NULL::timestamptz AS held_at FROM payees k
                WHERE k.payer_account = (SELECT id FROM me) AND k.first_paid_at IS NOT NULL
                ORDER BY k.first_paid_at DESC LIMIT $2)
               UNION ALL
               (SELECT k.payer_account, NULL FROM payees k
                WHERE k.payee_account = (SELECT id FROM me) AND k.first_paid_at IS NOT NULL
                ORDER BY k.first_paid_at DESC LIMIT $2)
               UNION ALL
               (SELECT h.payee_account, h.created_at FROM holds h
                WHERE h.payer_account = (SELECT id FROM me) AND h.status <> 'POSTED' AND h.status = 'PENDING'
                ORDER BY h.created_at DESC, h.id DESC LIMIT $2)
               UNION ALL
               (SELECT h.payer_account, h.created_at FROM holds h
                WHERE h.payee_account = (SELECT id FROM me) AND h.status = 'PENDING' AND h.reason = 'first_payment'
                ORDER BY h.created_at DESC, h.id DESC LIMIT $2)
               UNION ALL
               (SELECT t.debit_account + t.credit_account - e.account_id, NULL
                FROM (SELECT account_id, transfer_id FROM entries WHERE account_id = (SELECT id FROM me)
                      ORDER BY created_at DESC, transfer_id DESC LIMIT $2) AS e
                JOIN transfers t ON t.id = e.transfer_id WHERE t.kind = 'p2p')
           )
           SELECT a.owner AS "person!",
                  greatest(posted.at, other.held_at) AS "last!: jiff_sqlx::Timestamp"
           FROM (SELECT account, max(held_at) AS held_at FROM met GROUP BY account) AS other
           JOIN accounts a ON a.id = other.account
           LEFT JOIN LATERAL (
               SELECT t.created_at AS at FROM transfers t
               WHERE t.kind = 'p2p' AND least(t.debit_account, t.credit_account) = least((SELECT id FROM me), a.id)
                 AND greatest(t.debit_account, t.credit_account) = greatest((SELECT id FROM me), a.id)
               ORDER BY t.created_at DESC, t.id DESC LIMIT 1
           ) AS posted ON true
           ORDER BY greatest(posted.at, other.held_at) DESC, a.id LIMIT $2"#,
        person.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?;
    let dealing =
        |person, last: jiff_sqlx::Timestamp| Dealing { person: UserId::new(person), last: last.to_jiff() };
    Ok(rows.into_iter().map(|row| dealing(row.person, row.last)).collect())
}

/// A payee sees what waits only where it waits long, as in the activity.
pub(super) async fn has_dealt(pool: &PgPool, person: UserId, other: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM accounts mine, accounts theirs
               WHERE mine.owner = $1 AND theirs.owner = $2 AND mine.id <> theirs.id AND (
                   EXISTS (SELECT FROM payees k WHERE k.payer_account = mine.id AND k.payee_account = theirs.id
                           AND k.first_paid_at IS NOT NULL)
                   OR EXISTS (SELECT FROM payees k WHERE k.payer_account = theirs.id AND k.payee_account = mine.id
                              AND k.first_paid_at IS NOT NULL)
                   OR EXISTS (SELECT FROM holds h WHERE h.payer_account = mine.id AND h.payee_account = theirs.id
                              AND h.status <> 'POSTED')
                   OR EXISTS (SELECT FROM holds h WHERE h.payer_account = theirs.id AND h.payee_account = mine.id
                              AND h.status = 'PENDING' AND h.status <> 'POSTED' AND h.reason = 'first_payment')
               )
           ) AS "has_dealt!""#,
        person.uuid(),
        other.uuid()
    )
    .fetch_one(pool)
    .await
}

/// The newest rows before the cursor; each part is cut by its own index before they are merged. A transfer is
/// placed by its own time, which rises under the locks of both accounts as its entries' does.
pub(super) async fn between(
    pool: &PgPool,
    mine: AccountId,
    theirs: AccountId,
    before: Option<Cursor>,
    limit: usize,
) -> sqlx::Result<Vec<Row>> {
    let at = before.map(|cursor| jiff_sqlx::Timestamp::from(cursor.at));
    let id = before.map(|cursor| cursor.id);
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", at AS "at!: jiff_sqlx::Timestamp", amount AS "amount!", balance_after,
                  note AS "note!", other_owner, NULL AS bank, status AS "status!",
                  release_at AS "release_at: jiff_sqlx::Timestamp", reason
           FROM (
               (SELECT t.id, t.created_at AS at, e.amount, e.balance_after, t.note, other.owner AS other_owner,
                       'POSTED' AS status, NULL::timestamptz AS release_at, NULL AS reason
                FROM transfers t
                JOIN entries e ON e.transfer_id = t.id AND e.account_id = $1
                JOIN accounts other ON other.id = $2
                WHERE t.kind = 'p2p' AND least(t.debit_account, t.credit_account) = least($1, $2)
                  AND greatest(t.debit_account, t.credit_account) = greatest($1, $2)
                  AND (t.created_at, t.id)
                      < (COALESCE($3, 'infinity'::timestamptz), COALESCE($4, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                ORDER BY t.created_at DESC, t.id DESC LIMIT $5)
               UNION ALL
               (SELECT h.id, h.created_at, -h.amount, NULL, h.note, other.owner, h.status, h.release_at, h.reason
                FROM holds h JOIN accounts other ON other.id = h.payee_account
                WHERE h.payer_account = $1 AND h.payee_account = $2 AND h.status <> 'POSTED'
                  AND (h.created_at, h.id)
                      < (COALESCE($3, 'infinity'::timestamptz), COALESCE($4, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                ORDER BY h.created_at DESC, h.id DESC LIMIT $5)
               UNION ALL
               (SELECT h.id, h.created_at, h.amount, NULL, h.note, other.owner, h.status, h.release_at, h.reason
                FROM holds h JOIN accounts other ON other.id = h.payer_account
                WHERE h.payer_account = $2 AND h.payee_account = $1 AND h.status <> 'POSTED'
                  AND h.status = 'PENDING' AND h.reason = 'first_payment'
                  AND (h.created_at, h.id)
                      < (COALESCE($3, 'infinity'::timestamptz), COALESCE($4, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                ORDER BY h.created_at DESC, h.id DESC LIMIT $5)
           ) AS movements
           ORDER BY at DESC, id DESC LIMIT $5"#,
        mine.get(),
        theirs.get(),
        at as Option<jiff_sqlx::Timestamp>,
        id,
        limit as i64
    )
    .fetch_all(pool)
    .await
}

/// The sums of what the index of the pair leads to.
pub(super) async fn position(pool: &PgPool, mine: AccountId, theirs: AccountId) -> sqlx::Result<Position> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(amount) FILTER (WHERE debit_account = $1), 0)::bigint AS "sent!",
                  coalesce(sum(amount) FILTER (WHERE debit_account = $2), 0)::bigint AS "received!",
                  count(*) AS "payments!", min(created_at) AS "since: jiff_sqlx::Timestamp"
           FROM transfers
           WHERE kind = 'p2p' AND least(debit_account, credit_account) = least($1::bigint, $2::bigint)
             AND greatest(debit_account, credit_account) = greatest($1::bigint, $2::bigint)"#,
        mine.get(),
        theirs.get()
    )
    .fetch_one(pool)
    .await?;
    Ok(Position {
        sent: Paise::new(row.sent),
        received: Paise::new(row.received),
        payments: row.payments,
        since: row.since.map(|since| since.to_jiff()),
    })
}
