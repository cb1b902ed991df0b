//! `cargo xtask test`: everything that must hold, said in one closing line.
//!
//! A failing part does not keep the others from running; the exit code remembers it.

mod asvs;
mod browser;
mod claims;
mod host;
mod install;
mod lint;
mod report;
mod supply;

use anyhow::{Result, bail};
use clap::ValueEnum;
use report::Report;

use crate::{process, project::Project};

/// Parts that can be run alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Format, layers, clippy, and the linters of everything that is not Rust.
    Lint,
    /// Unit, property and integration tests, and the freshness of .sqlx.
    Rust,
    /// Playwright in Chromium, with JavaScript and without.
    E2e,
}

/// Runs every part, or one; of the browser's, the specs that are named, or all.
pub fn test(project: &Project, only: Option<Part>, specs: &[String]) -> Result<()> {
    process::catch_interrupts()?;
    let mut report = Report::begin();
    let wanted = |part| only.is_none_or(|only| only == part);
    if wanted(Part::Lint) {
        lint::run(project, &mut report);
    }
    if wanted(Part::Rust) {
        host::run(project, &mut report);
    }
    if wanted(Part::E2e) {
        browser::run(project, specs, &mut report);
    }
    report.close();
    if process::interrupted() {
        bail!("interrupted");
    }
    // The closing line is the last: what failed has been said above it.
    std::process::exit(i32::from(report.has_failed()));
}
