//! What every process of OKANE does alike: connect, listen, log, answer problems, stop.
//! It knows no money, no people and no pages.

pub mod body;
pub mod edge;
mod headers;
pub mod health;
pub mod logs;
pub mod metrics;
pub mod pool;
pub mod problem;
pub mod secret;
pub mod serve;
