//! What a payment is for.

use serde::{Deserialize, Serialize};

use crate::name::is_plain;

/// A sender's note: at most 140 characters on one line, possibly none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

impl Note {
    /// Takes a note with the spaces around and between its words made single.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let note = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if note.chars().count() > 140 {
            return Err(NoteError::TooLong);
        }
        if !note.chars().all(is_plain) {
            return Err(NoteError::Malformed);
        }
        Ok(Note(note))
    }

    /// The note; empty where none was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Note {
    type Error = NoteError;

    fn try_from(text: String) -> Result<Self, NoteError> {
        Note::parse(&text)
    }
}

impl From<Note> for String {
    fn from(note: Note) -> String {
        note.0
    }
}

/// Why a note was not taken. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NoteError {
    /// Over 140 characters.
    #[error("Use at most 140 characters for the note.")]
    TooLong,
    /// Characters that cannot be seen.
    #[error("The note has characters that cannot be shown.")]
    Malformed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_one_short_line() {
        assert_eq!(Note::parse(" for \n dinner ").map(String::from), Ok("for dinner".to_owned()));
        assert_eq!(Note::parse(&"a".repeat(141)), Err(NoteError::TooLong));
        assert_eq!(Note::parse("a\u{0}b"), Err(NoteError::Malformed));
        assert_eq!(Note::parse(""), Ok(Note::default()));
    }

    #[test]
    fn a_note_may_have_a_hundred_and_forty_characters_and_is_told_as_it_is() {
        let note = Note::parse(&"é".repeat(140)).expect("a note");
        assert_eq!(note.as_str(), "é".repeat(140));
        assert_eq!(Note::try_from(" tea ".to_owned()).map(String::from), Ok("tea".to_owned()));
        assert_eq!(Note::try_from("a\u{0}".to_owned()), Err(NoteError::Malformed));
    }
}
