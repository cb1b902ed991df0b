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

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "release",
        }
    }
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

/// What rustc makes use of, and every browser of the last years can read. Not all that wasm-opt knows: it would write
/// modules that only the browsers of tomorrow can read.
const FEATURES: [&str; 6] = [
    "bulk-memory",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// What a bundle consists of.
const PARTS: [&str; 3] = ["js", "wasm", "css"];

/// Fills the site's folder anew. The bundle stands under one name that changes with any byte of it, so that a
/// browser may keep it for ever: `okane.<fingerprint>.js`, `.wasm` and `.css`.
pub fn build_site(project: &Project, wasm: &Path, profile: Profile) -> Result<()> {
    let parts = project.target.join("site-parts").join(profile.name());
    fs::create_dir_all(&parts)?;
    bind(project, wasm, profile, &parts)?;
    stylesheet(project, &parts)?;
    let leptos = &project.leptos;
    files::remove_folder(&leptos.site_root)?;
    files::copy_folder(&leptos.assets_dir, &leptos.site_root)?;
    fs::create_dir_all(leptos.pkg())?;
    let part = |extension: &str| parts.join(format!("{}.{extension}", leptos.output_name));
    let mut bundle = Vec::new();
    for extension in PARTS {
        bundle.extend(fs::read(part(extension))?);
    }
    let name = format!("{}.{}", leptos.output_name, files::fingerprint(&bundle));
    for extension in PARTS {
        fs::copy(part(extension), leptos.pkg().join(format!("{name}.{extension}")))?;
    }
    if profile == Profile::Release {
        compress(project)?;
    }
    Ok(())
}

/// Glue between WASM and the browser, by the very library version that the WASM was compiled with.
fn bind(project: &Project, wasm: &Path, profile: Profile, parts: &Path) -> Result<()> {
    let name = &project.leptos.output_name;
    let bytes = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let (target, stamp) = (parts.join(format!("{name}.wasm")), parts.join(".bound"));
    let wanted = format!("{} {FEATURES:?}", files::fingerprint(&bytes));
    if target.exists() && fs::read_to_string(&stamp).is_ok_and(|bound| bound == wanted) {
        step::note("the WASM has not changed");
        return Ok(());
    }
    let _ = fs::remove_file(&stamp);
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes(name, bytes).out_name(name).typescript(false);
    bindgen.web(true).map_err(plain)?.keep_debug(false).remove_name_section(profile == Profile::Release);
    bindgen.generate(parts).map_err(plain)?;
    let bound = parts.join(format!("{name}_bg.wasm"));
    if profile == Profile::Release {
        let mut optimise = Command::new(npm::program(project, "wasm-opt"));
        optimise
            .args(["-Oz", "--strip-debug", "--strip-producers"])
            .args(FEATURES.map(|feature| format!("--enable-{feature}")))
            .arg("-o")
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
fn stylesheet(project: &Project, parts: &Path) -> Result<()> {
    let mut command = Command::new(npm::program(project, "tailwindcss"));
    command.arg("--input").arg(&project.leptos.tailwind_input_file);
    command.arg("--output").arg(parts.join(format!("{}.css", project.leptos.output_name)));
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
