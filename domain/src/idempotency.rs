//! One attempt, one outcome.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of one attempt to move money, chosen by whoever asks (draft-ietf-httpapi-idempotency-key-header).
///
/// Keys belong to a person: two people may use the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes 1 to 100 visible ASCII characters, bare or in double quotes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let key = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
        let sound = (1..=100).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        if sound { Ok(IdempotencyKey(key.to_owned())) } else { Err(KeyError) }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<uuid::Uuid> for IdempotencyKey {
    fn from(id: uuid::Uuid) -> Self {
        IdempotencyKey(id.to_string())
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        IdempotencyKey::parse(&text)
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> String {
        key.0
    }
}

/// Not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key is 1 to 100 visible ASCII characters")]
pub struct KeyError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_be_quoted() {
        assert_eq!(IdempotencyKey::parse("\"abc-1\""), IdempotencyKey::parse("abc-1"));
    }

    #[test]
    fn what_is_not_a_key_is_refused() {
        for text in ["", "\"\"", "a b", "é", &"k".repeat(101)] {
            assert_eq!(IdempotencyKey::parse(text), Err(KeyError), "{text}");
        }
    }

    #[test]
    fn a_key_is_told_as_it_is_without_its_quotes() {
        let key = IdempotencyKey::parse("\"abc-1\"").expect("a key");
        assert_eq!((key.as_str(), key.to_string().as_str()), ("abc-1", "abc-1"));
        assert_eq!(String::from(key), "abc-1");
        assert_eq!(IdempotencyKey::parse("a\"b"), Err(KeyError));
        assert!(IdempotencyKey::parse(&"k".repeat(100)).is_ok());
    }
}
