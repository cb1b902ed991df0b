//! A Postgres of our own: found or fetched, run privately, never as root.
//!
//! It listens on 127.0.0.1 only, and everything it must know before anyone connects (passwords, the
//! database) is told in its single-user mode, so that no client is needed, which not every
//! distribution of it brings along.

mod binaries;
mod cluster;
mod kind;

use anyhow::Result;
pub use binaries::Binaries;
pub use cluster::Cluster;
pub use kind::Kind;

use crate::{child::Services, project::Project, secrets::Values, step};

/// Names the database of every cluster that we start.
pub const DATABASE: &str = "okane";
/// In a cluster that is thrown away: a second database, whose migrations are applied.
const MIGRATED: &str = "okane_migrated";

/// Addresses of one database, one per role.
#[derive(Clone)]
pub struct Urls {
    /// The owner of the tables, who migrates.
    pub owner: String,
    /// The web server's role.
    pub web: String,
    /// The webhook's role.
    pub webhook: String,
    /// The role that only reads.
    pub auditor: String,
}

impl Urls {
    /// Of a cluster that is thrown away, the database with the schema of now.
    pub fn migrated(&self) -> String {
        self.owner.replace(&format!("/{DATABASE}"), &format!("/{MIGRATED}"))
    }

    /// `owner` with the roles' names and passwords in the owner's place.
    pub fn of(owner: &str, secrets: &Values) -> Urls {
        let place = owner.split_once("://").map_or(owner, |(_, rest)| rest);
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let url = |role: &str, secret: &str| format!("postgres://{role}:{}@{place}", secrets[secret]);
        Urls {
            owner: owner.to_owned(),
            web: url("okane_web", "WEB_PASSWORD"),
            webhook: url("okane_webhook", "WEBHOOK_PASSWORD"),
            auditor: url("okane_auditor", "AUDITOR_PASSWORD"),
        }
    }
}

/// Statements that make the roles, if migrations have not yet, and give them their passwords.
pub fn role_statements(secrets: &Values) -> Vec<String> {
    let roles = [
        ("okane_web", "WEB_PASSWORD"),
        ("okane_webhook", "WEBHOOK_PASSWORD"),
        ("okane_auditor", "AUDITOR_PASSWORD"),
    ];
    let mut statements = Vec::new();
    for (role, secret) in roles {
        statements.push(format!(
            "DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        ));
        statements.push(format!("ALTER ROLE {role} PASSWORD '{}'", secrets[secret]));
    }
    statements
}

/// Starts a cluster of this kind, to be stopped with `services`.
pub fn start(project: &Project, kind: Kind, secrets: &Values, services: &mut Services) -> Result<Urls> {
    let cluster = Cluster::find(project, kind)?;
    step::note(&format!("Postgres {} in {}", cluster.binaries.version, cluster.folder.display()));
    let port = cluster.start(secrets, services)?;
    let owner = format!("postgres://postgres:{}@127.0.0.1:{port}/{DATABASE}", secrets["OWNER_PASSWORD"]);
    step::note(&format!("listening on 127.0.0.1:{port}"));
    Ok(Urls::of(&owner, secrets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_an_address_of_its_own_in_the_same_place() {
        let secrets = ["WEB_PASSWORD", "WEBHOOK_PASSWORD", "AUDITOR_PASSWORD"];
        let secrets = secrets.map(|name| (name.to_owned(), "secret".to_owned())).into();
        let urls = Urls::of("postgres://me:p@ss@db.example:5433/money?sslmode=require", &secrets);
        assert_eq!(urls.web, "postgres://okane_web:secret@db.example:5433/money?sslmode=require");
        assert_eq!(urls.auditor, "postgres://okane_auditor:secret@db.example:5433/money?sslmode=require");
        assert_eq!(Urls::of("postgres:///money", &secrets).webhook, "postgres://okane_webhook:secret@/money");
    }
}
