//! Reading: two web servers on one database, one with a Redis and one without, and a webhook beside them.

use std::{process::Command, time::Duration};

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;

use super::{Reading, commit, web as server, with_databases};
use crate::{
    assets::{self, Profile},
    cargo,
    child::{self, Service, Services},
    files, npm,
    postgres::{self, Cluster, Kind, Urls},
    process,
    project::Project,
    redis, secrets,
    step::step,
};

/// How often a server is started to see how long that takes.
const STARTS: usize = 5;

/// Builds, starts, measures, and removes what it made.
pub fn web(project: &Project, reading: &Reading) -> Result<()> {
    process::catch_interrupts()?;
    step("Packages from npm", || npm::install(project))?;
    step("Site", || {
        cargo::wasm_target(project)?;
        let wasm = assets::build_wasm(project, Profile::Release)?;
        assets::build_site(project, &wasm, Profile::Release)
    })?;
    step(&format!("Programs, with the profile {}", reading.profile()), || {
        let mut command = cargo::cargo(&project.root);
        command.args(["build", "--profile", reading.profile()]).args(cargo::HOST);
        process::run(command.args(["--bin", "bench", "--bin", "okane", "--bin", "okane-webhook"]))
    })?;
    let cluster = Cluster::find(project, Kind::Measured)?;
    let mut services = Services::default();
    let outcome = measure(project, reading, &mut services);
    drop(services);
    files::remove_folder(&cluster.folder)?;
    outcome
}

fn measure(project: &Project, reading: &Reading, services: &mut Services) -> Result<()> {
    let secrets = secrets::load_or_make(project)?;
    let urls =
        step("A Postgres to measure on", || postgres::start(project, Kind::Measured, &secrets, services))?;
    let redis = step("A Redis", || redis::start(project, services))?;
    let program = |name: &str| project.target.join(reading.profile()).join(name);
    let okane = program("okane");
    let starts = step("Starts", || first_answers(project, &okane, &urls))?;

    let mut command = Command::new(program("bench"));
    command.arg("web").args(reading.arguments(project)?);
    command.arg(format!("--remark={starts}"));
    for (flag, redis) in [("--with-redis", redis.as_deref()), ("--without-redis", None)] {
        if flag == "--with-redis" && redis.is_none() {
            continue;
        }
        let server =
            step("A web server to measure", || server::start(project, &okane, &urls, redis, services))?;
        command.arg(flag).arg(format!("{}:{}", server.port, server.pid));
    }
    let webhook = step("A webhook beside it", || {
        webhook(project, &program("okane-webhook"), &urls, &secrets["BANK_WEBHOOK_SECRETS"], services)
    })?;
    command.arg(format!("--beside={webhook}"));
    step("Measuring", || process::run(with_databases(&mut command, &urls)))
}

/// Starts one after the other; says how long each took to its first page.
fn first_answers(project: &Project, okane: &std::path::Path, urls: &Urls) -> Result<String> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let mut one = Services::default();
        times.push(server::start(project, okane, urls, None, &mut one)?.first_answer);
    }
    times.sort_unstable();
    let milliseconds = |time: &Duration| time.as_millis().to_string();
    let times: Vec<_> = times.iter().map(milliseconds).collect();
    Ok(format!(
        "From the start of the process to the last byte of its first page, {STARTS} times: {} ms.",
        times.join(", ")
    ))
}

/// Idle: nobody calls it here. Answers with its process.
fn webhook(
    project: &Project,
    program: &std::path::Path,
    urls: &Urls,
    secrets: &str,
    services: &mut Services,
) -> Result<u32> {
    let port = child::free_port(3401)?;
    let mut command = child::command(program, Signal::SIGTERM);
    command.env("DATABASE_URL", &urls.webhook).env("BANK_WEBHOOK_SECRETS", secrets).env_remove("REDIS_URL");
    command.env("LISTEN_ADDR", format!("127.0.0.1:{port}")).env("METRICS_ADDR", "127.0.0.1:0");
    let log = project.dev_subfolder("log")?.join("bench-webhook.log");
    let mut service = Service::start("okane-webhook", command, Signal::SIGTERM, log)?;
    service.wait_until(|| crate::stack::is_healthy(port))?;
    let pid = service.pid();
    services.add(service);
    Ok(pid)
}

impl Reading {
    fn profile(&self) -> &'static str {
        if self.quick { "quick-release" } else { "release" }
    }

    fn arguments(&self, project: &Project) -> Result<Vec<String>> {
        let mut arguments = vec![format!("--seconds={}", self.seconds), format!("--rounds={}", self.rounds)];
        let quick = if self.quick { " --quick" } else { "" };
        arguments.push(format!("--typed=cargo xtask bench web {}{quick}", arguments.join(" ")));
        arguments.push(format!("--profile={}", self.profile()));
        arguments.push(format!("--commit={}", commit(project).context("reading the commit")?));
        Ok(arguments)
    }
}
