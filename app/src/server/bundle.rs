//! The browser's half of the pages as it was built: script, WASM and stylesheet under one name. A build by `xtask`
//! puts a fingerprint of all three into the name, so that a browser may keep what it has for ever; one by
//! cargo-leptos does not.

use std::{fs, path::Path, sync::OnceLock};

/// The folder of the bundle, in the site and in addresses.
const FOLDER: &str = "pkg";
/// Its name where there is no fingerprint.
const PLAIN: &str = "okane";
/// Hexadecimal digits of a fingerprint.
const DIGITS: usize = 16;

/// One process serves one bundle; failures are shown by layers to which nobody hands anything.
static NAME: OnceLock<String> = OnceLock::new();

/// Looks for the bundle in the folder of the site, once: the newest, where several builds left theirs.
pub fn find(site: &Path) -> &'static str {
    NAME.get_or_init(|| newest(&site.join(FOLDER)).unwrap_or_else(|| PLAIN.to_owned()))
}

/// Where the stylesheet stands.
pub(crate) fn stylesheet() -> String {
    format!("/{FOLDER}/{}.css", NAME.get().map_or(PLAIN, String::as_str))
}

/// Whether this is the address of a file that is named by its bytes.
pub fn names(path: &str) -> bool {
    let file = path.strip_prefix('/').and_then(|path| path.strip_prefix(FOLDER)?.strip_prefix('/'));
    file.and_then(|file| file.rsplit_once('.')).is_some_and(|(stem, _)| has_fingerprint(stem))
}

fn has_fingerprint(stem: &str) -> bool {
    let fingerprint = stem.strip_prefix(PLAIN).and_then(|rest| rest.strip_prefix('.'));
    fingerprint
        .is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn newest(folder: &Path) -> Option<String> {
    let stylesheets = fs::read_dir(folder).ok()?.filter_map(|entry| {
        let entry = entry.ok()?;
        let stem = entry.file_name().to_str()?.strip_suffix(".css")?.to_owned();
        let is_one = stem == PLAIN || has_fingerprint(&stem);
        Some((entry.metadata().ok()?.modified().ok()?, stem)).filter(|_| is_one)
    });
    stylesheets.max().map(|(_, stem)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_with_a_fingerprint_is_kept_for_ever() {
        for path in ["/pkg/okane.0123456789abcdef.css", "/pkg/okane.0123456789abcdef.wasm"] {
            assert!(names(path), "{path}");
        }
        for path in [
            "/pkg/okane.css",
            "/favicon.svg",
            "/okane.0123456789abcdef.css",
            "/pkg/okane.0123456789abcdeg.css",
            "/pkg/okane.0123456789abcdef",
            "/pkg/other.0123456789abcdef.css",
        ] {
            assert!(!names(path), "{path}");
        }
    }

    #[test]
    fn the_newest_bundle_is_served_and_a_folder_without_one_is_no_obstacle() {
        let folder = std::env::temp_dir().join(format!("okane-bundle-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        assert_eq!(newest(&folder), None);
        fs::write(folder.join("okane.css"), "").expect("a file");
        let later = folder.join("okane.0123456789abcdef.css");
        fs::write(&later, "").expect("a file");
        let tomorrow = std::time::SystemTime::now() + std::time::Duration::from_secs(86_400);
        fs::File::options()
            .write(true)
            .open(&later)
            .and_then(|file| file.set_modified(tomorrow))
            .expect("a time");
        assert_eq!(newest(&folder).as_deref(), Some("okane.0123456789abcdef"));
        fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(newest(&folder), None);
    }
}
