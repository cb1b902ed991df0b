//! Processor time of whoever asks. On a machine of two cores it is taken from those who answer.

use std::{fs, time::Instant};

/// Linux tells programs a hundredth of a second, whatever its own clock is.
const MICROS_PER_TICK: u128 = 10_000;

/// How many wanted a processor in the last minute, on average, as the system writes it; nothing where it does not.
pub fn load() -> Option<String> {
    Some(fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.to_owned())
}

/// Whose time.
#[derive(Clone, Copy)]
enum Whose {
    /// This process's.
    Own,
    /// That of processes which this one started and which have ended.
    Children,
}

/// Processor time since a moment.
pub struct Clock {
    whose: Whose,
    begun: Instant,
    used: Option<u128>,
}

impl Clock {
    /// Of this process.
    pub fn own() -> Clock {
        Clock::of(Whose::Own)
    }

    /// Of the programs that this process started and that have ended.
    pub fn children() -> Clock {
        Clock::of(Whose::Children)
    }

    fn of(whose: Whose) -> Clock {
        Clock { whose, begun: Instant::now(), used: ticks(whose) }
    }

    /// Hundredths of a core since then; nothing where the system does not tell.
    pub fn percent(&self) -> Option<u64> {
        let used = ticks(self.whose)?.checked_sub(self.used?)? * MICROS_PER_TICK;
        Some((used * 100).checked_div(self.begun.elapsed().as_micros())? as u64)
    }
}

fn ticks(whose: Whose) -> Option<u128> {
    in_stat(&fs::read_to_string("/proc/self/stat").ok()?, whose)
}

/// Time for the program and time for the system, of a line whose second word, the program's name, may hold spaces.
fn in_stat(text: &str, whose: Whose) -> Option<u128> {
    let words: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
    // proc(5): utime and stime are the 14th and 15th of all, cutime and cstime the two after them.
    let first = match whose {
        Whose::Own => 11,
        Whose::Children => 13,
    };
    Some(words.get(first)?.parse::<u128>().ok()? + words.get(first + 1)?.parse::<u128>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_a_name_with_spaces() {
        let text = "42 (a (odd) name) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 7 3 20 0 1 0 1000 1 1";
        assert_eq!(in_stat(text, Whose::Own), Some(300));
        assert_eq!(in_stat(text, Whose::Children), Some(10));
        assert_eq!(in_stat("", Whose::Own), None);
    }
}
