//! What a command is doing, and how long each step took.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Says what starts, does it, says how it went and how long it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n== {name}");
    let begun = Instant::now();
    let result = work().with_context(|| name.to_owned());
    let word = if result.is_ok() { "done" } else { "FAILED" };
    println!("   {word} in {}", readable(begun.elapsed()));
    result
}

/// A remark inside a step.
pub fn note(text: &str) {
    println!("   {text}");
}

/// A duration as people say it: `3.2 s`, `4 min 05 s`.
pub fn readable(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    if time.as_secs() < 60 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(readable(Duration::from_millis(3_240)), "3.2 s");
        assert_eq!(readable(Duration::from_secs(245)), "4 min 05 s");
    }
}
