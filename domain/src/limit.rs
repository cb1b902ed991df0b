//! How much somebody may pay.

use serde::{Deserialize, Serialize};

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// One transfer.
    Transfer,
    /// All transfers of a day in India.
    Day,
    /// All transfers of a month in India.
    Month,
}

impl Period {
    /// Shortest first.
    pub const ALL: [Period; 3] = [Period::Transfer, Period::Day, Period::Month];

    /// The word in tables and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Period::Transfer => "transfer",
            Period::Day => "day",
            Period::Month => "month",
        }
    }

    /// The period with this word.
    pub fn parse(code: &str) -> Option<Self> {
        Period::ALL.into_iter().find(|period| period.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_period_is_found_by_its_word() {
        assert_eq!(Period::ALL.map(Period::code), ["transfer", "day", "month"]);
        assert_eq!(Period::ALL.map(|period| Period::parse(period.code())), Period::ALL.map(Some));
        assert_eq!(Period::parse("year"), None);
    }
}
