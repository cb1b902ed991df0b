//! What goes wrong around a payment, and what must be true afterwards: what was acknowledged is there once,
//! what was refused is not there, and the books agree.

pub mod cluster;
mod crash;
mod crowd;
mod disk;
mod exhausted;
mod frozen;
mod kill;
mod redis;
mod reset;
mod ring;
mod silent;

pub use ring::{local, until};
