//! Whom somebody has to do with: those they dealt with or added, and everything between them and each.

pub mod api;
mod page;
mod person;
mod star;

use domain::view::{ActivityPage, Person, Position};
use jiff::Timestamp;
pub use page::PeoplePage;
pub use person::PersonPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// Somebody a person has to do with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acquaintance {
    /// Who.
    pub person: Person,
    /// Starred.
    pub favourite: bool,
    /// When money last moved between them; `None` where none has.
    pub last: Option<Timestamp>,
}

/// Everything the people page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Favourites first, then whoever was dealt with last.
    pub found: Vec<Acquaintance>,
    /// How many there are, found or not.
    pub all: usize,
}

/// Everything the page of a person shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Between {
    /// Who.
    pub person: Person,
    /// Starred.
    pub favourite: bool,
    /// They are there because they were added, and for no other reason.
    pub only_added: bool,
    /// What it all comes to.
    pub position: Position,
    /// A page of what moved between them or tried to.
    pub page: ActivityPage,
}

/// The form at `/people`, as typed: adds somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddForm {
    /// Phone number or handle, whole.
    pub to: String,
}

/// The forms at `/people/{id}`; each button sends one of the first two, and the address says about whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    /// `1` stars, anything else takes the star away.
    pub favourite: Option<String>,
    /// Keeps them no longer.
    pub remove: Option<String>,
    /// The page it was pressed on.
    pub next: String,
}

impl Typed for AddForm {}
impl Typed for PersonForm {}
