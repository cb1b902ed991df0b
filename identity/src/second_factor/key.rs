//! The secret that an app and we share, and the codes it makes (RFC 6238 with SHA-1, six digits and half a minute: what every
//! app understands).

use totp_rs::{Builder, Secret, Totp};

use crate::Code;

/// 160 bits, as RFC 4226, 4 recommends.
pub(super) const BYTES: usize = 20;
/// Seconds for which an app shows one code.
const STEP: u64 = 30;
/// Codes before and after the one of now that are taken: clocks differ, and typing takes time (RFC 6238, 5.2).
const SKEW: u16 = 1;

/// It is shown by no log, and wiped where it is dropped.
pub(super) struct Key(Totp);

impl Key {
    pub(super) fn new(bytes: [u8; BYTES]) -> Self {
        Key(builder(bytes).build_noncompliant())
    }

    /// Any one.
    ///
    /// # Panics
    /// Where the machine has no randomness.
    pub(super) fn random() -> Self {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).expect("randomness");
        Key::new(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.secret().as_bytes()
    }

    /// Of which step a code is, at so many seconds after 1970; `None` where it is of none that is taken then.
    pub(super) fn step_of(&self, code: &Code, seconds: u64) -> Option<i64> {
        i64::try_from(self.0.check(code.as_str(), seconds)?).ok()
    }

    /// For typing: base 32 in groups of four.
    pub(super) fn typed(&self) -> String {
        let letters: Vec<_> = self.0.secret().to_base32().chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }

    /// For an app's camera, in the name of this account (Google Authenticator's key URI format).
    pub(super) fn uri(&self, account: &str) -> String {
        let named = builder(self.bytes()).with_issuer(Some("OKANE")).with_account_name(account);
        named.build_noncompliant().to_url().expect("an account's name is a number")
    }
}

fn builder(secret: impl Into<Secret>) -> Builder {
    Builder::new().with_secret(secret).with_step_duration(STEP).with_skew(SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Code::parse(text).expect("six digits")
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
        let key = Key::new(*b"12345678901234567890");
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(key.step_of(&code(digits), seconds), i64::try_from(seconds / 30).ok(), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_and_one_late_and_no_more() {
        let key = Key::new(*b"12345678901234567890");
        let of = code("081804"); // from 1111111080 to 1111111109
        let taken = |seconds| key.step_of(&of, seconds).is_some();
        assert_eq!(
            [1_111_111_049, 1_111_111_050, 1_111_111_139, 1_111_111_140].map(taken),
            [false, true, true, false]
        );
    }

    #[test]
    fn an_app_is_told_what_it_needs() {
        let key = Key::new(*b"12345678901234567890");
        assert_eq!(key.typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            key.uri("+919845012264"),
            "otpauth://totp/OKANE:%2B919845012264?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=OKANE"
        );
    }
}
