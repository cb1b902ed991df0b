//! `.sqlx`: what Postgres says of every checked query, committed so that a build needs no database.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    cargo,
    child::Services,
    files,
    postgres::{self, Kind, Urls},
    process,
    project::Project,
    secrets,
    step::{note, step},
};

/// The packages with checked queries.
const PACKAGES: [&str; 2] = ["ledger", "identity"];

/// Renews `.sqlx`, or with `only_check` says whether it is what it should be.
pub fn prepare(project: &Project, only_check: bool) -> Result<()> {
    process::catch_interrupts()?;
    let mut services = Services::default();
    let secrets = secrets::load_or_make(project)?;
    let urls =
        step("A fresh Postgres", || postgres::start(project, Kind::ThrownAway, &secrets, &mut services))?;
    if only_check {
        return step("Freshness of .sqlx", || check(project, &urls));
    }
    step("Queries described anew", || {
        let described = describe(project, &urls)?;
        let folder = project.root.join(".sqlx");
        files::remove_folder(&folder)?;
        fs::create_dir_all(&folder)?;
        for (name, text) in &described {
            fs::write(folder.join(name), text)?;
        }
        note(&format!("{} queries", described.len()));
        Ok(())
    })
}

/// Fails unless `.sqlx` is what a fresh database would make of it.
pub fn check(project: &Project, urls: &Urls) -> Result<()> {
    let (fresh, kept) = (describe(project, urls)?, read(&project.root.join(".sqlx"))?);
    let missing = fresh.iter().filter(|(name, text)| kept.get(*name) != Some(text)).count();
    let stale = kept.keys().filter(|name| !fresh.contains_key(*name)).count();
    if missing + stale > 0 {
        bail!(
            "of {} queries {missing} are not in .sqlx as they are, and {stale} are in .sqlx and nowhere else: \
             `cargo xtask prepare` renews it",
            fresh.len()
        );
    }
    note(&format!("{} queries, all fresh", fresh.len()));
    Ok(())
}

/// Compiles the checked queries against a database with the migrations of now. The migrations are
/// applied without `okane`, which does not compile while `.sqlx` is out of date.
fn describe(project: &Project, urls: &Urls) -> Result<BTreeMap<String, String>> {
    let folder = project.target.join("sqlx-prepared");
    files::remove_folder(&folder)?;
    fs::create_dir_all(&folder)?;
    let _newer = PACKAGES.map(|package| Newer::make(project.root.join(package).join("src/lib.rs")));
    let mut command = cargo::cargo(&project.root);
    command.arg("check").args(cargo::HOST).arg("--all-targets"); // what clippy has compiled already
    command
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &folder)
        .env("DATABASE_URL", urls.migrated());
    process::run(&mut command)?;
    read(&folder)
}

fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut queries = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            queries.insert(name, text);
        }
    }
    Ok(queries)
}

/// Makes a file look newer while this lives: cargo does not see that the database is another, and
/// would not compile again. Afterwards the file looks as before, so that other builds stay fresh.
struct Newer {
    path: PathBuf,
    before: SystemTime,
    touched: SystemTime,
}

impl Newer {
    fn make(path: PathBuf) -> Result<Newer> {
        let before = fs::metadata(&path)?.modified()?;
        set_modified(&path, SystemTime::now())?;
        let touched = fs::metadata(&path)?.modified()?;
        Ok(Newer { path, before, touched })
    }
}

impl Drop for Newer {
    fn drop(&mut self) {
        // Unless somebody has saved the file meanwhile.
        if fs::metadata(&self.path).and_then(|file| file.modified()).is_ok_and(|now| now == self.touched) {
            let _ = set_modified(&self.path, self.before);
        }
    }
}

fn set_modified(path: &Path, time: SystemTime) -> Result<()> {
    let file = fs::OpenOptions::new().append(true).open(path);
    file.and_then(|file| file.set_modified(time)).with_context(|| format!("cannot touch {}", path.display()))
}
