//! One versioned cache-aside protocol over Redis. It makes reads faster and decides nothing.
//!
//! An entry says whose it is, of which kind, in which schema and at which version; whoever reads it
//! checks all four and treats anything else as a miss. Entries are written by compare-and-set, never
//! over a newer one, so a slow reader cannot put an old value back. What this process has written or
//! seen, it never reads an older version of. Redis that refuses, hangs or lies changes speed only.

mod breaker;
mod entry;
mod store;

pub use entry::Key;
pub use store::Cache;
