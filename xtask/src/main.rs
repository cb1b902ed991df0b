//! The two commands of the README, `dev` and `test`, and the chores around them.
//!
//! They drive the steps of cargo-leptos themselves, because installing it compiles over 500 crates.
//! Nothing here is part of a deployment.

mod assets;
mod bench;
mod cargo;
mod child;
mod demo;
mod dev;
mod files;
mod fuzz;
mod layers;
mod npm;
mod postgres;
mod prepare;
mod process;
mod project;
mod redis;
mod release;
mod secrets;
mod stack;
mod step;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// OKANE's chores. `dev` and `test` are the two to know.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// From a fresh clone to a running OKANE with three people in it. Ctrl-C stops all of it.
    Dev {
        /// The web's port; the webhook and the bank take the next two.
        #[arg(long, default_value_t = 3000)]
        port: u16,
    },
    /// Everything that must hold: format, lints, layers, tests, browsers with script and without.
    Test {
        /// Only this part.
        #[arg(long, value_enum)]
        only: Option<test::Part>,
        /// Of the browser's tests only those in files named like this: `live`, `send`, …
        #[arg(long, value_delimiter = ',', requires = "only")]
        spec: Vec<String>,
    },
    /// Prints a value of the development stack that runs or ran last; without a name, the names.
    Env {
        /// For instance DATABASE_URL or BANK_WEBHOOK_SECRETS.
        name: Option<String>,
    },
    /// Optimised binaries and assets, as they are deployed: target/release and target/site.
    Build {
        /// What to build; without it, everything.
        #[arg(value_enum)]
        only: Vec<release::Piece>,
    },
    /// Renews .sqlx, the description of every checked query, against a fresh database.
    Prepare {
        /// Changes nothing; fails when .sqlx is not what it should be.
        #[arg(long)]
        check: bool,
    },
    /// Which crate may know which.
    Layers,
    /// Throws at whatever reads from outside what libFuzzer finds to reach new code with; needs cargo-bolero.
    Fuzz {
        /// Only targets whose name contains this.
        only: Option<String>,
        /// How long each is tried.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Measures, on a Postgres of its own, what docs/figures.md tells. On a machine that has nothing else to do.
    Bench {
        /// What to measure.
        #[command(subcommand)]
        what: bench::What,
    },
}

fn main() -> ExitCode {
    process::close_inherited_files();
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::interrupted() => ExitCode::from(130),
        Err(error) => {
            eprintln!("\nIt did not work: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let project = project::Project::read()?;
    match command {
        Command::Dev { port } => dev::dev(&project, port),
        Command::Test { only, spec } => test::test(&project, only, &spec),
        Command::Env { name } => secrets::print_value(&project, name.as_deref()),
        Command::Build { only } => release::build(&project, &only),
        Command::Prepare { check } => prepare::prepare(&project, check),
        Command::Layers => layers::check(&project),
        Command::Fuzz { only, seconds } => fuzz::fuzz(&project, only.as_deref(), seconds),
        Command::Bench { what: bench::What::Ledger(run) } => bench::ledger(&project, &run),
        Command::Bench { what: bench::What::Web(reading) } => bench::web(&project, &reading),
    }
}
