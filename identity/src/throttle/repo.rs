//! The statements on `throttles`; what decides is a function of the migrations (0014).

use std::{collections::HashMap, time::Duration};

use sqlx::PgPool;

use super::Try;

/// Takes the tries of these requests, one request after the other, and says how long each would have to wait.
pub(super) async fn take(
    pool: PgPool,
    tries: Vec<Try>,
    scale: u32,
) -> Result<HashMap<Try, Duration>, sqlx::Error> {
    let (mut requests, mut kinds, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    let (mut shares, mut periods) = (Vec::new(), Vec::new());
    for (request, tried) in (0..).zip(&tries) {
        for count in &tried.counts {
            requests.push(request);
            kinds.push(count.kind.to_owned());
            keys.push(count.key.to_vec());
            shares.push(micros(count.period / count.tries.saturating_mul(scale)));
            periods.push(micros(count.period));
        }
    }
    let rows = sqlx::query!(
        r#"SELECT request AS "request!: i32", wait AS "wait!" FROM take_tries($1, $2, $3, $4, $5)"#,
        &requests,
        &kinds,
        &keys,
        &shares,
        &periods
    )
    .fetch_all(&pool)
    .await?;
    let waits = rows.into_iter().filter_map(|row| {
        let tried = tries.get(usize::try_from(row.request).ok()?)?;
        Some((tried.clone(), Duration::from_micros(u64::try_from(row.wait).ok()?)))
    });
    Ok(waits.collect())
}

/// Forgets those who have all their tries again.
pub(crate) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT forget_tries()").fetch_one(pool).await?;
    Ok(())
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
