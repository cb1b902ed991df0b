//! News: something of somebody's has a new version.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::Key;

/// Everything of this owner that ages by this clock and is older than this version is old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// What the version counts: [`Key::clock`].
    pub clock: String,
    /// Whose.
    pub owner: Uuid,
    /// The newest that was heard of.
    pub version: i64,
}

impl News {
    pub(crate) fn of(key: &Key, version: i64) -> News {
        News { clock: key.clock.to_owned(), owner: key.owner, version }
    }
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.clock, self.owner, self.version)
    }
}

impl FromStr for News {
    type Err = ();

    fn from_str(text: &str) -> Result<News, ()> {
        let mut words = text.split(' ');
        let (Some(clock), Some(owner), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(());
        };
        let (Ok(owner), Ok(version)) = (owner.parse(), version.parse()) else { return Err(()) };
        Ok(News { clock: clock.to_owned(), owner, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_read_as_they_were_written_and_anything_else_is_none() {
        let news = News { clock: "money".to_owned(), owner: Uuid::from_u128(7), version: 3 };
        assert_eq!(news.to_string().parse(), Ok(news));
        for text in ["", "money", "money 7 3", "money 00000000-0000-0000-0000-000000000007 x", "a b c d"] {
            assert_eq!(text.parse::<News>(), Err(()), "{text}");
        }
    }
}
