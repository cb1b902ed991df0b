//! Secrets that whoever deploys gives us. One that can be guessed is refused at the start, in a sentence that names where
//! it stands and never what it is.

use std::collections::BTreeSet;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Characters of a password that others can try, at least.
pub const PASSWORD: usize = 16;
/// Different characters in any secret, at least.
const KINDS: usize = 6;
/// Of what everybody tries first, and of what stands in examples.
const FIRST: [&str; 7] = ["password", "secret", "change", "postgres", "okane", "example", "123456"];
/// What stands beside these in the place of a secret that is still to come.
const FILLING: [&str; 11] =
    ["placeholder", "client", "google", "insert", "your", "here", "oidc", "this", "todo", "the", "me"];

/// Why a secret is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// One of our own that is plain, or what everybody tries first.
    #[error("{name} can be guessed: it wants random characters, of openssl rand -hex 32")]
    Guessable {
        /// The variable.
        name: &'static str,
    },
    /// One that somebody else gives us, and has not given us yet.
    #[error("{name} is what stands in examples: it is given to you by whom it is shared with")]
    Placeholder {
        /// The variable.
        name: &'static str,
    },
    /// The password of something that others reach too.
    #[error(
        "The password in {name} can be guessed, and others reach what it opens: it wants at least {PASSWORD} random \
         characters"
    )]
    Reachable {
        /// The variable.
        name: &'static str,
    },
}

/// A secret of our own, of the variable of this name. How long it has to be is up to what it is for.
///
/// # Errors
/// Where it can be guessed.
pub fn of_our_own(name: &'static str, secret: &SecretString) -> Result<(), WeakSecret> {
    if is_guessable(secret.expose_secret()) { Err(WeakSecret::Guessable { name }) } else { Ok(()) }
}

/// A secret that somebody else has made, as long and of what they like.
///
/// # Errors
/// Where it was not filled in.
pub fn of_others(name: &'static str, secret: &SecretString) -> Result<(), WeakSecret> {
    if is_placeholder(secret.expose_secret()) { Err(WeakSecret::Placeholder { name }) } else { Ok(()) }
}

/// The password in an address, if one stands there, of what is on another machine. What cannot be read is left to
/// whoever reads it.
///
/// # Errors
/// Where it can be guessed.
pub fn in_address(name: &'static str, address: &SecretString) -> Result<(), WeakSecret> {
    let Ok(url) = address.expose_secret().parse::<Url>() else { return Ok(()) };
    let is_reached = url.host_str().is_some_and(|host| !is_here(host));
    if is_reached && has_guessable_password(&url) { Err(WeakSecret::Reachable { name }) } else { Ok(()) }
}

/// Whether a password stands in it that can be guessed.
pub(crate) fn has_guessable_password(url: &Url) -> bool {
    url.password().is_some_and(|password| is_guessable(&percent_decode_str(password).decode_utf8_lossy()))
}

/// Whether this machine alone is meant: by name, by address, or by the folder of a socket.
pub(crate) fn is_here(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let is_loopback = || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    host.is_empty() || host.starts_with('/') || host == "localhost" || is_loopback()
}

/// What stands in examples, and what is so short or so plain that it can be tried.
fn is_guessable(secret: &str) -> bool {
    let plain = secret.to_lowercase();
    secret.len() < PASSWORD
        || plain.bytes().collect::<BTreeSet<_>>().len() < KINDS
        || FIRST.iter().any(|first| plain.contains(first))
}

/// What is made of nothing but words that stand for a secret, or of one or two characters.
fn is_placeholder(secret: &str) -> bool {
    let plain = secret.to_lowercase();
    let rest = FIRST.iter().chain(&FILLING).fold(plain.clone(), |rest, word| rest.replace(word, ""));
    plain.bytes().collect::<BTreeSet<_>>().len() < 3 || !rest.contains(|one: char| one.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "b1946ac92492d2347c6235b4d2611184";

    #[test]
    fn a_secret_of_our_own_is_refused_where_it_can_be_guessed() {
        let weak = Err(WeakSecret::Guessable { name: "SESSION_SECRET" });
        for secret in [
            &*"a".repeat(32),
            &"ab".repeat(16),
            &"00010203".repeat(4),
            "change-me-change-me-change-me-change-me",
            "this is the session secret of okane",
            "my-password-my-password-my-password",
        ] {
            assert_eq!(of_our_own("SESSION_SECRET", &secret.into()), weak, "{secret}");
        }
        for secret in
            [GOOD, "codes that nobody but a benchmark is sent", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg=="]
        {
            assert_eq!(of_our_own("SESSION_SECRET", &secret.into()), Ok(()), "{secret}");
        }
    }

    #[test]
    fn a_secret_of_others_is_refused_where_it_was_not_filled_in_and_not_for_its_length() {
        for secret in [
            "",
            " ",
            "x",
            "xxxxxxxxxxxxxxxx",
            "secret",
            "your-client-secret",
            "<YOUR_CLIENT_SECRET_HERE>",
            "changeme",
            "change-this",
            "Example Secret",
            "TODO",
            "placeholder",
            "***",
            "password123456",
        ] {
            let refused = of_others("OIDC_CLIENT_SECRET", &secret.into());
            assert_eq!(refused, Err(WeakSecret::Placeholder { name: "OIDC_CLIENT_SECRET" }), "{secret:?}");
        }
        for secret in ["of-the-tests", "GOCSPX-1xYz", "k3y", GOOD] {
            assert_eq!(of_others("OIDC_CLIENT_SECRET", &secret.into()), Ok(()), "{secret}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_where_it_can_be_guessed_and_others_reach_what_it_opens() {
        for (name, scheme, user) in [("SMTP_URL", "smtps", "okane"), ("REDIS_URL", "redis", "")] {
            let address = |password: &str, host: &str| format!("{scheme}://{user}:{password}@{host}").into();
            for password in
                ["x", "changeme", "fifteen-letters", "aaaaaaaaaaaaaaaaaaaa", "%61%61%61%61%61%61%62"]
            {
                for host in ["mail.example", "10.0.0.7:25", "[2001:db8::7]", "redis:6379"] {
                    let refused = in_address(name, &address(password, host));
                    assert_eq!(refused, Err(WeakSecret::Reachable { name }), "{password} {host}");
                }
                for host in ["127.0.0.1:25", "localhost", "[::1]:6379"] {
                    assert_eq!(in_address(name, &address(password, host)), Ok(()), "{password} {host}");
                }
            }
            assert_eq!(in_address(name, &address(GOOD, "mail.example")), Ok(()));
            for address in
                [&*format!("{scheme}://mail.example"), "unix:///run/redis.sock?pass=x", "no address"]
            {
                assert_eq!(in_address(name, &address.into()), Ok(()), "{address}");
            }
        }
    }

    #[test]
    fn what_is_refused_is_named_and_not_told() {
        let refused = in_address("SMTP_URL", &"smtp://me:canary@mail.example".into()).unwrap_err();
        assert!(
            refused.to_string().contains("SMTP_URL") && !format!("{refused} {refused:?}").contains("canary")
        );
    }
}
