//! Who carries what is sent to people: a mail server, also for text messages, or in development nobody.

pub(crate) mod inbox;
mod smtp;

use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use identity::{Inbox, Post};
use secrecy::{ExposeSecret as _, SecretString};
use service::secret::{in_address, of_our_own};

use crate::settings::Serve;

/// Below this a secret can be found by trying.
const SHORTEST_SECRET: usize = 32;

/// How codes leave, and the inbox where they are read in development. It refuses what would leave people without their
/// codes, and what would show them to everybody.
pub(crate) fn post(settings: &Serve, origin: &str) -> anyhow::Result<(Post, Option<Arc<Inbox>>)> {
    let key = secret(settings.session_secret.as_ref())?;
    if settings.dev_inbox {
        ensure!(
            !origin.starts_with("https://"),
            "DEV_INBOX shows every code to everybody: it cannot be set where PUBLIC_ORIGIN is https"
        );
        tracing::warn!("DEV_INBOX: nothing is sent, and everybody can read it at /dev/inbox");
        let inbox = Arc::new(Inbox::default());
        return Ok((Post::new(inbox.clone(), origin, key), Some(inbox)));
    }
    let Some(url) = settings.smtp_url.as_ref().filter(|url| !url.expose_secret().is_empty()) else {
        bail!(
            "people cannot be sent their codes: set SMTP_URL, MAIL_FROM and SMS_DOMAIN, or in development DEV_INBOX"
        );
    };
    in_address("SMTP_URL", url)?;
    let from = settings.mail_from.as_deref().filter(|from| !from.is_empty());
    let from = from.context("MAIL_FROM is missing: in whose name codes are sent")?;
    let domain = settings.sms_domain.as_deref().filter(|domain| !domain.is_empty());
    let domain = domain.context("SMS_DOMAIN is missing: where mail to a number becomes a text message")?;
    let courier = smtp::Smtp::start(url.expose_secret(), from, domain)?;
    Ok((Post::new(Arc::new(courier), origin, key), None))
}

fn secret(given: Option<&SecretString>) -> anyhow::Result<SecretString> {
    let secret =
        given.context("SESSION_SECRET is missing: at least 32 characters, of openssl rand -hex 32")?;
    ensure!(
        secret.expose_secret().len() >= SHORTEST_SECRET,
        "SESSION_SECRET is too short: at least 32 characters, of openssl rand -hex 32"
    );
    of_our_own("SESSION_SECRET", secret)?;
    Ok(secret.clone())
}
