//! What has to stand in a file: however something is compared beside it, this is how.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use super::sources::code;

/// This word stands in this file: what it is for happens there and in no other way.
pub struct Pledge {
    path: &'static str,
    word: &'static str,
    reason: &'static str,
}

/// Every pledge.
pub const PLEDGES: &[Pledge] = &[
    Pledge {
        path: "webhook/src/signature.rs",
        word: ".ct_eq(",
        reason: "the bank's signatures are compared in a time that tells nothing",
    },
    Pledge {
        path: "identity/src/code/seal.rs",
        word: ".verify_slice(",
        reason: "codes are compared in a time that tells nothing",
    },
    Pledge {
        path: "identity/src/second_factor/key.rs",
        word: ".check(",
        reason: "codes of apps are compared by totp-rs, in a time that tells nothing",
    },
    Pledge {
        path: "identity/src/address/undo.rs",
        word: "sha256::digest(",
        reason: "tokens of links are looked up by their hash",
    },
];

/// A sentence for every pledge that is not kept.
pub fn broken(root: &Path) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for pledge in PLEDGES {
        let file = root.join(pledge.path);
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        broken.extend(pledge.broken_by(&text));
    }
    Ok(broken)
}

impl Pledge {
    fn broken_by(&self, text: &str) -> Option<String> {
        let is_kept = code(text).any(|(_, line)| line.to_lowercase().contains(self.word));
        (!is_kept).then(|| format!("{}: {} stands there no more: {}", self.path, self.word, self.reason))
    }
}

#[cfg(test)]
mod tests {
    use super::PLEDGES;

    #[test]
    fn every_pledge_is_broken_where_its_word_stands_in_a_comment_or_a_test_alone() {
        for pledge in PLEDGES {
            assert_eq!(pledge.broken_by(&format!("fn one() {{ two{}) }}", pledge.word)), None);
            for text in
                [format!("// {}", pledge.word), format!("#[cfg(test)]\nfn one() {{ {} }}", pledge.word)]
            {
                assert!(pledge.broken_by(&text).is_some_and(|told| told.starts_with(pledge.path)), "{text}");
            }
        }
    }
}
