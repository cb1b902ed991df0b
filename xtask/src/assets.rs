//! What the browser gets: WASM with its glue, the stylesheet, static files. The same result as cargo-leptos.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    cargo::{self, WASM},
    files, npm, process,
    project::Project,
    step,
};

/// How much trouble to take.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Small to load.
    Release,
}

/// Compiles the page's package.
pub fn build_wasm(project: &Project, profile: Profile) -> Result<PathBuf> {
    let leptos = &project.leptos;
    let mut command = cargo::cargo(&project.root);
    command.args(["build", "--package", &leptos.lib_package, "--lib", "--target", WASM]);
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            command.args(["--profile", &leptos.lib_profile_release]);
            &leptos.lib_profile_release
        }
    };
    process::run(&mut command)?;
    Ok(project.target.join(WASM).join(folder).join(format!("{}.wasm", leptos.lib_package)))
}

/// Fills the site's folder.
pub fn build_site(project: &Project, wasm: &Path, profile: Profile) -> Result<()> {
    files::copy_folder(&project.leptos.assets_dir, &project.leptos.site_root)?;
    fs::create_dir_all(project.leptos.pkg())?;
    bind(project, wasm, profile)?;
    stylesheet(project)?;
    if profile == Profile::Release {
        compress(project)?;
    }
    Ok(())
}

/// Glue between WASM and the browser, by the very library version that the WASM was compiled with.
fn bind(project: &Project, wasm: &Path, profile: Profile) -> Result<()> {
    let (pkg, name) = (project.leptos.pkg(), &project.leptos.output_name);
    let bytes = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let (target, stamp) = (pkg.join(format!("{name}.wasm")), pkg.join(".bound"));
    let wanted =
        format!("{} {}", files::fingerprint(&bytes), if profile == Profile::Dev { "dev" } else { "release" });
    if target.exists() && fs::read_to_string(&stamp).is_ok_and(|bound| bound == wanted) {
        step::note("the WASM has not changed");
        return Ok(());
    }
    let _ = fs::remove_file(&stamp);
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes(name, bytes).out_name(name).typescript(false);
    bindgen.web(true).map_err(plain)?.keep_debug(false).remove_name_section(profile == Profile::Release);
    bindgen.generate(&pkg).map_err(plain)?;
    let bound = pkg.join(format!("{name}_bg.wasm"));
    if profile == Profile::Release {
        let mut optimise = Command::new(npm::program(project, "wasm-opt"));
        optimise
            .args(["-Oz", "--all-features", "--strip-debug", "--strip-producers", "-o"])
            .arg(&target)
            .arg(&bound);
        process::run(&mut optimise)?;
        fs::remove_file(bound)?;
    } else {
        // The server asks for the name without `_bg`, because it is compiled under LEPTOS_OUTPUT_NAME.
        fs::rename(bound, &target)?;
    }
    fs::write(stamp, wanted)?;
    Ok(())
}

/// Tailwind looks through the sources, so it always runs: it is quick.
fn stylesheet(project: &Project) -> Result<()> {
    let mut command = Command::new(npm::program(project, "tailwindcss"));
    command.arg("--input").arg(&project.leptos.tailwind_input_file);
    command.arg("--output").arg(project.leptos.pkg().join(format!("{}.css", project.leptos.output_name)));
    process::capture(command.arg("--minify").current_dir(&project.root)).map(drop)
}

/// Leaves `.br` and `.gz` beside every file that is worth it, made by node, which is here anyway.
fn compress(project: &Project) -> Result<()> {
    let script = "
        const { readdirSync, readFileSync, writeFileSync } = require('node:fs'), zlib = require('node:zlib');
        const root = process.argv[1], worth = /\\.(wasm|js|css|svg|html|txt|json|webmanifest)$/;
        for (const name of readdirSync(root, { recursive: true }).filter((name) => worth.test(name))) {
            const file = root + '/' + name, bytes = readFileSync(file);
            writeFileSync(file + '.gz', zlib.gzipSync(bytes, { level: 9 }));
            writeFileSync(file + '.br', zlib.brotliCompressSync(bytes, { params: {
                [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
        }";
    process::run(Command::new("node").args(["--eval", script]).arg(&project.leptos.site_root))
}

fn plain(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("{error:#}")
}
