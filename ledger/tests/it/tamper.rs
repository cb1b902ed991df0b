//! A byte changed anywhere in the books that an audit answers for, by somebody who may do anything: it must be
//! found, and the row named. Each byte of each column of each row is changed, one at a time.

use std::collections::{BTreeSet, HashMap};

use ledger::audit::audit_in_tx;
use ledger::transfer::{TransferRequest, Undo};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgConnection, PgRow, PgTypeInfo};
use sqlx::{AssertSqlSafe, Connection, PgPool, Postgres, Row, Type, ValueRef};

use uuid::Uuid;

use crate::fixture::{Bench, amount, failure, request, success};

/// What the audit answers for: of which table, of which rows, which columns.
const PROMISED: [(&str, &str, &[&str]); 9] = [
    (
        "entries",
        "true",
        &["account_id", "version", "transfer_id", "amount", "balance_after", "created_at", "hash"],
    ),
    (
        "transfers",
        "true",
        &[
            "id",
            "kind",
            "debit_account",
            "credit_account",
            "amount",
            "note",
            "idempotency_key",
            "on_ramp_id",
            "bank_event_id",
            "created_at",
        ],
    ),
    ("accounts", "true", &["id", "balance", "held", "version", "head"]),
    ("accounts", "id >= 1000", &["spent_on", "spent_day", "spent_month"]),
    (
        "holds",
        "status = 'POSTED'",
        &["id", "payer_account", "payee_account", "amount", "note", "idempotency_key", "transfer_id"],
    ),
    ("holds", "status = 'PENDING'", &["payer_account", "amount"]),
    ("holds", "true", &["status"]),
    ("on_ramps", "status = 'SUCCESS'", &["id", "account_id", "amount", "transfer_id"]),
    ("on_ramps", "true", &["status", "currency"]),
];

/// What nothing else in the books repeats, so that a change of it cannot be told from the truth.
const NOT_PROMISED: [(&str, &[&str]); 4] = [
    ("accounts", &["owner", "created_at", "revision"]),
    ("transfers", &["settles_account"]), // Postgres makes it of two others
    ("holds", &["reason", "created_at", "release_at", "ended_at"]),
    (
        "on_ramps",
        &[
            "idempotency_key",
            "bank",
            "token",
            "created_at",
            "expires_at",
            "bank_page",
            "at_bank_at",
            "settled_at",
            "bank_reference",
        ],
    ),
];

/// Takes every constraint away that would refuse a change, but for primary keys, which queries are planned by.
const NO_WALLS: &str = "DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conname, conrelid::regclass AS owner FROM pg_constraint
             WHERE contype IN ('c', 'f', 'u') AND connamespace = 'public'::regnamespace ORDER BY contype = 'u' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.owner, c.conname);
    END LOOP;
END $$";

/// A value as Postgres sends it, with a byte changed.
struct Raw(Vec<u8>, PgTypeInfo);

impl Type<Postgres> for Raw {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("bytea")
    }
}

impl Encode<'_, Postgres> for Raw {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.1.clone())
    }
}

/// Books with something of every kind.
async fn books(admin: PgPool) -> Bench {
    let bench = Bench::new(admin);
    let (ananya, vikram) = (bench.funded("Ananya", 500_00).await, bench.funded("Vikram", 300_00).await);
    bench.web.welcome(vikram, amount(100_00)).await.unwrap();
    let wish = |undo| TransferRequest { undo: Undo::Seconds(undo), ..request(vikram, 20_00) };
    bench.web.transfer(ananya, wish(0)).await.unwrap();
    bench.web.transfer(vikram, request(ananya, 5_00)).await.unwrap();
    let mut made = vec![];
    for _ in 0..3 {
        made.push(bench.web.transfer(ananya, wish(600)).await.unwrap().id);
    }
    bench.web.cancel(ananya, made[0]).await.unwrap();
    let due = format!(
        "UPDATE holds SET release_at = created_at + interval '1 microsecond' WHERE id = '{}'",
        made[1]
    );
    bench.tamper(due).await;
    assert_eq!(bench.web.post_due_holds().await.unwrap(), 1);
    let declined = bench.intent(ananya, 50_00).await;
    bench.bank.settle(failure(&declined.token, 50_00)).await.unwrap();
    bench.bank.settle(success(&declined.token, 50_00)).await.unwrap();
    bench.intent(ananya, 70_00).await;
    bench.assert_books_right().await;
    bench
}

/// The entries of each transfer, as a finding names them.
type Entries = HashMap<Uuid, Vec<String>>;

/// What came of the changes.
#[derive(Debug, Default)]
struct Tally {
    found: usize,
    /// No value of the column's type, or the key of another row.
    impossible: usize,
    missed: Vec<String>,
}

/// The words by which a finding may name a row: its own, and of an entry its transfer's and its account's.
fn names(table: &str, row: &PgRow, entries: &Entries) -> Vec<String> {
    let number = |column: &str| row.get::<i64, _>(column).to_string();
    let id = |column: &str| row.get::<Uuid, _>(column).to_string();
    match table {
        "entries" => vec![
            format!("entry {} of account {}", number("version"), number("account_id")),
            // Where it is no more, the one after it.
            format!(
                "entry {} of account {}",
                row.get::<i64, _>("version").wrapping_add(1),
                number("account_id")
            ),
            format!("transfer {}", id("transfer_id")),
            format!("account {} says", number("account_id")),
        ],
        "accounts" => {
            vec![format!("account {} ", number("id")), format!("newest entry of account {}", number("id"))]
        }
        "transfers" => {
            let legs = entries.get(&row.get("id")).into_iter().flatten().cloned();
            legs.chain([format!("transfer {}", id("id"))]).collect()
        }
        "holds" => vec![format!("hold {}", id("id")), format!("account {} holds", number("payer_account"))],
        _ => vec![format!("intent {}", id("id"))],
    }
}

/// Changes one byte in a transaction that is rolled back, and looks at what an audit finds in it.
async fn change(
    tx: &mut PgConnection,
    entries: &Entries,
    (table, row, column): (&str, &PgRow, &str),
    (byte, flip): (usize, u8),
) -> Option<Result<(), String>> {
    let value = row.try_get_raw(column).unwrap();
    let mut bytes = value.as_bytes().unwrap().to_vec();
    bytes[byte] ^= flip;
    let raw = Raw(bytes, value.type_info().into_owned());
    let mut tx = tx.begin().await.unwrap();
    let update = format!("UPDATE {table} SET {column} = $1 WHERE ctid = $2::text::tid");
    let place: String = row.get("ctid");
    if sqlx::query(AssertSqlSafe(update)).bind(raw).bind(place).execute(&mut *tx).await.is_err() {
        return None;
    }
    let audit = audit_in_tx(&mut tx, |_| {}).await;
    let ctid = format!("SELECT *, ctid::text FROM {table} WHERE xmin = pg_current_xact_id()::xid");
    let outcome = match audit {
        Err(error) => Err(format!("the audit failed: {error}")),
        Ok(audit) => {
            let after = sqlx::query(AssertSqlSafe(ctid)).fetch_one(&mut *tx).await.unwrap();
            let names = [names(table, row, entries), names(table, &after, entries)].concat();
            let named =
                |finding: &ledger::audit::Finding| names.iter().any(|name| finding.row.contains(name));
            if audit.findings.iter().any(named) {
                Ok(())
            } else {
                Err(format!("found: {:?}", audit.findings))
            }
        }
    };
    tx.rollback().await.unwrap();
    Some(outcome)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_byte_changed_anywhere_that_the_audit_answers_for_is_found_and_its_row_named(admin: PgPool) {
    let bench = books(admin).await;
    sqlx::raw_sql(NO_WALLS).execute(&bench.admin).await.unwrap();
    let mut connection = bench.admin.acquire().await.unwrap();
    sqlx::raw_sql("SET session_replication_role = replica").execute(&mut *connection).await.unwrap();
    let mut entries = Entries::new();
    for (transfer, account, version) in sqlx::query_as("SELECT transfer_id, account_id, version FROM entries")
        .fetch_all(&mut *connection)
        .await
        .map(|rows: Vec<(Uuid, i64, i64)>| rows)
        .unwrap()
    {
        entries.entry(transfer).or_default().push(format!("entry {version} of account {account}"));
    }
    let mut tally = Tally::default();
    for (table, rows, columns) in PROMISED {
        let query = format!("SELECT *, ctid::text FROM {table} WHERE {rows}");
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *connection).await.unwrap();
        assert!(!rows.is_empty(), "no {table}");
        for (row, column) in rows.iter().flat_map(|row| columns.iter().map(move |column| (row, *column))) {
            let value = row.try_get_raw(column).unwrap();
            let length = if value.is_null() { 0 } else { value.as_bytes().unwrap().len() };
            for (byte, flip) in (0..length).flat_map(|byte| [0x01, 0x80, 0xff].map(|flip| (byte, flip))) {
                match change(&mut connection, &entries, (table, row, column), (byte, flip)).await {
                    None => tally.impossible += 1,
                    Some(Ok(())) => tally.found += 1,
                    Some(Err(what)) => {
                        tally.missed.push(format!("{table}.{column} byte {byte} ^ {flip:#x}: {what:.300}"))
                    }
                }
            }
        }
    }
    eprintln!("{} changes found, {} impossible", tally.found, tally.impossible);
    assert!(
        tally.missed.is_empty(),
        "{} missed: {:#?}",
        tally.missed.len(),
        tally.missed.iter().take(40).collect::<Vec<_>>()
    );
    assert!(tally.found > 3000, "{tally:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn of_every_column_of_the_books_it_is_said_whether_the_audit_answers_for_it(admin: PgPool) {
    let said = PROMISED.iter().map(|(table, _, columns)| (*table, *columns)).chain(NOT_PROMISED);
    let said: BTreeSet<_> =
        said.flat_map(|(table, columns)| columns.iter().map(move |c| format!("{table}.{c}"))).collect();
    let query = "SELECT table_name || '.' || column_name FROM information_schema.columns
                 WHERE table_name IN ('entries', 'transfers', 'accounts', 'holds', 'on_ramps') AND table_schema = 'public'";
    let there: Vec<String> = sqlx::query_scalar(query).fetch_all(&admin).await.unwrap();
    assert_eq!(said, there.into_iter().collect());
}
