//! Tables as they are after years, beside tables as they are at first.

use std::sync::Arc;

use anyhow::Result;

use super::Comparison;
use crate::{
    books::{Books, PEOPLE},
    crowd::{Crowd, Shape},
    figures::grouped,
    history::Places,
    line::{Line, Work},
    payment::Way,
    report::Against,
    settings::Ledger,
};

const SMALL: &str = "small tables";
const LARGE: &str = "large tables";
/// In the small tables only these have a history, of a hundred entries or so: a page must be full there too.
const READ_ABOUT: usize = 200;
const FEW: u64 = 20_000;
/// Payers at once.
const PAYERS: usize = 64;
/// Readers at once: one to see what a page takes, many to see what the tables give.
const READERS: [usize; 2] = [1, 64];

/// Fills both, and measures the same on each, one right after the other.
pub(super) async fn prepare(settings: &Ledger, entries: u64) -> Result<Comparison> {
    let sizes = [("small", SMALL, FEW, READ_ABOUT), ("large", LARGE, entries, PEOPLE)];
    let mut comparison = Comparison::default();
    let (mut paying, mut reading) = (Vec::new(), Vec::new());
    for (database, way, entries, among) in sizes {
        eprintln!("filling {way} with {} entries", grouped(entries));
        let mut books = Books::open(&settings.urls, database).await?;
        books.fill(entries, among).await?;
        books.begin().await?;
        let ledger = books.ledger()?;
        let pages = Places::newest_and_deep(&ledger, &books).await?;
        let books = Arc::new(books);
        let work = Work::Pay(Way::Ledger(Box::new(ledger)), Crowd::new(books.people.clone(), Shape::Uniform));
        let loaded = Some(books.clone());
        paying.push(Line { way, load: "ledger.transfer()", at_once: PAYERS, work, books: loaded });
        for (load, places) in ["newest page of a history", "deep page of a history"].into_iter().zip(pages) {
            for at_once in READERS {
                let work = Work::Read(places.clone());
                reading.push(Line { way, load, at_once, work, books: None });
            }
        }
        comparison.books.push(books);
        comparison.remarks.push(format!(
            "{way}: {} entries among {} people.",
            grouped(entries),
            grouped(among as u64)
        ));
    }
    // The same of both next to each other.
    reading.sort_by_key(|line| (line.load, line.at_once));
    comparison.lines.extend(paying.into_iter().chain(reading));
    comparison.against.push(Against { way: SMALL, same_load: true });
    Ok(comparison)
}
