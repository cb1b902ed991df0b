//! What `cargo xtask bench` tells us, by flag or environment.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures OKANE. Started by `cargo xtask bench`, which brings the database.
#[derive(Parser)]
pub struct Bench {
    /// What to measure.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be measured.
#[derive(Subcommand)]
pub enum Command {
    /// Ways to move money, side by side.
    Ledger(Ledger),
    /// Reading pages and the API, with Redis and without.
    Web(Web),
}

/// How much is measured.
#[derive(Args)]
pub struct Pace {
    /// Seconds of one round of one line of the table.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// Rounds that count; before them comes one that does not.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=99))]
    pub rounds: u64,
}

/// One run.
#[derive(Args)]
pub struct Ledger {
    /// How long, how often.
    #[command(flatten)]
    pub pace: Pace,
    /// Only these ways; without it, all.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Part>,
    /// Instead of ways to pay: tables with so many entries beside tables with few.
    #[arg(long, conflicts_with = "only", value_parser = clap::value_parser!(u64).range(1_000_000..))]
    pub entries: Option<u64>,
    /// Where the databases are.
    #[command(flatten)]
    pub urls: Urls,
    /// The program pgbench; without it, that way is left out.
    #[arg(long)]
    pub pgbench: Option<PathBuf>,
    /// Address of a web server on the database that the addresses name; without it, HTTP is left out.
    #[arg(long)]
    pub web_server: Option<String>,
    /// A folder for files that nobody needs afterwards.
    #[arg(long)]
    pub folder: PathBuf,
    /// What the heading of the table says.
    #[command(flatten)]
    pub heading: Heading,
}

/// One run of reading.
#[derive(Args)]
pub struct Web {
    /// How long, how often.
    #[command(flatten)]
    pub pace: Pace,
    /// Where the databases are.
    #[command(flatten)]
    pub urls: Urls,
    /// A web server on the database that the addresses name, which has a Redis: `port:pid`.
    #[arg(long)]
    pub with_redis: Option<Server>,
    /// Another on the same, which has none.
    #[arg(long)]
    pub without_redis: Option<Server>,
    /// The process of a webhook that runs beside them.
    #[arg(long)]
    pub beside: Option<u32>,
    /// What is to be said besides.
    #[arg(long)]
    pub remark: Vec<String>,
    /// What the heading of the table says.
    #[command(flatten)]
    pub heading: Heading,
}

/// A web server on this machine.
#[derive(Clone)]
pub struct Server {
    /// Its address.
    pub url: String,
    /// Its process.
    pub pid: u32,
}

/// Addresses of one database, one per role. In the environment, where other processes do not see them.
#[derive(Args, Clone)]
pub struct Urls {
    /// As the owner of the tables.
    #[arg(long = "database-url", env = "DATABASE_URL", hide_env_values = true)]
    pub owner: String,
    /// As okane_web.
    #[arg(long = "web-database-url", env = "WEB_DATABASE_URL", hide_env_values = true)]
    pub web: String,
    /// As okane_auditor.
    #[arg(long = "auditor-database-url", env = "AUDITOR_DATABASE_URL", hide_env_values = true)]
    pub auditor: String,
}

/// What was measured, and with which words.
#[derive(Args)]
pub struct Heading {
    /// The commit.
    #[arg(long)]
    pub commit: String,
    /// The profile of Cargo.toml that we and the server were built with.
    #[arg(long)]
    pub profile: String,
    /// The command that somebody typed.
    #[arg(long)]
    pub typed: String,
}

/// A way to move money.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The yardstick: pgbench's own transaction, tpcb-like.
    Pgbench,
    /// `ledger.transfer()` in this process.
    Process,
    /// What the ledger's batches call, called by each payer alone.
    OneCall,
    /// `POST /api/v1/transfers` at a server.
    Http,
}

impl Ledger {
    /// Whether this way is to be measured.
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

impl Pace {
    /// How long a round is.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (port, pid) = text.split_once(':').ok_or("a server is port:pid")?;
        let pid = pid.parse().map_err(|_| format!("{pid} is no process"))?;
        port.parse::<u16>().map_err(|_| format!("{port} is no port"))?;
        Ok(Server { url: format!("http://127.0.0.1:{port}"), pid })
    }
}

impl Urls {
    /// Another database in the same place, for the same roles.
    pub fn of_database(&self, name: &str) -> Urls {
        let url = |url: &str| url.rsplit_once('/').map_or(url, |(place, _)| place).to_owned() + "/" + name;
        Urls { owner: url(&self.owner), web: url(&self.web), auditor: url(&self.auditor) }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn no_two_settings_have_one_name() {
        Bench::command().debug_assert();
    }
}
