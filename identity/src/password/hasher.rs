//! Argon2id, away from the threads that answer requests.

use std::{num::NonZero, thread::available_parallelism};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{self, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};

use super::{NewPassword, composed};
use crate::places::Places;

/// What is verified where there is nobody, so that it costs the same. Nothing is known to hash to zeros,
/// and whoever verifies against it refuses in any case. A test keeps its costs equal to [`argon2id`]'s.
pub(crate) const UNKNOWN: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes as many passwords at a time as there are processors; the others wait without a thread.
#[derive(Clone)]
pub(crate) struct Hasher {
    places: Places,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        Hasher { places: Places::new(available_parallelism().map_or(1, NonZero::get)) }
    }

    /// The hash in PHC form, with a fresh salt.
    ///
    /// # Panics
    /// Where the machine has neither randomness nor 19 MiB to give.
    pub(crate) async fn hash(&self, password: NewPassword) -> String {
        self.hash_again(password.into_secret()).await
    }

    /// The same for a password that somebody has.
    ///
    /// # Panics
    /// As [`Self::hash`].
    pub(crate) async fn hash_again(&self, password: SecretString) -> String {
        let password = composed(&password);
        let hash = move || argon2id().hash_password(password.expose_secret().as_bytes());
        self.places.work(hash).await.expect("a salt and memory to hash in").to_string()
    }

    /// Hashes of secrets that are random themselves, by one salt: so that one is looked up by its hash.
    ///
    /// # Panics
    /// As [`Self::hash`].
    pub(crate) async fn digest(&self, secrets: Vec<SecretString>, salt: Vec<u8>) -> Vec<Vec<u8>> {
        let digest = move |secret: SecretString| {
            let mut hash = vec![0; 32];
            let made = argon2id().hash_password_into(secret.expose_secret().as_bytes(), &salt, &mut hash);
            made.map(|()| hash).expect("a salt of 16 bytes and memory to hash in")
        };
        self.places.work(move || secrets.into_iter().map(digest).collect()).await
    }

    /// Whether the password has this hash. A stored hash that cannot be read is the storage's fault.
    pub(crate) async fn verify(&self, password: SecretString, hash: String) -> Result<bool, sqlx::Error> {
        let password = composed(&password);
        let verify = move || {
            let hash = PasswordHash::new(&hash).map_err(password_hash::Error::from)?;
            argon2id().verify_password(password.expose_secret().as_bytes(), &hash)
        };
        match self.places.work(verify).await {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(unreadable) => Err(sqlx::Error::Decode(unreadable.into())),
        }
    }
}

/// Whether a hash is made otherwise than hashes are made now, as [`UNKNOWN`] is.
pub(crate) fn is_outdated(hash: &str) -> bool {
    let made = |hash| PasswordHash::new(hash).map(|hash| (hash.algorithm, hash.version, hash.params)).ok();
    made(hash) != made(UNKNOWN)
}

/// OWASP's costs (Password Storage Cheat Sheet, 2024): 19 MiB, twice, one lane.
fn argon2id() -> Argon2<'static> {
    let costs = Params::new(19_456, 2, 1, None).expect("OWASP's costs are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> NewPassword {
        NewPassword::parse(text, &[]).expect("long enough")
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_owasps_costs_and_a_salt_of_its_own() {
        let hasher = Hasher::new();
        let one = hasher.hash(password("correct horse battery")).await;
        let two = hasher.hash(password("correct horse battery")).await;
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
    }

    #[tokio::test]
    async fn only_the_same_password_has_the_hash() {
        let hasher = Hasher::new();
        let hash = hasher.hash(password("correct horse battery")).await;
        assert!(hasher.verify("correct horse battery".into(), hash.clone()).await.expect("readable"));
        assert!(!hasher.verify("correct horse batterz".into(), hash).await.expect("readable"));
    }

    #[tokio::test]
    async fn a_keyboard_that_writes_characters_in_parts_writes_the_same_password() {
        let hasher = Hasher::new();
        let hash = hasher.hash(password("fünf grüne blätter")).await;
        let in_parts = "fu\u{308}nf gru\u{308}ne bla\u{308}tter";
        assert!(hasher.verify(in_parts.into(), hash).await.expect("readable"));
    }

    #[tokio::test]
    async fn a_hash_of_other_costs_or_of_another_kind_is_outdated() {
        assert!(!is_outdated(&Hasher::new().hash(password("correct horse battery")).await));
        for (now, then) in [("m=19456", "m=19455"), ("t=2", "t=1"), ("v=19", "v=16"), ("argon2id", "argon2i")]
        {
            assert!(!is_outdated(UNKNOWN) && is_outdated(&UNKNOWN.replace(now, then)), "{then}");
        }
    }

    #[tokio::test]
    async fn nobody_costs_what_everybody_costs() {
        let hash = Hasher::new().hash(password("correct horse battery")).await;
        let (real, nobody) =
            (PasswordHash::new(&hash).expect("PHC"), PasswordHash::new(UNKNOWN).expect("PHC"));
        assert_eq!(
            (real.algorithm, real.version, &real.params),
            (nobody.algorithm, nobody.version, &nobody.params)
        );
        let lengths = |h: &PasswordHash| (h.salt.as_ref().map(|s| s.len()), h.hash.as_ref().map(|h| h.len()));
        assert_eq!(lengths(&real), lengths(&nobody));
        assert!(
            !Hasher::new()
                .verify("correct horse battery".into(), UNKNOWN.to_owned())
                .await
                .expect("readable")
        );
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_read_is_the_storages_fault() {
        let verified =
            Hasher::new().verify("correct horse battery".into(), "$argon2id$rubbish".to_owned()).await;
        assert!(matches!(verified, Err(sqlx::Error::Decode(_))), "{verified:?}");
    }
}
