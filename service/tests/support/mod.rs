//! What the tests of both services need to do them harm: a program of ours that can be killed and started
//! again, and doors between it and everybody it talks to.

pub mod door;
pub mod program;
pub mod redis;
pub mod smuggling;
pub mod watch;
