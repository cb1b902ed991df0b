//! Posting: how money comes to move.
//!
//! The rules stand in Postgres, where nobody can go around them: `pay` and `settle` (migrations/0011, 0013)
//! say what is locked, in which order, what a waiter sees and why every check comes before the first write;
//! the triggers on `transfers` and `holds` write entries, balances and reservations. Here is the road to
//! them: one [`writer`] for each kind of write, which takes whatever waits as one batch.

pub(crate) mod writer;

pub use writer::WriteError;
