//! What each does, one step at a time; between any two steps anything else may happen.

use crate::course::Side;
use crate::state::{Freeze, Look, Protection, Reader, Request, State};

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
    /// Of the wallet, by its owner.
    pub freezes: u8,
    /// The time of an approval is over. Only where there is one of these payments are approved.
    pub lapses: u8,
    /// Somebody tries to pay under another key.
    pub strangers: u8,
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
                let look = self.look(state, side, id);
                self.commit(state, side, id, look)
            }
            Request::Came { id } => Request::Looked { id, look: self.look(state, side, id) },
            Request::Looked { id, look } => self.commit(state, side, id, look),
            Request::Committed { id, version, tells } => {
                if tells {
                    self.tell(state, side, version);
                }
                Request::Told { id, version }
            }
            Request::Told { id, version } => {
                match side {
                    Side::Webhook => state.answered[id as usize] = true,
                    Side::Server if id == 0 => state.paid = state.paid.max(Some(version)),
                    Side::Server => {}
                }
                Request::None
            }
        };
    }

    fn look(&self, state: &State, side: Side, id: u8) -> Look {
        let books = &state.books;
        Look {
            is_new: match side {
                Side::Webhook => books.taken[id as usize] == 0,
                Side::Server => id > 0 || books.payments == 0,
            },
            is_open: books.credits == 0,
            is_frozen: books.frozen,
            is_approved: books.approved && (id == 0 || !self.has(Protection::ApprovalIsOfOneKey)),
        }
    }

    fn is_refused(&self, look: Look) -> bool {
        (look.is_frozen && self.has(Protection::FreezeIsLookedFor))
            || (!look.is_approved && self.has(Protection::ApprovalIsLookedFor))
    }

    /// One statement of Postgres: `settle` for the webhook, `pay` for the server.
    fn commit(&self, state: &mut State, side: Side, id: u8, look: Look) -> Request {
        let Look { is_new, is_open, .. } = look;
        let books = &mut state.books;
        let moves = match side {
            Side::Webhook if is_new || !self.has(Protection::EventIsClaimed) => {
                books.taken[id as usize] += 1;
                let credits = is_open || !self.has(Protection::IntentEndsOnce);
                books.credits += u8::from(credits);
                credits
            }
            Side::Webhook => false,
            Side::Server if is_new && self.is_refused(look) => return Request::None,
            Side::Server => {
                let pays = is_new || !self.has(Protection::KeyIsLookedFor);
                books.payments += u8::from(pays && id == 0);
                state.left_frozen |= pays && state.freeze == Freeze::Answered;
                state.unapproved |= pays && (id > 0 || !look.is_approved);
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
    /// Whether the payment has come to the server.
    pub fn comes(&self) -> bool {
        self.server.iter().any(|request| matches!(request, Request::Came { id: 0 }))
    }

    pub fn side(&mut self, side: Side) -> &mut [Request; 2] {
        match side {
            Side::Webhook => &mut self.webhook,
            Side::Server => &mut self.server,
        }
    }
}
