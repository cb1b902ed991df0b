//! How the secrets of apps are kept: not so that whoever reads the tables could make codes of what they read.

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead as _, KeyInit as _, Nonce, Payload},
};
use domain::UserId;
use hkdf::Hkdf;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::key::{BYTES, Key};

const NONCE: usize = 12;

/// Seals by a key that the database does not have: of the servers' secret by HKDF (RFC 5869), for this and nothing else.
pub(crate) struct Vault {
    cipher: Aes256Gcm,
    name: [u8; 8],
}

/// A secret as it stands in a table.
pub(super) struct Sealed {
    /// Nonce, what was sealed, tag (AES-256-GCM, NIST SP 800-38D).
    pub(super) secret: Vec<u8>,
    /// Of the key that sealed it: where the servers' secret was exchanged, this tells what can no longer be opened.
    pub(super) sealed_by: Vec<u8>,
}

/// Why a secret could not be opened.
#[derive(Debug, thiserror::Error)]
enum Shut {
    #[error("the secret of a second factor was sealed under another SESSION_SECRET")]
    OtherKey,
    #[error("the secret of a second factor is not as it was sealed, or not this person's")]
    Tampered,
}

impl Vault {
    /// Of the servers' secret, which is the same for all of them.
    pub(crate) fn new(secret: &SecretString) -> Self {
        let (mut key, mut name) = ([0; 32], [0; 8]);
        let hkdf = Hkdf::<Sha256>::new(None, secret.expose_secret().as_bytes());
        hkdf.expand(b"okane second factor 1", &mut key).expect("32 bytes are few");
        hkdf.expand(b"okane second factor 1, name", &mut name).expect("8 bytes are few");
        Vault { cipher: Aes256Gcm::new(&key.into()), name }
    }

    /// Seals a person's secret; in another's row it cannot be opened.
    ///
    /// # Panics
    /// Where the machine has no randomness.
    pub(super) fn seal(&self, person: UserId, key: &Key) -> Sealed {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("randomness");
        let person = person.uuid();
        let payload = Payload { msg: key.bytes(), aad: person.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::<Aes256Gcm>::from(nonce), payload);
        let secret = [&nonce[..], &sealed.expect("20 bytes are few")].concat();
        Sealed { secret, sealed_by: self.name.to_vec() }
    }

    /// Opens it again. What cannot be opened is the storage's fault.
    pub(super) fn open(&self, person: UserId, sealed: &Sealed) -> Result<Key, sqlx::Error> {
        if sealed.sealed_by != self.name {
            return Err(sqlx::Error::Decode(Shut::OtherKey.into()));
        }
        self.opened(person, &sealed.secret).ok_or_else(|| sqlx::Error::Decode(Shut::Tampered.into()))
    }

    fn opened(&self, person: UserId, secret: &[u8]) -> Option<Key> {
        let (nonce, sealed) = secret.split_first_chunk::<NONCE>()?;
        let person = person.uuid();
        let payload = Payload { msg: sealed, aad: person.as_bytes() };
        let opened = self.cipher.decrypt(&Nonce::<Aes256Gcm>::from(*nonce), payload).ok()?;
        Some(Key::new(<[u8; BYTES]>::try_from(opened).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_secret_is_opened_by_the_key_that_sealed_it_for_its_person_and_as_it_was_sealed() {
        let (vault, key) = (Vault::new(&"a secret of this test".into()), Key::random());
        let (asha, ravi) = (UserId::new(Uuid::now_v7()), UserId::new(Uuid::now_v7()));
        let mut sealed = vault.seal(asha, &key);
        assert_ne!(vault.seal(asha, &key).secret, sealed.secret, "each has a nonce of its own");
        assert!(!sealed.secret.windows(BYTES).any(|bytes| bytes == key.bytes()));
        assert_eq!(vault.open(asha, &sealed).expect("sealed here").bytes(), key.bytes());
        assert!(vault.open(ravi, &sealed).is_err(), "somebody else's");
        let other = Vault::new(&"another secret of this test".into());
        let shut = other.open(asha, &sealed).err().expect("another key");
        assert!(shut.to_string().contains("another SESSION_SECRET"), "{shut}");
        for at in 0..sealed.secret.len() {
            sealed.secret[at] ^= 1;
            assert!(vault.open(asha, &sealed).is_err(), "byte {at}");
            sealed.secret[at] ^= 1;
        }
    }
}
