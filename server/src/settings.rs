//! What the outside tells us, by flag or environment. `--help` documents all of it.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};
use identity::Address;
use ipnet::IpNet;
use secrecy::SecretString;
use service::logs::LogFormat;

/// The web server of OKANE, and the chores around its database.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Okane {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// How log lines are written.
    #[arg(long, env, value_enum, default_value = "text", global = true)]
    pub(crate) log_format: LogFormat,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve pages, the JSON API and health (the default).
    Serve(Box<Serve>),
    /// Bring the schema up to date; does nothing where it is.
    Migrate(Database),
    /// Fill the cache for recently active people; what is there already is skipped.
    Warm(Warm),
    /// Shut somebody out: their sessions end, none begins, and what waits to leave their wallet is given back to it.
    Suspend(Suspend),
    /// Let somebody in again who was shut out. Their wallet stays frozen until they thaw it.
    Restore(Whose),
    /// End the sessions of somebody, or everybody's.
    SignOut(SignOut),
    /// Prove that entries and balances agree; prints the first row that is wrong and exits with 1.
    Audit(Database),
}

#[derive(Args)]
pub(crate) struct Database {
    /// Postgres; by TLS and nothing else with ?sslmode=verify-full. Better in the environment, where other processes do not
    /// see it.
    #[arg(long, env, hide_env_values = true)]
    pub(crate) database_url: SecretString,
}

#[derive(Args)]
pub(crate) struct Whose {
    #[command(flatten)]
    pub(crate) database: Database,
    /// Their phone number or e-mail address.
    #[arg(value_parser = address)]
    pub(crate) whose: Address,
}

#[derive(Args)]
pub(crate) struct Suspend {
    #[command(flatten)]
    pub(crate) person: Whose,
    /// Why, in a sentence for whoever runs this; never shown to anybody else.
    #[arg(long)]
    pub(crate) because: String,
    /// Redis, so that open pages hear of it at once.
    #[arg(long, env, hide_env_values = true)]
    pub(crate) redis_url: Option<SecretString>,
}

#[derive(Args)]
#[group(id = "sessions", required = true, multiple = false, args = ["whose", "everybody"])]
pub(crate) struct SignOut {
    #[command(flatten)]
    pub(crate) database: Database,
    /// Their phone number or e-mail address.
    #[arg(value_parser = address)]
    pub(crate) whose: Option<Address>,
    /// Everybody's.
    #[arg(long)]
    pub(crate) everybody: bool,
}

fn address(text: &str) -> Result<Address, &'static str> {
    Address::parse(text).ok_or("not a phone number or an e-mail address")
}

#[derive(Args)]
pub(crate) struct Warm {
    #[command(flatten)]
    pub(crate) database: Database,
    /// Redis.
    #[arg(long, env, hide_env_values = true)]
    pub(crate) redis_url: SecretString,
    /// How many people at most, those with the newest movements first.
    #[arg(long, env = "WARM_PEOPLE", default_value_t = 10_000)]
    pub(crate) people: i64,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Postgres, as the role okane_web. Better in the environment, where other processes do not see it.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Redis; by TLS where it begins with rediss://. Without it each server keeps a cache of its own.
    #[arg(long, env, hide_env_values = true)]
    pub(crate) redis_url: Option<SecretString>,
    /// How people reach us, as their browsers write it; forms are taken from there alone. With https, cookies are Secure
    /// and carry the __Host- prefix. Passkeys are bound to its host, and are lost with another one; without https there are
    /// none, but on this machine, at http://localhost and its port.
    #[arg(long, env, default_value = "http://127.0.0.1:3000")]
    pub(crate) public_origin: String,
    /// Where to listen.
    #[arg(long, env, default_value = "127.0.0.1:3000")]
    pub(crate) listen_addr: SocketAddr,
    /// Where counts are told to Prometheus; not for the world.
    #[arg(long, env, default_value = "127.0.0.1:9000")]
    pub(crate) metrics_addr: SocketAddr,
    /// The bank's API.
    #[arg(long, env, default_value = "http://127.0.0.1:3002")]
    pub(crate) bank_url: String,
    /// Where the bank's pages for people stand, if not at BANK_URL.
    #[arg(long, env)]
    pub(crate) bank_public_origin: Option<String>,
    /// Where the stylesheet and the browser bundle stand.
    #[arg(long, env = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub(crate) site_root: String,
    /// The OpenID provider that people can sign in by besides their password.
    #[arg(long, env, default_value = "https://accounts.google.com")]
    pub(crate) oidc_issuer: String,
    /// By which the provider knows us. Without it there is no such way in.
    #[arg(long, env)]
    pub(crate) oidc_client_id: Option<String>,
    /// By which the provider knows that it is us. Better in the environment, where other processes do not see it.
    #[arg(long, env, hide_env_values = true)]
    pub(crate) oidc_client_secret: Option<SecretString>,
    /// Paise given once to each new person, at most 100000; 0 for none.
    #[arg(long, env, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..=100_000))]
    pub(crate) welcome_credit: i64,
    /// Widens every throttle this many times: 1 in production.
    #[arg(long, env, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate_limit_scale: u32,
    /// Proxies whose X-Forwarded-For is believed: addresses and networks, separated by commas. Without it whoever
    /// connects is whoever asks.
    #[arg(long, env, value_delimiter = ',', value_parser = crate::network::parse)]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Seals the codes that are sent to people: the same for all servers, at least 32 characters.
    #[arg(long, env, hide_env_values = true)]
    pub(crate) session_secret: Option<SecretString>,
    /// The mail server by which codes are sent: smtps://user:password@host, or smtp://host:port?tls=required.
    #[arg(long, env, hide_env_values = true)]
    pub(crate) smtp_url: Option<SecretString>,
    /// In whose name: OKANE <codes@okane.example>.
    #[arg(long, env)]
    pub(crate) mail_from: Option<String>,
    /// Where mail to a number, 919845012264@sms.example.net, becomes a text message.
    #[arg(long, env)]
    pub(crate) sms_domain: Option<String>,
    /// In development: nothing is sent, and every message can be read at /dev/inbox by everybody.
    #[arg(long, env, value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::Set, default_value = "0")]
    pub(crate) dev_inbox: bool,
    /// In development: whose account the landing page opens in one click.
    #[arg(long, env)]
    pub(crate) demo_phone: Option<String>,
    /// Connections to Postgres at most.
    #[arg(long, env, default_value_t = 24)]
    pub(crate) database_connections: u32,
}

impl Serve {
    /// As `okane serve` without flags.
    pub(crate) fn from_environment() -> Self {
        #[derive(Parser)]
        struct Bare {
            #[command(flatten)]
            serve: Serve,
        }
        Bare::parse_from(["okane"]).serve
    }
}
