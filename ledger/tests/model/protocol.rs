//! What each does, one step at a time; between any two steps anything else may happen.

use stateright::{Model, Property};

use crate::promise;
use crate::state::{Books, Protection, Reader, Relay, Request, State};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Webhook,
    Server,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The bank says a message, or the person presses the button; again, where that is no fault of anybody.
    Ask(Side, u8),
    Step(Side, usize),
    RelayTakes,
    RelayTells,
    ReaderTells,
    Reads,
    AskTwice(Side, u8),
    AnswerIsLost(Side, usize),
    PutIsLost(Side, usize),
    Crash(Side),
    Evict,
}

impl Protocol {
    fn has(&self, protection: Protection) -> bool {
        self.without != Some(protection)
    }

    /// Nothing is under way, and nobody has anything to do any more.
    pub fn is_at_rest(&self, state: &State) -> bool {
        let mut actions = vec![];
        self.progress(state, &mut actions);
        actions.is_empty()
    }

    /// What happens by itself.
    fn progress(&self, state: &State, actions: &mut Vec<Action>) {
        for id in 0..2 {
            if !state.answered[id as usize] && !state.webhook.iter().any(|request| request.is(id)) {
                actions.push(Action::Ask(Side::Webhook, id));
            }
        }
        if state.paid.is_none() && state.server == [Request::None; 2] {
            actions.push(Action::Ask(Side::Server, 0));
        }
        for (side, requests) in [(Side::Webhook, &state.webhook), (Side::Server, &state.server)] {
            let busy = (0..requests.len()).filter(|slot| requests[*slot] != Request::None);
            actions.extend(busy.map(|slot| Action::Step(side, slot)));
        }
        if state.relay.rows != 0 {
            actions.push(Action::RelayTells);
        } else if state.books.untold != 0 {
            actions.push(Action::RelayTakes);
        }
        if state.reader != Reader::None {
            actions.push(Action::ReaderTells);
        }
    }

    /// What goes wrong, and who looks.
    fn accidents(&self, state: &State, actions: &mut Vec<Action>) {
        let left = state.left;
        if left.reads > 0 && state.reader == Reader::None {
            actions.push(Action::Reads);
        }
        if left.doubles > 0 {
            actions.extend([Action::AskTwice(Side::Webhook, 0), Action::AskTwice(Side::Server, 0)]);
        }
        for (side, requests) in [(Side::Webhook, &state.webhook), (Side::Server, &state.server)] {
            if left.crashes > 0 {
                actions.push(Action::Crash(side));
            }
            for (slot, request) in requests.iter().enumerate() {
                match request {
                    Request::Told { .. } if left.lost_answers > 0 => {
                        actions.push(Action::AnswerIsLost(side, slot))
                    }
                    Request::Committed { tells: true, .. } if left.lost_puts > 0 => {
                        actions.push(Action::PutIsLost(side, slot));
                    }
                    _ => {}
                }
            }
        }
        if left.evictions > 0 && state.cache.is_some() {
            actions.push(Action::Evict);
        }
    }

    fn ask(&self, state: &mut State, side: Side, id: u8) -> Option<()> {
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

    fn step(&self, state: &mut State, side: Side, slot: usize) {
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
    fn tell(&self, state: &mut State, side: Side, version: u8) {
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
    fn read(&self, state: &mut State) {
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
    fn is(self, this: u8) -> bool {
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
    fn side(&mut self, side: Side) -> &mut [Request; 2] {
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

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            books: Books::default(),
            cache: Some(0),
            answered: [false; 2],
            webhook: [Request::None; 2],
            server: [Request::None; 2],
            reader: Reader::None,
            relay: Relay::default(),
            floor: 0,
            paid: None,
            shown_less: false,
            left: self.faults,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.progress(state, actions);
        self.accidents(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Ask(side, id) => self.ask(&mut state, side, id)?,
            Action::AskTwice(side, id) => {
                state.left.doubles -= 1;
                self.ask(&mut state, side, id)?;
            }
            Action::Step(side, slot) => self.step(&mut state, side, slot),
            Action::RelayTakes => {
                state.relay = Relay { rows: state.books.untold, version: state.books.version }
            }
            Action::RelayTells => {
                self.tell(&mut state, Side::Server, last.relay.version);
                state.books.untold &= !last.relay.rows;
                state.relay = Relay::default();
            }
            Action::Reads => {
                state.left.reads -= 1;
                self.read(&mut state);
            }
            Action::ReaderTells => {
                let Reader::Holds { version, answered } = last.reader else { return None };
                state.reader = Reader::None;
                state.shown_less |= version < answered;
                self.tell(&mut state, Side::Server, version);
            }
            Action::AnswerIsLost(side, slot) => {
                state.left.lost_answers -= 1;
                state.side(side)[slot] = Request::None;
            }
            Action::PutIsLost(side, slot) => {
                let Request::Committed { id, version, .. } = last.clone().side(side)[slot] else {
                    return None;
                };
                state.left.lost_puts -= 1;
                if side == Side::Server {
                    state.floor = state.floor.max(version);
                }
                state.side(side)[slot] = Request::Told { id, version };
            }
            Action::Crash(side) => {
                state.left.crashes -= 1;
                *state.side(side) = [Request::None; 2];
                if side == Side::Server {
                    (state.reader, state.relay, state.floor) = (Reader::None, Relay::default(), 0);
                }
            }
            Action::Evict => {
                state.left.evictions -= 1;
                state.cache = None;
            }
        }
        // Which of two hands does it makes no difference, and half as many states.
        state.webhook.sort_unstable();
        state.server.sort_unstable();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promise::all()
    }
}
