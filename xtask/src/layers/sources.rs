//! Rules about where words may stand in the sources. Tests are free of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// These words stand only there.
pub struct Rule {
    /// What to look for, in lower case.
    words: &'static [&'static str],
    /// Whether a file, by its path in the project, may hold them.
    allowed: fn(&str) -> bool,
    reason: &'static str,
}

/// Every rule about sources.
pub const RULES: &[Rule] = &[
    Rule {
        words: &["sqlx::query", "query!(", "query_as!(", "query_scalar!(", "query_file", "raw_sql("],
        allowed: |path| {
            ["ledger/", "identity/", "bench/"].iter().any(|package| path.starts_with(package))
                && path.ends_with("/repo.rs")
        },
        reason: "SQL stands in repo.rs files of ledger, identity and bench",
    },
    Rule {
        words: &[
            "into transfers",
            "into entries",
            "into accounts",
            "update accounts",
            "update entries",
            "update transfers",
        ],
        // bench fills books of its own, as the owner of the tables.
        allowed: |path| path.starts_with("ledger/src/posting/") || path == "bench/src/books/repo.rs",
        reason: "only ledger/posting moves money",
    },
    Rule {
        words: &[
            "signature ==",
            "signature !=",
            "== signature",
            "!= signature",
            "token ==",
            "token !=",
            "== token",
            "!= token",
            "mac ==",
            "mac !=",
            "== mac",
            "!= mac",
            "expected ==",
            "expected !=",
            "== expected",
            "!= expected",
            "== &expected",
            "!= &expected",
            "as_slice() ==",
            "as_slice() !=",
            "sealed ==",
            "sealed !=",
            "== sealed",
            "!= sealed",
            "code.as_str() ==",
            "code.as_str() !=",
            "== code.as_str()",
            "!= code.as_str()",
            ".eq(&expected)",
            ".eq(expected)",
        ],
        // What stands in an ID token is compared after its signature was checked, and is no secret. The simulator is no
        // bank, and starts nowhere else.
        allowed: |path| {
            path == "app/src/server/openid/token.rs" || path.starts_with("webhook/src/bank_simulator/")
        },
        reason: "signatures, tokens and codes are compared by subtle, by the mac's own verify_slice, or looked up by hash",
    },
];

/// A sentence for every line that breaks a rule.
pub fn broken(root: &Path) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for package in [
        "app", "bench", "cache", "domain", "frontend", "fuzz", "identity", "ledger", "server", "service",
        "webhook",
    ] {
        let mut files = Vec::new();
        rust_files(&root.join(package).join("src"), &mut files)?;
        for file in files {
            let text =
                fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let path = file.strip_prefix(root)?.to_string_lossy().into_owned();
            broken.extend(RULES.iter().flat_map(|rule| rule.broken_by(&path, &text)));
        }
    }
    Ok(broken)
}

impl Rule {
    fn broken_by(&self, path: &str, text: &str) -> Vec<String> {
        if (self.allowed)(path) {
            return Vec::new();
        }
        code(text)
            .filter(|(_, line)| self.words.iter().any(|word| line.to_lowercase().contains(word)))
            .map(|(number, line)| format!("{path}:{}: {}: {}", number + 1, line.trim(), self.reason))
            .collect()
    }
}

/// The lines of a source that are run, with their numbers: no comments, and no tests.
pub fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines().enumerate();
    code.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_rule_fails_for_each_of_its_words_in_a_page() {
        for rule in RULES {
            for word in rule.words {
                let text = format!("fn page() {{\n    {}\n}}\n", word.to_uppercase());
                let broken = rule.broken_by("app/src/send/api.rs", &text);
                assert_eq!(broken.len(), 1, "{word}");
                assert!(broken[0].starts_with("app/src/send/api.rs:2: "), "{}", broken[0]);
            }
        }
    }

    #[test]
    fn repositories_may_hold_sql_but_only_posting_moves_money() {
        let text = "sqlx::query!(\"INSERT INTO transfers …\")";
        assert!(RULES[0].broken_by("ledger/src/transfer/repo.rs", text).is_empty());
        assert_eq!(RULES[1].broken_by("ledger/src/transfer/repo.rs", text).len(), 1);
        assert!(RULES[1].broken_by("ledger/src/posting/repo.rs", text).is_empty());
        assert_eq!(RULES[0].broken_by("server/src/repo.rs", text).len(), 1);
        assert!(RULES.iter().all(|rule| rule.broken_by("bench/src/books/repo.rs", text).is_empty()));
        assert_eq!(RULES[1].broken_by("bench/src/payment/repo.rs", text).len(), 1);
    }

    #[test]
    fn a_signature_that_is_compared_as_text_or_bytes_are_breaks_a_rule() {
        let compared = "matches |= Choice::from(u8::from(given.as_slice() == expected));";
        let path = "webhook/src/signature.rs";
        assert_eq!(RULES[2].broken_by(path, compared).len(), 1);
        assert_eq!(RULES[2].broken_by("identity/src/address/undo.rs", "if self.token == other {").len(), 1);
        let sound = "matches |= given.as_slice().ct_eq(&expected);";
        assert!(RULES[2].broken_by(path, sound).is_empty());
    }

    #[test]
    fn comments_and_unit_tests_may_say_what_they_like() {
        let text = "//! Never `INSERT INTO entries` here.\n#[cfg(test)]\nmod tests { /* update accounts */ }";
        assert!(RULES[1].broken_by("ledger/src/lib.rs", text).is_empty());
    }
}
