//! Every line once, then every line again: whatever else the machine does, it does to all of them.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::{figures::median, line::Line, load::Round};

/// The round before the first, which does not count: connections, caches and plans are cold.
const WARMING: Duration = Duration::from_secs(1);

/// What came of a line.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    /// Answers by the second, the median over the rounds.
    pub per_second: u64,
    /// The median of the rounds' medians, in microseconds.
    pub p50: u64,
    /// The median of the rounds' 99th percentiles, in microseconds.
    pub p99: u64,
    /// Answers of all rounds.
    pub answers: u64,
    /// Failures of all rounds.
    pub failures: u64,
    /// Processor time of whoever asked, in hundredths of a core, the median over the rounds, where the system tells.
    pub cpu_percent: Option<u64>,
    /// Processor time of whoever answered, in microseconds an answer, the median over the rounds, where that is one process.
    pub server_micros: Option<u64>,
    /// What the first failure said.
    pub first_failure: Option<String>,
}

/// Measures the lines in turn, round after round; the answers are in their order.
pub async fn run(lines: &[Line], rounds: u64, time: Duration) -> Result<Vec<Summary>> {
    let mut measured: Vec<Vec<Round>> = lines.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        eprintln!("{}", if round == 0 { "warming up".into() } else { format!("round {round} of {rounds}") });
        for (line, measured) in lines.iter().zip(&mut measured) {
            let name = format!("{}, {}, {} at once", line.way, line.load, line.at_once);
            let time = if round == 0 { WARMING.min(time) } else { time };
            let seen = line.round(time).await.with_context(|| name.clone())?;
            eprintln!("  {name}: {} per second, {} failed", seen.per_second, seen.failures);
            if round > 0 {
                measured.push(seen);
            }
        }
    }
    Ok(measured.into_iter().map(Summary::of).collect())
}

impl Summary {
    fn of(rounds: Vec<Round>) -> Summary {
        let cpu: Option<_> = rounds.iter().map(|round| round.cpu_percent).collect();
        let server: Option<_> = rounds.iter().map(|round| round.server_micros).collect();
        let of = |value: fn(&Round) -> u64| median(rounds.iter().map(value).collect());
        Summary {
            per_second: of(|round| round.per_second),
            p50: of(|round| round.p50),
            p99: of(|round| round.p99),
            answers: rounds.iter().map(|round| round.answers).sum(),
            failures: rounds.iter().map(|round| round.failures).sum(),
            cpu_percent: cpu.map(median),
            server_micros: server.map(median),
            first_failure: rounds.into_iter().find_map(|round| round.first_failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_summed_by_counts_and_summarised_by_medians() {
        let round =
            |per_second, p99, failures| Round { per_second, p99, answers: 10, failures, ..Round::default() };
        let summary = Summary::of(vec![round(900, 5, 0), round(100, 90, 2), round(800, 7, 0)]);
        assert_eq!((summary.per_second, summary.p99), (800, 7));
        assert_eq!((summary.answers, summary.failures), (30, 2));
    }
}
