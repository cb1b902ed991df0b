//! What must hold, whatever happens.

use stateright::Property;

use crate::protocol::Protocol;
use crate::state::{Freeze, Request, State};

pub const CREDITED_ONCE: &str = "nothing is credited twice";
pub const CREDIT_KEPT: &str = "no credit is lost that the bank was answered about";
pub const TAKEN_ONCE: &str = "a message is acted on once";
pub const PAID_ONCE: &str = "a payment that is tried again under its key is made once";
pub const PAYMENT_KEPT: &str = "no payment is lost that was answered";
pub const NOTHING_AHEAD: &str = "the cache never shows what is not committed";
pub const OWN_PAYMENT: &str = "nobody is shown less than their own payment, once it was answered";
pub const FROZEN: &str = "nothing leaves between a freeze that was answered and its thaw";
pub const APPROVED: &str = "nothing is paid that was not approved as it is";
/// Of these two what people do to guard their money is the whole.
pub const GUARDS: [&str; 2] = [FROZEN, APPROVED];
pub const SETTLED: &str = "in the end all is credited, paid, answered and told";

/// What happens on some way, or the checker has seen nothing.
pub const SEEN: [&str; 3] = [
    "a message comes again after it was acted on",
    "a payment comes again after it was made",
    "the cache tells the newest",
];

/// The same where people freeze and approve.
pub const SEEN_OF_GUARDS: [&str; 3] = [
    "a payment comes to a frozen wallet",
    "a payment comes whose approval is over",
    "a payment is made after a thaw",
];

pub fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(CREDITED_ONCE, |_, state: &State| state.books.credits <= 1),
        Property::always(CREDIT_KEPT, |_, state: &State| {
            !state.answered.contains(&true) || state.books.credits > 0
        }),
        Property::always(TAKEN_ONCE, |_, state: &State| state.books.taken.iter().all(|times| *times <= 1)),
        Property::always(PAID_ONCE, |_, state: &State| state.books.payments <= 1),
        Property::always(PAYMENT_KEPT, |_, state: &State| state.paid.is_none() || state.books.payments > 0),
        Property::always(NOTHING_AHEAD, |_, state: &State| {
            state.cache.is_none_or(|version| version <= state.books.version)
        }),
        Property::always(OWN_PAYMENT, |_, state: &State| !state.shown_less),
        Property::always(FROZEN, |_, state: &State| !state.left_frozen),
        Property::always(APPROVED, |_, state: &State| !state.unapproved),
        // Nothing goes round in circles, so this is: eventually.
        Property::always(SETTLED, |protocol: &Protocol, state: &State| {
            !protocol.is_at_rest(state) || is_settled(protocol, state)
        }),
        Property::sometimes(SEEN[0], |_, state: &State| {
            state
                .webhook
                .iter()
                .any(|r| matches!(r, Request::Came { id } if state.books.taken[*id as usize] > 0))
        }),
        Property::sometimes(SEEN[1], |_, state: &State| {
            state.books.payments > 0 && state.server.iter().any(|r| matches!(r, Request::Came { .. }))
        }),
        Property::sometimes(SEEN[2], |_, state: &State| state.books.version == 2 && state.cache == Some(2)),
        Property::sometimes(SEEN_OF_GUARDS[0], |_, state: &State| {
            state.freeze == Freeze::Answered && state.comes() && state.books.payments == 0
        }),
        Property::sometimes(SEEN_OF_GUARDS[1], |_, state: &State| {
            !state.books.approved && state.comes() && state.books.payments == 0
        }),
        Property::sometimes(SEEN_OF_GUARDS[2], |protocol: &Protocol, state: &State| {
            let thawed = protocol.faults.freezes > state.left.freezes && !state.books.frozen;
            thawed && state.books.payments > 0
        }),
    ]
}

fn is_settled(protocol: &Protocol, state: &State) -> bool {
    let books = &state.books;
    // A cache that does not hear, or forgets while somebody is slow, is right again when its entry's time is over.
    let deaf = protocol.faults.lost_puts + protocol.faults.evictions > 0;
    let told = deaf || state.cache.is_none_or(|version| version == books.version);
    (books.credits, books.payments, books.untold) == (1, 1, 0)
        && state.answered == [true; 2]
        && state.paid.is_some()
        && told
}
