//! Measures OKANE beside what it could be, in one run on one machine, and proves the books afterwards.
//!
//! `cargo xtask bench` builds it, starts a Postgres that keeps its promises to the disk, and throws that
//! away afterwards. No part of a deployment.

mod books;
mod comparison;
mod cpu;
mod crowd;
mod figures;
mod history;
mod line;
mod load;
mod payment;
mod pgbench;
mod report;
mod rounds;
mod settings;
mod web;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser as _;
use settings::{Bench, Command};

/// As in the server: what is measured in this process is to be as fast as there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<ExitCode> {
    let command = Bench::parse().command;
    // As many as the server has.
    let threads = std::thread::available_parallelism().map_or(4, |n| n.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    match runtime.block_on(measure(&command)) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("{error:#}");
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn measure(command: &Command) -> Result<()> {
    let load = cpu::load();
    let comparison = comparison::prepare(command).await?;
    let (pace, urls, heading) = match command {
        Command::Ledger(settings) => (&settings.pace, &settings.urls, &settings.heading),
        Command::Web(settings) => (&settings.pace, &settings.urls, &settings.heading),
    };
    let postgres = books::postgres(&urls.owner).await?;
    let summaries = rounds::run(&comparison.lines, pace.rounds, pace.time()).await?;
    eprintln!("checking the books");
    let mut right = true;
    let mut words = comparison.remarks.clone();
    for books in &comparison.books {
        let verdict = books.check().await;
        right &= verdict.is_ok();
        words.push(verdict.unwrap_or_else(|error| format!("WRONG: {error:#}")));
    }
    words.extend(comparison.processes.iter().filter_map(|(name, pid)| cpu::memory(name, *pid)));
    println!("\n{}", report::heading(pace, heading, &postgres, load.as_deref()));
    println!("{}", report::table(&comparison.lines, &summaries, &comparison.against));
    println!("{}", words.join("\n\n"));
    ensure!(right, "the books are wrong: no figure of this run counts");
    Ok(())
}
