//! Moments in sentences that have no viewer whose zone is known: in messages and refusals.

use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};

/// Seconds east of Greenwich: one offset all year, which needs no table of zones.
const INDIA: i32 = (5 * 60 + 30) * 60;

/// `28 Nov 2026, 14:05 IST`.
pub fn in_india(at: Timestamp) -> String {
    let zone = Offset::from_seconds(INDIA).map_or(TimeZone::UTC, TimeZone::fixed);
    at.to_zoned(zone).strftime("%-d %b %Y, %H:%M IST").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_indian_time() {
        let at = "2026-11-27T18:45:00Z".parse().expect("a moment");
        assert_eq!(in_india(at), "28 Nov 2026, 00:15 IST");
    }
}
