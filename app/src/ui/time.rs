//! Times in the viewer's zone: in words when recent, exact on hover and for machines.
//!
//! Only the server formats times: the browser bundle holds no time zones, and there everything is UTC.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use leptos::prelude::*;

use crate::preferences::preferences;

/// A zone, and what time it is now.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: TimeZone,
    now: Timestamp,
}

impl Clock {
    /// The clock in a zone; UTC where the name is not one.
    pub fn new(zone: &str, now: Timestamp) -> Self {
        Clock { zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC), now }
    }

    /// The clock of whoever asks; it stands for as long as a page is drawn.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Clock::new(&preferences().zone, Timestamp::now()))
    }

    /// The calendar day of a moment.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zoned(at).date()
    }

    /// `Today, Sun 22 Nov`, `Yesterday, Sat 21 Nov`, `Fri 20 Nov`, `Thu 20 Nov 2025`.
    pub fn day(&self, at: Timestamp) -> String {
        let (day, today) = (self.date(at), self.date(self.now));
        let year = if day.year() == today.year() { "" } else { " %Y" };
        let date = day.strftime(&format!("%a %-d %b{year}")).to_string();
        match self.recent(day) {
            Some(word) => format!("{word}, {date}"),
            None => date,
        }
    }

    /// `14:32`.
    pub fn minute(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%H:%M").to_string()
    }

    /// `14:32:10`.
    pub fn second(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%H:%M:%S").to_string()
    }

    /// `today, 14:32` and the like, for the middle of a sentence.
    pub fn within(&self, at: Timestamp) -> String {
        match self.recent(self.date(at)) {
            Some(word) => format!("{}, {}", word.to_lowercase(), self.minute(at)),
            None => format!("{}, {}", self.day(at), self.minute(at)),
        }
    }

    /// `today`, `yesterday`, `Fri 20 Nov`, for the middle of a sentence.
    pub fn date_within(&self, at: Timestamp) -> String {
        self.recent(self.date(at)).map_or_else(|| self.day(at), str::to_lowercase)
    }

    /// `Sun 22 Nov 2026, 14:32:10 IST`.
    pub fn exact(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%a %-d %b %Y, %H:%M:%S %Z").to_string()
    }

    /// ISO 8601 with the offset: `2026-11-22T14:32:10+05:30`.
    pub fn iso(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    fn recent(&self, day: Date) -> Option<&'static str> {
        let today = self.date(self.now);
        if day == today {
            Some("Today")
        } else if Some(day) == today.yesterday().ok() {
            Some("Yesterday")
        } else {
            None
        }
    }
}

/// How much of a moment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// `14:32`.
    Minute,
    /// `14:32:10`.
    Second,
    /// `yesterday`, `Fri 20 Nov`.
    Day,
    /// `yesterday, 14:32`.
    Within,
    /// The whole of it.
    Exact,
}

/// A moment: readable for people, exact on hover and for machines.
#[component]
pub fn Time(
    /// When.
    at: Timestamp,
    /// How much of it.
    show: Detail,
) -> impl IntoView {
    let clock = Clock::here();
    let text = match show {
        Detail::Minute => clock.minute(at),
        Detail::Second => clock.second(at),
        Detail::Day => clock.date_within(at),
        Detail::Within => clock.within(at),
        Detail::Exact => clock.exact(at),
    };
    view! {
        <time class="tabular-nums" datetime=clock.iso(at) title=clock.exact(at)>
            {text}
        </time>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn clock() -> Clock {
        Clock::new("Asia/Kolkata", at("2026-11-22T10:00:00Z"))
    }

    #[test]
    fn a_day_begins_at_the_viewers_midnight() {
        assert_eq!(clock().day(at("2026-11-21T18:29:59Z")), "Yesterday, Sat 21 Nov");
        assert_eq!(clock().day(at("2026-11-21T18:30:00Z")), "Today, Sun 22 Nov");
        assert_eq!(clock().day(at("2026-11-20T04:30:00Z")), "Fri 20 Nov");
        assert_eq!(clock().day(at("2025-11-20T04:30:00Z")), "Thu 20 Nov 2025");
    }

    #[test]
    fn a_moment_is_exact_for_machines() {
        assert_eq!(clock().iso(at("2026-11-22T09:02:10Z")), "2026-11-22T14:32:10+05:30");
        assert_eq!(clock().exact(at("2026-11-22T09:02:10Z")), "Sun 22 Nov 2026, 14:32:10 IST");
        assert_eq!(clock().within(at("2026-11-21T09:02:10Z")), "yesterday, 14:32");
        assert_eq!(clock().date_within(at("2026-11-21T09:02:10Z")), "yesterday");
        assert_eq!(clock().date_within(at("2026-11-20T04:30:00Z")), "Fri 20 Nov");
    }

    #[test]
    fn a_zone_that_is_none_reads_as_utc() {
        assert_eq!(
            Clock::new("<script>", at("2026-11-22T10:00:00Z")).minute(at("2026-11-22T09:02:10Z")),
            "09:02"
        );
    }
}
