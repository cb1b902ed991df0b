//! How alike two answers are: in what they say, and in how long they take.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};

/// Of each kind in a round, in turns, so that a busy moment of the machine falls on all. Of two rounds at least, so that
/// three hundred are compared.
pub const TRIES: usize = 150;
/// A busy machine moves two times apart, now one way and now the other; what is in the program moves them apart each
/// time, and the same way. Of three rounds, and where that is not enough of five, the one in the middle counts.
const ROUNDS: usize = 5;

/// What stands before a name that every answer has anew.
const ANEW: [&str; 4] = ["nonce=\"", "'nonce-", "crossorigin=\"", "attempt="];

pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(String, String)>,
    /// Of the session, where it begins one.
    pub cookie: String,
    pub body: String,
    pub took: Duration,
}

pub async fn ask(call: RequestBuilder) -> Answer {
    let began = Instant::now();
    let answer = call.send().await.unwrap();
    let (status, headers) = (answer.status(), told(answer.headers()));
    let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
    let cookie = cookie.and_then(|cookie| Some(cookie.split(';').next()?.to_owned())).unwrap_or_default();
    let body = answer.text().await.unwrap();
    Answer { status, headers, cookie, body, took: began.elapsed() }
}

/// What every answer has anew is left out.
fn told(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut told: Vec<_> = headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| match name.as_str() {
            "set-cookie" => (name.to_string(), "a session of its own".to_owned()),
            _ => (name.to_string(), value.to_str().unwrap().to_owned()),
        })
        .collect();
    told.sort();
    told
}

impl Answer {
    /// All that is told, without what is anew in each, nonces and attempts, and without these words that were typed.
    pub fn without(&self, typed: &[&str]) -> (StatusCode, Vec<(String, String)>, String) {
        let bare = |text: &str| {
            let cut = ANEW.iter().fold(text.to_owned(), |text, mark| cut(&text, mark));
            typed.iter().filter(|word| !word.is_empty()).fold(cut, |text, word| text.replace(word, "TYPED"))
        };
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), bare(value))).collect();
        (self.status, headers, bare(&self.body))
    }

    pub fn leads_to(&self) -> &str {
        &self.headers.iter().find(|(name, _)| name == "location").unwrap().1
    }
}

/// Fails with where they begin to differ.
pub fn assert_alike(one: &impl Debug, other: &impl Debug) {
    let (one, other) = (format!("{one:?}"), format!("{other:?}"));
    let begin = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| text.chars().skip(begin.saturating_sub(100)).take(200).collect::<String>();
    assert!(one == other, "…{}…\nis not\n…{}…", around(&one), around(&other));
}

/// The text without the name that follows each of these marks.
fn cut(text: &str, mark: &str) -> String {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || ['-', '_', '%'].contains(&one);
    let mut parts = text.split(mark);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| format!("{text}{mark}{}", part.trim_start_matches(is_of_name)))
}

/// Whether the two of each pair take the same time, within five in a hundred.
pub async fn take_the_same_time<const PAIRS: usize>(
    what: [&str; PAIRS],
    tries: usize,
    mut ask: impl AsyncFnMut(usize, bool) -> Duration,
) {
    let mut apart = [const { Vec::new() }; PAIRS];
    for round in 1..=ROUNDS {
        let mut times = [const { [const { Vec::new() }; 2] }; PAIRS];
        for n in 0..tries {
            for (pair, times) in times.iter_mut().enumerate() {
                for is_known in [n % 2 == 0, n % 2 != 0] {
                    times[usize::from(is_known)].push(ask(pair, is_known).await);
                }
            }
        }
        for (pair, times) in times.into_iter().enumerate() {
            let [unknown, known] = times.map(median);
            println!("{}, round {round}: known {known:?}, unknown {unknown:?}", what[pair]);
            apart[pair].push(hundredths(known, unknown));
        }
        let is_alike = |apart: &Vec<i64>| match round {
            2 => apart.iter().all(|apart| apart.abs() <= 5), // whatever a third says
            3 | ROUNDS => median(apart.clone()).abs() <= 5,
            _ => false,
        };
        if apart.iter().all(is_alike) {
            return;
        }
        if round == 3 && apart.iter().any(|apart| median(apart.clone()).abs() > 3 * 5) {
            break; // no two rounds more bring these together
        }
    }
    panic!("who is known is told by the time: {what:?} are apart by so many in a hundred: {apart:?}");
}

fn median<T: Copy + Ord>(mut values: Vec<T>) -> T {
    values.sort();
    values[values.len() / 2]
}

/// By how many in a hundred of the longer the one is longer than the other, begun ones counted.
fn hundredths(known: Duration, unknown: Duration) -> i64 {
    let [known, unknown] = [known, unknown].map(|time| i64::try_from(time.as_nanos()).unwrap());
    let (apart, longer) = (known - unknown, known.max(unknown));
    let whole = apart.abs() * 100;
    apart.signum() * (whole / longer + i64::from(whole % longer != 0))
}

#[test]
fn what_is_anew_and_what_was_typed_is_left_out_and_nothing_else() {
    assert_eq!(cut("a nonce=\"x-Y_1\" b nonce=\"z\"", "nonce=\""), "a nonce=\"\" b nonce=\"\"");
    assert_eq!(cut("/verify?attempt=12-ab&next=/", "attempt="), "/verify?attempt=&next=/");
    assert_eq!(cut("nothing", "attempt="), "nothing");
}

#[test]
fn two_times_are_alike_up_to_five_in_a_hundred_of_the_longer() {
    let apart = |known, unknown| hundredths(Duration::from_micros(known), Duration::from_micros(unknown));
    assert_eq!([apart(100, 95), apart(95, 100), apart(100, 94), apart(9494, 10_000)], [5, -5, 6, -6]);
}
