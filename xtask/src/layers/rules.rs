//! Rules about crates.

use crate::cargo::WASM;

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Scope {
    /// Everything that the package compiles, with these arguments to cargo.
    Tree(&'static [&'static str]),
    /// What its manifest names, at any feature.
    Manifest,
}

/// One package must not know these.
pub struct Rule {
    /// Whom it binds.
    pub package: &'static str,
    /// What is looked at.
    pub scope: Scope,
    /// What must not be found there; by the name it has in code.
    pub never: &'static [&'static str],
    /// Why.
    pub reason: &'static str,
}

const EVERY_FEATURE: Scope = Scope::Tree(&["--all-features"]);

/// Every rule about crates.
///
/// `identity` compiles axum all the same, through axum-login and tower-sessions, whose session type it
/// stores. What it must not do is speak HTTP, so its rule is about what its manifest names.
pub const RULES: &[Rule] = &[
    Rule {
        package: "domain",
        scope: EVERY_FEATURE,
        never: &[
            "cache", "ledger", "identity", "service", "app", "server", "frontend", "webhook", "xtask",
            "sqlx", "redis", "tokio", "axum", "leptos",
        ],
        reason: "domain is the ground: words without I/O",
    },
    Rule {
        package: "cache",
        scope: EVERY_FEATURE,
        never: &[
            "domain", "ledger", "identity", "service", "app", "server", "webhook", "sqlx", "axum", "leptos",
        ],
        reason: "cache knows no money and no people",
    },
    Rule {
        package: "ledger",
        scope: EVERY_FEATURE,
        never: &["identity", "service", "app", "server", "webhook", "axum", "axum_core", "hyper", "leptos"],
        reason: "ledger moves money: no people, no HTTP, no UI",
    },
    Rule {
        package: "ledger",
        scope: Scope::Manifest,
        never: &["redis", "http", "reqwest"],
        reason: "only cache knows redis, and ledger no HTTP",
    },
    Rule {
        package: "identity",
        scope: EVERY_FEATURE,
        never: &["ledger", "service", "app", "server", "webhook", "leptos"],
        reason: "identity is people: no money, no UI",
    },
    Rule {
        package: "identity",
        scope: Scope::Manifest,
        never: &["redis", "axum", "axum_core", "http", "hyper", "reqwest", "tower_http"],
        reason: "only cache knows redis, and identity no HTTP beyond the sessions' own types",
    },
    Rule {
        package: "app",
        scope: Scope::Manifest,
        never: &["sqlx", "redis", "cache", "server", "webhook", "frontend"],
        reason: "a server function that holds SQL does not compile",
    },
    Rule {
        package: "app",
        scope: Scope::Tree(&["--features", "hydrate", "--target", WASM]),
        never: &["sqlx", "redis", "cache", "ledger", "identity", "server", "axum", "tokio"],
        reason: "the browser gets none of the server",
    },
    Rule {
        package: "frontend",
        scope: Scope::Tree(&["--target", WASM]),
        never: &["sqlx", "redis", "cache", "ledger", "identity", "server", "axum", "tokio"],
        reason: "the browser gets none of the server",
    },
    Rule {
        package: "frontend",
        scope: Scope::Manifest,
        never: &["domain", "cache", "ledger", "identity", "service", "server", "webhook"],
        reason: "frontend is an entry and nothing else",
    },
    Rule {
        package: "service",
        scope: EVERY_FEATURE,
        never: &["domain", "cache", "ledger", "identity", "app", "server", "webhook", "leptos"],
        reason: "service is how any process serves: it knows nothing of ours",
    },
    Rule {
        package: "server",
        scope: EVERY_FEATURE,
        never: &["webhook", "frontend", "xtask", "bench"],
        reason: "services are deployed one by one",
    },
    Rule { package: "server", scope: Scope::Manifest, never: &["redis"], reason: "only cache knows redis" },
    Rule { package: "service", scope: Scope::Manifest, never: &["redis"], reason: "only cache knows redis" },
    Rule {
        package: "webhook",
        scope: EVERY_FEATURE,
        never: &["leptos", "app", "identity", "server", "frontend", "bench"],
        reason: "the bank's door has no pages of ours and no people",
    },
    Rule { package: "webhook", scope: Scope::Manifest, never: &["redis"], reason: "only cache knows redis" },
    Rule {
        package: "bench",
        scope: EVERY_FEATURE,
        never: &["identity", "app", "server", "webhook", "frontend", "xtask", "leptos"],
        reason: "bench measures the services as others meet them, from outside",
    },
    Rule { package: "bench", scope: Scope::Manifest, never: &["redis"], reason: "only cache knows redis" },
];

impl Rule {
    /// A sentence for each crate among these that must not be there.
    pub fn broken_by(&self, crates: &[String]) -> Vec<String> {
        let found = self.never.iter().filter(|never| crates.iter().any(|one| one == *never));
        let verb = if matches!(self.scope, Scope::Manifest) { "names" } else { "compiles" };
        found.map(|never| format!("{} {verb} {never}: {}", self.package, self.reason)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_rule_fails_for_everything_that_it_forbids() {
        for rule in RULES {
            for never in rule.never {
                let crates = ["serde".to_owned(), (*never).to_owned()];
                assert_eq!(rule.broken_by(&crates).len(), 1, "{} and {never}", rule.package);
            }
        }
    }

    #[test]
    fn every_rule_lets_pass_what_it_does_not_forbid() {
        for rule in RULES {
            // Names that only begin like a forbidden one are other crates.
            let crates = ["serde", "leptos_macro", "tokio_util", "axumish"].map(str::to_owned);
            assert_eq!(rule.broken_by(&crates), Vec::<String>::new());
        }
    }
}
