//! What stands in Redis under a key.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Longer values are not read: nothing we keep is that long.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Names an entry: what it is, in which shape, and whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// A noun: `balance`.
    pub kind: &'static str,
    /// Counts changes of the value's shape, so that an old server's entry is a miss for a new one.
    pub schema: u32,
    /// The person it belongs to.
    pub owner: Uuid,
}

impl Key {
    /// The braces keep one person's entries on one node of a Redis Cluster.
    pub(crate) fn name(&self) -> String {
        format!("okane:{{{}}}:{}", self.owner, self.kind)
    }
}

#[derive(Serialize, Deserialize)]
struct Entry<T> {
    owner: Uuid,
    kind: String,
    schema: u32,
    version: i64,
    value: T,
}

pub(crate) fn encode<T: Serialize>(key: &Key, version: i64, value: T) -> serde_json::Result<String> {
    let entry = Entry { owner: key.owner, kind: key.kind.to_owned(), schema: key.schema, version, value };
    serde_json::to_string(&entry)
}

/// The version and value, if the bytes are an entry for this very key.
pub(crate) fn decode<T: DeserializeOwned>(key: &Key, bytes: &[u8]) -> Option<(i64, T)> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let entry: Entry<T> = serde_json::from_slice(bytes).ok()?;
    let ours = entry.owner == key.owner && entry.kind == key.kind && entry.schema == key.schema;
    ours.then_some((entry.version, entry.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key { kind: "balance", schema: 1, owner: Uuid::from_u128(7) };

    #[test]
    fn an_entry_is_read_only_under_its_own_key() {
        let bytes = encode(&KEY, 3, 500).expect("encodes");
        assert_eq!(decode::<i64>(&KEY, bytes.as_bytes()), Some((3, 500)));
        for other in [
            Key { owner: Uuid::from_u128(8), ..KEY },
            Key { schema: 2, ..KEY },
            Key { kind: "history", ..KEY },
        ] {
            assert_eq!(decode::<i64>(&other, bytes.as_bytes()), None);
        }
    }

    #[test]
    fn what_is_malformed_or_huge_is_a_miss() {
        assert_eq!(decode::<i64>(&KEY, b"{"), None);
        assert_eq!(decode::<i64>(&KEY, &vec![b' '; MAX_BYTES + 1]), None);
    }
}
