//! How long a frozen wallet stays so after its owner asked to thaw it.

use serde::{Deserialize, Serialize};

/// A person's own delay, chosen before it is needed: whoever gets hold of phone and password has to wait it out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThawDelay {
    /// None: the password thaws at once.
    #[default]
    None,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl ThawDelay {
    /// Shortest first.
    pub const ALL: [ThawDelay; 3] = [ThawDelay::None, ThawDelay::Hour, ThawDelay::Day];

    /// How long it is, in minutes.
    pub const fn minutes(self) -> u16 {
        match self {
            ThawDelay::None => 0,
            ThawDelay::Hour => 60,
            ThawDelay::Day => 24 * 60,
        }
    }

    /// The one of so many minutes; `None` where there is none such.
    pub fn of_minutes(minutes: u16) -> Option<Self> {
        ThawDelay::ALL.into_iter().find(|delay| delay.minutes() == minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::ThawDelay;

    #[test]
    fn each_is_found_again_by_its_minutes_and_nothing_else_is() {
        for delay in ThawDelay::ALL {
            assert_eq!(ThawDelay::of_minutes(delay.minutes()), Some(delay));
        }
        assert_eq!((0..=u16::MAX).filter_map(ThawDelay::of_minutes).count(), ThawDelay::ALL.len());
        assert_eq!(ThawDelay::ALL.map(ThawDelay::minutes), [0, 60, 1440]);
    }
}
