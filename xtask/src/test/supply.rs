//! What we are built of is looked at by cargo-deny, which needs a network for a part of it: GitHub Actions run it, and make the list
//! of what is in an image. That they do is looked for here.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};

/// Who makes an image.
const MAKES_AN_IMAGE: &str = "uses: docker/build-push-action@";

/// What stands where, as a line of its own, and what it is for.
const LINES: [(&str, &str, &str); 3] = [
    (
        ".github/workflows/ci.yml",
        "- run: cargo deny check",
        "licences, bans, sources and advisories are looked at",
    ),
    ("deny.toml", "[bans.build]", "what runs while we are built is named"),
    ("deny.toml", "allow-build-scripts = [", "what runs while we are built is named"),
];

/// Fails with everything that has gone.
pub fn check(root: &Path) -> Result<()> {
    let read =
        |path: &str| fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"));
    let mut gone = Vec::new();
    for (path, line, what) in LINES {
        if !has_line(&read(path)?, line) {
            gone.push(format!("{path} has no line `{line}`, by which {what}"));
        }
    }
    let deploy = ".github/workflows/deploy.yml";
    if !lists_every_image(&read(deploy)?) {
        gone.push(format!("{deploy} makes an image without `sbom: true`, the list of what is in it"));
    }
    if !gone.is_empty() {
        bail!("{}", gone.join("\n"));
    }
    Ok(())
}

fn has_line(text: &str, line: &str) -> bool {
    text.lines().any(|other| other.trim() == line)
}

/// Whether there is an image, and none without its list.
fn lists_every_image(workflow: &str) -> bool {
    let mut steps = workflow.split(MAKES_AN_IMAGE).skip(1).peekable();
    // A step ends where the next one begins.
    let is_listed = |step: &str| {
        step.lines()
            .take_while(|line| !line.trim_start().starts_with("- "))
            .any(|line| line.trim() == "sbom: true")
    };
    steps.peek().is_some() && steps.all(is_listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_or_only_spoken_of_is_told() {
        assert!(has_line("jobs:\n      - run: cargo deny check\n", "- run: cargo deny check"));
        assert!(!has_line("      # - run: cargo deny check\n", "- run: cargo deny check"));
    }

    #[test]
    fn an_image_has_the_list_of_what_is_in_it() {
        let step =
            |more: &str| format!("      - {MAKES_AN_IMAGE}1\n        with:\n          push: true\n{more}");
        let (listed, bare) = (step("          sbom: true\n"), step("          # sbom: true\n"));
        assert!(lists_every_image(&listed) && lists_every_image(&format!("{listed}{listed}")));
        for workflow in ["", &bare, &format!("{listed}{bare}"), &format!("{bare}{listed}")] {
            assert!(!lists_every_image(workflow), "{workflow}");
        }
        assert!(!lists_every_image(&format!("{bare}      - run: x\n        with:\n          sbom: true\n")));
    }
}
