//! Where a page of activity ends.

use std::{fmt, str::FromStr};

use domain::view::Movement;
use jiff::Timestamp;
use uuid::Uuid;

/// A movement's place in the activity: microseconds since 1970 in UTC, never before, and its id; the greatest is the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) at: Timestamp,
    pub(crate) id: Uuid,
}

impl Cursor {
    pub(super) fn new(at: Timestamp, id: Uuid) -> Self {
        Cursor { at, id }
    }

    /// Where a page ends that ends with this movement.
    pub(super) fn after<P>(movement: &Movement<P>) -> Self {
        let id = match movement {
            Movement::Entry { transfer, .. } | Movement::Hold { transfer, .. } => transfer.uuid(),
            Movement::Attempt { on_ramp, .. } => on_ramp.uuid(),
        };
        Cursor::new(movement.at(), id)
    }
}

/// `1732243930000000.0192f3a1…`, for an address.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.as_microsecond(), self.id.simple())
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, id) = text.split_once('.').ok_or(NotACursor)?;
        let micros = at.parse().map_err(|_| NotACursor)?;
        // Nothing moved before 1970, and Postgres knows no time before 4714 BC: it would refuse the statement.
        let at = Timestamp::from_microsecond(micros).ok().filter(|at| *at >= Timestamp::UNIX_EPOCH);
        Ok(Cursor { at: at.ok_or(NotACursor)?, id: id.parse().map_err(|_| NotACursor)? })
    }
}

/// The text names no place in the activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a page of the activity")]
pub struct NotACursor;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_is_written() {
        let cursor = Cursor::new(
            Timestamp::from_microsecond(1_732_243_930_123_456).expect("a time"),
            Uuid::from_u128(9),
        );
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn what_is_not_a_cursor_is_refused() {
        for text in ["", ".", "1", "1.x", "x.0"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
        for time in ["-1", "-377705023201000000", "9223372036854775807", "99999999999999999999", "1e3"] {
            let text = format!("{time}.00000000000000000000000000000009");
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }
}
