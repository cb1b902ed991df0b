//! `cargo xtask bench`: builds what is measured and what measures it, and gives them a Postgres to themselves.

mod reading;
mod web;

pub use reading::web;

use std::{path::PathBuf, process::Command};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};

use crate::{
    cargo,
    child::Services,
    files,
    postgres::{self, Cluster, Kind, Urls},
    process,
    project::Project,
    secrets,
    step::{note, step},
};

/// What can be measured.
#[derive(Subcommand)]
pub enum What {
    /// Ways to move money, side by side in one run, with pgbench as the yardstick.
    Ledger(Run),
    /// Pages and the API being read, with Redis and without, on a release build.
    Web(Reading),
}

/// One run of reading.
#[derive(Args)]
pub struct Reading {
    /// Seconds of one round of one line of the table.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Rounds that count; before them comes one that does not.
    #[arg(long, default_value_t = 3)]
    rounds: u64,
    /// Without link-time optimisation, which saves minutes of building.
    #[arg(long)]
    quick: bool,
}

/// One run.
#[derive(Args)]
pub struct Run {
    /// Seconds of one round of one line of the table.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds that count; before them comes one that does not.
    #[arg(long, default_value_t = 3)]
    rounds: u64,
    /// Only these ways; without it, all.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Instead of ways to pay: tables with so many entries, at least a million, beside tables with few. Filling
    /// ten million takes a quarter of an hour.
    #[arg(long, conflicts_with = "only")]
    entries: Option<u64>,
    /// Build as for a deployment, which takes minutes longer, instead of without link-time optimisation.
    #[arg(long)]
    release: bool,
}

/// A way to move money.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The yardstick: pgbench's own transaction, tpcb-like.
    Pgbench,
    /// `ledger.transfer()` inside the program that measures.
    Process,
    /// What the ledger's batches call, called by each payer alone.
    OneCall,
    /// `POST /api/v1/transfers` at a server.
    Http,
}

/// Builds, starts, measures, and removes what it made.
pub fn ledger(project: &Project, run: &Run) -> Result<()> {
    process::catch_interrupts()?;
    step(&format!("Programs, with the profile {}", run.profile()), || build(project, run))?;
    let cluster = Cluster::find(project, Kind::Measured)?;
    let mut services = Services::default();
    let outcome = measure(project, run, &cluster, &mut services);
    drop(services);
    files::remove_folder(&cluster.folder)?;
    outcome
}

fn measure(project: &Project, run: &Run, cluster: &Cluster, services: &mut Services) -> Result<()> {
    let secrets = secrets::load_or_make(project)?;
    let urls =
        step("A Postgres to measure on", || postgres::start(project, Kind::Measured, &secrets, services))?;
    let mut command = Command::new(run.program(project, "bench"));
    command.arg("ledger").args(run.arguments(project, cluster)?);
    if run.wants_web() {
        let okane = run.program(project, "okane");
        let server = step("A web server to measure", || web::start(project, &okane, &urls, None, services))?;
        command.arg("--web-server").arg(server.url());
    }
    step("Measuring", || process::run(with_databases(&mut command, &urls)))
}

fn build(project: &Project, run: &Run) -> Result<()> {
    let mut command = cargo::cargo(&project.root);
    command.args(["build", "--profile", run.profile()]).args(cargo::HOST).args(["--bin", "bench"]);
    if run.wants_web() {
        command.args(["--bin", "okane"]);
    }
    process::run(&mut command)
}

/// Addresses go through the environment: other processes can read arguments.
fn with_databases<'a>(command: &'a mut Command, urls: &Urls) -> &'a mut Command {
    command
        .env("DATABASE_URL", &urls.owner)
        .env("WEB_DATABASE_URL", &urls.web)
        .env("AUDITOR_DATABASE_URL", &urls.auditor)
}

impl Run {
    fn profile(&self) -> &'static str {
        if self.release { "release" } else { "quick-release" }
    }

    fn wants_web(&self) -> bool {
        self.entries.is_none() && (self.only.is_empty() || self.only.contains(&Part::Http))
    }

    fn program(&self, project: &Project, name: &str) -> PathBuf {
        project.target.join(self.profile()).join(name)
    }

    /// What somebody typed, in words that can be typed again.
    fn flags(&self) -> Vec<String> {
        let mut flags = vec![format!("--seconds={}", self.seconds), format!("--rounds={}", self.rounds)];
        let only: Vec<_> = self.only.iter().filter_map(Part::to_possible_value).collect();
        if !only.is_empty() {
            let names: Vec<_> = only.iter().map(|part| part.get_name()).collect();
            flags.push(format!("--only={}", names.join(",")));
        }
        flags.extend(self.entries.map(|entries| format!("--entries={entries}")));
        flags
    }

    fn arguments(&self, project: &Project, cluster: &Cluster) -> Result<Vec<String>> {
        let mut arguments = self.flags();
        let release = if self.release { " --release" } else { "" };
        let typed = format!("cargo xtask bench ledger {}{release}", arguments.join(" "));
        let folder = project.dev_subfolder("bench")?;
        arguments.extend([format!("--typed={typed}"), format!("--folder={}", folder.display())]);
        arguments.extend([format!("--profile={}", self.profile()), format!("--commit={}", commit(project)?)]);
        let of_postgres =
            Some(cluster.binaries.folder.join("pgbench")).filter(|path| process::is_program(path));
        match of_postgres.or_else(|| process::which("pgbench")) {
            Some(program) => arguments.push(format!("--pgbench={}", program.display())),
            None => note("no pgbench here: that yardstick is left out"),
        }
        Ok(arguments)
    }
}

/// The commit that is measured, and whether it is quite that.
fn commit(project: &Project) -> Result<String> {
    let git = |arguments: &[&str]| {
        process::capture(Command::new("git").args(arguments).current_dir(&project.root))
            .context("the commit is named by git")
    };
    let (commit, changes) = (git(&["rev-parse", "--short", "HEAD"])?, git(&["status", "--porcelain"])?);
    Ok(format!("{}{}", commit.trim(), if changes.trim().is_empty() { "" } else { " with changes" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_in_the_heading_can_be_typed_again() {
        let only = vec![Part::Pgbench, Part::Process];
        let run = Run { seconds: 5, rounds: 3, only, entries: None, release: false };
        assert_eq!(run.flags().join(" "), "--seconds=5 --rounds=3 --only=pgbench,process");
    }
}
