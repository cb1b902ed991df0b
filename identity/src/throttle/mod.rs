//! How often somebody may try, by whom and from where: counted in Postgres, so that all servers count as one and
//! nothing else need be up. Counts that are asked for together share a round trip.

mod repo;

pub(crate) use repo::forget;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use cache::Loader;
use domain::UserId;
use sha2::{Digest, Sha256};
use sqlx::PgPool;

use crate::{Network, looked_up};

const MINUTE: Duration = Duration::from_secs(60);
const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);
const THREE_QUARTERS: Duration = Duration::from_secs(45 * 60);
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What one try is counted by: so many in a period, all at once if need be, each coming back after its share of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Count {
    kind: &'static str,
    key: [u8; 32],
    tries: u32,
    period: Duration,
}

impl Count {
    /// Signing in under one name: six at once, and one more after each seven and a half minutes, so ten in any half hour. NIST
    /// SP 800-63B-4, 3.2.2 allows a hundred failures in all.
    pub(crate) fn sign_in(identifier: &str) -> Self {
        Count::new("sign_in", identifier, 6, THREE_QUARTERS)
    }

    /// Signing in from one network, under whatever names: many people may stand behind one address.
    pub(crate) fn sign_in_from(network: Network) -> Self {
        Count::new("sign_in_network", &network.key(), 200, HALF_AN_HOUR)
    }

    /// Saying one's password again within a session. Counted by itself, so that whoever tries to sign in as somebody
    /// keeps them from nothing.
    pub(crate) fn confirm(person: UserId) -> Self {
        Count::new("confirm", &person.to_string(), 10, HALF_AN_HOUR)
    }

    /// Saying one's PIN, right or wrong: as often as one may pay. That ten wrong ones in a row are its end is counted
    /// where it stands.
    pub(crate) fn pin(person: UserId) -> Self {
        Count::new("pin", &person.to_string(), 100, HALF_AN_HOUR)
    }

    /// Having a code sent to one number or address that signs up.
    pub(crate) fn send_code(address: &str) -> Self {
        Count::new("send_code", address, 5, HALF_AN_HOUR)
    }

    /// The same for another password. Counted by itself: whoever knows a number can have it sign up, and must not keep its
    /// owner from this.
    pub(crate) fn send_reset(address: &str) -> Self {
        Count::new("send_reset", address, 5, HALF_AN_HOUR)
    }

    /// Having codes sent from one network, wherever to.
    pub(crate) fn send_code_from(network: Network) -> Self {
        Count::new("send_code_network", &network.key(), 50, HALF_AN_HOUR)
    }

    /// Trying codes that prove one number: beside the five tries of each code, however many codes are sent.
    pub(crate) fn try_sign_up(phone: &str) -> Self {
        Count::new("try_sign_up", phone, 10, HALF_AN_HOUR)
    }

    /// Trying codes that give another password to one number or address. Counted by itself: those of a sign-up can be
    /// tried by whoever knows a number, and must not keep its owner from this.
    pub(crate) fn try_reset(address: &str) -> Self {
        Count::new("try_reset", address, 10, HALF_AN_HOUR)
    }

    /// The same in a day: of a million codes, somebody with patience is to try few.
    pub(crate) fn try_reset_in_a_day(address: &str) -> Self {
        Count::new("try_reset_day", address, 20, A_DAY)
    }

    /// Having a code sent to what is to become one's number or address. The code for the end that one has is counted with
    /// its person alone: whoever names it as theirs-to-be keeps nobody from leaving it.
    pub(crate) fn send_change(address: &str) -> Self {
        Count::new("send_change", address, 5, HALF_AN_HOUR)
    }

    /// Asking for such changes.
    pub(crate) fn ask_change(person: UserId) -> Self {
        Count::new("ask_change", &person.to_string(), 5, HALF_AN_HOUR)
    }

    /// Trying the codes of such a change.
    pub(crate) fn try_change(person: UserId) -> Self {
        Count::new("try_change", &person.to_string(), 10, HALF_AN_HOUR)
    }

    /// The same in a day.
    pub(crate) fn try_change_in_a_day(person: UserId) -> Self {
        Count::new("try_change_day", &person.to_string(), 20, A_DAY)
    }

    /// Being sent one kind of notice.
    pub(crate) fn notice(person: UserId, event: &str) -> Self {
        Count::new("notice", &format!("{person} {event}"), 5, HALF_AN_HOUR)
    }

    /// Trying codes from one network.
    pub(crate) fn try_code_from(network: Network) -> Self {
        Count::new("try_code_network", &network.key(), 200, HALF_AN_HOUR)
    }

    /// Trying codes of a second factor to sign in: beside the five tries of each attempt. Whoever comes so far knows the
    /// password.
    pub(crate) fn second_step(person: UserId) -> Self {
        Count::new("second_step", &person.to_string(), 10, HALF_AN_HOUR)
    }

    /// The same in a day: three of a million codes are right at any time.
    pub(crate) fn second_step_in_a_day(person: UserId) -> Self {
        Count::new("second_step_day", &person.to_string(), 50, A_DAY)
    }

    /// Having a code sent to one's number to turn a second step on.
    pub(crate) fn ask_second_factor(person: UserId) -> Self {
        Count::new("ask_second_factor", &person.to_string(), 5, HALF_AN_HOUR)
    }

    /// Trying codes of a second factor within a session. Counted by itself, as saying the password is.
    pub(crate) fn second_factor(person: UserId) -> Self {
        Count::new("second_factor", &person.to_string(), 10, HALF_AN_HOUR)
    }

    /// Being asked for a passkey within a session: as often as one may pay, as it may approve each payment.
    pub(crate) fn passkey(person: UserId) -> Self {
        Count::new("passkey", &person.to_string(), 100, HALF_AN_HOUR)
    }

    /// Trying to turn a second step on, in a day: of a million codes that come to a number, somebody with patience is to try
    /// few.
    pub(crate) fn turn_on_second_factor(person: UserId) -> Self {
        Count::new("turn_on_second_factor", &person.to_string(), 20, A_DAY)
    }

    /// Having codes sent for the way back of whoever has lost their second step.
    pub(crate) fn ask_way_back(person: UserId) -> Self {
        Count::new("ask_way_back", &person.to_string(), 5, HALF_AN_HOUR)
    }

    /// The same in a day: whoever knows a password is not to fill its owner's telephone.
    pub(crate) fn ask_way_back_in_a_day(person: UserId) -> Self {
        Count::new("ask_way_back_day", &person.to_string(), 10, A_DAY)
    }

    /// Trying these codes.
    pub(crate) fn try_way_back(person: UserId) -> Self {
        Count::new("try_way_back", &person.to_string(), 10, HALF_AN_HOUR)
    }

    /// The same in a day.
    pub(crate) fn try_way_back_in_a_day(person: UserId) -> Self {
        Count::new("try_way_back_day", &person.to_string(), 20, A_DAY)
    }

    /// Looking up whom to pay.
    pub(crate) fn look_up(asker: UserId) -> Self {
        Count::new("look_up", &asker.to_string(), 10, MINUTE)
    }

    /// The same from one network, whoever asks.
    pub(crate) fn look_up_from(network: Network) -> Self {
        Count::new("look_up_network", &network.key(), 100, MINUTE)
    }

    /// Paying.
    pub(crate) fn payment(payer: UserId) -> Self {
        Count::new("payment", &payer.to_string(), 100, HALF_AN_HOUR)
    }

    /// The same from one network, whoever pays.
    pub(crate) fn payment_from(network: Network) -> Self {
        Count::new("payment_network", &network.key(), 5000, HALF_AN_HOUR)
    }

    /// Asking a bank for money.
    pub(crate) fn top_up(person: UserId) -> Self {
        Count::new("top_up", &person.to_string(), 30, HALF_AN_HOUR)
    }

    /// The same from one network, whoever asks.
    pub(crate) fn top_up_from(network: Network) -> Self {
        Count::new("top_up_network", &network.key(), 1500, HALF_AN_HOUR)
    }

    /// Reading further back than the newest: so many pages nobody looks at, and a program that takes a whole history away takes
    /// its time.
    pub(crate) fn older_page(person: UserId) -> Self {
        Count::new("older_page", &person.to_string(), 600, HALF_AN_HOUR)
    }

    /// Sending a picture, which is work.
    pub(crate) fn picture(person: UserId) -> Self {
        Count::new("picture", &person.to_string(), 10, HALF_AN_HOUR)
    }

    fn new(kind: &'static str, key: &str, tries: u32, period: Duration) -> Self {
        Count { kind, key: Sha256::digest(key).into(), tries, period }
    }
}

/// Too many tries; this long until the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) seconds: u64,
}

/// Why something was not begun. The text of the first is the sentence to show.
#[derive(Debug, thiserror::Error)]
pub enum TooMany {
    /// Too often in a short time.
    #[error(
        "This was done very often in a short time, by you or from your network. Wait {} and try again. No money moved.",
        span(*seconds)
    )]
    Wait {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("tries could not be counted")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for TooMany {
    fn from(Wait { seconds }: Wait) -> Self {
        TooMany::Wait { seconds }
    }
}

/// Counts tries; with those of other processes they are one count.
pub(crate) struct Throttle {
    tries: Loader<Try, Duration, sqlx::Error>,
    asked: AtomicU64,
}

/// What is counted of one request, under a number of its own: two that are alike are two.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Try {
    number: u64,
    counts: Vec<Count>,
}

impl Throttle {
    /// Counts in this database and widens each throttle `scale` times; inside a Tokio runtime.
    pub(crate) fn new(pool: PgPool, scale: u32) -> Self {
        let tries = Loader::start(move |tries| repo::take(pool.clone(), tries, scale.max(1)));
        Throttle { tries, asked: AtomicU64::new(0) }
    }

    /// Takes one try of each, or, where one of them has none left, of none.
    pub(crate) async fn take(
        &self,
        counts: impl IntoIterator<Item = Count>,
    ) -> Result<Result<(), Wait>, sqlx::Error> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let request = Try { number, counts: counts.into_iter().collect() };
        let wait = self.tries.load(request).await.map_err(looked_up)?.ok_or(sqlx::Error::RowNotFound)?;
        Ok(match wait {
            Duration::ZERO => Ok(()),
            wait => Err(Wait { seconds: wait.as_secs() + 1 }), // rounded up: who waits as told is let in
        })
    }
}

/// `40 seconds`, `3 minutes`: how long to wait, as the sentences say it.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        0..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_as_people_tell_it_and_never_shorter_than_it_is() {
        let told = [0, 1, 59, 119, 120, 121, 1800].map(span);
        assert_eq!(
            told,
            ["0 seconds", "1 second", "59 seconds", "119 seconds", "2 minutes", "3 minutes", "30 minutes"]
        );
    }

    #[test]
    fn what_is_counted_is_known_by_its_hash_alone() {
        let count = Count::sign_in("+919845012264");
        assert_ne!(count, Count::sign_in("+919845012265"));
        assert_eq!(count, Count::sign_in("+919845012264"));
        assert!(!format!("{count:?}").contains("9845012264"));
    }
}
