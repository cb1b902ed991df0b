//! Reading over HTTP, with Redis and without.

use std::sync::Arc;

use anyhow::Result;

use super::Comparison;
use crate::{
    books::Books,
    line::{Line, Work},
    report::Against,
    settings::Web as Settings,
    web::{Page, Path, Web},
};

const WITH_REDIS: &str = "with Redis";
const WITHOUT_REDIS: &str = "without Redis";
/// How many ask at the same time.
const AT_ONCE: [usize; 3] = [1, 16, 64];
/// Entries among people, about a hundred each: a page of history is full.
const ENTRIES: u64 = 20_000;
const AMONG: usize = 200;

const PATHS: [Path; 4] = [
    Path { name: "home", path: "/home", is_private: true },
    Path { name: "history, 30 rows", path: "/activity", is_private: true },
    Path { name: "balance API", path: "/api/v1/balance", is_private: true },
    Path { name: "sign-in page", path: "/sign-in", is_private: false },
];

/// Gives people a history, signs them in at both servers, and measures the same on each, one right after the other.
pub(super) async fn prepare(settings: &Settings) -> Result<Comparison> {
    let mut comparison = Comparison { remarks: settings.remark.clone(), ..Comparison::default() };
    eprintln!("giving {AMONG} people a history");
    let mut books = Books::open(&settings.urls, "okane").await?;
    books.fill(ENTRIES, AMONG).await?;
    let mut webs = Vec::new();
    for (way, server) in [(WITH_REDIS, &settings.with_redis), (WITHOUT_REDIS, &settings.without_redis)] {
        let Some(server) = server else { continue };
        let most = AT_ONCE[AT_ONCE.len() - 1];
        eprintln!("signing {most} people in, {way}");
        webs.push((way, Web::prepare(&server.url, &books, most).await?, server.pid));
        comparison.processes.push((way, server.pid));
    }
    comparison.processes.extend(settings.beside.map(|pid| ("the webhook, which nobody calls", pid)));
    books.begin().await?;
    comparison.books.push(Arc::new(books));
    for path in PATHS {
        for at_once in AT_ONCE {
            comparison.lines.extend(webs.iter().map(|(way, web, pid)| {
                let work = Work::Open(Page { web: web.clone(), path, pid: *pid });
                Line { way, load: path.name, at_once, work, books: None }
            }));
        }
    }
    comparison.against.push(Against { way: WITHOUT_REDIS, same_load: true });
    Ok(comparison)
}
