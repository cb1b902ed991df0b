//! One versioned cache-aside protocol. It makes reads faster and decides nothing.
//!
//! An entry says whose it is, of which kind, in which schema and at which version; whoever reads it checks all
//! four and treats anything else as a miss. Kinds that change together share a *clock*, which stands at the newest
//! version that was told. An entry is believed where its clock stands at its version. A clock is believed for half
//! a minute; after that, and wherever it is missing, the truth is asked for its version alone, which is cheap, and
//! an entry of that version is kept. Entries and clocks are written by compare-and-set, never over newer ones, so a
//! slow reader cannot put an old value back. What this process has written or seen, it never reads an older version
//! of. Redis that refuses, hangs or lies changes speed only.
//!
//! Without Redis, or while it fails, each process keeps entries of its own by the same protocol: there are no clocks
//! then, and every read asks for the version.

mod breaker;
mod entry;
mod loader;
mod news;
mod remote;
mod store;

pub use entry::{Key, decode, encode};
pub use loader::{LoadError, Loader};
pub use news::News;
pub use store::{Cache, Standing};
