//! Ways to move money, side by side: which lines the table has.

use std::sync::Arc;

use anyhow::{Result, ensure};

use crate::{
    books::Books,
    crowd::{Crowd, Shape},
    line::{Line, Work},
    payment::Way,
    pgbench::Pgbench,
    report::Against,
    settings::{Ledger, Part},
};

/// How many ask at the same time.
const AT_ONCE: [usize; 2] = [64, 256];
const PGBENCH: &str = "pgbench";
const LEDGER: &str = "ledger.transfer()";

/// Lines to measure, and what to say of them.
#[derive(Default)]
pub struct Comparison {
    /// In the order of the table and of each round.
    pub lines: Vec<Line>,
    /// Whatever must be right at the end.
    pub books: Vec<Arc<Books>>,
    /// Columns of ratios.
    pub against: Vec<Against>,
    /// What was left out, and why.
    pub remarks: Vec<String>,
}

/// Prepares every way that is wanted.
pub async fn ways(settings: &Ledger) -> Result<Comparison> {
    let mut comparison = Comparison::default();
    if settings.wants(Part::Pgbench) {
        comparison.add_pgbench(settings)?;
    }
    if settings.wants(Part::Process) {
        comparison.add_process(settings).await?;
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

    async fn add_process(&mut self, settings: &Ledger) -> Result<()> {
        eprintln!("opening books for the ledger in this process");
        let mut books = Books::open(&settings.urls, "process").await?;
        books.begin().await?;
        let books = Arc::new(books);
        let way = Way::ledger(&books)?;
        for shape in [Shape::Uniform, Shape::TenHot, Shape::OneReceiver] {
            for at_once in AT_ONCE {
                let work = Work::Pay(way.clone(), Crowd::new(books.people.clone(), shape));
                let books = Some(books.clone());
                self.lines.push(Line { way: LEDGER, load: shape.words(), at_once, work, books });
            }
        }
        self.books.push(books);
        Ok(())
    }
}
