//! A line of the table, before and after it was measured.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use tokio::task::spawn_blocking;

use crate::{
    books::Books,
    crowd::Crowd,
    history::Places,
    load::{self, Round},
    payment::Way,
    pgbench::Pgbench,
    web::{Page, Web},
};

/// What is measured under one name.
pub struct Line {
    /// How it is done; lines are compared by it.
    pub way: &'static str,
    /// What is asked for.
    pub load: &'static str,
    /// How many ask at the same time.
    pub at_once: usize,
    /// What a round does.
    pub work: Work,
    /// Where money moves: what must be right afterwards.
    pub books: Option<Arc<Books>>,
}

/// What a round does.
pub enum Work {
    /// pgbench's own.
    Pgbench(Pgbench),
    /// People of a crowd pay each other.
    Pay(Way, Crowd),
    /// People who are signed in at a web server pay over HTTP.
    Web(Web),
    /// People read pages of histories.
    Read(Places),
    /// People open a page at a web server.
    Open(Page),
}

impl Line {
    /// One round. Connections are made before its time begins.
    pub async fn round(&self, time: Duration) -> Result<Round> {
        let round = match &self.work {
            Work::Pgbench(pgbench) => {
                let (pgbench, clients) = (pgbench.clone(), self.at_once);
                spawn_blocking(move || pgbench.round(clients, time)).await??
            }
            Work::Pay(way, crowd) => load::drive(way.payers(crowd, self.at_once).await?, time).await,
            Work::Web(web) => load::drive(web.clients(self.at_once).await?, time).await,
            Work::Read(places) => load::drive(places.readers(self.at_once), time).await,
            Work::Open(page) => page.round(self.at_once, time).await?,
        };
        if let Some(books) = &self.books {
            books.note(&round);
        }
        if let (Work::Web(_), Some(books)) = (&self.work, &self.books) {
            books.told().await?;
        }
        Ok(round)
    }
}
