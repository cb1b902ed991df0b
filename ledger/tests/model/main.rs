//! The whole of OKANE as a few small numbers, so that every order of events can be tried: a server, the webhook,
//! the bank and the cache, with crashes, with messages that are lost or come twice, and with a person who freezes their
//! wallet and approves what they pay.
//!
//! `protocol` says what each does, step by step, as `ledger` and `cache` do it; `course` says what can happen next; `promise` says what must hold in
//! every state. The checker goes through all states there are. What it proves, it proves of the protocol; that the
//! code follows the protocol is for `ledger/tests/it` to show. Each protection is taken out once, and the checker
//! must then find the promise broken that rests on it.
#![allow(clippy::unwrap_used)]

mod course;
mod promise;
mod protocol;
mod state;

use std::time::{Duration, Instant};

use protocol::{Faults, Protocol};
use state::Protection;
use stateright::{Checker, HasDiscoveries, Model};

/// A check takes seconds; one that takes minutes does not belong here.
const PATIENCE: Duration = Duration::from_secs(100);

/// Goes through all states; answers with the promises that are broken, each with the shortest way there.
fn broken_promises(protocol: Protocol) -> Vec<(&'static str, String)> {
    let began = Instant::now();
    let (without, faults) = (protocol.without, protocol.faults);
    // All of them where nothing should be found, else until something is.
    let until = if without.is_none() { HasDiscoveries::All } else { HasDiscoveries::AnyFailures };
    let checker = protocol.checker().threads(2).timeout(PATIENCE).finish_when(until).spawn_bfs().join();
    let seconds = began.elapsed().as_secs_f32();
    eprintln!("{} states in {seconds:.1} s, without {without:?}, {faults:?}", checker.unique_state_count());
    assert!(checker.is_done(), "not all states were seen");
    let usual = promise::SEEN.iter().filter(|_| faults.doubles > 0);
    let guards = promise::SEEN_OF_GUARDS.iter().filter(|_| faults.freezes > 0);
    for seen in usual.chain(guards).filter(|_| without.is_none()) {
        assert!(checker.discovery(seen).is_some(), "never happened: {seen}");
    }
    let failures = checker
        .discoveries()
        .into_iter()
        .filter(|(name, _)| checker.discovery_classification(name).to_string() == "counterexample");
    failures.map(|(name, path)| (name, format!("{:#?}", path.into_actions()))).collect()
}

#[test]
fn whatever_crashes_is_lost_or_comes_twice_every_promise_is_kept() {
    let faults = Faults { crashes: 2, lost_answers: 1, doubles: 1, reads: 1, ..Faults::default() };
    assert_eq!(broken_promises(Protocol { without: None, faults }), []);
}

#[test]
fn a_cache_that_does_not_hear_or_forgets_shows_nobody_less_than_their_own_payment() {
    let faults = Faults { lost_answers: 1, lost_puts: 2, evictions: 1, reads: 1, ..Faults::default() };
    assert_eq!(broken_promises(Protocol { without: None, faults }), []);
}

#[test]
fn whoever_freezes_or_approves_is_taken_at_their_word_whatever_crashes_or_comes_twice() {
    let faults = Faults {
        crashes: 1,
        lost_answers: 1,
        doubles: 1,
        freezes: 2,
        lapses: 2,
        strangers: 1,
        ..Faults::default()
    };
    assert_eq!(broken_promises(Protocol { without: None, faults }), []);
}

/// What the protocol does not promise: only the server that was told knows what it was told. If it ends, and the
/// cache did not hear of a payment, or forgot it and then heard of something older, an old balance can be shown
/// until the entry's half minute is over. That the checker finds it shows that it looks for it.
#[test]
fn a_cache_that_does_not_hear_or_forgets_and_a_crash_of_the_server_can_show_an_old_balance() {
    for (lost_puts, evictions) in [(1, 0), (0, 1)] {
        let faults = Faults { crashes: 1, reads: 1, lost_puts, evictions, ..Faults::default() };
        let broken = broken_promises(Protocol { without: None, faults });
        assert_eq!(broken.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [promise::OWN_PAYMENT]);
    }
}

#[test]
fn without_any_one_protection_the_checker_finds_the_promise_that_is_broken() {
    let guarded = Faults { freezes: 1, lapses: 1, strangers: 1, ..Faults::default() };
    for protection in Protection::ALL {
        // A server knows better than its cache where the cache did not hear of a payment.
        let deaf = u8::from(protection == Protection::ReadsAreChecked);
        let (crashes, lost_puts) = (1 - deaf, deaf);
        let usual = Faults { crashes, lost_puts, lost_answers: 1, doubles: 1, reads: 1, ..Faults::default() };
        let expected = protection.keeps();
        let (guards, others): (Vec<_>, Vec<_>) =
            expected.iter().partition(|kept| promise::GUARDS.contains(kept));
        for (faults, expected) in [(usual, others), (guarded, guards)] {
            if expected.is_empty() {
                continue;
            }
            let broken = broken_promises(Protocol { without: Some(protection), faults });
            assert!(
                !broken.is_empty() && broken.iter().all(|(name, _)| expected.contains(name)),
                "without {protection:?} only {expected:?} can be broken, but the checker found {broken:?}"
            );
        }
    }
}
