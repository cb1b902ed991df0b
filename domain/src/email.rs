//! E-mail addresses, as names to sign in by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An e-mail address in lower case. The shape is checked, its existence is not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address: one `@`, a dotted domain, at most 254 characters (RFC 5321, 4.5.3.1).
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        let label = |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let sound = (1..=64).contains(&local.len())
            && local.bytes().all(|b| b.is_ascii_graphic() && !b"()<>[]:;,\\\"@".contains(&b))
            && domain.contains('.')
            && domain.split('.').all(label)
            && text.len() <= 254;
        if sound { Ok(Email(text)) } else { Err(EmailError) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Email::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

/// Not an e-mail address. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("Enter an e-mail address, like ananya@example.in.")]
pub struct EmailError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case() {
        assert_eq!(Email::parse(" Ananya@Example.IN ").map(String::from), Ok("ananya@example.in".to_owned()));
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for text in ["", "a", "a@b", "@b.in", "a@.in", "a@b..in", "a b@c.in", "a@b@c.in", "<a>@b.in"] {
            assert_eq!(Email::parse(text), Err(EmailError), "{text}");
        }
    }

    #[test]
    fn an_address_is_told_as_it_is_kept() {
        let email = Email::parse("Ananya@Example.IN").expect("an address");
        assert_eq!((email.as_str(), email.to_string().as_str()), ("ananya@example.in", "ananya@example.in"));
    }

    #[test]
    fn an_address_is_of_the_length_that_mail_allows() {
        let of = |local: usize, domain: usize| {
            let domain = format!("{}.in", "d".repeat(domain - 3));
            Email::parse(&format!("{}@{domain}", "l".repeat(local)))
        };
        assert!(of(64, 189).is_ok(), "254 in all");
        assert_eq!(of(64, 190), Err(EmailError));
        assert_eq!(of(65, 20), Err(EmailError));
    }
}
