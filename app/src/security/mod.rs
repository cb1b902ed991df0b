//! What keeps a wallet its owner's: the pages that decide it, with how each stands.

pub mod api;
mod page;

pub use page::SecurityPage;
use serde::{Deserialize, Serialize};

use crate::approval::Approvals;

/// How somebody's account is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// Whether there is a password: whoever came by Google has none.
    pub has_password: bool,
    /// Whether a Google account opens it; `None` where none can.
    pub google: Option<bool>,
    /// How many passkeys open it; `None` where none can.
    pub passkeys: Option<usize>,
    /// How it stands with approving payments.
    pub approvals: Approvals,
    /// Whether signing in asks for a second step.
    pub has_second_factor: bool,
    /// How many sessions are open, the one that looks among them.
    pub sessions: usize,
    /// The number that is told of everything, to read.
    pub phone: String,
    /// The e-mail address beside it.
    pub email: Option<String>,
}
