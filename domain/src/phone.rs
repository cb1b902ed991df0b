//! Phone numbers in E.164 (ITU-T E.164, 11/2010): one person, one spelling.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A phone number as `+` and 8 to 15 digits. Numbers without a country code are read as Indian mobiles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads what a person typed: `98450 12264`, `098450-12264`, `+91 (98450) 12264`.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PhoneError::Empty);
        }
        let (international, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut digits = String::with_capacity(15);
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '(' | ')' | '.' | '\u{a0}' => {}
                _ => return Err(PhoneError::Malformed),
            }
        }
        if !international {
            digits = indian(&digits).ok_or(PhoneError::Malformed)?;
        } else if let Some(national) = digits.strip_prefix("91") {
            digits = indian(national).ok_or(PhoneError::Malformed)?;
        }
        if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
            return Err(PhoneError::Malformed);
        }
        Ok(Phone(format!("+{digits}")))
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What another person may see of it: `+91 98••• ••264`.
    pub fn masked(&self) -> String {
        let digits = &self.0[1..];
        let last = &digits[digits.len() - 3..];
        match digits.strip_prefix("91") {
            Some(national) if national.len() == 10 => format!("+91 {}••• ••{last}", &national[..2]),
            _ => format!("+{}••••••{last}", &digits[..2]),
        }
    }

    /// For its owner: `+91 98450 12264`.
    pub fn spaced(&self) -> String {
        match self.0.strip_prefix("+91") {
            Some(national) if national.len() == 10 => format!("+91 {} {}", &national[..5], &national[5..]),
            _ => self.0.clone(),
        }
    }
}

/// Ten digits from 6 to 9 at the front, with a trunk `0` or a country code `91` allowed before them.
fn indian(digits: &str) -> Option<String> {
    let national = match digits.len() {
        10 => digits,
        11 => digits.strip_prefix('0')?,
        12 => digits.strip_prefix("91")?,
        _ => return None,
    };
    matches!(national.as_bytes()[0], b'6'..=b'9').then(|| format!("91{national}"))
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        Phone::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

/// Why a typed number was not taken. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was typed.
    #[error("Enter a phone number.")]
    Empty,
    /// Not a number that can exist.
    #[error(
        "Enter a mobile number of ten digits, like 98450 12264, or one that begins with + and its country code."
    )]
    Malformed,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_the_same_number() {
        for text in [
            "9845012264",
            "98450 12264",
            "098450-12264",
            "919845012264",
            "+919845012264",
            "+91 (98450) 12264",
            "+91 098450 12264",
        ] {
            assert_eq!(Phone::parse(text).map(String::from), Ok("+919845012264".to_owned()), "{text}");
        }
    }

    #[test]
    fn numbers_of_other_countries_are_kept() {
        assert_eq!(Phone::parse("+44 20 7946 0958").map(String::from), Ok("+442079460958".to_owned()));
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        assert_eq!(Phone::parse("  "), Err(PhoneError::Empty));
        for text in [
            "12345",
            "5845012264",
            "98450122640",
            "98450x2264",
            "+0123456789",
            "９８４５０１２２６４",
            "+91 12345 67890",
        ] {
            assert_eq!(Phone::parse(text), Err(PhoneError::Malformed), "{text}");
        }
    }

    #[test]
    fn a_mask_hides_the_middle() {
        let phone = Phone::parse("9845012264").expect("a number");
        assert_eq!(phone.masked(), "+91 98••• ••264");
        assert_eq!(phone.spaced(), "+91 98450 12264");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
                phone.masked();
            }
        }
    }

    #[test]
    fn a_number_is_masked_for_others_and_spaced_for_its_owner() {
        let of = |text: &str| Phone::parse(text).expect("a number");
        let (indian, british) = (of("9845012264"), of("+442079460958"));
        assert_eq!((indian.as_str(), indian.masked().as_str()), ("+919845012264", "+91 98••• ••264"));
        assert_eq!((british.spaced().as_str(), british.masked().as_str()), ("+442079460958", "+44••••••958"));
        assert_eq!(indian.spaced(), "+91 98450 12264");
        assert_eq!(british.to_string(), "+442079460958");
    }
}
