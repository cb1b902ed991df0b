//! What tests need from the system: installed where we may, asked for in a sentence where we may not.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail};
use nix::unistd::geteuid;

use crate::{postgres::Binaries, process, step};

/// A Postgres on this machine. Without one, npm's does the same.
pub fn postgres() -> Result<()> {
    if Binaries::of_system(None).is_none() && may_install() {
        apt("postgresql")?;
    }
    Ok(())
}

/// A Redis: what is cached is tested against a real one.
pub fn redis() -> Result<()> {
    let found = || process::which("redis-server").or_else(|| process::which("valkey-server"));
    found_or_installed("Redis", "redis-server", found).map(drop)
}

/// A browser for Playwright, which would otherwise download one of its own.
pub fn chromium() -> Result<PathBuf> {
    let found = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(process::which);
    found_or_installed("Chromium", "chromium", found)
}

/// Python with pip, for linters that are on PyPI.
pub fn python() -> Result<PathBuf> {
    found_or_installed("Python", "python3-venv", || process::which("python3"))
}

fn found_or_installed(name: &str, package: &str, found: impl Fn() -> Option<PathBuf>) -> Result<PathBuf> {
    if let Some(program) = found() {
        return Ok(program);
    }
    if may_install() {
        apt(package)?;
    }
    match found() {
        Some(program) => Ok(program),
        None => bail!(
            "{name} is missing: install it (on Debian: `sudo apt-get install {package}`) and run this again"
        ),
    }
}

fn may_install() -> bool {
    geteuid().is_root() && process::which("apt-get").is_some()
}

fn apt(package: &str) -> Result<()> {
    step::note(&format!("apt-get install {package}"));
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        command
    };
    process::run(apt().arg("update"))?;
    process::run(apt().args(["install", "--yes", "--no-install-recommends", package]))
}
