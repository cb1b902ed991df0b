//! People: who they are, how they prove it, how they are found to be paid.
//!
//! It knows no money, no HTTP and no pages. SQL stands in the `repo.rs` files only; a password
//! stands nowhere, its hash is read alone where somebody says the password.

pub mod address;
mod cached;
mod code;
mod contact;
mod current_user;
mod forgotten;
mod message;
mod network;
pub mod notice;
pub mod openid;
mod passkey;
mod password;
mod payee;
mod picture;
mod pin;
mod places;
mod profile;
mod second_factor;
pub mod session;
mod sign_in;
mod sign_up;
pub mod suspension;
mod throttle;
mod user;
mod way_back;

use std::sync::Arc;

use cache::{Cache, LoadError, Loader};
use domain::UserId;
use sqlx::PgPool;
use tokio_util::task::TaskTracker;

pub use address::Address;
pub use cached::{CONTACTS, PROFILE};
pub use code::{Attempt, Code, CodeError, MalformedCode, SendCodeError};
pub use contact::{ContactError, MAX_CONTACTS};
pub use current_user::{Credentials, CurrentUser};
pub use forgotten::ResetError;
pub use message::{Courier, Inbox, Message, Post, Received};
pub use network::Network;
pub use passkey::{Asked, Asking, MAX_PASSKEYS, MalformedPasskeyName, Passkey, PasskeyError, PasskeyName};
pub use password::{NewPassword, PasswordError};
pub use payee::{Errand, FoundPayee, PayeeError};
pub use picture::{MAX_UPLOAD, PictureError};
pub use pin::{MalformedPin, NewPin, NewPinError, PIN_TRIES, Pin, PinError};
pub use profile::ChooseHandleError;
pub use second_factor::{
    MalformedSecondCode, Offer, RECOVERY_CODES, RecoveryCode, SecondCode, SecondFactor, SecondFactorError,
};
pub use sign_in::{Opened, SecondStepTaken, SignInError};
pub use sign_up::{Pending, Proof, SignUp, WayIn, Which};
pub use throttle::TooMany;
pub use way_back::{WayBack, WayBackCodes, WayBackError};

use passkey::RelyingParty;
use password::Hasher;
use places::Places;
use second_factor::Vault;
use throttle::{Count, Throttle};
use user::User;

/// The way to everything about people. Clones share one pool and one queue of hashing.
#[derive(Clone)]
pub struct Identity(Arc<Parts>);

/// Every request passes its identity through many hands.
struct Parts {
    pool: PgPool,
    hasher: Hasher,
    /// Where pictures are made: one at a time, as a large one takes a hundred megabytes meanwhile.
    darkroom: Places,
    throttle: Throttle,
    /// Every request asks for it; many at once ask in one look.
    session_hashes: Loader<UserId, Vec<u8>, sqlx::Error>,
    /// Every page shows people.
    users: Loader<UserId, User, sqlx::Error>,
    cache: Cache,
    post: Post,
    vault: Vault,
    relying_party: RelyingParty,
    /// What people are being told, beside whatever goes on.
    telling: TaskTracker,
}

impl Identity {
    /// Works on this pool, reads through this cache and sends by this post, inside a Tokio runtime. `rate_scale` widens
    /// every throttle: 1 in production, more in development.
    pub fn new(pool: PgPool, cache: Cache, rate_scale: u32, post: Post) -> Self {
        let throttle = Throttle::new(pool.clone(), rate_scale);
        let users = Loader::start({
            let pool = pool.clone();
            move |users| user::repo::stored(pool.clone(), users)
        });
        let session_hashes = Loader::start({
            let pool = pool.clone();
            move |users| password::repo::session_hashes(pool.clone(), users)
        });
        Identity(Arc::new(Parts {
            pool,
            hasher: Hasher::new(),
            darkroom: Places::new(1),
            throttle,
            session_hashes,
            users,
            cache,
            vault: Vault::new(post.seal.secret()),
            relying_party: RelyingParty::of(post.origin()),
            post,
            telling: TaskTracker::new(),
        }))
    }

    /// Takes one of a person's payments, of which there are many in half an hour and not any number; where none is
    /// left, says in how many seconds there is.
    pub async fn take_payment(&self, payer: UserId, network: Network) -> Result<(), TooMany> {
        self.take([Count::payment(payer), Count::payment_from(network)]).await
    }

    /// Takes one of a person's wishes to add money.
    pub async fn take_top_up(&self, person: UserId, network: Network) -> Result<(), TooMany> {
        self.take([Count::top_up(person), Count::top_up_from(network)]).await
    }

    /// Takes one of a person's looks at a page of movements that is not the newest.
    pub async fn take_older_page(&self, person: UserId) -> Result<(), TooMany> {
        self.take([Count::older_page(person)]).await
    }

    async fn take(&self, counts: impl IntoIterator<Item = Count>) -> Result<(), TooMany> {
        Ok(self.0.throttle.take(counts).await??)
    }

    /// Forgets the tries that count no more, and what was not proven in time. To be run now and then.
    pub async fn forget_old(&self) -> sqlx::Result<()> {
        throttle::forget(&self.0.pool).await?;
        sign_up::repo::forget(&self.0.pool).await?;
        address::repo::forget(&self.0.pool).await?;
        notice::repo::forget(&self.0.pool).await?;
        forgotten::repo::forget(&self.0.pool).await?;
        second_factor::repo::forget(&self.0.pool).await?;
        passkey::repo::forget(&self.0.pool).await?;
        way_back::repo::forget(&self.0.pool).await?;
        sign_in::repo::forget(&self.0.pool).await
    }

    /// The pool, for the session store beside it.
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }
}

/// A look-up that failed together with others, as the error of each.
fn looked_up(error: LoadError<sqlx::Error>) -> sqlx::Error {
    match error {
        LoadError::Failed(error) => sqlx::Error::Io(std::io::Error::other(error)),
        LoadError::Busy => sqlx::Error::PoolTimedOut,
    }
}
