//! What can I spend, what just happened, what can I do next.

pub mod api;
mod held;
mod page;

use domain::view::{Balance, Freeze, Movement, OnRamp, Profile};
pub use page::HomePage;
use serde::{Deserialize, Serialize};

/// Everything the home page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Whose it is.
    pub me: Profile,
    /// What can be spent and what is held.
    pub balance: Balance,
    /// Payments that are set aside, the soonest to move first.
    pub held: Vec<Movement>,
    /// The last five movements, newest first.
    pub recent: Vec<Movement>,
    /// Top-ups the bank has not answered.
    pub incoming: Vec<OnRamp>,
    /// Whether anything leaves the wallet.
    pub freeze: Freeze,
}
