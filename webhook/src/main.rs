//! `okane-webhook`: the bank's door. It can settle what the bank says and nothing else.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Context as _;
use clap::Parser;
use secrecy::{ExposeSecret as _, SecretString};
use service::{logs, metrics, pool, secret::in_address, serve};
use tokio::net::TcpListener;
use webhook::{bank_callback, signature::Secrets};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Takes the bank's signed callbacks and settles payments.
#[derive(Parser)]
#[command(version)]
struct Settings {
    /// Postgres, as the role okane_webhook. Better in the environment, where other processes do not see it.
    #[arg(long, env, hide_env_values = true)]
    database_url: SecretString,
    /// Redis, whose balances are told of credits; by TLS where it begins with rediss://. Without it they are told by time.
    #[arg(long, env, hide_env_values = true)]
    redis_url: Option<SecretString>,
    /// Where to listen.
    #[arg(long, env, default_value = "127.0.0.1:3001")]
    listen_addr: SocketAddr,
    /// Where counts are told to Prometheus; not for the world.
    #[arg(long, env, default_value = "127.0.0.1:9001")]
    metrics_addr: SocketAddr,
    /// whsec_… secrets shared with the bank, parted by commas; any of them verifies. Better in the environment.
    #[arg(long, env, hide_env_values = true, default_value = "", hide_default_value = true)]
    bank_webhook_secrets: SecretString,
    /// How log lines are written.
    #[arg(long, env, value_enum, default_value = "text")]
    log_format: logs::LogFormat,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("okane-webhook: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let settings = Settings::parse();
    logs::start(settings.log_format);
    let secrets = Secrets::parse(settings.bank_webhook_secrets.expose_secret())?;
    let pool = pool::open(&settings.database_url, "okane-webhook", 16)?;
    if let Some(url) = &settings.redis_url {
        in_address("REDIS_URL", url)?;
    }
    let cache = cache::Cache::connect(settings.redis_url.as_ref().map(|url| url.expose_secret()));

    metrics::open(settings.metrics_addr)
        .with_context(|| format!("METRICS_ADDR: cannot listen on {}", settings.metrics_addr))?;
    let listener = TcpListener::bind(settings.listen_addr)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen_addr))?;
    tracing::info!(address = %settings.listen_addr, "the bank's door is open");
    let router = bank_callback::router(ledger::Ledger::new(pool.clone(), cache), secrets);
    serve::serve(listener, router, serve::told_to_stop()).await;
    pool.close().await;
    Ok(())
}
