//! What is compared with what: the lines of the table.

mod pages;
mod sizes;
mod ways;

use std::sync::Arc;

use anyhow::Result;

use crate::{books::Books, line::Line, report::Against, settings::Command};

/// Lines to measure, and what to say of them.
#[derive(Default)]
pub struct Comparison {
    /// In the order of the table and of each round.
    pub lines: Vec<Line>,
    /// Whatever must be right at the end.
    pub books: Vec<Arc<Books>>,
    /// Columns of ratios.
    pub against: Vec<Against>,
    /// What was left out, and why; and what was measured otherwise.
    pub remarks: Vec<String>,
    /// Processes whose memory is to be told, by what they are.
    pub processes: Vec<(&'static str, u32)>,
}

/// Prepares what the settings ask for.
pub async fn prepare(command: &Command) -> Result<Comparison> {
    match command {
        Command::Web(settings) => pages::prepare(settings).await,
        Command::Ledger(settings) => match settings.entries {
            Some(entries) => sizes::prepare(settings, entries).await,
            None => ways::prepare(settings).await,
        },
    }
}
