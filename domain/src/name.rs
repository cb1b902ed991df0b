//! The name a person is known by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A person's registered name: 1 to 80 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    /// Takes a name with the spaces around and between its words made single.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => Err(NameError::Empty),
            1..=80 if name.chars().all(is_plain) && name.chars().any(char::is_alphabetic) => {
                Ok(PersonName(name))
            }
            1..=80 => Err(NameError::Malformed),
            _ => Err(NameError::TooLong),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first letters of the first and last word, for the disc beside a name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|w| w.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// Neither a control character nor one that turns the direction of writing: a name must not disguise itself.
pub(crate) fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || matches!(c, '\u{200c}' | '\u{200d}') // joiners are letters' business in Indian scripts
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PersonName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        PersonName::parse(&text)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> String {
        name.0
    }
}

/// Why a typed name was not taken. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NameError {
    /// Nothing was typed.
    #[error("Enter your name as people know you.")]
    Empty,
    /// Over 80 characters.
    #[error("Use at most 80 characters for your name.")]
    TooLong,
    /// No letter, or characters that cannot be seen.
    #[error("Use letters for your name.")]
    Malformed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_letters_in_any_script() {
        assert_eq!(
            PersonName::parse("  Meera   Krishnan ").map(String::from),
            Ok("Meera Krishnan".to_owned())
        );
        assert!(PersonName::parse("अनन्या अय्यर").is_ok());
    }

    #[test]
    fn a_name_that_disguises_itself_is_refused() {
        assert_eq!(PersonName::parse("\u{202e}areeM"), Err(NameError::Malformed));
        assert_eq!(PersonName::parse("12"), Err(NameError::Malformed));
        assert_eq!(PersonName::parse(" "), Err(NameError::Empty));
        assert_eq!(PersonName::parse(&"a".repeat(81)), Err(NameError::TooLong));
    }

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        assert_eq!(initials("Meera Devi Krishnan"), "MK");
        assert_eq!(initials("Prince"), "P");
    }

    #[test]
    fn a_name_may_have_eighty_characters_and_is_told_as_it_is() {
        let name = PersonName::parse(&"a".repeat(80)).expect("a name");
        assert_eq!((name.as_str(), name.to_string().as_str()), (&*"a".repeat(80), &*"a".repeat(80)));
        // Joiners are letters' business in Indian scripts; what cannot be seen is nobody's.
        assert!(PersonName::parse("क्\u{200d}ष").is_ok());
        assert_eq!(PersonName::parse("a\u{feff}b"), Err(NameError::Malformed));
        assert_eq!(PersonName::parse("a\u{7}b"), Err(NameError::Malformed));
    }
}
