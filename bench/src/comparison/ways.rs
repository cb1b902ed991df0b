//! Ways to pay, side by side.

use std::sync::Arc;

use anyhow::{Result, ensure};

use super::Comparison;
use crate::{
    books::Books,
    crowd::{Crowd, Shape},
    line::{Line, Work},
    payment::Way,
    pgbench::Pgbench,
    report::Against,
    settings::{Ledger, Part},
    web::Web,
};

/// How many ask at the same time.
const AT_ONCE: [usize; 2] = [64, 256];
const PGBENCH: &str = "pgbench";
const LEDGER: &str = "ledger.transfer()";
const ONE_CALL: &str = "one call each";
const HTTP: &str = "HTTP";

/// Prepares every way that is wanted.
pub(super) async fn prepare(settings: &Ledger) -> Result<Comparison> {
    let mut comparison = Comparison::default();
    if settings.wants(Part::Pgbench) {
        comparison.add_pgbench(settings)?;
    }
    if settings.wants(Part::Process) || settings.wants(Part::OneCall) {
        comparison.add_payments(settings).await?;
    }
    if let (true, Some(url)) = (settings.wants(Part::Http), &settings.web_server) {
        comparison.add_web(settings, url).await?;
    }
    Ok(comparison)
}

impl Comparison {
    fn add_pgbench(&mut self, settings: &Ledger) -> Result<()> {
        let Some(program) = &settings.pgbench else {
            ensure!(!settings.only.contains(&Part::Pgbench), "pgbench is not on this machine");
            self.remarks.push("pgbench is left out: it is not on this machine.".into());
            return Ok(());
        };
        eprintln!("filling pgbench's tables");
        let pgbench = Pgbench::prepare(program, &settings.folder, &settings.urls.owner)?;
        for at_once in AT_ONCE {
            let work = Work::Pgbench(pgbench.clone());
            self.lines.push(Line { way: PGBENCH, load: "tpcb-like, scale 10", at_once, work, books: None });
        }
        self.against.push(Against { way: PGBENCH, same_load: false });
        Ok(())
    }

    /// Both ways on the same books, one right after the other.
    async fn add_payments(&mut self, settings: &Ledger) -> Result<()> {
        eprintln!("opening books for this process");
        let mut books = Books::open(&settings.urls, "process").await?;
        books.begin().await?;
        let books = Arc::new(books);
        let mut ways = Vec::new();
        if settings.wants(Part::Process) {
            ways.push((LEDGER, Way::Ledger(Box::new(books.ledger()?))));
        }
        if let Some(way) = self.one_call(settings, &books).await? {
            ways.push((ONE_CALL, way));
            self.against.push(Against { way: ONE_CALL, same_load: true });
        }
        for shape in [Shape::Uniform, Shape::TenHot, Shape::OneReceiver] {
            for (at_once, (name, way)) in
                AT_ONCE.into_iter().flat_map(|n| ways.iter().map(move |way| (n, way)))
            {
                let work = Work::Pay(way.clone(), Crowd::new(books.people.clone(), shape));
                let books = Some(books.clone());
                self.lines.push(Line { way: name, load: shape.words(), at_once, work, books });
            }
        }
        self.books.push(books);
        Ok(())
    }

    async fn one_call(&mut self, settings: &Ledger, books: &Books) -> Result<Option<Way>> {
        if !settings.wants(Part::OneCall) {
            return Ok(None);
        }
        let way = Way::one_call(books).await?;
        if way.is_none() {
            ensure!(!settings.only.contains(&Part::OneCall), "this schema has no function `pay` to call");
            self.remarks.push("One call each is left out: this schema has no function `pay` to call.".into());
        }
        Ok(way)
    }

    async fn add_web(&mut self, settings: &Ledger, url: &str) -> Result<()> {
        let most = AT_ONCE[AT_ONCE.len() - 1];
        eprintln!("opening books for the web server, and signing {most} people in");
        let mut books = Books::open(&settings.urls, "okane").await?;
        let web = Web::prepare(url, &books, most).await?;
        books.begin().await?;
        let books = Arc::new(books);
        for at_once in AT_ONCE {
            let (work, books) = (Work::Web(web.clone()), Some(books.clone()));
            self.lines.push(Line { way: HTTP, load: Shape::Uniform.words(), at_once, work, books });
        }
        self.books.push(books);
        Ok(())
    }
}
