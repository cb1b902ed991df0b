//! A page of movements as the viewer's days.

use domain::{Paise, view::Movement};

use super::time::Clock;

/// The movements of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// `Today, Sun 22 Nov`.
    pub label: String,
    /// What the day came to; `None` where the day goes on off the page, or nothing moved.
    pub net: Option<Paise>,
    /// Newest first.
    pub movements: Vec<Movement>,
}

/// Groups a page of movements, newest first, by the viewer's days. A page may begin or end in the middle of
/// a day (`cut_above`, `cut_below`): such a day's net is not known and not told.
pub fn days(movements: Vec<Movement>, clock: &Clock, cut_above: bool, cut_below: bool) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let mut date = None;
    for movement in movements {
        let own = clock.date(movement.at());
        match days.last_mut() {
            Some(day) if date == Some(own) => day.movements.push(movement),
            _ => {
                date = Some(own);
                days.push(Day { label: clock.day(movement.at()), net: None, movements: vec![movement] });
            }
        }
    }
    let last = days.len().saturating_sub(1);
    for (i, day) in days.iter_mut().enumerate() {
        let whole = !(cut_above && i == 0 || cut_below && i == last);
        day.net = if whole { net(&day.movements) } else { None };
    }
    days
}

/// The sum of what moved; `None` where nothing did.
fn net(movements: &[Movement]) -> Option<Paise> {
    let mut amounts = movements.iter().filter_map(|m| match m {
        Movement::Entry { amount, .. } => Some(*amount),
        Movement::Hold { .. } | Movement::Attempt { .. } => None,
    });
    let first = amounts.next()?;
    amounts.try_fold(first, Paise::checked_add)
}

#[cfg(test)]
mod tests {
    use domain::{
        Bank, Note, OnRampId, TransferId, UserId,
        view::{Counterparty, OnRampStatus, Person},
    };
    use jiff::Timestamp;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn entry(amount: i64, time: &str) -> Movement {
        Movement::Entry {
            transfer: "0192f3a1-7b2c-7def-8123-456789abcdef".parse::<TransferId>().expect("an id"),
            counterparty: Counterparty::Person(Person {
                id: "0192f3a1-7b2c-7def-8123-456789abcdef".parse::<UserId>().expect("an id"),
                name: "Meera Krishnan".into(),
                phone: String::new(),
                handle: None,
                picture: None,
            }),
            amount: Paise::new(amount),
            balance_after: Paise::ZERO,
            note: Note::default(),
            at: at(time),
        }
    }

    fn attempt(time: &str) -> Movement {
        Movement::Attempt {
            on_ramp: "0192f3a1-7b2c-7def-8123-456789abcdef".parse::<OnRampId>().expect("an id"),
            bank: Bank::Deccan,
            amount: Paise::new(10_000_00),
            status: OnRampStatus::Failure,
            at: at(time),
        }
    }

    fn clock() -> Clock {
        Clock::new("Asia/Kolkata", at("2026-11-22T10:00:00Z"))
    }

    #[test]
    fn a_days_net_counts_what_moved_and_no_attempt() {
        let page = vec![
            entry(-64_000, "2026-11-22T09:00:00Z"),
            attempt("2026-11-22T08:00:00Z"),
            entry(500_000, "2026-11-22T07:00:00Z"),
            attempt("2026-11-20T07:00:00Z"),
        ];
        let days = days(page, &clock(), false, false);
        assert_eq!(days.iter().map(|d| d.movements.len()).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(days[0].net, Some(Paise::new(436_000)));
        assert_eq!(days[1].net, None);
    }

    #[test]
    fn a_day_that_is_cut_by_the_page_tells_no_net() {
        let page = || {
            ["2026-11-22T09:00:00Z", "2026-11-21T09:00:00Z", "2026-11-20T09:00:00Z"]
                .map(|t| entry(100, t))
                .to_vec()
        };
        let nets = |above, below| {
            days(page(), &clock(), above, below).iter().map(|d| d.net.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(nets(false, true), [true, true, false]);
        assert_eq!(nets(true, false), [false, true, true]);
    }
}
