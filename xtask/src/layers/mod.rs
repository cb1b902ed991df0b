//! Who may know whom, as a check: ARCHITECTURE.md's arrows, asked of cargo and of the sources.

mod pledges;
mod rules;
mod sources;

use anyhow::{Result, bail};
use rules::{RULES, Rule, Scope};
use serde_json::Value;

use crate::{cargo, process, project::Project, step};

/// Fails with every broken rule.
pub fn check(project: &Project) -> Result<()> {
    let mut broken = Vec::new();
    for rule in RULES {
        broken.extend(rule.broken_by(&crates_of(project, rule)?));
    }
    broken.extend(sources::broken(&project.root)?);
    broken.extend(pledges::broken(&project.root)?);
    if !broken.is_empty() {
        bail!(
            "{} broken:\n  {}",
            if broken.len() == 1 { "a rule is" } else { "rules are" },
            broken.join("\n  ")
        );
    }
    step::note(&format!(
        "{} rules about crates and {} about sources hold",
        RULES.len(),
        sources::RULES.len() + pledges::PLEDGES.len()
    ));
    Ok(())
}

/// The names of what the rule looks at.
fn crates_of(project: &Project, rule: &Rule) -> Result<Vec<String>> {
    let features = match rule.scope {
        Scope::Manifest => return Ok(named_in_manifest(&project.packages, rule.package)),
        Scope::Tree(features) => features,
    };
    let mut command = cargo::cargo(&project.root);
    command.args([
        "tree",
        "--package",
        rule.package,
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{lib}",
    ]);
    command.args(features);
    let text = process::capture(&mut command)?;
    // The first is the package itself.
    Ok(text
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().next().unwrap_or_default().to_owned())
        .collect())
}

/// What a package's manifest depends on at run time, optional or not.
fn named_in_manifest(packages: &[Value], package: &str) -> Vec<String> {
    let manifest = packages.iter().find(|one| one["name"] == package);
    let dependencies = manifest.and_then(|manifest| manifest["dependencies"].as_array());
    let normal = dependencies.into_iter().flatten().filter(|one| one["kind"].is_null());
    normal.filter_map(|one| one["name"].as_str()).map(|name| name.replace('-', "_")).collect()
}
