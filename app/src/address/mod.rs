//! Another number or e-mail address, proven at both ends; and the way back for whoever it was taken from.

pub mod api;
mod code;
mod page;
mod undo;

pub use code::{EmailCodePage, PhoneCodePage};
use domain::{Paise, view::CoolingOff};
use jiff::Timestamp;
pub use page::{Cooling, EmailPage, PhonePage};
use serde::{Deserialize, Serialize};
pub use undo::UndoPage;

use crate::ui::form::Typed;

/// What is to become another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// The number.
    Phone,
    /// The e-mail address.
    Email,
}

impl What {
    /// Where its page is.
    pub const fn href(self) -> &'static str {
        match self {
            What::Phone => "/settings/phone",
            What::Email => "/settings/email",
        }
    }

    /// Where the codes are asked for.
    pub const fn code_href(self) -> &'static str {
        match self {
            What::Phone => "/settings/phone/code",
            What::Email => "/settings/email/code",
        }
    }
}

/// How it stands with whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The number, to read.
    pub phone: String,
    /// The e-mail address, if there is one.
    pub email: Option<String>,
    /// Until when there is no second change.
    pub cools_until: Option<Timestamp>,
    /// What leaves a wallet at most after a change.
    pub most: Paise,
    /// What may leave the wallet meanwhile.
    pub cooling: Option<CoolingOff>,
}

/// A form at `/settings/phone` or `/settings/email`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    /// The new number.
    pub phone: Option<String>,
    /// The new e-mail address.
    pub email: Option<String>,
    /// Takes the e-mail address away.
    pub remove: Option<String>,
    /// The password, which is asked for in any case. Never shown again.
    pub confirm: String,
}

impl Typed for AddressForm {
    fn without_secrets(self) -> Self {
        AddressForm { confirm: String::new(), ..self }
    }
}

/// A change that waits for its codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What is changed.
    pub what: What,
    /// Where the one code went, to read.
    pub proves: String,
    /// The one code went to the number because there is no e-mail address yet.
    pub is_first: bool,
    /// Where the other went; `None` where the address is to be removed.
    pub to: Option<String>,
}

/// A form at `/settings/phone/code` or `/settings/email/code`, as typed: the codes, or the wish for new ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CodesForm {
    /// What went to the present end. Never shown again.
    pub from_code: String,
    /// What went to the new one. Never shown again.
    pub to_code: String,
    /// New codes are wanted.
    pub again: Option<String>,
}

impl Typed for CodesForm {
    fn without_secrets(self) -> Self {
        CodesForm { from_code: String::new(), to_code: String::new(), ..self }
    }
}

/// What a link undoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoable {
    /// What was changed.
    pub what: What,
    /// When.
    pub at: Timestamp,
}

/// The form at `/undo-change`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UndoForm {
    /// What stood in the message.
    pub token: String,
}

impl Typed for UndoForm {}
