//! Processor time of whoever asks, which on a machine of two cores is taken from those who answer, and of those;
//! and their memory.

use std::{fs, time::Instant};

/// Linux tells programs a hundredth of a second, whatever its own clock is.
const MICROS_PER_TICK: u128 = 10_000;

/// How many wanted a processor in the last minute, on average, as the system writes it; nothing where it does not.
pub fn load() -> Option<String> {
    Some(fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.to_owned())
}

/// How much memory a process has and had at most, where the system tells.
pub fn memory(name: &str, pid: u32) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = |label: &str| Some(status.lines().find_map(|line| line.strip_prefix(label))?.trim());
    Some(format!("Memory, {name}: {} resident after it, {} at most.", value("VmRSS:")?, value("VmHWM:")?))
}

/// Whose time.
#[derive(Clone, Copy)]
enum Whose {
    /// This process's.
    Own,
    /// That of processes which this one started and which have ended.
    Children,
    /// That of another process.
    Process(u32),
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

    /// Of another process.
    pub fn of_process(pid: u32) -> Clock {
        Clock::of(Whose::Process(pid))
    }

    fn of(whose: Whose) -> Clock {
        Clock { whose, begun: Instant::now(), used: ticks(whose) }
    }

    /// Hundredths of a core since then; nothing where the system does not tell.
    pub fn percent(&self) -> Option<u64> {
        Some((self.used()? * 100).checked_div(self.begun.elapsed().as_micros())? as u64)
    }

    /// Microseconds since then for each of so many; nothing where the system does not tell, or there is none.
    pub fn micros_each(&self, count: u64) -> Option<u64> {
        Some(self.used()?.checked_div(count.into())? as u64)
    }

    fn used(&self) -> Option<u128> {
        Some(ticks(self.whose)?.checked_sub(self.used?)? * MICROS_PER_TICK)
    }
}

fn ticks(whose: Whose) -> Option<u128> {
    let path = match whose {
        Whose::Own | Whose::Children => "/proc/self/stat".to_owned(),
        Whose::Process(pid) => format!("/proc/{pid}/stat"),
    };
    in_stat(&fs::read_to_string(path).ok()?, whose)
}

/// Time for the program and time for the system, of a line whose second word, the program's name, may hold spaces.
fn in_stat(text: &str, whose: Whose) -> Option<u128> {
    let words: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
    // proc(5): utime and stime are the 14th and 15th of all, cutime and cstime the two after them.
    let first = match whose {
        Whose::Own | Whose::Process(_) => 11,
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
