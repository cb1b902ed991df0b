//! What can happen next in any state, and how the state follows from it.

use stateright::{Model, Property};

use crate::promise;
use crate::protocol::Protocol;
use crate::state::{Books, Freeze, Reader, Relay, Request, State};

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
    FreezeIsAnswered,
    Thaw,
    Approve,
    Reads,
    Freeze,
    ApprovalLapses,
    AskTwice(Side, u8),
    AnswerIsLost(Side, usize),
    PutIsLost(Side, usize),
    Crash(Side),
    Evict,
}

impl Protocol {
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
        // Whoever knows better does not ask for what will be refused.
        if state.paid.is_none() && state.server == [Request::None; 2] {
            match (state.books.frozen, state.books.approved) {
                (true, _) => {}
                (false, true) => actions.push(Action::Ask(Side::Server, 0)),
                (false, false) => actions.push(Action::Approve),
            }
        }
        match state.freeze {
            Freeze::Committed => actions.push(Action::FreezeIsAnswered),
            _ if state.books.frozen => actions.push(Action::Thaw),
            _ => {}
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
        if left.strangers > 0 {
            actions.push(Action::AskTwice(Side::Server, 1));
        }
        if left.freezes > 0 && !state.books.frozen {
            actions.push(Action::Freeze);
        }
        if left.lapses > 0 && state.books.approved {
            actions.push(Action::ApprovalLapses);
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
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        // Where wallets are frozen the bank has said what it has to say: it goes on meanwhile, and makes no difference.
        let told = u8::from(self.faults.freezes > 0);
        let approved = self.faults.lapses == 0;
        let books = Books { version: told, credits: told, taken: [told, 0], approved, ..Books::default() };
        vec![State {
            books,
            cache: Some(told),
            answered: [told > 0; 2],
            webhook: [Request::None; 2],
            server: [Request::None; 2],
            reader: Reader::None,
            relay: Relay::default(),
            floor: 0,
            paid: None,
            freeze: Freeze::None,
            left_frozen: false,
            unapproved: false,
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
                let left = if id == 0 { &mut state.left.doubles } else { &mut state.left.strangers };
                *left -= 1;
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
            Action::Freeze => {
                state.left.freezes -= 1;
                (state.books.frozen, state.freeze) = (true, Freeze::Committed);
            }
            Action::FreezeIsAnswered => state.freeze = Freeze::Answered,
            Action::Thaw => (state.books.frozen, state.freeze) = (false, Freeze::None),
            Action::Approve => state.books.approved = true,
            Action::ApprovalLapses => {
                state.left.lapses -= 1;
                state.books.approved = false;
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
                    if state.freeze == Freeze::Committed {
                        state.freeze = Freeze::None;
                    }
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
