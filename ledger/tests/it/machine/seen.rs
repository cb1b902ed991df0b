//! What can be seen of the books after each operation, in one query that costs little.

use sqlx::types::Json;
use sqlx::{PgPool, Row};

use super::model::{IntentState, Model, State};

/// The books at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Id, balance, held, version and revision of every account.
    pub accounts: Vec<[i64; 5]>,
    /// Of everything a refusal must leave alone.
    pub digest: String,
    counts: Vec<i64>,
    /// Rules that entries written since the last look break.
    broken: Vec<String>,
}

/// New entries are those above the versions last seen; the rest is counted.
const LOOK: &str = "
    WITH fresh AS (
        SELECT e.* FROM accounts a LEFT JOIN unnest($1::bigint[], $2::bigint[]) AS seen (id, version) ON seen.id = a.id
        JOIN entries e ON e.account_id = a.id AND e.version > coalesce(seen.version, 0)
    ), broken AS (
        SELECT format('transfer %s has %s entries with the sum %s', transfer_id, count(*), sum(amount)) AS row
        FROM fresh GROUP BY transfer_id HAVING count(*) <> 2 OR sum(amount) <> 0
        UNION ALL
        SELECT format('the versions of account %s have a gap', a.id)
        FROM accounts a LEFT JOIN unnest($1::bigint[], $2::bigint[]) AS seen (id, version) ON seen.id = a.id
        LEFT JOIN fresh e ON e.account_id = a.id
        GROUP BY a.id, seen.version
        HAVING a.version <> coalesce(seen.version, 0) + count(e) OR coalesce(max(e.version), a.version) <> a.version
        UNION ALL
        SELECT format('the newest entry of account %s says %s, the account %s', a.id, e.balance_after, a.balance)
        FROM accounts a JOIN fresh e ON e.account_id = a.id AND e.version = a.version WHERE e.balance_after <> a.balance
        UNION ALL
        SELECT format('account %s is below zero', id) FROM accounts WHERE id >= 1000 AND balance < held
        UNION ALL
        SELECT format('account %s was below zero', account_id) FROM fresh WHERE account_id >= 1000 AND balance_after < 0
        UNION ALL
        SELECT format('%s left account %s while it was frozen', -e.amount, e.account_id)
        FROM fresh e JOIN freezes f ON f.account_id = e.account_id
        WHERE e.amount < 0 AND f.frozen_at < e.created_at AND coalesce(f.thaw_at > e.created_at, true)
        UNION ALL
        SELECT format('intent %s was credited %s times', r.id, count(t)) FROM on_ramps r
        LEFT JOIN transfers t ON t.on_ramp_id = r.id AND t.kind = 'on_ramp' WHERE r.status = 'SUCCESS'
        GROUP BY r.id HAVING count(t) <> 1
    )
    SELECT (SELECT json_agg(json_build_array(id, balance, held, version, revision) ORDER BY id) FROM accounts) AS accounts,
           ARRAY(SELECT row FROM broken) AS broken,
           md5(concat_ws('|', (SELECT string_agg(a::text, ',' ORDER BY id) FROM accounts a),
                              (SELECT string_agg(l::text, ',' ORDER BY account_id, period) FROM limits l),
                              (SELECT string_agg(w::text, ',' ORDER BY account_id) FROM undo_windows w),
                              (SELECT string_agg(p::text, ',' ORDER BY payer_account, payee_account) FROM payees p),
                              (SELECT string_agg(f::text, ',' ORDER BY account_id) FROM freezes f),
                              (SELECT string_agg(v::text, ',' ORDER BY account_id) FROM approval_limits v),
                              (SELECT string_agg(c::text, ',' ORDER BY account_id) FROM cooling_offs c))) AS digest,
           ARRAY[(SELECT count(*) FROM transfers), (SELECT count(*) FROM entries), (SELECT count(*) FROM bank_events),
                 (SELECT count(*) FROM outbox)]
           || (SELECT ARRAY[count(*) FILTER (WHERE status = 'PENDING'), count(*) FILTER (WHERE status = 'POSTED'),
                            count(*) FILTER (WHERE status = 'VOIDED')] FROM holds)
           || (SELECT ARRAY[count(*) FILTER (WHERE status = 'PROCESSING'), count(*) FILTER (WHERE status = 'SUCCESS'),
                            count(*) FILTER (WHERE status = 'FAILURE'), count(*) FILTER (WHERE status = 'EXPIRED')]
               FROM on_ramps) AS counts";

impl Seen {
    /// Looks, knowing what was seen before.
    pub async fn look(pool: &PgPool, before: &Seen) -> sqlx::Result<Seen> {
        let (ids, versions): (Vec<_>, Vec<_>) = before.accounts.iter().map(|row| (row[0], row[3])).unzip();
        let row = sqlx::query(LOOK).bind(ids).bind(versions).fetch_one(pool).await?;
        let Json(accounts) = row.try_get("accounts")?;
        let (broken, digest, counts) =
            (row.try_get("broken")?, row.try_get("digest")?, row.try_get("counts")?);
        Ok(Seen { accounts, digest, counts, broken })
    }

    /// Whether these are the books that the model keeps, and sound ones.
    pub fn agrees(&self, model: &Model, people: &[i64]) -> Result<(), String> {
        if let Some(row) = self.broken.first() {
            return Err(row.clone());
        }
        let system = [(1, model.clearing), (2, model.promotions), (3, model.suspense)];
        let wanted = system.into_iter().map(|(id, balance)| (id, balance, 0, None)).chain(
            people
                .iter()
                .zip(&model.people)
                .map(|(id, person)| (*id, person.balance, person.held, Some(person.entries))),
        );
        for (id, balance, held, entries) in wanted {
            let Some(row) = self.accounts.iter().find(|row| row[0] == id) else {
                return Err(format!("account {id} is not there"));
            };
            let entries = entries.unwrap_or(row[3]);
            if row[1..4] != [balance, held, entries] {
                return Err(format!(
                    "account {id} has {:?} instead of {:?}",
                    &row[1..4],
                    [balance, held, entries]
                ));
            }
        }
        let holds = |state| model.payments.iter().filter(|p| p.waited && p.state == state).count() as i64;
        let intents = |state| model.intents.iter().filter(|intent| intent.state == state).count() as i64;
        let counts = [
            ("transfers", model.transfers),
            ("entries", model.transfers * 2),
            ("messages", model.heard() as i64),
            ("outbox rows", model.outbox),
            ("waiting payments", holds(State::Pending)),
            ("posted payments", holds(State::Posted)),
            ("cancelled payments", holds(State::Voided)),
            ("open intents", intents(IntentState::Processing)),
            ("paid intents", intents(IntentState::Success)),
            ("failed intents", intents(IntentState::Failure)),
            ("expired intents", intents(IntentState::Expired)),
        ];
        for ((what, wanted), counted) in counts.iter().zip(&self.counts) {
            if wanted != counted {
                return Err(format!("there are {counted} {what} instead of {wanted}"));
            }
        }
        Ok(())
    }

    /// An account that changed says so by its revision, by which caches know the newer of two readings.
    pub fn follows(&self, before: &Seen) -> Result<(), String> {
        for row in &self.accounts {
            let Some(was) = before.accounts.iter().find(|was| was[0] == row[0]) else { continue };
            let changed = row[1..4] != was[1..4];
            if row[4] < was[4] || (changed && row[4] == was[4]) {
                return Err(format!("account {} changed from {was:?} to {row:?}", row[0]));
            }
        }
        Ok(())
    }
}
