//! Makes a failing sequence short enough to be read.

use std::time::{Duration, Instant};

use super::operation::Operation;
use super::play::{Failure, play};
use crate::copies::Copies;

/// How long a shorter one is looked for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The shortest sequence found that still fails, and how.
pub async fn shrink(
    copies: &Copies,
    operations: &[Operation],
    failure: Failure,
) -> (Vec<Operation>, Failure) {
    let deadline = Instant::now() + PATIENCE;
    let mut shortest = operations[..=failure.step].to_vec();
    let mut failure = failure;
    let mut size = shortest.len().div_ceil(2);
    loop {
        let mut at = 0;
        while at < shortest.len() && shortest.len() > 1 && Instant::now() < deadline {
            let mut fewer = shortest.clone();
            fewer.drain(at..(at + size).min(shortest.len()));
            match play(copies.bench().await, &fewer).await {
                Err(other) => {
                    shortest = fewer[..=other.step.min(fewer.len() - 1)].to_vec();
                    failure = other;
                }
                Ok(_) => at += size,
            }
        }
        if size == 1 || Instant::now() >= deadline {
            return (shortest, failure);
        }
        size /= 2;
    }
}
