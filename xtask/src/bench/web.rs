//! A web server to measure, as it is deployed, but with throttles that let a benchmark through.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;

use crate::{
    child::{self, Service, Services},
    postgres::Urls,
    process,
    project::Project,
    stack,
};

/// Brings the schema up to date and serves; answers with the address. There is no Redis.
pub fn start(project: &Project, okane: &Path, urls: &Urls, services: &mut Services) -> Result<String> {
    let mut migrate = Command::new(okane);
    process::run(migrate.arg("migrate").env("DATABASE_URL", &urls.owner)).context("migrating")?;

    let port = child::free_port(3400)?;
    let url = format!("http://127.0.0.1:{port}");
    let mut command = child::command(okane, Signal::SIGTERM);
    command.arg("serve").current_dir(&project.root).env_remove("REDIS_URL");
    command.env("DATABASE_URL", &urls.web).env("PUBLIC_ORIGIN", &url);
    command.env("LISTEN_ADDR", format!("127.0.0.1:{port}")).env("RATE_LIMIT_SCALE", "1000000");
    let log = project.dev_subfolder("log")?.join("bench-okane.log");
    let mut service = Service::start("okane", command, Signal::SIGTERM, log)?;
    service.wait_until(|| stack::is_healthy(port))?;
    services.add(service);
    Ok(url)
}
