//! Playwright in Chromium against a whole stack of its own: ports, database and people to throw away.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{
    install,
    report::{Counts, Report},
};
use crate::{
    assets::{self, Profile},
    cargo,
    child::Services,
    demo, npm,
    postgres::{self, Kind},
    process,
    project::Project,
    redis, secrets,
    stack::{self, Stack},
};

/// Runs these specs, or every one, with JavaScript and without, on the page as it is deployed.
pub fn run(project: &Project, named: &[String], report: &mut Report) {
    let mut services = Services::default();
    if let Some((stack, chromium)) = prepare(project, report, &mut services) {
        report.count("Playwright, with JavaScript and without", || specs(&stack, &chromium, named));
    }
}

fn prepare<'a>(
    project: &'a Project,
    report: &mut Report,
    services: &mut Services,
) -> Option<(Stack<'a>, PathBuf)> {
    let chromium = report.need("Chromium", install::chromium)?;
    report.need("WebAssembly target", || cargo::wasm_target(project))?;
    report.need("Packages from npm", || npm::install(project))?;
    report.need("Server, webhook and bank (cargo build)", || cargo::build_host(project))?;
    report.need("Site", || {
        let wasm = assets::build_wasm(project, Profile::Release)?;
        assets::build_site(project, &wasm, Profile::Release)
    })?;
    let stack = report.need("A stack to throw away", || {
        install::postgres()?;
        let secrets = secrets::load_or_make(project)?;
        let database = postgres::start(project, Kind::ThrownAway, &secrets, services)?;
        let redis = redis::start(project, services)?;
        let stack =
            Stack { project, secrets, database, redis, bank_state: None, openid: true, port: free_ports()? };
        stack.migrate()?;
        stack.start(services, &project.dev_subfolder("test-log")?)?;
        demo::people(&stack.web(), &stack.bank())?;
        Ok(stack)
    })?;
    Some((stack, chromium))
}

/// Away from the development stack, which may run at the same time.
fn free_ports() -> Result<u16> {
    let free = (3100..3200).step_by(10).find(|port| stack::check_ports(*port).is_ok());
    free.context("no three ports in a row are free between 3100 and 3200")
}

fn specs(stack: &Stack, chromium: &PathBuf, named: &[String]) -> Result<Counts> {
    let project = stack.project;
    let outcome = project.target.join("playwright.json");
    let _ = fs::remove_file(&outcome);
    let mut command = Command::new(npm::program(project, "playwright"));
    command.args(["test", "--config", "end2end/playwright.config.ts", "--reporter", "list,json"]).args(named);
    command.envs(stack.values()).env("CHROMIUM", chromium).env("PLAYWRIGHT_JSON_OUTPUT_FILE", &outcome);
    let succeeded = process::tee(command.current_dir(&project.root), |_| ())?;
    let text = fs::read_to_string(&outcome).context("Playwright left no report")?;
    let counts = counts_in(&serde_json::from_str(&text).context("Playwright's report is not JSON")?);
    if counts.passed + counts.failed == 0 {
        bail!("Playwright found nothing to test");
    }
    Ok(Counts { failed: counts.failed.max(u64::from(!succeeded)), ..counts })
}

/// A test that passed only when repeated has failed once.
fn counts_in(outcome: &Value) -> Counts {
    let number = |name: &str| outcome["stats"][name].as_u64().unwrap_or(0);
    Counts { passed: number("expected"), failed: number("unexpected") + number("flaky") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playwrights_own_numbers_are_taken() {
        let outcome =
            serde_json::json!({"stats": {"expected": 40, "skipped": 1, "unexpected": 2, "flaky": 1}});
        assert_eq!(counts_in(&outcome), Counts { passed: 40, failed: 3 });
    }
}
