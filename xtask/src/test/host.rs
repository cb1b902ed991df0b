//! Tests that run on this machine, against a Postgres and a Redis that are real and thrown away.

use anyhow::Result;

use super::{
    install,
    report::{Counts, Report},
};
use crate::{
    cargo,
    child::Services,
    postgres::{self, Kind},
    prepare, process,
    project::Project,
    redis, secrets,
};

/// Runs them.
pub fn run(project: &Project, report: &mut Report) {
    report
        .count("Tests of xtask", || tests(cargo::cargo(&project.root).args(["test", "--package", "xtask"])));
    let mut services = Services::default();
    let database = report.need("A Postgres to throw away", || {
        install::postgres()?;
        postgres::start(project, Kind::ThrownAway, &secrets::load_or_make(project)?, &mut services)
    });
    let cache = report.need("A Redis to throw away", || {
        install::redis()?;
        redis::start(project, &mut services)
    });
    let Some(database) = database else { return };
    report.check("Freshness of .sqlx", || prepare::check(project, &database));
    let cache = cache.flatten();
    let those = |which: &[&str]| {
        let mut command = cargo::cargo(&project.root);
        command.arg("test").args(cargo::HOST).arg("--no-fail-fast").args(which);
        command.env("DATABASE_URL", &database.owner);
        if let Some(url) = &cache {
            command.env("REDIS_URL", url);
        }
        tests(&mut command)
    };
    report.count("Unit, property and integration tests", || those(&[]));
    // Whether two answers take the same time is not to be told beside others that keep the processors busy.
    report.count("Tests that time themselves, one by one", || {
        those(&["--test", "it", "--", "--ignored", "--test-threads=1"])
    });
}

/// Counts what cargo's test binaries say of themselves.
fn tests(command: &mut std::process::Command) -> Result<Counts> {
    let mut counts = Counts::default();
    let succeeded = process::tee(command, |line| counts.add(counts_in(line)))?;
    if !succeeded && counts.failed == 0 {
        counts.failed = 1; // it did not even compile
    }
    Ok(counts)
}

/// `test result: ok. 12 passed; 0 failed; …`
fn counts_in(line: &str) -> Counts {
    let Some((_, result)) = line.split_once("test result: ") else { return Counts::default() };
    let number = |word: &str| {
        let before = result.split_once(word)?.0;
        before.trim().rsplit([' ', '.']).next()?.parse().ok()
    };
    Counts { passed: number(" passed").unwrap_or(0), failed: number(" failed").unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_line_is_counted_and_others_are_not() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.51s";
        assert_eq!(counts_in(line), Counts { passed: 12, failed: 3 });
        assert_eq!(counts_in("test balance::is_zero ... ok"), Counts::default());
    }

    #[test]
    fn what_does_not_compile_is_a_failure() {
        assert_eq!(tests(&mut std::process::Command::new("false")).unwrap(), Counts { passed: 0, failed: 1 });
    }
}
