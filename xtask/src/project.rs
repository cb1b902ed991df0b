//! Where things are: the project's folder and the section of Cargo.toml that cargo-leptos reads too.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{cargo, files, process};

/// The project as its manifests describe it.
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
    /// What `[[workspace.metadata.leptos]]` says.
    pub leptos: Leptos,
    /// Every package of ours, as `cargo metadata` prints it.
    pub packages: Vec<Value>,
}

/// The values of `[[workspace.metadata.leptos]]` that a build needs.
pub struct Leptos {
    /// Name of the bundle: `okane.js`, `okane.wasm`, `okane.css`.
    pub output_name: String,
    /// The package that becomes WASM.
    pub lib_package: String,
    /// Profile of the WASM in a release.
    pub lib_profile_release: String,
    /// What is served.
    pub site_root: PathBuf,
    /// Folder of the bundle inside it.
    pub site_pkg_dir: String,
    /// Static files, copied as they are.
    pub assets_dir: PathBuf,
    /// The stylesheet that Tailwind starts from.
    pub tailwind_input_file: PathBuf,
}

impl Project {
    /// Asks cargo.
    pub fn read() -> Result<Project> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
        let json =
            process::capture(cargo::cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&json).context("cargo metadata is not JSON")?;
        let target = metadata["target_directory"].as_str().context("no target_directory")?;
        let packages = metadata["packages"].as_array().context("no packages")?.clone();
        let leptos = Leptos::parse(root, &metadata["metadata"]["leptos"][0])
            .context("reading [[workspace.metadata.leptos]] in Cargo.toml")?;
        Ok(Project { root: root.to_owned(), target: target.into(), leptos, packages })
    }

    /// The folder of everything that development leaves behind and git does not see.
    pub fn dev_folder(&self) -> Result<PathBuf> {
        let folder = self.root.join(".dev");
        files::private_folder(&folder)?;
        Ok(folder)
    }

    /// A folder of `.dev`, made if missing.
    pub fn dev_subfolder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.dev_folder()?.join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }
}

impl Leptos {
    fn parse(root: &Path, section: &Value) -> Result<Leptos> {
        let text = |key: &str| {
            let value = section[key].as_str().map(str::to_owned);
            value.with_context(|| format!("`{key}` is missing"))
        };
        Ok(Leptos {
            output_name: text("output-name")?,
            lib_package: text("lib-package")?,
            lib_profile_release: text("lib-profile-release")?,
            site_root: root.join(text("site-root")?),
            site_pkg_dir: text("site-pkg-dir")?,
            assets_dir: root.join(text("assets-dir")?),
            tailwind_input_file: root.join(text("tailwind-input-file")?),
        })
    }

    /// Where the bundle goes.
    pub fn pkg(&self) -> PathBuf {
        self.site_root.join(&self.site_pkg_dir)
    }
}
