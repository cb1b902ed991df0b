//! Counts what a program sends, to whomever it talks, and strikes it at the send that was chosen.

use std::sync::{Arc, Mutex};

use nix::sys::signal::Signal;

use super::program::Program;

/// All doors of one program share one.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    program: Option<Program>,
    strike: Option<Strike>,
    /// Sends through the door that is watched, until now.
    sent: usize,
    /// At which door it was struck.
    struck: Option<&'static str>,
    is_dead: bool,
}

/// What is to happen to the program.
pub struct Strike {
    pub moment: Moment,
    /// Whether that send still reaches whom it was for.
    pub delivered: bool,
    pub signal: Signal,
}

pub enum Moment {
    /// With the so-manieth send from now through this door.
    Send(&'static str, usize),
    /// When it says this.
    Saying(String),
}

/// What becomes of a send.
pub enum Fate {
    Pass,
    /// Nobody hears of it, or of anything after it.
    Lost,
    /// It stays where it is, as what was never sent does, and so does its connection.
    Kept,
}

impl Watch {
    /// Whom it strikes: a program that knows the doors can only be made after them.
    pub fn over(&self, program: &Program) {
        self.0.lock().unwrap().program = Some(program.clone());
    }

    /// Strikes once, counting from now.
    pub fn strike(&self, strike: Strike) {
        let mut state = self.0.lock().unwrap();
        *state = State { program: state.program.clone(), strike: Some(strike), ..State::default() };
    }

    /// Strikes no more; at which door it did.
    pub fn rest(&self) -> Option<&'static str> {
        let mut state = self.0.lock().unwrap();
        let struck = state.struck;
        *state = State { program: state.program.clone(), ..State::default() };
        struck
    }

    /// At which door it struck.
    pub fn struck(&self) -> Option<&'static str> {
        self.0.lock().unwrap().struck
    }

    /// One send, before it goes on. One at a time: after the last of a life there is none.
    pub fn fate(&self, door: &'static str, message: &[u8]) -> Fate {
        let mut state = self.0.lock().unwrap();
        if state.is_dead {
            return Fate::Lost;
        }
        let State { strike, sent, .. } = &mut *state;
        let Some(strike) = strike.take_if(|strike| strike.moment.is_now(door, sent, message)) else {
            return Fate::Pass;
        };
        state.program.as_ref().unwrap().signal(strike.signal);
        state.struck = Some(door);
        state.is_dead = strike.signal == Signal::SIGKILL;
        match (strike.delivered, state.is_dead) {
            (true, _) => Fate::Pass,
            (false, true) => Fate::Lost,
            (false, false) => Fate::Kept,
        }
    }
}

impl Moment {
    fn is_now(&self, door: &str, sent: &mut usize, message: &[u8]) -> bool {
        match self {
            Moment::Send(watched, number) => {
                *sent += usize::from(*watched == door);
                *watched == door && *sent == *number
            }
            Moment::Saying(words) => message.windows(words.len()).any(|part| part == words.as_bytes()),
        }
    }
}
