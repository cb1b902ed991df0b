//! The table, in Markdown: to be read in a terminal and pasted into docs/figures.md.

use std::{fmt::Write as _, thread::available_parallelism};

use jiff::Timestamp;

use crate::{
    figures::{grouped, milliseconds, ratio},
    line::Line,
    rounds::Summary,
    settings::{Heading, Pace},
};

/// A column of ratios: against the line of that way with as many at once.
pub struct Against {
    /// The way that is 1.
    pub way: &'static str,
    /// Whether it must be asked for the same; pgbench knows only its own.
    pub same_load: bool,
}

/// When, what and how, as a paragraph; with how busy the machine was before.
pub fn heading(pace: &Pace, heading: &Heading, postgres: &str, load: Option<&str>) -> String {
    let cores = available_parallelism().map_or(0, usize::from);
    let date = Timestamp::now().strftime("%Y-%m-%d %H:%M UTC");
    let Heading { commit, profile, typed } = heading;
    let (Pace { rounds, seconds }, load) = (pace, load.unwrap_or("unknown"));
    format!(
        "{date}, commit {commit}, {cores} cores for everything, load average before {load}, {postgres}, \
         profile `{profile}`. Medians over {rounds} interleaved rounds of {seconds} s.\n\
         Command: `{typed}`\n"
    )
}

/// The lines with what came of them.
pub fn table(lines: &[Line], summaries: &[Summary], against: &[Against]) -> String {
    let mut rows = vec![head(against, summaries.iter().any(|summary| summary.server_micros.is_some()))];
    for (line, summary) in lines.iter().zip(summaries) {
        let mut row = vec![line.way.to_owned(), line.load.to_owned(), line.at_once.to_string()];
        row.push(grouped(summary.per_second));
        for one in against {
            let other = lines.iter().position(|other| one.fits(line, other));
            let ratio = other.and_then(|place| ratio(summary.per_second, summaries[place].per_second));
            row.push(ratio.unwrap_or_else(|| "–".into()));
        }
        row.extend([milliseconds(summary.p50), milliseconds(summary.p99)]);
        row.extend([grouped(summary.answers), grouped(summary.failures)]);
        row.push(summary.cpu_percent.map_or_else(|| "–".into(), |percent| format!("{percent} %")));
        if summaries.iter().any(|summary| summary.server_micros.is_some()) {
            row.push(summary.server_micros.map_or_else(|| "–".into(), grouped));
        }
        rows.push(row);
    }
    let mut text = markdown(&rows);
    for (line, summary) in lines.iter().zip(summaries) {
        if let Some(failure) = &summary.first_failure {
            let _ = write!(
                text,
                "\nFirst failure of {}, {}, {} at once: {failure}\n",
                line.way, line.load, line.at_once
            );
        }
    }
    text
}

impl Against {
    fn fits(&self, line: &Line, other: &Line) -> bool {
        other.way == self.way && other.at_once == line.at_once && (!self.same_load || other.load == line.load)
    }
}

fn head(against: &[Against], has_server: bool) -> Vec<String> {
    let ratios = against.iter().map(|one| format!("× {}", one.way));
    let before = ["way", "load", "at once", "per second"].map(str::to_owned);
    let after = ["p50 ms", "p99 ms", "done", "failed", "asker's CPU"].map(str::to_owned);
    let server = has_server.then(|| "server's CPU µs each".to_owned());
    before.into_iter().chain(ratios).chain(after).chain(server).collect()
}

/// Columns of words, which stand to the left; the others are numbers and stand to the right.
const WORDS: usize = 2;

/// Rows, the first of them the head, with columns as wide as their widest cell.
fn markdown(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<_> = (0..columns).map(cell).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = line(&|column| {
        let dashes = "-".repeat(widths[column] - 1);
        if column < WORDS { format!("{dashes}-") } else { format!("{dashes}:") }
    });
    let mut lines: Vec<_> =
        rows.iter().map(|row| line(&|column| aligned(&row[column], widths[column], column))).collect();
    lines.insert(1, rule);
    lines.concat()
}

fn aligned(cell: &str, width: usize, column: usize) -> String {
    if column < WORDS { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown_whose_columns_stand_below_each_other() {
        let rows = [["way", "load", "per second"], ["pgbench", "its own", "1,182"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let text = "| way     | load    | per second |\n\
                    | ------- | ------- | ---------: |\n\
                    | pgbench | its own |      1,182 |\n";
        assert_eq!(markdown(&rows), text);
    }
}
