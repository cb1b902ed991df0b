//! What is kept under a key.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Longer values are not read: nothing we keep is that long.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Names an entry: what it is, in which shape, whose, and by which clock it ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// A noun: `balance`.
    pub kind: &'static str,
    /// Counts changes of the value's shape, so that an old server's entry is a miss for a new one.
    pub schema: u32,
    /// What the versions count: kinds of one clock age together, and news of one makes all of them old.
    pub clock: &'static str,
    /// The person it belongs to.
    pub owner: Uuid,
}

impl Key {
    /// The braces keep one person's entries on one node of a Redis Cluster.
    pub(crate) fn name(&self) -> String {
        format!("okane:{{{}}}:{}", self.owner, self.kind)
    }

    /// Where the newest version of the clock stands.
    pub(crate) fn clock_name(&self) -> String {
        format!("okane:{{{}}}:clock:{}", self.owner, self.clock)
    }
}

#[derive(Serialize, Deserialize)]
struct Entry<T> {
    owner: Uuid,
    kind: String,
    schema: u32,
    value: T,
}

/// The version, a line's end, and the entry as JSON: a script compares versions without reading the rest. Fails where the value
/// cannot be written as JSON.
pub fn encode<T: Serialize>(key: &Key, version: i64, value: T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = format!("{version}\n").into_bytes();
    let entry = Entry { owner: key.owner, kind: key.kind.to_owned(), schema: key.schema, value };
    serde_json::to_writer(&mut bytes, &entry)?;
    Ok(bytes)
}

/// The version and value, if the bytes are an entry for this very key.
pub fn decode<T: DeserializeOwned>(key: &Key, bytes: &[u8]) -> Option<(i64, T)> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let end = bytes.iter().take(21).position(|byte| *byte == b'\n')?;
    let version = std::str::from_utf8(&bytes[..end]).ok()?.parse().ok()?;
    let entry: Entry<T> = serde_json::from_slice(&bytes[end + 1..]).ok()?;
    let ours = entry.owner == key.owner && entry.kind == key.kind && entry.schema == key.schema;
    ours.then_some((version, entry.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key { kind: "balance", schema: 1, clock: "money", owner: Uuid::from_u128(7) };

    #[test]
    fn an_entry_is_read_only_under_its_own_key() {
        let bytes = encode(&KEY, 3, 500).expect("encodes");
        assert_eq!(decode::<i64>(&KEY, &bytes), Some((3, 500)));
        for other in [
            Key { owner: Uuid::from_u128(8), ..KEY },
            Key { schema: 2, ..KEY },
            Key { kind: "history", ..KEY },
        ] {
            assert_eq!(decode::<i64>(&other, &bytes), None);
        }
    }

    #[test]
    fn what_is_malformed_or_huge_is_a_miss() {
        for bytes in [b"".as_slice(), b"{", b"3", b"3\n", b"x\n{}", b"3\n{}", &vec![b' '; MAX_BYTES + 1]] {
            assert_eq!(decode::<i64>(&KEY, bytes), None);
        }
    }
}
