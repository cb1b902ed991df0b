//! A closed loop: each requester asks again as soon as it has its answer, until the time is over.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::{cpu, figures::percentile};

/// One of many who ask at the same time.
pub trait Requester: Send + 'static {
    /// Asks once and waits for the answer; fails with a sentence.
    fn request(&mut self) -> impl Future<Output = Result<(), String>> + Send;
}

/// What one round saw.
#[derive(Debug, Default)]
pub struct Round {
    /// Answers within the time, by the second.
    pub per_second: u64,
    /// Half of the answers took no longer; in microseconds.
    pub p50: u64,
    /// 99 of 100 answers took no longer; in microseconds.
    pub p99: u64,
    /// Answers, those that came after the time included.
    pub answers: u64,
    /// Requests that failed; their times count nowhere.
    pub failures: u64,
    /// What the first of them said.
    pub first_failure: Option<String>,
    /// Processor time of whoever asked, in hundredths of a core, where the system tells.
    pub cpu_percent: Option<u64>,
    /// Processor time of whoever answered, in microseconds an answer, where that is one process.
    pub server_micros: Option<u64>,
}

impl Round {
    /// Sorts out times in microseconds.
    pub fn of(mut latencies: Vec<u64>) -> Round {
        latencies.sort_unstable();
        Round {
            p50: percentile(&latencies, 50),
            p99: percentile(&latencies, 99),
            answers: latencies.len() as u64,
            ..Round::default()
        }
    }
}

/// What one requester saw.
#[derive(Default)]
struct Seen {
    latencies: Vec<u64>,
    in_time: u64,
    failures: u64,
    first_failure: Option<String>,
}

/// Lets all of them ask for this long, and for the answers that are still under way then.
pub async fn drive<R: Requester>(requesters: Vec<R>, time: Duration) -> Round {
    let (cpu, end) = (cpu::Clock::own(), Instant::now() + time);
    let tasks: JoinSet<_> = requesters.into_iter().map(|requester| until(requester, end)).collect();
    let seen = tasks.join_all().await;
    let cpu_percent = cpu.percent();
    let in_time: u64 = seen.iter().map(|one| one.in_time).sum();
    let failures = seen.iter().map(|one| one.failures).sum();
    let first_failure = seen.iter().find_map(|one| one.first_failure.clone());
    let round = Round::of(seen.into_iter().flat_map(|one| one.latencies).collect());
    let per_second = (u128::from(in_time) * 1_000 / time.as_millis().max(1)) as u64;
    Round { per_second, failures, first_failure, cpu_percent, ..round }
}

async fn until(mut requester: impl Requester, end: Instant) -> Seen {
    let mut seen = Seen::default();
    loop {
        let asked = Instant::now();
        if asked >= end {
            return seen;
        }
        match requester.request().await {
            Ok(()) => {
                seen.latencies.push(asked.elapsed().as_micros() as u64);
                seen.in_time += u64::from(Instant::now() <= end);
            }
            Err(sentence) => {
                seen.failures += 1;
                seen.first_failure.get_or_insert(sentence);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails at every third request.
    struct Sometimes(u64);

    impl Requester for Sometimes {
        async fn request(&mut self) -> Result<(), String> {
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.0 += 1;
            if self.0.is_multiple_of(3) { Err(format!("request {}", self.0)) } else { Ok(()) }
        }
    }

    #[tokio::test]
    async fn failures_are_counted_apart_from_answers() {
        let round = drive(vec![Sometimes(0), Sometimes(0)], Duration::from_millis(200)).await;
        assert!(round.failures > 0 && round.answers >= round.failures, "{round:?}");
        assert!(round.per_second <= round.answers * 5, "{round:?}");
        assert!(round.p50 >= 1_000 && round.p99 >= round.p50, "{round:?}");
        assert_eq!(round.first_failure.as_deref(), Some("request 3"));
    }
}
