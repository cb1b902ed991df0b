//! `okane-bank`: the bank simulator, for development and tests.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::Parser;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use service::{logs, serve};
use tokio::net::TcpListener;
use webhook::{
    bank_simulator::{Pace, Settings, Simulator},
    signature::Secrets,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plays three banks that do not exist. Never run it where money is real.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// 1 says that you want a simulator here. Without it the start is refused.
    #[arg(long, env, default_value = "", hide_default_value = true)]
    bank_simulator: String,
    /// Where to listen.
    #[arg(long, env, default_value = "127.0.0.1:3002")]
    listen_addr: SocketAddr,
    /// Where callbacks go.
    #[arg(long, env, default_value = "http://127.0.0.1:3001/webhooks/bank")]
    webhook_url: Url,
    /// whsec_… secrets shared with the wallet, parted by commas; the first signs.
    #[arg(long, env, hide_env_values = true, default_value = "", hide_default_value = true)]
    bank_webhook_secrets: SecretString,
    /// The address people reach its pages at; without it, the one it listens on.
    #[arg(long, env)]
    bank_public_origin: Option<Url>,
    /// A JSON file that keeps the payments over a restart.
    #[arg(long, env)]
    bank_state: Option<PathBuf>,
    /// How log lines are written.
    #[arg(long, env, value_enum, default_value = "text")]
    log_format: logs::LogFormat,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("okane-bank: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.bank_simulator != "1" {
        bail!("this is a bank simulator: it starts only with BANK_SIMULATOR=1, and never in production");
    }
    logs::start(arguments.log_format);
    let secrets = Secrets::parse(arguments.bank_webhook_secrets.expose_secret())?;
    let listener = TcpListener::bind(arguments.listen_addr)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen_addr))?;
    let address = listener.local_addr()?;
    let origin = match &arguments.bank_public_origin {
        Some(url) => url.origin().ascii_serialization(),
        None => format!("http://{address}"),
    };
    let settings = Settings { webhook_url: arguments.webhook_url, secrets, origin, pace: Pace::default() };
    let bank = Simulator::open(settings, arguments.bank_state.as_deref())
        .context("the simulator cannot open its book")?;
    tracing::info!(%address, "the bank simulator is open");
    serve::serve(listener, bank.router(), serve::told_to_stop()).await;
    Ok(())
}
