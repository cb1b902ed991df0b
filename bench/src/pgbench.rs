//! pgbench's own transaction on its own tables: what this Postgres on this disk does for anybody.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use sqlx::postgres::PgConnectOptions;

use crate::{cpu, load::Round};

/// Ten branches, a million accounts.
const SCALE: &str = "10";

/// pgbench with tables to work on.
#[derive(Clone)]
pub struct Pgbench {
    program: PathBuf,
    folder: PathBuf,
    place: [String; 7],
}

impl Pgbench {
    /// Fills its tables, in the database of this address.
    pub fn prepare(program: &Path, folder: &Path, url: &str) -> Result<Pgbench> {
        let url: PgConnectOptions = url.parse()?;
        let place = [
            "-h",
            url.get_host(),
            "-p",
            &url.get_port().to_string(),
            "-U",
            url.get_username(),
            url.get_database().context("the address names no database")?,
        ];
        let pgbench = Pgbench {
            program: program.to_owned(),
            folder: folder.to_owned(),
            place: place.map(str::to_owned),
        };
        pgbench.run(&["-i", "-q", "-s", SCALE])?;
        Ok(pgbench)
    }

    /// `pgbench -c CLIENTS -j 2 -T SECONDS`. Its log has the time of each transaction.
    pub fn round(&self, clients: usize, time: Duration) -> Result<Round> {
        self.remove_logs()?;
        let (clients, seconds) = (clients.to_string(), time.as_secs().max(1).to_string());
        let prefix = self.folder.join("pgbench").display().to_string();
        let cpu = cpu::Clock::children();
        let text = self.run(&["-c", &clients, "-j", "2", "-T", &seconds, "-l", "--log-prefix", &prefix])?;
        let cpu_percent = cpu.percent();
        let mut log = String::new();
        for path in self.logs()? {
            log += &fs::read_to_string(path)?;
        }
        self.remove_logs()?;
        let round = Round::of(log.lines().filter_map(latency).collect());
        let failures = log.lines().count() as u64 - round.answers;
        // Connecting is part of pgbench's time, though not of its rate: on a busy machine a second may pass with it.
        let per_second = per_second(&text).unwrap_or(0);
        Ok(Round { per_second, failures, cpu_percent, ..round })
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(&self.program).args(arguments).args(&self.place).output();
        let output = output.with_context(|| format!("cannot run {}", self.program.display()))?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pgbench ended with {}:\n{words}", output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// One for each of its threads.
    fn logs(&self) -> Result<Vec<PathBuf>> {
        let files = fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.path()));
        let files = files.collect::<Result<Vec<_>>>()?;
        let ours = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"pgbench."))
        };
        Ok(files.into_iter().filter(ours).collect())
    }

    fn remove_logs(&self) -> Result<()> {
        for path in self.logs()? {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

/// The third word of a line of the log: microseconds, or `failed`.
fn latency(line: &str) -> Option<u64> {
    line.split(' ').nth(2)?.parse().ok()
}

/// `tps = 1234.56 (without initial connection time)`, without its fraction.
fn per_second(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("tps = ")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pgbench_says_is_read_to_the_transaction() {
        assert_eq!(latency("3 41 18345 0 1775000000 123456"), Some(18_345));
        assert_eq!(latency("3 42 failed 0 1775000000 123456"), None);
        let text = "latency average = 54.1 ms\ntps = 1182.914560 (without initial connection time)\n";
        assert_eq!(per_second(text), Some(1_182));
    }
}
