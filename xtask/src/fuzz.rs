//! `cargo xtask fuzz`: libFuzzer on what reads things from outside, for as long as one likes.

use anyhow::{Result, bail};

use crate::{cargo, process, project::Project};

/// Runs every target of `fuzz`, or those whose name contains `only`, one after the other.
pub fn fuzz(project: &Project, only: Option<&str>, seconds: u32) -> Result<()> {
    if process::capture(cargo::cargo(&project.root).args(["bolero", "--version"])).is_err() {
        bail!("cargo-bolero is missing: `cargo install --locked cargo-bolero` and run this again");
    }
    let list = ["test", "--package", "fuzz", "--", "--list", "--format", "terse"];
    let list = process::capture(cargo::cargo(&project.root).args(list))?;
    let targets = list.lines().filter_map(|line| line.strip_suffix(": test"));
    let targets: Vec<_> = targets.filter(|name| only.is_none_or(|only| name.contains(only))).collect();
    if targets.is_empty() {
        bail!("no target of that name");
    }
    for target in targets {
        // What was found interesting stays for the next time; what fails is kept beside it.
        let kept = project.target.join("fuzz").join(target.replace("::", "-"));
        let (corpus, crashes) = (kept.join("corpus"), kept.join("crashes"));
        std::fs::create_dir_all(&corpus)?;
        std::fs::create_dir_all(&crashes)?;
        let mut command = cargo::cargo(&project.root);
        command.args(["bolero", "test", "--package", "fuzz", "--engine", "libfuzzer", "--sanitizer", "NONE"]);
        // Coverage is the compiler's, which a stable one gives only so.
        command.args(["--rustc-bootstrap", "-T", &format!("{seconds}s"), "--corpus-dir"]).arg(&corpus);
        command.arg("--crashes-dir").arg(&crashes).arg("--target-dir").arg(project.target.join("fuzz-build"));
        process::run(command.arg(target))?;
    }
    Ok(())
}
