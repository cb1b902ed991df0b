//! What each does, one step at a time; between any two steps anything else may happen.

use crate::course::Side;
use crate::state::{Protection, Reader, Request, State};

/// How often what may go wrong, and how often somebody looks at their balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    /// Of the server or the webhook.
    pub crashes: u8,
    /// The answer to a message or to a payment.
    pub lost_answers: u8,
    /// A message or a payment that comes again while the first is under way, or after it was answered.
    pub doubles: u8,
    /// The cache is not reached.
    pub lost_puts: u8,
    /// The cache forgets.
    pub evictions: u8,
    pub reads: u8,
}

/// The protocol, with one protection less where one is named.
#[derive(Debug, Clone, Copy)]
pub struct Protocol {
    pub without: Option<Protection>,
    pub faults: Faults,
}

impl Protocol {
    fn has(&self, protection: Protection) -> bool {
        self.without != Some(protection)
    }

    pub fn ask(&self, state: &mut State, side: Side, id: u8) -> Option<()> {
        let slot = state.side(side).iter().position(|request| *request == Request::None)?;
        state.side(side)[slot] = Request::Came { id };
        if side == Side::Webhook && !self.has(Protection::AnswersAfterCommit) {
            state.answered[id as usize] = true;
        }
        if !self.has(Protection::TellsAfterCommit) {
            let version = state.books.version + 1;
            self.put(state, version);
        }
        Some(())
    }

    pub fn step(&self, state: &mut State, side: Side, slot: usize) {
        let request = state.side(side)[slot];
        state.side(side)[slot] = match request {
            Request::None => Request::None,
            Request::Came { id } if self.has(Protection::LooksUnderLock) => {
                let (is_new, is_open) = (state.is_new(side, id), state.is_open());
                self.commit(state, side, id, is_new, is_open)
            }
            Request::Came { id } => {
                Request::Looked { id, is_new: state.is_new(side, id), is_open: state.is_open() }
            }
            Request::Looked { id, is_new, is_open } => self.commit(state, side, id, is_new, is_open),
            Request::Committed { id, version, tells } => {
                if tells {
                    self.tell(state, side, version);
                }
                Request::Told { id, version }
            }
            Request::Told { id, version } => {
                match side {
                    Side::Webhook => state.answered[id as usize] = true,
                    Side::Server => state.paid = state.paid.max(Some(version)),
                }
                Request::None
            }
        };
    }

    /// One statement of Postgres: `settle` for the webhook, `pay` for the server.
    fn commit(&self, state: &mut State, side: Side, id: u8, is_new: bool, is_open: bool) -> Request {
        let books = &mut state.books;
        let moves = match side {
            Side::Webhook if is_new || !self.has(Protection::EventIsClaimed) => {
                books.taken[id as usize] += 1;
                let credits = is_open || !self.has(Protection::IntentEndsOnce);
                books.credits += u8::from(credits);
                credits
            }
            Side::Webhook => false,
            Side::Server => {
                let pays = is_new || !self.has(Protection::KeyIsLookedFor);
                books.payments += u8::from(pays);
                pays
            }
        };
        if moves {
            books.version += 1;
            if self.has(Protection::Outbox) {
                books.untold |= 1 << books.version;
            }
        }
        // Both answer with the balance as it stands; the webhook tells only of what it has credited.
        let tells = moves || (side == Side::Server && self.has(Protection::RepeatsAreTold));
        Request::Committed { id, version: books.version, tells }
    }

    /// Somebody writes a version into the cache that they know of; the server remembers what it knew.
    pub fn tell(&self, state: &mut State, side: Side, version: u8) {
        if side == Side::Server {
            state.floor = state.floor.max(version);
        }
        self.put(state, version);
    }

    fn put(&self, state: &mut State, version: u8) {
        if state.cache.is_none_or(|held| held < version) || !self.has(Protection::ComparesAndSets) {
            state.cache = Some(version);
        }
    }

    /// Somebody looks at their balance: from the cache if it can be believed, else from Postgres.
    pub fn read(&self, state: &mut State) {
        let answered = state.paid.unwrap_or(0);
        match state.cache {
            Some(version) if version >= state.floor || !self.has(Protection::ReadsAreChecked) => {
                state.floor = state.floor.max(version);
                state.shown_less |= version < answered;
            }
            _ => state.reader = Reader::Holds { version: state.books.version, answered },
        }
    }
}

impl Request {
    pub fn is(self, this: u8) -> bool {
        match self {
            Request::None => false,
            Request::Came { id }
            | Request::Looked { id, .. }
            | Request::Committed { id, .. }
            | Request::Told { id, .. } => id == this,
        }
    }
}

impl State {
    pub fn side(&mut self, side: Side) -> &mut [Request; 2] {
        match side {
            Side::Webhook => &mut self.webhook,
            Side::Server => &mut self.server,
        }
    }

    fn is_new(&self, side: Side, id: u8) -> bool {
        match side {
            Side::Webhook => self.books.taken[id as usize] == 0,
            Side::Server => self.books.payments == 0,
        }
    }

    fn is_open(&self) -> bool {
        self.books.credits == 0
    }
}
