//! "This was not me": whoever reads at the old end of a change puts it back, signed in or not.

use std::fmt;

use domain::UserId;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Address, Kind, repo};
use crate::{Identity, notice::Event, session::Device};

/// What stands in the message to the old end, or in that of a wait that can be ended: 122 random bits. The tables have its SHA-256; it is shown by no log.
#[derive(Clone, PartialEq, Eq)]
pub struct UndoToken(String);

impl UndoToken {
    pub(crate) fn random() -> Self {
        UndoToken(Uuid::new_v4().simple().to_string())
    }

    /// As it stands in a link; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let sound =
            text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        sound.then(|| UndoToken(text.to_owned()))
    }

    /// The same as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.0).to_vec()
    }
}

impl fmt::Debug for UndoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UndoToken(…)")
    }
}

/// A change that can still be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undoable {
    /// Whose.
    pub person: UserId,
    /// What was changed.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
}

/// Somebody who was just shown to have a number or an address that was theirs until today.
#[derive(Debug)]
pub struct Former {
    /// Who.
    pub person: UserId,
    pub(crate) address: Address,
}

impl Identity {
    /// What this token undoes; `None` where it was used, or a day has gone by, or there is none such.
    pub async fn undoable(&self, token: &UndoToken) -> sqlx::Result<Option<Undoable>> {
        repo::undoable(&self.0.pool, &token.hash()).await
    }

    /// Puts back what was there a day ago, number and address alike, with passkeys and a second step that were added since
    /// taken away (migrations/0022, 0026), and ends all sessions of its person; says whether it did. Once, also where it is
    /// asked for twice at the same moment.
    pub async fn undo_address(&self, token: &UndoToken, device: Option<Device>) -> sqlx::Result<bool> {
        let Some(person) = repo::undo(&self.0.pool, &token.hash()).await? else { return Ok(false) };
        self.restored(person, device).await;
        Ok(true)
    }

    /// The same for whoever has proven, otherwise than by a link, that they have what was there before.
    pub async fn restore_address(&self, former: &Former, device: Option<Device>) -> sqlx::Result<bool> {
        let is_restored = repo::restore(&self.0.pool, former.person, &former.address).await?;
        if is_restored {
            self.restored(former.person, device).await;
        }
        Ok(is_restored)
    }

    async fn restored(&self, person: UserId, device: Option<Device>) {
        self.renewed_profile(person).await;
        self.tell(person, Event::AddressRestored, device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_a_link_of_ours_has_and_is_shown_by_no_debug() {
        let token = UndoToken::random();
        assert_eq!(UndoToken::parse(token.as_str()), Some(token.clone()));
        assert!(!format!("{token:?}").contains(token.as_str()));
        for text in ["", "x", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
            assert_eq!(UndoToken::parse(text), None, "{text}");
        }
    }
}
