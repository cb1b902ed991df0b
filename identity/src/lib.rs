//! People: who they are, how they prove it, how they are found to be paid.
//!
//! It knows no money, no HTTP and no pages. SQL stands in the `repo.rs` files only; a password
//! stands nowhere, its hash is read at sign-in alone.

mod cached;
mod contact;
mod current_user;
mod password;
mod payee;
mod picture;
mod places;
mod profile;
pub mod session;
mod sign_in;
mod throttle;
mod user;

use std::{sync::Arc, time::Duration};

use cache::{Cache, LoadError, Loader};
use domain::{Phone, UserId};
use sqlx::PgPool;

pub use contact::{ContactError, MAX_CONTACTS};
pub use current_user::{Credentials, CurrentUser};
pub use password::{NewPassword, PasswordError};
pub use payee::{FoundPayee, PayeeError};
pub use picture::{MAX_UPLOAD, PictureError};
pub use profile::ChooseHandleError;
pub use sign_in::SignInError;
pub use user::{SignUp, SignUpError};

use password::Hasher;
use places::Places;
use sign_in::Identifier;
use throttle::Throttle;
use user::User;

const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);
const MINUTE: Duration = Duration::from_secs(60);

/// The way to everything about people. Clones share one pool, one queue of hashing and one count of tries.
#[derive(Clone)]
pub struct Identity {
    pool: PgPool,
    hasher: Hasher,
    /// Where pictures are made: one at a time, as a large one takes a hundred megabytes meanwhile.
    darkroom: Places,
    throttles: Arc<Throttles>,
    /// Every request asks for it; many at once ask in one look.
    session_hashes: Loader<UserId, Vec<u8>, sqlx::Error>,
    /// Every page shows people.
    users: Loader<UserId, User, sqlx::Error>,
    cache: Cache,
}

/// What is counted, and by what. In this process only: each server counts for itself.
struct Throttles {
    sign_up: Throttle<Phone>,
    sign_in: Throttle<Identifier>,
    payee: Throttle<UserId>,
    picture: Throttle<UserId>,
}

impl Identity {
    /// Works on this pool and reads through this cache, inside a Tokio runtime. `rate_scale` widens every throttle: 1 in production, more in development.
    pub fn new(pool: PgPool, cache: Cache, rate_scale: u32) -> Self {
        let throttles = Throttles {
            sign_up: Throttle::new(10, HALF_AN_HOUR, rate_scale),
            sign_in: Throttle::new(10, HALF_AN_HOUR, rate_scale),
            payee: Throttle::new(10, MINUTE, rate_scale),
            picture: Throttle::new(10, HALF_AN_HOUR, rate_scale),
        };
        let users = Loader::start({
            let pool = pool.clone();
            move |users| user::repo::stored(pool.clone(), users)
        });
        let session_hashes = Loader::start({
            let pool = pool.clone();
            move |users| password::repo::session_hashes(pool.clone(), users)
        });
        Identity {
            pool,
            hasher: Hasher::new(),
            darkroom: Places::new(1),
            throttles: Arc::new(throttles),
            session_hashes,
            users,
            cache,
        }
    }

    /// The pool, for the session store beside it.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// A look-up that failed together with others, as the error of each.
fn looked_up(error: LoadError<sqlx::Error>) -> sqlx::Error {
    match error {
        LoadError::Failed(error) => sqlx::Error::Io(std::io::Error::other(error)),
        LoadError::Busy => sqlx::Error::PoolTimedOut,
    }
}
