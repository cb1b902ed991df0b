//! Cargo, always called the same way, so that nothing compiles twice: features are unified over the
//! packages of one call, and another choice of packages is another set of features. xtask stays out of
//! that choice, since it is already running; the page's package has a target of its own.

use std::{env, path::Path, process::Command};

use anyhow::Result;

use crate::{process, project::Project, step};

/// The target of the page.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Every package that runs on this machine, except this one.
pub const HOST: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// What is deployed of them: without what only measures or tries, which asks for no feature of its own.
pub const SERVICES: [&str; 9] =
    ["--workspace", "--exclude", "frontend", "--exclude", "xtask", "--exclude", "bench", "--exclude", "fuzz"];

/// Cargo without what the cargo that started us left in the environment: build scripts that watch
/// those variables would run again, and take what depends on them along.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
            command.env_remove(&name);
        }
    }
    command.current_dir(root);
    command
}

/// Adds the page's target where it is missing. Rustup does not fetch it by itself everywhere.
pub fn wasm_target(project: &Project) -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM]).current_dir(&project.root);
    if process::capture(&mut rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        step::note("already there");
        return Ok(());
    }
    process::run(Command::new("rustup").args(["target", "add", WASM]).current_dir(&project.root))
}

/// Adds rustfmt and clippy, which a minimal toolchain lacks.
pub fn lint_components(project: &Project) -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if process::capture(cargo(&project.root).args([command, "--version"])).is_err() {
            process::run(
                Command::new("rustup").args(["component", "add", component]).current_dir(&project.root),
            )?;
        }
    }
    Ok(())
}

/// Server, webhook and bank.
pub fn build_host(project: &Project) -> Result<()> {
    process::run(cargo(&project.root).arg("build").args(SERVICES))
}
