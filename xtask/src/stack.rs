//! Webhook, bank and web server with the environment each of them gets, as `dev` and the browser tests run them.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;

use crate::{
    child::{self, Service, Services},
    postgres::Urls,
    process,
    project::Project,
    secrets::Values,
};

/// The first person of the demonstration, whose account the landing page opens in one click.
pub const DEMO_PHONE: &str = "+919845012264";

/// What a stack consists of, before its programs run.
pub struct Stack<'a> {
    /// The project.
    pub project: &'a Project,
    /// Secrets of this clone.
    pub secrets: Values,
    /// Where its money is.
    pub database: Urls,
    /// Where its cache is.
    pub redis: Option<String>,
    /// The bank's book, to keep its payments over a restart.
    pub bank_state: Option<PathBuf>,
    /// Whether people can sign in by an OpenID provider at the port after theirs, which whoever wants it starts.
    pub openid: bool,
    /// The web's port; webhook and bank have the next two, metrics are 6000 further up.
    pub port: u16,
}

impl Stack<'_> {
    /// Address of the web.
    pub fn web(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Address of the webhook.
    pub fn webhook(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 1)
    }

    /// Address of the bank.
    pub fn bank(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 2)
    }

    /// Address of the OpenID provider, where there is to be one.
    fn issuer(&self) -> Option<String> {
        self.openid.then(|| format!("http://127.0.0.1:{}", self.port + 3))
    }

    /// Brings the schema up to date.
    pub fn migrate(&self) -> Result<()> {
        let mut command = Command::new(self.binary("okane"));
        command.arg("migrate").env("DATABASE_URL", &self.database.owner).current_dir(&self.project.root);
        process::run(command.env_remove("RUST_BACKTRACE")).context(
            "the schema could not be brought up to date (a migration that was edited after it had been applied \
             needs a database that begins anew: remove the folder named under Postgres)",
        )
    }

    /// Starts the bank, the webhook and the web, each when the one before it is ready; they stop the other way round.
    pub fn start(&self, services: &mut Services, logs: &Path) -> Result<()> {
        let common = vec![("BANK_WEBHOOK_SECRETS", self.secrets["BANK_WEBHOOK_SECRETS"].clone())];
        let mut webhook = common.clone();
        webhook.push(("DATABASE_URL", self.database.webhook.clone()));
        webhook.push(("METRICS_ADDR", format!("127.0.0.1:{}", metrics_port(self.port) + 1)));
        let mut bank = common.clone();
        bank.push(("BANK_SIMULATOR", "1".to_owned()));
        bank.push(("WEBHOOK_URL", format!("{}/webhooks/bank", self.webhook())));
        bank.push(("BANK_PUBLIC_ORIGIN", self.bank()));
        if let Some(state) = &self.bank_state {
            bank.push(("BANK_STATE", state.display().to_string()));
        }

        self.serve(services, logs, "okane-bank", &[], bank, self.port + 2)?;
        self.serve(services, logs, "okane-webhook", &[], webhook, self.port + 1)?;
        self.serve(services, logs, "okane", &["serve"], self.web_environment(), self.port)
    }

    fn web_environment(&self) -> Vec<(&'static str, String)> {
        let leptos = &self.project.leptos;
        let mut environment = vec![
            ("DATABASE_URL", self.database.web.clone()),
            ("PUBLIC_ORIGIN", self.web()),
            ("BANK_URL", self.bank()),
            ("SESSION_SECRET", self.secrets["SESSION_SECRET"].clone()),
            ("METRICS_ADDR", format!("127.0.0.1:{}", metrics_port(self.port))),
            ("DEV_INBOX", "1".to_owned()),
            ("RATE_LIMIT_SCALE", "1000".to_owned()),
            ("DEMO_PHONE", DEMO_PHONE.to_owned()),
            ("LEPTOS_OUTPUT_NAME", leptos.output_name.clone()),
            ("LEPTOS_SITE_ROOT", leptos.site_root.display().to_string()),
            ("LEPTOS_SITE_PKG_DIR", leptos.site_pkg_dir.clone()),
            ("LEPTOS_SITE_ADDR", format!("127.0.0.1:{}", self.port)),
        ];
        if let Some(issuer) = self.issuer() {
            environment.push(("OIDC_ISSUER", issuer));
            environment.push(("OIDC_CLIENT_ID", "okane".to_owned()));
            environment.push(("OIDC_CLIENT_SECRET", "of-the-tests".to_owned()));
        }
        environment
    }

    fn serve(
        &self,
        services: &mut Services,
        logs: &Path,
        name: &'static str,
        arguments: &[&str],
        environment: Vec<(&'static str, String)>,
        port: u16,
    ) -> Result<()> {
        let mut command = child::command(&self.binary(name), Signal::SIGTERM);
        command
            .args(arguments)
            .current_dir(&self.project.root)
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL");
        command.envs(environment).env("LISTEN_ADDR", format!("127.0.0.1:{port}"));
        if let (Some(redis), true) = (&self.redis, name != "okane-bank") {
            command.env("REDIS_URL", redis);
        }
        let mut service = Service::start(name, command, Signal::SIGTERM, logs.join(format!("{name}.log")))?;
        service.wait_until(|| is_healthy(port))?;
        services.add(service);
        Ok(())
    }

    fn binary(&self, name: &str) -> PathBuf {
        self.project.target.join("debug").join(name)
    }

    /// What `cargo xtask env` tells, and what the browser tests get.
    pub fn values(&self) -> Values {
        let mut values = Values::from([
            ("DATABASE_URL".to_owned(), self.database.owner.clone()),
            ("WEB_DATABASE_URL".to_owned(), self.database.web.clone()),
            ("WEBHOOK_DATABASE_URL".to_owned(), self.database.webhook.clone()),
            ("AUDITOR_DATABASE_URL".to_owned(), self.database.auditor.clone()),
            ("BANK_WEBHOOK_SECRETS".to_owned(), self.secrets["BANK_WEBHOOK_SECRETS"].clone()),
            ("SESSION_SECRET".to_owned(), self.secrets["SESSION_SECRET"].clone()),
            ("PUBLIC_ORIGIN".to_owned(), self.web()),
            ("OKANE_URL".to_owned(), self.web()),
            ("WEBHOOK_URL".to_owned(), self.webhook()),
            ("BANK_URL".to_owned(), self.bank()),
            ("METRICS_ADDR".to_owned(), format!("127.0.0.1:{}", metrics_port(self.port))),
            ("DEMO_PHONE".to_owned(), DEMO_PHONE.to_owned()),
        ]);
        if let Some(issuer) = self.issuer() {
            values.insert("OIDC_ISSUER".to_owned(), issuer);
        }
        if let Some(redis) = &self.redis {
            values.insert("REDIS_URL".to_owned(), redis.clone());
        }
        values
    }
}

/// Says which of the ports is taken, before anything long begins.
pub fn check_ports(port: u16) -> Result<()> {
    let Some(last) = port.checked_add(6001).filter(|_| port > 0) else {
        bail!("--port {port} leaves no room for the ports that follow it: choose one below 59000");
    };
    let metrics = last - 1;
    let ports = [(port, "the web"), (port + 1, "the webhook"), (port + 2, "the bank"), (metrics, "metrics")];
    for (port, whose) in ports {
        if let Err(error) = TcpListener::bind(("127.0.0.1", port)) {
            bail!(
                "port {port}, for {whose}, cannot be used: {error}. Stop what uses it, or choose others with --port N"
            );
        }
    }
    Ok(())
}

fn metrics_port(port: u16) -> u16 {
    port + 6000
}

/// Whether a service answers at this port.
pub fn is_healthy(port: u16) -> bool {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build().into();
    agent.get(format!("http://127.0.0.1:{port}/healthz")).call().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_an_error_that_names_it() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port().min(59_000);
        let _at_the_limit = TcpListener::bind(("127.0.0.1", port));
        let error = check_ports(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port}, for the web")), "{error}");
    }

    #[test]
    fn a_port_too_high_is_an_error_too() {
        assert!(check_ports(65_000).is_err());
        assert!(check_ports(0).is_err());
    }
}
