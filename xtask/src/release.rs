//! `cargo xtask build`: what is deployed, optimised.

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    assets::{self, Profile},
    cargo, npm, process,
    project::Project,
    step::step,
};

/// One thing that is deployed by itself.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Piece {
    /// The browser's part, in target/site.
    Site,
    /// The binary `okane`.
    Web,
    /// The binary `okane-webhook`.
    Webhook,
    /// The binary `okane-bank`, the simulator.
    Bank,
}

/// Builds these pieces; all of them if none is named.
pub fn build(project: &Project, pieces: &[Piece]) -> Result<()> {
    process::catch_interrupts()?;
    let wanted = |piece| pieces.is_empty() || pieces.contains(&piece);
    if wanted(Piece::Site) {
        step("WebAssembly target", || cargo::wasm_target(project))?;
        step("Packages from npm", || npm::install(project))?;
        let wasm = step("The page's WebAssembly", || assets::build_wasm(project, Profile::Release))?;
        step("Site: glue, wasm-opt, stylesheet, compression", || {
            assets::build_site(project, &wasm, Profile::Release)
        })?;
    }
    let binaries = [(Piece::Web, "okane"), (Piece::Webhook, "okane-webhook"), (Piece::Bank, "okane-bank")];
    let named: Vec<_> = binaries.iter().filter(|(piece, _)| wanted(*piece)).map(|(_, name)| *name).collect();
    if named.is_empty() {
        return Ok(());
    }
    step(&format!("Binaries: {}", named.join(", ")), || {
        let mut command = cargo::cargo(&project.root);
        command.args(["build", "--release"]).args(cargo::SERVICES);
        command.args(named.iter().flat_map(|name| ["--bin", name]));
        process::run(&mut command)
    })
}
