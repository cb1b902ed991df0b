//! Standard Webhooks 1.0 signatures: made by the simulator, checked at the door.
//!
//! Works on raw bytes, before anything is parsed, and never asks for the time itself. Compares in
//! constant time. Must never print a secret, nor accept one that is short enough to guess.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

/// The message's name, the same however often it is delivered.
pub const ID: &str = "webhook-id";
/// When this attempt was signed, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// One or more signatures, parted by spaces.
pub const SIGNATURE: &str = "webhook-signature";

/// How far the bank's clock may be from ours, either way.
const TOLERANCE_S: u64 = 300;
/// The shortest secret the specification allows.
const SECRET_BYTES: usize = 24;
/// Different bytes in a secret, at least. Of those that are random one in 10⁴⁰ has fewer; one that was typed to fill
/// the place of a secret often has.
const SECRET_KINDS: usize = 4;

/// The keys shared with the bank. The first signs; any of them verifies, so that one can be replaced
/// without a gap. `Debug` shows none of them.
#[derive(Debug, Clone)]
pub struct Secrets {
    first: SecretSlice<u8>,
    others: Vec<SecretSlice<u8>>,
}

impl Secrets {
    /// Reads `whsec_<base64>[,whsec_<base64>…]`. What is wrong is told by position, never by value.
    pub fn parse(list: &str) -> Result<Self, SecretsError> {
        let mut secrets =
            list.split(',').map(str::trim).enumerate().map(|(index, text)| key(index + 1, text));
        if list.trim().is_empty() {
            return Err(SecretsError::None);
        }
        let first = secrets.next().ok_or(SecretsError::None)??;
        Ok(Secrets { first, others: secrets.collect::<Result<_, _>>()? })
    }

    /// The value of the signature header for these bytes.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(mac(&self.first, id, &timestamp.to_string(), body)))
    }

    /// Checks the three headers against the body and the time; gives the message's id.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<String, Refusal> {
        let id = only(headers, ID)?;
        if !(1..=255).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Refusal::Id);
        }
        let timestamp = only(headers, TIMESTAMP)?;
        let signed_at = seconds(timestamp).ok_or(Refusal::Timestamp)?;
        let signatures = only(headers, SIGNATURE)?;

        if now.as_second().abs_diff(signed_at) > TOLERANCE_S {
            return Err(if signed_at < now.as_second() { Refusal::TooOld } else { Refusal::TooNew });
        }
        let mut matches = Choice::from(0);
        for secret in std::iter::once(&self.first).chain(&self.others) {
            let expected = mac(secret, id, timestamp, body);
            for given in v1(signatures) {
                matches |= given.as_slice().ct_eq(&expected);
            }
        }
        if bool::from(matches) { Ok(id.to_owned()) } else { Err(Refusal::Signature) }
    }
}

/// HMAC-SHA256 of `id.timestamp.body`.
fn mac(secret: &SecretSlice<u8>, id: &str, timestamp: &str, body: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret()).expect("a key of any length");
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// One secret of the list.
fn key(position: usize, text: &str) -> Result<SecretSlice<u8>, SecretsError> {
    let encoded = text.strip_prefix("whsec_").ok_or(SecretsError::Prefix { position })?;
    let bytes = STANDARD.decode(encoded).map_err(|_| SecretsError::Base64 { position })?;
    if bytes.len() < SECRET_BYTES {
        return Err(SecretsError::Short { position, bytes: bytes.len() });
    }
    if bytes.iter().collect::<BTreeSet<_>>().len() < SECRET_KINDS {
        return Err(SecretsError::Guessable { position });
    }
    Ok(bytes.into())
}

/// A header that stands exactly once: with two, who knows which one others read.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Refusal::Header(name)),
        _ => Err(Refusal::Header(name)),
    }
}

/// Plain digits only: `parse` alone would also take a sign.
fn seconds(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// The signatures we can check; `v1a` is the asymmetric kind, for which we hold no key.
fn v1(signatures: &str) -> impl Iterator<Item = Vec<u8>> {
    signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
}

/// Why the configured secrets cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// Nothing is set.
    #[error("BANK_WEBHOOK_SECRETS is empty: give at least one secret of the form whsec_<base64>.")]
    None,
    /// It is not written as a webhook secret.
    #[error("Secret {position} of BANK_WEBHOOK_SECRETS does not begin with whsec_.")]
    Prefix {
        /// Counted from one.
        position: usize,
    },
    /// What follows the prefix cannot be decoded.
    #[error("Secret {position} of BANK_WEBHOOK_SECRETS is not base64 after whsec_.")]
    Base64 {
        /// Counted from one.
        position: usize,
    },
    /// It could be guessed.
    #[error("Secret {position} of BANK_WEBHOOK_SECRETS has {bytes} bytes; it needs at least {SECRET_BYTES}.")]
    Short {
        /// Counted from one.
        position: usize,
        /// What it has.
        bytes: usize,
    },
    /// It is long, and the same all through.
    #[error(
        "Secret {position} of BANK_WEBHOOK_SECRETS is not random: make one with openssl rand -base64 32."
    )]
    Guessable {
        /// Counted from one.
        position: usize,
    },
}

/// Why a message is not the bank's, or not of now. The text is told to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A header is absent, repeated or not text.
    #[error("The header {0} must be there exactly once.")]
    Header(&'static str),
    /// The id cannot name a message.
    #[error("The header webhook-id must have 1 to 255 visible characters.")]
    Id,
    /// The time is not a count of seconds.
    #[error("The header webhook-timestamp must be a whole number of seconds.")]
    Timestamp,
    /// Signed more than five minutes ago: perhaps a replay.
    #[error("The message was signed more than five minutes ago.")]
    TooOld,
    /// Signed more than five minutes from now: one of the clocks is wrong.
    #[error("The message was signed more than five minutes in the future.")]
    TooNew,
    /// No signature is ours.
    #[error("No v1 signature matches the message.")]
    Signature,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::HeaderValue;

    use super::*;

    // The example that the implementations of the specification share.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const MESSAGE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SECONDS: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const OTHER_SECRET: &str = "whsec_b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXI=";

    fn headers(id: &str, timestamp: &str, signatures: &str) -> HeaderMap {
        [(ID, id), (TIMESTAMP, timestamp), (SIGNATURE, signatures)]
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
            .into_iter()
            .collect()
    }

    fn verify(signatures: &str) -> Result<String, Refusal> {
        verify_at(&headers(MESSAGE, &SECONDS.to_string(), signatures), SECONDS)
    }

    fn verify_at(headers: &HeaderMap, now: i64) -> Result<String, Refusal> {
        let secrets = Secrets::parse(SECRET).unwrap();
        secrets.verify(headers, BODY, Timestamp::from_second(now).unwrap())
    }

    #[test]
    fn the_example_of_the_specification_is_signed_and_verified_alike() {
        assert_eq!(Secrets::parse(SECRET).unwrap().sign(MESSAGE, SECONDS, BODY), SIGNED);
        assert_eq!(verify(SIGNED), Ok(MESSAGE.to_owned()));
    }

    #[test]
    fn one_matching_signature_of_a_list_is_enough() {
        let foreign = Secrets::parse(OTHER_SECRET).unwrap().sign(MESSAGE, SECONDS, BODY);
        assert!(verify(&format!("v1a,AAAA {foreign} v2,{SIGNED} {SIGNED}")).is_ok());
        assert_eq!(verify(&foreign), Err(Refusal::Signature));
    }

    #[test]
    fn old_and_new_secret_both_verify_while_they_are_exchanged() {
        let both = Secrets::parse(&format!("{OTHER_SECRET}, {SECRET}")).unwrap();
        let now = Timestamp::from_second(SECONDS).unwrap();
        let by_old = headers(MESSAGE, &SECONDS.to_string(), SIGNED);
        let by_new = headers(MESSAGE, &SECONDS.to_string(), &both.sign(MESSAGE, SECONDS, BODY));
        assert!(both.verify(&by_old, BODY, now).is_ok());
        assert!(both.verify(&by_new, BODY, now).is_ok());
        assert_eq!(Secrets::parse(SECRET).unwrap().verify(&by_new, BODY, now), Err(Refusal::Signature));
    }

    #[test]
    fn what_is_not_a_whole_v1_signature_is_refused() {
        let bare = SIGNED.strip_prefix("v1,").unwrap();
        for signatures in [
            "",
            " ",
            "v1,",
            "v1",
            bare,
            &format!("v1a,{bare}"),
            &format!("V1,{bare}"),
            &SIGNED[..40],
            "v1,g0hM",
        ] {
            assert_eq!(verify(signatures), Err(Refusal::Signature), "{signatures}");
        }
    }

    #[test]
    fn a_change_of_id_time_or_body_breaks_the_signature() {
        let time = SECONDS.to_string();
        let later = (SECONDS + 1).to_string();
        assert_eq!(verify_at(&headers("msg_other", &time, SIGNED), SECONDS), Err(Refusal::Signature));
        assert_eq!(verify_at(&headers(MESSAGE, &later, SIGNED), SECONDS), Err(Refusal::Signature));
        let now = Timestamp::from_second(SECONDS).unwrap();
        let compact = br#"{"test":2432232314}"#;
        let secrets = Secrets::parse(SECRET).unwrap();
        assert_eq!(secrets.verify(&headers(MESSAGE, &time, SIGNED), compact, now), Err(Refusal::Signature));
    }

    #[test]
    fn five_minutes_are_tolerated_and_not_a_second_more() {
        let given = headers(MESSAGE, &SECONDS.to_string(), SIGNED);
        assert!(verify_at(&given, SECONDS + 300).is_ok());
        assert!(verify_at(&given, SECONDS - 300).is_ok());
        assert_eq!(verify_at(&given, SECONDS + 301), Err(Refusal::TooOld));
        assert_eq!(verify_at(&given, SECONDS - 301), Err(Refusal::TooNew));
    }

    #[test]
    fn headers_that_are_absent_twice_or_odd_are_refused() {
        let time = SECONDS.to_string();
        for name in [ID, TIMESTAMP, SIGNATURE] {
            let mut absent = headers(MESSAGE, &time, SIGNED);
            absent.remove(name);
            assert_eq!(verify_at(&absent, SECONDS), Err(Refusal::Header(name)));
            let mut twice = headers(MESSAGE, &time, SIGNED);
            twice.append(name, HeaderValue::from_static("again"));
            assert_eq!(verify_at(&twice, SECONDS), Err(Refusal::Header(name)));
        }
        for id in ["", "a b", &"x".repeat(256)] {
            assert_eq!(verify_at(&headers(id, &time, SIGNED), SECONDS), Err(Refusal::Id), "{id}");
        }
        for time in ["", "now", "+1614265330", "-1", "1614265330.0", "99999999999999999999", " 1"] {
            assert_eq!(
                verify_at(&headers(MESSAGE, time, SIGNED), SECONDS),
                Err(Refusal::Timestamp),
                "{time}"
            );
        }
        assert_eq!(verify_at(&headers(MESSAGE, &i64::MAX.to_string(), SIGNED), 0), Err(Refusal::TooNew));
    }

    #[test]
    fn secrets_that_are_absent_short_or_unreadable_are_refused_without_being_shown() {
        use SecretsError::*;
        for (list, error) in [
            ("", None),
            ("  ", None),
            ("hunter2", Prefix { position: 1 }),
            ("whsec_hunter2!", Base64 { position: 1 }),
            ("whsec_", Short { position: 1, bytes: 0 }),
            ("whsec_aHVudGVyMg==", Short { position: 1, bytes: 7 }),
            (&format!("{SECRET},"), Prefix { position: 2 }),
            (&format!("{SECRET},whsec_aHVudGVyMg=="), Short { position: 2, bytes: 7 }),
        ] {
            let refused = Secrets::parse(list).unwrap_err();
            assert_eq!(refused, error, "{list}");
            assert!(!refused.to_string().contains("hunter2") && !refused.to_string().contains("aHVud"));
        }
    }

    #[test]
    fn secrets_that_can_be_guessed_are_refused() {
        for plain in ["a".repeat(32), "ab".repeat(16), "\0".repeat(64), "xyz".repeat(11)] {
            let list = format!("{SECRET},whsec_{}", STANDARD.encode(plain));
            assert_eq!(Secrets::parse(&list).unwrap_err(), SecretsError::Guessable { position: 2 });
        }
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        let shown = format!("{:?}", Secrets::parse(SECRET).unwrap());
        assert!(shown.contains("REDACTED") && !shown.contains("49, 242"), "{shown}");
    }
}
