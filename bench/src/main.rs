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

use anyhow::{Context as _, Result};
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
    let comparison = comparison::prepare(settings).await?;
    let postgres = books::postgres(&settings.urls.owner).await?;
    let summaries = rounds::run(&comparison.lines, settings.rounds, settings.time()).await?;

    println!("\n{}", report::heading(settings, &postgres));
    println!("{}", report::table(&comparison.lines, &summaries, &comparison.against));
    for remark in &comparison.remarks {
        println!("{remark}\n");
    }
    for books in &comparison.books {
        println!("{}", books.check().await.context("the books are WRONG")?);
    }
    Ok(())
}
