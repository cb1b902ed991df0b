//! Rows that were drawn before. A row shows what it holds and nothing else, so that it need be drawn once only.

use std::sync::Arc;

use domain::view::Movement;
use leptos::prelude::*;

use super::{
    movement::{Columns, MovementView},
    time::Clock,
};
use crate::preferences::{Preferences, preferences};

/// Everything that the markup of a movement hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    movement: Movement,
    columns: Columns,
    zone: String,
    hide_amounts: bool,
}

/// Whoever keeps rows. Given to pages as context by the server; without one each row is drawn anew.
#[derive(Debug, Clone, Copy)]
pub struct Drawn(pub fn(Row) -> Arc<str>);

/// These movements as whoever asks sees them, as markup.
pub fn rows(movements: Vec<Movement>, columns: Columns) -> impl Iterator<Item = Arc<str>> {
    let Preferences { zone, hide_amounts, .. } = preferences();
    let Drawn(drawn) = use_context().unwrap_or(Drawn(|row| row.draw()));
    movements
        .into_iter()
        .map(move |movement| drawn(Row { movement, columns, zone: zone.clone(), hide_amounts }))
}

impl Row {
    /// Its markup, without the marks that a browser would need to bring it to life: nothing in it lives. Drawn by
    /// preferences and a clock of its own, which stands at the row's own time: what is today for one reader is not for
    /// the next.
    pub fn draw(&self) -> Arc<str> {
        Owner::new().with(|| {
            let Row { movement, columns, zone, hide_amounts } = self.clone();
            provide_context(Clock::new(&zone, movement.at()));
            provide_context(Preferences { zone, hide_amounts, ..Preferences::default() });
            view! { <MovementView movement=movement columns=columns/> }.to_html().replace("<!>", "").into()
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Note, Paise, TransferId, UserId,
        view::{Counterparty, Person},
    };

    use super::*;

    fn row(note: &str) -> Row {
        let movement = Movement::Entry {
            transfer: "0192f3a1-7b2c-7def-8123-456789abcdef".parse::<TransferId>().expect("an id"),
            counterparty: Counterparty::Person(Person {
                id: "0192f3a1-7b2c-7def-8123-456789abcdef".parse::<UserId>().expect("an id"),
                name: "Meera Krishnan".into(),
                phone: String::new(),
                handle: None,
                picture: None,
            }),
            amount: Paise::new(-1_250_50),
            balance_after: Paise::new(38_749_50),
            note: Note::parse(note).expect("a note"),
            at: "2026-11-22T09:02:10Z".parse().expect("a timestamp"),
        };
        Row { movement, columns: Columns::Ledger, zone: "Asia/Kolkata".to_owned(), hide_amounts: false }
    }

    #[test]
    fn a_row_shows_what_it_holds_whoever_asks() {
        let asks = Owner::new();
        let drawn = asks.with(|| {
            let zone = "Europe/Paris".to_owned();
            provide_context(Clock::new(&zone, "2027-01-01T00:00:00Z".parse().expect("a timestamp")));
            provide_context(Preferences { zone, hide_amounts: true, ..Preferences::default() });
            row("tea").draw()
        });
        assert_eq!(drawn, Owner::new().with(|| row("tea").draw()));
        for text in ["Meera Krishnan", "Sent", "tea", "14:32", "1,250.50", "38,749.50"] {
            assert!(drawn.contains(text), "{text} in {drawn}");
        }
        let hidden = Owner::new().with(|| Row { hide_amounts: true, ..row("tea") }.draw());
        assert!(!hidden.contains("250"), "{hidden}");
        let elsewhere = Owner::new().with(|| Row { zone: "Europe/Paris".to_owned(), ..row("tea") }.draw());
        assert!(elsewhere.contains("10:02"), "{elsewhere}");
    }

    #[test]
    fn marks_that_somebody_typed_stay_as_they_were_typed() {
        let drawn = Owner::new().with(|| row("a<!>b").draw());
        assert!(drawn.contains("a&lt;!&gt;b") && !drawn.contains("<!>"), "{drawn}");
    }
}
