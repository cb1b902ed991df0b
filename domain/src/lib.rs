//! The words of OKANE, shared by the ledger, the services and the browser.
//!
//! Pure values: no I/O, no clock, no `cfg`. What comes in through a parser here is trusted from
//! there on and never checked again. It knows nothing of SQL, HTTP or pages.

pub mod approval;
pub mod bank;
pub mod digest;
pub mod email;
pub mod handle;
pub mod id;
pub mod idempotency;
pub mod limit;
pub mod moment;
pub mod money;
pub mod name;
pub mod note;
pub mod path;
pub mod payee;
pub mod phone;
pub mod refusal;
pub mod thaw;
pub mod undo;
pub mod view;

pub use bank::Bank;
pub use digest::Digest;
pub use email::Email;
pub use handle::Handle;
pub use id::{AccountId, OnRampId, TransferId, UserId};
pub use idempotency::IdempotencyKey;
pub use limit::Period;
pub use money::{Amount, AmountError, Paise};
pub use name::PersonName;
pub use note::Note;
pub use path::LocalPath;
pub use payee::Payee;
pub use phone::Phone;
pub use refusal::{OnRampRefusal, TransferRefusal};
pub use thaw::ThawDelay;
pub use undo::UndoWindow;
