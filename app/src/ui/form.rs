//! Forms that work without script: what was typed and why it was refused, shown on the same page again.

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Said where a session was left alone.
pub const AWAY: &str =
    "This page was not used for a while. Enter your password to go on. What you typed is still here.";

/// Why a form was refused: a sentence for the whole, and sentences for its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormError {
    /// About the form as a whole; says where the money is.
    pub summary: Option<String>,
    /// Name of the field and its sentence.
    pub fields: Vec<(String, String)>,
}

impl FormError {
    /// About the form as a whole.
    pub fn summary(sentence: impl ToString) -> Self {
        FormError { summary: Some(sentence.to_string()), fields: Vec::new() }
    }

    /// About one field.
    pub fn field(name: &str, sentence: impl ToString) -> Self {
        FormError { summary: None, fields: vec![(name.to_owned(), sentence.to_string())] }
    }

    /// Takes a parsed field, or notes its sentence and goes on, so that all fields are answered at once.
    pub fn take<T, E: ToString>(&mut self, name: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|e| self.fields.push((name.to_owned(), e.to_string()))).ok()
    }

    /// A form whose hidden part is missing or no longer known.
    pub fn stale() -> Self {
        FormError::summary(
            "This page is too old to be sent. No money moved. Open it again and fill it in there.",
        )
    }

    /// This error, or, where every visible field was right, that the hidden one was not.
    pub fn or_stale(self) -> Self {
        if self == FormError::default() { FormError::stale() } else { self }
    }

    /// The session was left alone: the password is asked for, gently, as nothing was wrong.
    pub fn away() -> Self {
        FormError::field("confirm", AWAY)
    }

    /// Whether it is that and nothing else.
    pub fn is_away(&self) -> bool {
        *self == FormError::away()
    }

    /// The sentence for a field.
    pub fn of(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, sentence)| sentence.as_str())
    }
}

impl FromServerFnError for FormError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        FormError::summary("This could not be sent. No money moved. Check your connection and try again.")
    }
}

/// A form as typed: what may be shown again of it.
pub trait Typed: Sized {
    /// The same without what must not travel back, such as a password.
    fn without_secrets(self) -> Self {
        self
    }
}

/// A refused form, given to its page as context when the page is rendered again.
#[derive(Debug, Clone)]
pub struct Submitted<F> {
    /// As it was typed (passwords left out).
    pub form: F,
    /// Why it was refused.
    pub error: FormError,
}

/// The refused form this page is rendered for, if it is.
pub fn submitted<F: Clone + Send + Sync + 'static>() -> Option<Submitted<F>> {
    use_context()
}

/// Why a page could not be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PageError {
    /// Nobody is signed in; the answer already leads to the sign-in page.
    SignedOut,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// Too often in a short time; the sentence says until when.
    TooMany {
        /// What its reader is told.
        sentence: String,
    },
    /// Our own trouble, with the reference under which it was logged.
    Unavailable {
        /// What support can search for.
        reference: String,
    },
}

impl FromServerFnError for PageError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        PageError::Unavailable { reference: "connection".to_owned() }
    }
}

impl std::fmt::Display for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PageError::SignedOut => f.write_str("Sign in to see this."),
            PageError::NotFound => f.write_str("There is nothing here."),
            PageError::TooMany { sentence } => f.write_str(sentence),
            PageError::Unavailable { reference } => {
                write!(f, "This cannot be shown now. Reference {reference}.")
            }
        }
    }
}
