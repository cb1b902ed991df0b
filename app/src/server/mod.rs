//! What exists on the server only: the handles to ledger, identity and bank, who is asking, and the door
//! through which plain forms reach the server functions.

mod announcement;
mod approval;
mod bank;
pub mod bundle;
mod context;
mod failure;
mod form;
mod guard;
pub mod openid;
mod pages;
mod passkey;
mod people;
mod picture;
mod policy;
mod preferences;
mod presence;
mod rows;
mod session;

pub use announcement::announcement;
pub use approval::approve_by_pin;
pub(crate) use approval::{approve_as_typed, approve_by_passkey, ask_for_approval};
pub use bank::{BankClient, BankError};
pub(crate) use context::device;
pub use context::{Handles, handles, network};
pub use failure::{Trouble, failure_page, unavailable};
pub(crate) use failure::{
    cancel_trouble, form_trouble, missing, no_second_code, no_way_back, not_proven, not_sent,
    payment_trouble, read_too_often, storage, too_many, too_often,
};
pub use guard::{SignedOut, guard, require_user};
pub use pages::{CLEAR_SITE_DATA, EVERYTHING, router};
pub(crate) use passkey::{Ceremony, keep_asked, no_passkey, own_asked, sign_in_by_passkey, take_asked};
pub(crate) use people::{acquaintance, acquaintances, chosen_payee};
pub use people::{movements, receipt};
pub use picture::UPLOAD;
pub use policy::REPORTS;
pub use presence::{begun_by_program, is_left_alone};
pub(crate) use presence::{
    confirm_password, require_both_steps, require_first_step, require_present, require_proof,
};
pub use session::{AuthSession, as_current, begin, begin_whole, end, keep_sign_in, own_sign_in};
pub(crate) use session::{
    drafts, fresh_key, go_on, keep_attempt, keep_change, keep_draft, own_attempt, own_change, this_session,
};
