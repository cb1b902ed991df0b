//! What stands in Redis, where anybody may have put it.

use bolero::{TypeGenerator, check};
use cache::{Key, decode, encode};
use domain::{Paise, view::Balance};
use serde_json::Value;
use uuid::Uuid;

const KEY: Key = Key { kind: "balance", schema: 1, clock: "money", owner: Uuid::from_u128(7) };

/// A sound entry of anybody's, some of its bytes changed, or any bytes at all.
#[derive(Debug, TypeGenerator)]
enum Held {
    Any(Vec<u8>),
    Entry { version: i64, available: i64, held: i64, whose: u8, schema: u8, changes: Vec<(u16, u8)> },
}

#[test]
fn an_entry_is_believed_only_where_it_says_whose_it_is() {
    check!().with_type::<Held>().for_each(|held| {
        let bytes = match held {
            Held::Any(bytes) => bytes.clone(),
            Held::Entry { version, available, held, whose, schema, changes } => {
                let owner = Uuid::from_u128(u128::from(*whose % 16));
                let key = Key { owner, schema: u32::from(*schema % 3), ..KEY };
                let balance =
                    Balance { available: Paise::new(*available), held: Paise::new(*held), version: *version };
                let mut bytes = encode(&key, *version, balance).unwrap();
                if changes.is_empty() {
                    let believed = decode::<Balance>(&KEY, &bytes);
                    assert_eq!(believed, (key == KEY).then_some((*version, balance)), "{held:?}");
                }
                for (place, byte) in changes {
                    let place = usize::from(*place) % bytes.len();
                    bytes[place] = *byte;
                }
                bytes
            }
        };
        let Some((version, balance)) = decode::<Balance>(&KEY, &bytes) else { return };
        // Fields that nobody reads may hold anything.
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        assert_eq!(std::str::from_utf8(&bytes[..end]).unwrap().parse(), Ok(version), "{held:?}");
        let Ok(entry) = serde_json::from_slice::<Value>(&bytes[end + 1..]) else { return };
        let said = (&entry["kind"], &entry["schema"]);
        assert_eq!(said, (&Value::from("balance"), &Value::from(1)), "{held:?}");
        assert_eq!(entry["owner"].as_str().map(Uuid::parse_str), Some(Ok(KEY.owner)), "{held:?}");
        let again = encode(&KEY, version, balance).unwrap();
        assert_eq!(decode::<Balance>(&KEY, &again), Some((version, balance)));
    });
}
