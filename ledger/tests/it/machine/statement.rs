//! `pay` and `settle` called with whole batches, as the services' roles may.

use domain::{Paise, Period, TransferRefusal};
use sqlx::Row;
use uuid::Uuid;

use super::model::{Asked, Said, State};
use super::play::{NOBODY, Play};

/// Id, whether replayed, state, and what can be spent and is held; or why not.
pub type Told = Result<(Uuid, bool, State, i64, i64), TransferRefusal>;

/// Asks for all of them in one statement.
pub async fn pay(play: &Play, asked: &[Asked]) -> sqlx::Result<Vec<Told>> {
    let person = |place: Option<usize>| place.map_or(NOBODY, |place| play.people[place]).uuid();
    let column = |of: &dyn Fn(&Asked) -> Uuid| asked.iter().map(of).collect::<Vec<_>>();
    let rows = sqlx::query(
        "SELECT outcome, transfer_id, status, most, remains, payer_balance - payer_held AS available, payer_held
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
