//! The secrets of development: made once, kept where only their owner reads them, worth nothing elsewhere.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use anyhow::{Context as _, Result, bail};

use crate::{files, project::Project};

/// Names and values.
pub type Values = BTreeMap<String, String>;

/// Every secret that a stack needs.
const NAMES: [&str; 6] = [
    "OWNER_PASSWORD",
    "WEB_PASSWORD",
    "WEBHOOK_PASSWORD",
    "AUDITOR_PASSWORD",
    "BANK_WEBHOOK_SECRETS",
    "SESSION_SECRET",
];

/// The secrets of this clone; what is missing is made.
pub fn load_or_make(project: &Project) -> Result<Values> {
    let path = project.dev_folder()?.join("secrets");
    let mut secrets = read(&path).unwrap_or_default();
    for name in NAMES {
        if !secrets.contains_key(name) {
            // Hexadecimal digits are base64 too, which is what a whsec_ is written in.
            let prefix = if name == "BANK_WEBHOOK_SECRETS" { "whsec_" } else { "" };
            secrets.insert(name.to_owned(), format!("{prefix}{}", random_hex()?));
        }
    }
    write(&path, &secrets)?;
    Ok(secrets)
}

/// Keeps the values of a stack for `cargo xtask env`.
pub fn keep_values(project: &Project, values: &Values) -> Result<()> {
    write(&project.dev_folder()?.join("env"), values)
}

/// Prints one value alone, or every name.
pub fn print_value(project: &Project, name: Option<&str>) -> Result<()> {
    let values = read(&project.dev_folder()?.join("env"))
        .context("there has been no development stack here yet: `cargo xtask dev` starts one")?;
    match name {
        None => values.keys().for_each(|name| println!("{name}")),
        Some(name) => match values.get(name) {
            Some(value) => println!("{value}"),
            None => bail!("no development value is called {name}; `cargo xtask env` lists them"),
        },
    }
    Ok(())
}

fn random_hex() -> Result<String> {
    let mut bytes = [0; 32];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn read(path: &Path) -> Result<Values> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn write(path: &Path, values: &Values) -> Result<()> {
    let lines: String = values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    files::write_private(path, &lines)
}
