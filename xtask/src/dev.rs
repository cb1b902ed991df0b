//! `cargo xtask dev`: from a fresh clone to a running OKANE, and back to nothing running.

use std::{
    env, fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    assets::{self, Profile},
    cargo,
    child::Services,
    demo, npm,
    postgres::{self, Kind, Urls},
    process,
    project::Project,
    redis, secrets,
    secrets::Values,
    stack::{self, Stack},
    step::{note, readable, step},
};

/// Starts everything, waits, stops everything.
pub fn dev(project: &Project, port: u16) -> Result<()> {
    let begun = Instant::now();
    process::catch_interrupts()?;
    let _alone = be_alone(project)?;
    stack::check_ports(port)?;
    let mut services = Services::default();
    let outcome = start(project, port, &mut services).and_then(|stack| {
        println!(
            "\nReady after {}. Logs are in .dev/log; Ctrl-C stops everything.",
            readable(begun.elapsed())
        );
        println!("OKANE is ready: {} (bank {}, webhook {})", stack.web(), stack.bank(), stack.webhook());
        wait(&mut services)
    });
    println!("\n== Stopping");
    drop(services);
    match outcome {
        Err(_) if process::interrupted() => Ok(()),
        outcome => outcome,
    }
}

/// Every step up to the ready line.
fn start<'a>(project: &'a Project, port: u16, services: &mut Services) -> Result<Stack<'a>> {
    let secrets = secrets::load_or_make(project)?;
    step("WebAssembly target", || cargo::wasm_target(project))?;
    step("Packages from npm", || npm::install(project))?;
    let given = env::var("DATABASE_URL").ok();
    let database = step("Postgres", || match &given {
        Some(url) => {
            note("the one that DATABASE_URL names");
            Ok(Urls::of(url, &secrets))
        }
        None => postgres::start(project, Kind::Kept, &secrets, services),
    })?;
    let redis = step("Redis", || redis::find_or_start(project, services))?;
    step("Server, webhook and bank (cargo build)", || cargo::build_host(project))?;
    let wasm = step("The page's WebAssembly (cargo build)", || assets::build_wasm(project, Profile::Dev))?;
    step("Site: glue, stylesheet, static files", || assets::build_site(project, &wasm, Profile::Dev))?;
    let bank_state = Some(project.dev_folder()?.join("bank.json"));
    let stack = Stack { project, secrets, database, redis, bank_state, openid: false, port };
    step("Migrations and roles", || {
        stack.migrate()?;
        given.as_ref().map_or(Ok(()), |url| give_passwords(url, &stack.secrets))
    })?;
    secrets::keep_values(project, &stack.values())?;
    step("Bank, webhook, web", || stack.start(services, &project.dev_subfolder("log")?))?;
    step("Three people with money", || demo::people(&stack.web(), &stack.bank()))?;
    Ok(stack)
}

/// A database of somebody's own is not ours to restart: its roles get their passwords from psql.
fn give_passwords(url: &str, secrets: &Values) -> Result<()> {
    let Some(psql) = process::which("psql") else {
        bail!(
            "psql is needed to give roles their passwords in your own database: install postgresql-client, or unset DATABASE_URL"
        );
    };
    let mut command = Command::new(psql);
    command.args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", url]);
    for statement in postgres::role_statements(secrets) {
        command.args(["--command", &statement]);
    }
    process::capture(&mut command).map(drop)
}

/// Until somebody asks us to end, or something ends that should not.
fn wait(services: &mut Services) -> Result<()> {
    while !process::interrupted() {
        if let Some(end) = services.ended()? {
            bail!("{end}");
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Two at once in one folder would fight over the database.
fn be_alone(project: &Project) -> Result<fs::File> {
    let path = project.dev_folder()?.join("lock");
    let file = fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    if file.try_lock().is_err() {
        bail!("`cargo xtask dev` is running in this folder already");
    }
    Ok(file)
}
