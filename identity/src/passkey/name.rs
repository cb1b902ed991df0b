//! What somebody calls a passkey.

/// One to forty characters in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// Takes what a person typed; space around it and more than one between words are none of it.
    pub fn parse(text: &str) -> Result<Self, MalformedPasskeyName> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let sound = (1..=40).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if sound { Ok(PasskeyName(name)) } else { Err(MalformedPasskeyName) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// No such name. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Call it something that you will know it by, such as the device: at most 40 characters.")]
pub struct MalformedPasskeyName;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line_of_one_to_forty_characters() {
        assert_eq!(PasskeyName::parse("  My \n phone ").expect("a name").as_str(), "My phone");
        assert!(PasskeyName::parse(&"फ".repeat(40)).is_ok());
        for text in ["", " \n", "a\u{0}b", &"x".repeat(41)] {
            assert_eq!(PasskeyName::parse(text), Err(MalformedPasskeyName), "{text:?}");
        }
    }
}
