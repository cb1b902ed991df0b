//! What passed, what failed, and how long everything took.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    process,
    step::{readable, step},
};

/// Numbers of single tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that held.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl Counts {
    /// Both together.
    pub fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// A run so far.
pub struct Report {
    begun: Instant,
    counts: Counts,
    lines: Vec<(String, Duration, bool)>,
}

impl Report {
    /// Nothing yet.
    pub fn begin() -> Report {
        Report { begun: Instant::now(), counts: Counts::default(), lines: Vec::new() }
    }

    /// One thing that holds or does not.
    pub fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        self.count(name, || work().map(|()| Counts { passed: 1, failed: 0 }));
    }

    /// Many tests; an error is one failure.
    pub fn count(&mut self, name: &str, work: impl FnOnce() -> Result<Counts>) {
        if let Some((counts, time)) = self.measure(name, work) {
            self.counts.add(counts);
            self.lines.push((name.to_owned(), time, counts.failed == 0));
        }
    }

    /// Something that others need and that is no test itself; none if it cannot be had.
    pub fn need<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        let (value, time) = self.measure(name, work)?;
        self.lines.push((name.to_owned(), time, true));
        Some(value)
    }

    fn measure<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<(T, Duration)> {
        if process::interrupted() {
            return None;
        }
        let begun = Instant::now();
        match step(name, work) {
            Ok(value) => Some((value, begun.elapsed())),
            Err(error) => {
                println!("   {:#}", error);
                self.counts.failed += 1;
                self.lines.push((name.to_owned(), begun.elapsed(), false));
                None
            }
        }
    }

    /// Whether anything did not hold.
    pub fn has_failed(&self) -> bool {
        self.counts.failed > 0
    }

    /// The times, and the closing line.
    pub fn close(&self) {
        println!();
        for (name, time, held) in &self.lines {
            println!("{:>6} {:>12}  {name}", if *held { "ok" } else { "FAILED" }, readable(*time));
        }
        println!("{:>6} {:>12}  altogether\n", "", readable(self.begun.elapsed()));
        println!("{} passed, {} failed", self.counts.passed, self.counts.failed);
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn an_error_is_a_failure_and_the_rest_goes_on() {
        let mut report = Report::begin();
        report.check("good", || Ok(()));
        report.check("bad", || bail!("no"));
        report.count("many", || Ok(Counts { passed: 5, failed: 2 }));
        assert!(report.need("missing", || -> Result<()> { bail!("not here") }).is_none());
        assert_eq!(report.counts, Counts { passed: 6, failed: 4 });
        assert!(report.has_failed());
    }
}
