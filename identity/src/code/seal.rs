//! How a code is kept: not so that whoever reads the tables could try a million of them against what they read.

use domain::{Digest, UserId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::{Attempt, Code};
use crate::{Address, pin::Pin};

/// Seals codes by a key that the database does not have (HMAC-SHA256, RFC 2104).
#[derive(Clone)]
pub(crate) struct Seal(SecretString);

impl Seal {
    pub(crate) fn new(key: SecretString) -> Self {
        Seal(key)
    }

    /// Of which other keys are made.
    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }

    /// The code of this attempt for this address, sealed: another attempt or address has another seal.
    pub(crate) fn of(&self, attempt: Attempt, address: &Address, code: &Code) -> Vec<u8> {
        self.mac(attempt, address, code).finalize().into_bytes().to_vec()
    }

    /// Whether it is the code that was sealed, in the same time wherever they differ.
    pub(crate) fn is_of(&self, sealed: &[u8], attempt: Attempt, address: &Address, code: &Code) -> bool {
        self.mac(attempt, address, code).verify_slice(sealed).is_ok()
    }

    /// This person's PIN, sealed; in hexadecimal digits, to be hashed like a password.
    pub(crate) fn of_pin(&self, person: UserId, pin: &Pin) -> SecretString {
        let mut mac = self.keyed();
        mac.update(b"pin\0");
        mac.update(person.uuid().as_bytes());
        mac.update(pin.digits().as_bytes());
        Digest::new(mac.finalize().into_bytes().into()).to_string().into()
    }

    /// The name of the key, by which it is told what another one has sealed.
    pub(crate) fn name(&self) -> [u8; 8] {
        let mut mac = self.keyed();
        mac.update(b"name\0");
        let (mut name, tag) = ([0; 8], mac.finalize().into_bytes());
        name.copy_from_slice(&tag[..8]);
        name
    }

    fn keyed(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(self.0.expose_secret().as_bytes()).expect("a key may have any length")
    }

    fn mac(&self, attempt: Attempt, address: &Address, code: &Code) -> Hmac<Sha256> {
        let mut mac = self.keyed();
        mac.update(b"code\0");
        mac.update(attempt.0.as_bytes());
        mac.update(code.as_str().as_bytes());
        mac.update(address.as_str().as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_of_a_pin_is_of_one_person_and_one_key_and_does_not_show_it() {
        let seal = Seal::new("a key of this test".into());
        let (one, other) = (UserId::new(uuid::Uuid::now_v7()), UserId::new(uuid::Uuid::now_v7()));
        let pin = |text: &str| Pin::parse(&text.into()).expect("six digits");
        let of = |seal: &Seal, person, text| seal.of_pin(person, &pin(text)).expose_secret().to_owned();
        let sealed = of(&seal, one, "314159");
        assert_eq!(sealed, of(&seal, one, "314159"));
        assert!(sealed != of(&seal, one, "314158") && sealed != of(&seal, other, "314159"));
        assert_ne!(sealed, of(&Seal::new("another key".into()), one, "314159"));
    }

    #[test]
    fn a_seal_is_of_one_code_one_attempt_one_address_and_one_key() {
        let seal = Seal::new("a key of this test".into());
        let address = |text| Address::parse(text).expect("an address");
        let code = |text| Code::parse(text).expect("six digits");
        let (attempt, phone) = (Attempt::random(), address("98450 12264"));
        let sealed = seal.of(attempt, &phone, &code("012345"));
        assert!(seal.is_of(&sealed, attempt, &phone, &code("012345")));
        assert!(!seal.is_of(&sealed, attempt, &phone, &code("012346")));
        assert!(!seal.is_of(&sealed, Attempt::random(), &phone, &code("012345")));
        assert!(!seal.is_of(&sealed, attempt, &address("98450 12265"), &code("012345")));
        let other = Seal::new("another key of this test".into());
        assert!(!other.is_of(&sealed, attempt, &phone, &code("012345")));
    }
}
