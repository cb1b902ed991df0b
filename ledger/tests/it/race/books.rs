//! What stands in the books after a race.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::PgPool;
use uuid::Uuid;

/// A payment, posted or not.
pub struct Payment {
    pub payer: Uuid,
    pub payee: Uuid,
    pub paise: i64,
    pub key: String,
    pub status: String,
}

/// An entry of an account, in the order of versions.
pub struct Entry {
    pub transfer: Uuid,
    pub amount: i64,
    pub balance_after: i64,
    pub at: Timestamp,
}

pub struct Books {
    /// Where one was paid twice, there are two of one key.
    pub payments: HashMap<Uuid, Payment>,
    pub entries: HashMap<Uuid, Vec<Entry>>,
    /// Status of each intent, and how often it was credited.
    pub intents: HashMap<Uuid, (String, i64)>,
    /// The intent behind a movement.
    pub causes: HashMap<Uuid, Uuid>,
}

impl Books {
    pub async fn read(pool: &PgPool) -> sqlx::Result<Books> {
        let payments: Vec<(Uuid, Uuid, Uuid, i64, String, String)> = sqlx::query_as(
            "SELECT m.id, payer.owner, payee.owner, m.amount, m.key, m.status
             FROM (SELECT id, debit_account AS payer, credit_account AS payee, amount, idempotency_key AS key, 'POSTED' AS status
                   FROM transfers WHERE kind = 'p2p'
                   UNION ALL SELECT id, payer_account, payee_account, amount, idempotency_key, status FROM holds WHERE status <> 'POSTED') AS m
             JOIN accounts payer ON payer.id = m.payer JOIN accounts payee ON payee.id = m.payee",
        )
        .fetch_all(pool)
        .await?;
        let payments = payments
            .into_iter()
            .map(|(id, payer, payee, paise, key, status)| (id, Payment { payer, payee, paise, key, status }));
        let rows: Vec<(Uuid, Uuid, i64, i64, jiff_sqlx::Timestamp)> = sqlx::query_as(
            "SELECT a.owner, e.transfer_id, e.amount, e.balance_after, e.created_at FROM entries e JOIN accounts a ON a.id = e.account_id
             WHERE a.owner IS NOT NULL ORDER BY e.account_id, e.version",
        )
        .fetch_all(pool)
        .await?;
        let mut entries: HashMap<Uuid, Vec<Entry>> = HashMap::new();
        for (owner, transfer, amount, balance_after, at) in rows {
            let at = at.to_jiff();
            entries.entry(owner).or_default().push(Entry { transfer, amount, balance_after, at });
        }
        let intents: Vec<(Uuid, String, i64)> = sqlx::query_as(
            "SELECT r.id, r.status, count(t) FROM on_ramps r LEFT JOIN transfers t ON t.on_ramp_id = r.id AND t.kind = 'on_ramp'
             GROUP BY r.id",
        )
        .fetch_all(pool)
        .await?;
        let causes: Vec<(Uuid, Uuid)> =
            sqlx::query_as("SELECT id, on_ramp_id FROM transfers WHERE on_ramp_id IS NOT NULL")
                .fetch_all(pool)
                .await?;
        Ok(Books {
            payments: payments.collect(),
            entries,
            intents: intents.into_iter().map(|(id, status, credits)| (id, (status, credits))).collect(),
            causes: causes.into_iter().collect(),
        })
    }
}
