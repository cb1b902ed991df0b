//! What comes from npm: Tailwind, wasm-opt, and for the tests Playwright and what it uses.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, bail};

use crate::{files, process, project::Project, step};

/// Installs what package-lock.json names, unless that is what is there.
pub fn install(project: &Project) -> Result<()> {
    if process::which("npm").is_none() {
        bail!(
            "npm is missing: install Node 20 or newer (https://nodejs.org, or `apt-get install nodejs npm`)"
        );
    }
    let lock = fs::read(project.root.join("package-lock.json")).context("cannot read package-lock.json")?;
    let wanted = files::fingerprint(&lock);
    let stamp = project.root.join("node_modules/.okane-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        step::note("as package-lock.json wants them");
        return Ok(());
    }
    process::run(npm().args(["ci", "--no-audit", "--no-fund"]).current_dir(&project.root))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

/// npm, without scripts of packages (none of ours needs one) and without a browser.
pub fn npm() -> Command {
    let mut command = Command::new("npm");
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").env("npm_config_ignore_scripts", "true");
    command.env("npm_config_loglevel", "error");
    command
}

/// A program that npm installed.
pub fn program(project: &Project, name: &str) -> PathBuf {
    project.root.join("node_modules/.bin").join(name)
}
