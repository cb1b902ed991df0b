//! `okane`: the web server, and the chores around its database.

// Views are deeply nested types.
#![recursion_limit = "512"]

mod api;
mod begun;
mod body;
mod chores;
mod courier;
mod device;
mod events;
mod network;
mod origin;
mod places;
mod relay;
mod reports;
mod seen;
mod settings;
mod suspension;
mod web;

use clap::Parser;
use settings::{Command, Okane, Serve};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<std::process::ExitCode> {
    let okane = Okane::parse();
    service::logs::start(okane.log_format);
    // Leptos can wait for itself on fewer than four threads.
    let threads = std::thread::available_parallelism().map_or(4, |n| n.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(async {
        match okane.command.unwrap_or_else(|| Command::Serve(Box::new(Serve::from_environment()))) {
            Command::Serve(settings) => web::serve(*settings).await,
            Command::Migrate(settings) => chores::migrate(&settings).await,
            Command::Warm(settings) => chores::warm(&settings).await,
            Command::Audit(settings) => chores::audit(&settings).await,
            Command::Suspend(settings) => suspension::suspend(&settings).await,
            Command::Restore(settings) => suspension::restore(&settings).await,
            Command::SignOut(settings) => suspension::sign_out(&settings).await,
        }
    })
}
