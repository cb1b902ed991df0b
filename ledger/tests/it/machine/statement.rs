//! Functions of Postgres called past the program: with whole batches, or where another crate is the one to call them.

use domain::{Paise, Period, TransferRefusal};
use sqlx::Row;
use uuid::Uuid;

use super::guard::Approved;
use super::model::{Asked, Said, State};
use super::play::{NOBODY, Play};

/// Id, whether replayed, state, and what can be spent and is held; or why not.
pub type Told = Result<(Uuid, bool, State, i64, i64), TransferRefusal>;

/// Asks for all of them in one statement.
pub async fn pay(play: &Play, asked: &[Asked]) -> sqlx::Result<Vec<Told>> {
    let person = |place: Option<usize>| place.map_or(NOBODY, |place| play.people[place]).uuid();
    let column = |of: &dyn Fn(&Asked) -> Uuid| asked.iter().map(of).collect::<Vec<_>>();
    let rows = sqlx::query(
        "SELECT outcome, transfer_id, status, release_at, most, remains, payer_balance - payer_held AS available, payer_held
         FROM pay($1, $2, $3, $4, $5, $6, $7) ORDER BY place",
    )
    .bind(column(&|_| Uuid::now_v7()))
    .bind(column(&|asked| person(Some(asked.from))))
    .bind(column(&|asked| person(asked.to)))
    .bind(asked.iter().map(|asked| asked.paise).collect::<Vec<_>>())
    .bind(asked.iter().map(|asked| note(asked)).collect::<Vec<_>>())
    .bind(asked.iter().map(|asked| &*asked.key).collect::<Vec<_>>())
    .bind(asked.iter().map(|asked| asked.undo.map(i32::from)).collect::<Vec<_>>())
    .fetch_all(&play.bench.web_pool)
    .await?;
    rows.iter().map(told).collect()
}

/// What a payment says it is for.
pub fn note(asked: &Asked) -> &'static str {
    if asked.note { "tea" } else { "" }
}

fn told(row: &sqlx::postgres::PgRow) -> sqlx::Result<Told> {
    let paise =
        |column| Ok::<_, sqlx::Error>(Paise::new(row.try_get::<Option<i64>, _>(column)?.unwrap_or(0)));
    let above = |period| {
        Ok::<_, sqlx::Error>(TransferRefusal::AboveLimit {
            period,
            most: paise("most")?,
            remains: paise("remains")?,
        })
    };
    let outcome: &str = row.try_get("outcome")?;
    Ok(Err(match outcome {
        "made" | "replayed" => {
            let state = match row.try_get("status")? {
                "PENDING" => State::Pending,
                "POSTED" => State::Posted,
                _ => State::Voided,
            };
            let replayed = outcome == "replayed";
            let (available, held) = (row.try_get("available")?, row.try_get("payer_held")?);
            return Ok(Ok((row.try_get("transfer_id")?, replayed, state, available, held)));
        }
        "unknown_payee" => TransferRefusal::UnknownPayee,
        "to_self" => TransferRefusal::ToSelf,
        "key_reused" => TransferRefusal::KeyReused,
        "frozen" => TransferRefusal::Frozen,
        "approval_needed" => TransferRefusal::ApprovalNeeded { above: paise("most")? },
        "cooling_off" => TransferRefusal::CoolingOff {
            most: paise("most")?,
            remains: paise("remains")?,
            until: row.try_get::<jiff_sqlx::Timestamp, _>("release_at")?.to_jiff(),
        },
        "not_enough_money" => TransferRefusal::NotEnoughMoney { available: paise("remains")? },
        "above_transfer_limit" => above(Period::Transfer)?,
        "above_day_limit" => above(Period::Day)?,
        "above_month_limit" => above(Period::Month)?,
        other => return Err(sqlx::Error::Decode(format!("unknown outcome {other}").into())),
    }))
}

/// Says all of them in one statement; answers with the word for each.
pub async fn settle(play: &Play, said: &[Said]) -> sqlx::Result<Vec<String>> {
    let payments: Vec<_> = said.iter().map(|said| said.payment.clone()).collect();
    let tokens = payments.iter().map(|payment| payment.as_ref().map(|payment| play.token(payment.intent)));
    let currency = |rupees| if rupees { "INR" } else { "USD" };
    sqlx::query_scalar("SELECT outcome FROM settle($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(said.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(said.iter().map(|said| &*said.id).collect::<Vec<_>>())
        .bind(said.iter().map(|said| said.body.as_bytes()).collect::<Vec<_>>())
        .bind(tokens.collect::<Vec<_>>())
        .bind(payments.iter().map(|p| p.as_ref().is_some_and(|p| p.paid)).collect::<Vec<_>>())
        .bind(payments.iter().map(|p| p.as_ref().map_or(0, |p| p.paise)).collect::<Vec<_>>())
        .bind(payments.iter().map(|p| p.as_ref().map_or("", |p| currency(p.rupees))).collect::<Vec<_>>())
        .bind(vec!["DS-1"; said.len()])
        .fetch_all(&play.bench.bank_pool)
        .await
}

/// Approves all of them in one statement, in order.
pub async fn approve(play: &Play, approved: &[Approved]) -> sqlx::Result<()> {
    let column = |of: &dyn Fn(&Approved) -> usize| {
        approved.iter().map(|approved| play.people[of(approved)].uuid()).collect::<Vec<_>>()
    };
    sqlx::query("SELECT approve(person, key, payee, amount, 'pin') FROM unnest($1, $2, $3, $4) AS q (person, key, payee, amount)")
        .bind(column(&|approved| approved.person))
        .bind(approved.iter().map(|approved| &*approved.key).collect::<Vec<_>>())
        .bind(column(&|approved| approved.payee))
        .bind(approved.iter().map(|approved| approved.paise).collect::<Vec<_>>())
        .execute(&play.bench.web_pool)
        .await
        .map(drop)
}

/// The time of those comes that are late, and were not given again since.
pub async fn end_approvals(play: &Play, approved: &[Approved]) -> sqlx::Result<()> {
    let mut last: Vec<&Approved> = vec![];
    for one in approved {
        last.retain(|other| (other.person, &other.key) != (one.person, &one.key));
        last.push(one);
    }
    last.retain(|one| one.is_late);
    sqlx::query(
        "UPDATE approvals a SET expires_at = now() FROM unnest($1::uuid[], $2::text[]) AS q (person, key)
         WHERE a.person = q.person AND a.idempotency_key = q.key",
    )
    .bind(last.iter().map(|one| play.people[one.person].uuid()).collect::<Vec<_>>())
    .bind(last.iter().map(|one| &*one.key).collect::<Vec<_>>())
    .execute(&play.bench.admin)
    .await
    .map(drop)
}

/// Marks a wallet as frozen, as `freeze` begins.
pub async fn freeze_in_part(play: &Play, person: usize) -> sqlx::Result<()> {
    sqlx::query(
        "WITH own AS (UPDATE accounts SET revision = revision + 1 WHERE owner = $1 RETURNING id)
         INSERT INTO freezes (account_id, frozen_at) SELECT id, now() FROM own
         ON CONFLICT (account_id) DO UPDATE SET frozen_at = excluded.frozen_at, thaw_at = NULL",
    )
    .bind(play.people[person].uuid())
    .execute(&play.bench.admin)
    .await
    .map(drop)
}

/// Sets a PIN, or takes it away; as `identity` does.
pub async fn set_pin(play: &Play, person: usize, has_pin: bool) -> sqlx::Result<()> {
    let statement = if has_pin {
        "INSERT INTO pins (user_id, hash, sealed_by) VALUES ($1, '$argon2id$', '8 bytes.') ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM pins WHERE user_id = $1"
    };
    sqlx::query(statement).bind(play.people[person].uuid()).execute(&play.bench.web_pool).await.map(drop)
}

/// By what a change is known: the hash of its link, the attempt and the codes, made of its place.
fn link(place: usize) -> Vec<u8> {
    [(place as u64).to_le_bytes(); 4].concat()
}

/// Changes a number or an address to one that nobody had; says whether it may be. As `identity` does, when the codes
/// were read.
pub async fn change_address(play: &Play, person: usize, is_phone: bool) -> sqlx::Result<bool> {
    let (place, attempt) = (play.model.changes.len(), Uuid::new_v4());
    let kind = if is_phone { "phone" } else { "email" };
    let to = if is_phone { format!("+9197{place:08}") } else { format!("{place}@example.in") };
    sqlx::query(
        "INSERT INTO pending_addresses (person, attempt, kind, from_address, to_address, from_code, to_code)
         SELECT id, $2, $3, CASE $3 WHEN 'phone' THEN phone ELSE email END, $4, $5, $5 FROM users WHERE id = $1
         ON CONFLICT (person) DO UPDATE SET attempt = excluded.attempt, kind = excluded.kind,
             from_address = excluded.from_address, to_address = excluded.to_address, from_code = excluded.from_code",
    )
    .bind(play.people[person].uuid())
    .bind(attempt)
    .bind(kind)
    .bind(to)
    .bind(link(0))
    .execute(&play.bench.web_pool)
    .await?;
    let changed = sqlx::query_scalar::<_, String>("SELECT kind FROM change_address($1, $2, $3, $3)")
        .bind(attempt)
        .bind(link(0))
        .bind(link(place))
        .fetch_one(&play.bench.web_pool)
        .await;
    match changed {
        Ok(changed) => Ok(changed == kind),
        Err(error) if is_refused_by(&error, "users_cooling_off") => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_refused_by(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().and_then(|error| error.constraint()) == Some(constraint)
}

/// Follows the link of a change; answers with whose it was.
pub async fn undo_change(play: &Play, place: usize) -> sqlx::Result<Option<Uuid>> {
    let undo = sqlx::query_scalar("SELECT undo_address_change($1)").bind(link(place));
    undo.fetch_one(&play.bench.web_pool).await
}

/// As if so much time had gone by for freezes, approvals, changes and what follows from them.
pub async fn minutes_pass(play: &Play, minutes: i64) {
    let ago = format!("- interval '{minutes} minutes'");
    play.bench
        .tamper(format!(
            "UPDATE freezes SET frozen_at = frozen_at {ago}, thaw_at = thaw_at {ago}, next_delay_at = next_delay_at {ago};
             UPDATE cooling_offs SET until = until {ago};
             UPDATE address_changes SET changed_at = changed_at {ago}, undone_at = undone_at {ago};
             UPDATE approvals SET expires_at = expires_at {ago};
             UPDATE accounts SET revision = revision + 1"
        ))
        .await;
}
