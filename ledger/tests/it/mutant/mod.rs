//! The tests tried: each classic mistake is planted in a database of its own, and must be found, by what is
//! there to find it.

mod catalog;
mod guards;

use std::sync::Arc;

use catalog::{BY_THE_CHAIN, BY_THE_MACHINE, BY_THE_RACE, Mutant};
use guards::{BY_THE_MACHINE_OF_GUARDS, BY_THE_RACE_OF_GUARDS};
use sqlx::{AssertSqlSafe, PgPool};

use crate::copies::{Copies, leave};
use crate::fixture::{Bench, at_once, request};
use crate::machine::operation::{in_batches, one_by_one};
use crate::machine::{POLICY, SEED, play::play, sequence};
use crate::race::{Course, race};

/// Plants a mistake: the functions as they are, with other words in them.
async fn plant(mutant: &Mutant, database: &PgPool) {
    for wall in mutant.walls {
        sqlx::raw_sql(*wall).execute(database).await.unwrap();
    }
    for (function, from, to) in mutant.changes {
        let definition: String = sqlx::query_scalar("SELECT pg_get_functiondef($1::regproc)")
            .bind(function)
            .fetch_one(database)
            .await
            .unwrap();
        let changed = definition.replace(from, to);
        assert_ne!(definition, changed, "{}: {function} has no such words: {from}", mutant.sentence);
        sqlx::raw_sql(AssertSqlSafe(changed)).execute(database).await.unwrap();
    }
}

/// What is to be complained of: a mistake that was not found, or was found as something else.
fn complaint(mutant: &Mutant, outcome: Result<(), String>) -> Option<String> {
    let Err(what) = outcome else { return Some(format!("not found: {}", mutant.sentence)) };
    eprintln!("found: {}: {what:.200}", mutant.sentence);
    (!mutant.found.split(" or ").any(|found| what.contains(found)))
        .then(|| format!("{} was found as: {what}", mutant.sentence))
}

/// New books, kept wrongly.
async fn planted(copies: &Copies, mutant: &Mutant) -> Bench {
    let bench = copies.bench().await;
    plant(mutant, &bench.admin).await;
    bench
}

/// Deadlocks are what is looked for: nobody waits a second for each.
const IMPATIENT: &str = "DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database());
END $$";

#[sqlx::test(migrations = "../migrations")]
async fn the_machine_finds_every_mistake_that_one_request_or_one_batch_shows(template: PgPool) {
    all_found(template, BY_THE_MACHINE).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_machine_finds_every_mistake_about_freezes_approvals_and_changes_of_address(template: PgPool) {
    all_found(template, BY_THE_MACHINE_OF_GUARDS).await;
}

async fn all_found(template: PgPool, mutants: &'static [Mutant]) {
    let copies = Arc::new(Copies::of(template, POLICY).await);
    let mut complaints = vec![];
    for some in mutants.chunks(4) {
        let found = at_once(some.iter().map(|mutant| by_the_machine(copies.clone(), mutant))).await;
        complaints.extend(found.into_iter().flatten());
    }
    copies.drop_all().await;
    assert_eq!(complaints, [""; 0]);
}

async fn by_the_machine(copies: Arc<Copies>, mutant: &'static Mutant) -> Option<String> {
    let mut outcome = Ok(Default::default());
    for seed in SEED..SEED + 10 {
        let sequences = [sequence(seed, &one_by_one(400)), sequence(seed, &in_batches(40))];
        for operations in sequences {
            if outcome.is_ok() {
                outcome = play(planted(&copies, mutant).await, &operations).await;
            }
        }
    }
    complaint(mutant, outcome.map(|_| ()).map_err(|failure| failure.what))
}

#[sqlx::test(migrations = "../migrations")]
async fn the_race_finds_every_mistake_that_only_many_at_once_show(template: PgPool) {
    let copies = Copies::of(template, "").await;
    let mut complaints = vec![];
    let guarded = BY_THE_RACE_OF_GUARDS.iter().map(|mutant| (mutant, true));
    for (mutant, guards) in BY_THE_RACE.iter().map(|mutant| (mutant, false)).chain(guarded) {
        let mut outcome = Ok(());
        for seed in 0..5 {
            if outcome.is_ok() {
                let bench = planted(&copies, mutant).await;
                sqlx::raw_sql(IMPATIENT).execute(&bench.admin).await.unwrap();
                let course = Course { people: 4, workers: 32, each: 25, holds: false, guards, seed };
                outcome = race(&bench, course).await.map(|_| ());
                leave(bench).await;
            }
        }
        complaints.extend(complaint(mutant, outcome));
    }
    copies.drop_all().await;
    assert_eq!(complaints, [""; 0]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_note_is_not_found_where_the_chain_does_not_cover_it(template: PgPool) {
    let copies = Copies::of(template, "").await;
    let mut complaints = vec![];
    for mutant in BY_THE_CHAIN {
        let bench = planted(&copies, mutant).await;
        let (ananya, vikram) = (bench.funded("Ananya", 100_00).await, bench.person("Vikram").await);
        bench.web.transfer(ananya, request(vikram, 1_00)).await.unwrap();
        bench.tamper("UPDATE transfers SET note = 'tee' WHERE kind = 'p2p'").await;
        let findings = ledger::audit::audit(&bench.auditor).await.unwrap().findings;
        leave(bench).await;
        let missed = Err("a changed note was not found".to_owned());
        complaints.extend(complaint(mutant, if findings.is_empty() { missed } else { Ok(()) }));
    }
    copies.drop_all().await;
    assert_eq!(complaints, [""; 0]);
}
