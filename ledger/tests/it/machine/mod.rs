//! Random sequences of everything that can happen, on a real Postgres and on a naive model of the books.
//!
//! `MACHINE_OPERATIONS` sets how many operations are played, `MACHINE_SEED` which. Without a seed half of
//! them are the same each time, and half are new; what fails prints its seed and the shortest sequence found.

mod guard;
mod guarding;
mod model;
mod naming;
pub mod operation;
pub mod play;
mod precaution;
mod seen;
mod shrink;
mod statement;
mod tally;

use std::time::Instant;

use operation::Operation;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sqlx::PgPool;
use tally::Tally;

use crate::copies::Copies;

/// Nothing comes due by itself while a sequence is played, however slow the machine is.
pub const POLICY: &str = "UPDATE policy SET first_undo_seconds = 1800;
                          ALTER TABLE undo_windows DROP CONSTRAINT undo_windows_known";
/// Played every time.
pub const SEED: u64 = 0x0b5e_55ed_0f0c_a4e5;
/// What a run plays where nothing else is asked for.
const OPERATIONS: usize = 200_000;

/// The sequence that belongs to a seed.
pub fn sequence(seed: u64, of: &impl Strategy<Value = Vec<Operation>>) -> Vec<Operation> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    of.new_tree(&mut TestRunner::new_with_rng(Config::default(), rng)).unwrap().current()
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.strip_prefix("0x").map_or_else(|| text.parse(), |hex| u64::from_str_radix(hex, 16));
    Some(number.unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Plays sequences until so many operations were played.
async fn agree(template: PgPool, of: impl Strategy<Value = Vec<Operation>>, operations: usize) {
    let copies = Copies::of(template, POLICY).await;
    let fresh = u64::from_le_bytes(uuid::Uuid::new_v4().as_bytes()[..8].try_into().unwrap());
    let seeds = setting("MACHINE_SEED").map_or(vec![SEED, fresh], |seed| vec![seed]);
    let (began, mut played, mut made, mut sequences) = (Instant::now(), 0, 0, 0);
    let (mut happened, mut steps) = (Tally::default(), 0);
    while played < operations {
        let seed = seeds[sequences % seeds.len()].wrapping_add((sequences / seeds.len()) as u64);
        let sequence = sequence(seed, &of);
        match play::play(copies.bench().await, &sequence).await {
            Ok(more) => {
                (played, made) = (played + more.operations, made + more.payments);
                happened.add(&more.happened);
                steps += more.steps;
            }
            Err(failure) => {
                eprintln!("MACHINE_SEED={seed:#x}: operation {}: {}", failure.step, failure.what);
                let (shortest, failure) = shrink::shrink(&copies, &sequence, failure).await;
                copies.drop_all().await;
                for operation in &shortest {
                    eprintln!("    {operation:?}");
                }
                panic!("MACHINE_SEED={seed:#x}: after these {}: {}", shortest.len(), failure.what);
            }
        }
        sequences += 1;
    }
    copies.drop_all().await;
    let seconds = began.elapsed().as_secs();
    eprintln!("{played} operations in {sequences} sequences, {seconds} s, {made} payments, seeds {seeds:x?}");
    eprintln!("in {steps} steps: {happened:?}");
    assert!(made > played / 10, "of {played} operations only {made} were payments that were made");
    assert_eq!(happened.seldom(steps), [], "in {steps} steps: {happened:?}");
}

fn operations() -> usize {
    setting("MACHINE_OPERATIONS").map_or(OPERATIONS, |operations| operations as usize)
}

#[sqlx::test(migrations = "../migrations")]
async fn whatever_happens_one_after_the_other_the_books_are_those_of_plain_numbers(template: PgPool) {
    agree(template, operation::one_by_one(1200), operations() / 20).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn whatever_happens_in_batches_each_is_answered_as_if_alone_and_in_order(template: PgPool) {
    agree(template, operation::in_batches(150), operations() / 20 * 19).await;
}
