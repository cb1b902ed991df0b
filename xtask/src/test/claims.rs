//! `docs/security.md` claims, row by row, which test or document stands for what. A claim whose test was renamed or
//! taken away is worse than none, so each is looked up; and a requirement that nobody speaks of is looked for.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result, bail};

use super::asvs;
use crate::step::note;

/// Where the claims stand.
const DOCUMENT: &str = "docs/security.md";
/// The attacks that have to be answered there: S-1 to S-20.
const ATTACKS: u32 = 20;
/// How a row says that nothing stands for it.
const NOT_YET: &str = "not yet";

/// Fails with every claim that nothing stands for.
pub fn check(root: &Path) -> Result<()> {
    let text = fs::read_to_string(root.join(DOCUMENT)).with_context(|| format!("cannot read {DOCUMENT}"))?;
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let rows = rows(&text);
    let mut broken = broken(&rows, read);
    broken.extend(asvs::unanswered(&rows, &text));
    if !broken.is_empty() {
        bail!("{DOCUMENT}:\n  {}", broken.join("\n  "));
    }
    let open = rows.iter().filter(|row| row.proof.starts_with(NOT_YET)).count();
    note(&format!("{} rows with a proof, {open} that say they have none yet", rows.len() - open));
    Ok(())
}

/// A row of a table whose first cell is an attack, `S-4`, or a requirement, `V3.4.1`.
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    /// The second cell: of a requirement, its level.
    pub(super) level: &'a str,
    /// The last cell.
    pub(super) proof: &'a str,
}

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let cells = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        let (name, proof) = (cells.split('|').next()?.trim(), cells.rsplit('|').next()?.trim());
        let level = cells.split('|').nth(1)?.trim();
        let digits = name.strip_prefix("S-").or_else(|| name.strip_prefix('V'))?;
        digits.starts_with(|c: char| c.is_ascii_digit()).then_some(Row { name, level, proof })
    }
}

pub(super) fn rows(text: &str) -> Vec<Row<'_>> {
    text.lines().filter_map(Row::of).collect()
}

/// A sentence for each row that cannot be believed; `read` gives a file of the project.
fn broken(rows: &[Row], read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let (mut broken, mut names) = (Vec::new(), BTreeSet::new());
    for Row { name, proof, .. } in rows {
        if !names.insert((*name).to_owned()) {
            broken.push(format!("{name} stands there twice"));
        }
        let claims: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        if claims.is_empty() && !proof.starts_with(NOT_YET) {
            broken.push(format!("{name} names no test and no document, and does not say \"{NOT_YET}\""));
        }
        for claim in claims {
            if let Some(why) = why_not(claim, &read) {
                broken.push(format!("{name}: `{claim}`: {why}"));
            }
        }
    }
    let missing = (1..=ATTACKS).map(|n| format!("S-{n}")).filter(|name| !names.contains(name));
    broken.extend(missing.map(|name| format!("{name} is not answered")));
    broken
}

/// What is wrong with a claim: `path.rs::test`, `path.spec.ts: title`, or the path of a document.
fn why_not(claim: &str, read: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let missing = "there is no such file";
    if let Some((path, test)) = claim.split_once("::") {
        let Some(text) = read(path) else { return Some(missing) };
        return (!has_test(&text, test)).then_some("no test there has this name");
    }
    if let Some((path, title)) = claim.split_once(": ") {
        let Some(text) = read(path) else { return Some(missing) };
        let titles = ["test(\"", "test.describe(\""].map(|begin| format!("{begin}{title}\""));
        return (!titles.iter().any(|title| text.contains(title))).then_some("no test there has this title");
    }
    read(claim).is_none().then_some(missing)
}

/// Whether a function of this name is a test: `#[test]`, `#[tokio::test]` or `#[sqlx::test(…)]` stands before it.
fn has_test(text: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_test |= line.contains("test");
        } else if !line.is_empty() && !line.starts_with("//") {
            if is_test && line.contains(&head) {
                return true;
            }
            is_test = false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: &str = "#[sqlx::test(migrations = \"../migrations\")]\nasync fn it_holds(owner: PgPool) {\n}\nfn helper() {}\n";

    fn told(table: &str) -> Vec<String> {
        let answered: String = (2..=ATTACKS).map(|n| format!("| S-{n} | not yet |\n")).collect();
        let text = format!("{answered}{table}");
        broken(&rows(&text), |path| match path {
            "server/tests/it/x.rs" => Some(TEST.to_owned()),
            "end2end/x.spec.ts" => Some("test(\"it holds\", async () => {});".to_owned()),
            "SECURITY.md" => Some(String::new()),
            _ => None,
        })
    }

    #[test]
    fn a_claim_with_its_test_its_title_or_its_document_is_believed() {
        for proof in [
            "`server/tests/it/x.rs::it_holds`",
            "`end2end/x.spec.ts: it holds`, `SECURITY.md`",
            "not yet: there is no second factor",
        ] {
            assert_eq!(
                told(&format!("| S-1 | what | {proof} |\n| V1.2.3 | what | {proof} |")),
                Vec::<String>::new()
            );
        }
    }

    #[test]
    fn a_claim_that_nothing_stands_for_is_told_of() {
        for (proof, why) in [
            ("`server/tests/it/x.rs::it_held`", "no test there has this name"),
            ("`server/tests/it/x.rs::helper`", "no test there has this name"),
            ("`server/tests/it/y.rs::it_holds`", "no such file"),
            ("`end2end/x.spec.ts: it held`", "no test there has this title"),
            ("`docs/nothing.md`", "no such file"),
            ("of course", "names no test"),
            ("", "names no test"),
        ] {
            let broken = told(&format!("| S-1 | what | {proof} |"));
            assert!(broken.len() == 1 && broken[0].contains(why), "{proof}: {broken:?}");
        }
    }

    #[test]
    fn a_row_stands_once_and_every_attack_is_answered() {
        assert!(told("").iter().any(|line| line.contains("S-1 is not answered")));
        let twice = "| S-1 | not yet |\n| V3.4.1 | not yet |\n| V3.4.1 | not yet |";
        assert_eq!(told(twice), ["V3.4.1 stands there twice"]);
        assert_eq!(
            told("| S-1 | not yet |\n| row | what | proof |\n| --- | --- | --- |"),
            Vec::<String>::new()
        );
    }
}
