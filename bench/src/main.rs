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
use settings::{Bench, Command, Ledger};

/// As in the server: what is measured in this process is to be as fast as there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<ExitCode> {
    let Command::Ledger(settings) = Bench::parse().command;
    // As many as the server has.
    let threads = std::thread::available_parallelism().map_or(4, |n| n.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    match runtime.block_on(measure(&settings)) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("{error:#}");
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn measure(settings: &Ledger) -> Result<()> {
    let load = cpu::load();
    let comparison = comparison::prepare(settings).await?;
    let postgres = books::postgres(&settings.urls.owner).await?;
    let summaries = rounds::run(&comparison.lines, settings.rounds, settings.time()).await?;
    eprintln!("checking the books");
    let mut right = true;
    let mut words = comparison.remarks.clone();
    for books in &comparison.books {
        let verdict = books.check().await;
        right &= verdict.is_ok();
        words.push(verdict.unwrap_or_else(|error| format!("WRONG: {error:#}")));
    }
    println!("\n{}", report::heading(settings, &postgres, load.as_deref()));
    println!("{}", report::table(&comparison.lines, &summaries, &comparison.against));
    println!("{}", words.join("\n\n"));
    ensure!(right, "the books are wrong: no figure of this run counts");
    Ok(())
}
