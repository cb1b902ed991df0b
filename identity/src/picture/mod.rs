//! Pictures of people: made anew from whatever was sent, so that nothing of it is kept but what can be seen.

mod develop;
mod repo;

use domain::{Digest, UserId};

use crate::{
    Identity,
    throttle::{Count, Wait, span},
};

/// The largest file that is looked at, in bytes.
pub const MAX_UPLOAD: usize = 5 * 1024 * 1024;

/// Why a picture was not taken. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Nothing was sent.
    #[error("Choose a picture first.")]
    Empty,
    /// The file is larger than [`MAX_UPLOAD`].
    #[error("This file is larger than 5 MB. Choose a smaller one.")]
    TooLarge,
    /// It would take too much memory to look at.
    #[error("This picture has too many pixels. Choose one of at most 8,192 pixels a side and 24 megapixels.")]
    TooManyPixels,
    /// Neither JPEG nor PNG nor WebP, or broken.
    #[error("This file cannot be read as a picture. Choose a JPEG, a PNG or a WebP.")]
    Unreadable,
    /// Too many in a short time.
    #[error("You changed your picture many times. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a picture could not be stored")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for PictureError {
    fn from(Wait { seconds }: Wait) -> Self {
        PictureError::TooMany { seconds }
    }
}

impl Identity {
    /// Makes a person's picture from a file they sent: JPEG, PNG or WebP of at most [`MAX_UPLOAD`] bytes.
    pub async fn set_picture(&self, id: UserId, file: Vec<u8>) -> Result<(), PictureError> {
        if file.is_empty() {
            return Err(PictureError::Empty);
        }
        if file.len() > MAX_UPLOAD {
            return Err(PictureError::TooLarge);
        }
        self.0.throttle.take([Count::picture(id)]).await??;
        let jpeg = self.0.darkroom.work(move || develop::develop(&file)).await?;
        repo::put(&self.0.pool, id, &jpeg).await?;
        self.renewed_profile(id).await;
        Ok(())
    }

    /// Takes a person's picture away; their initials are shown again.
    pub async fn remove_picture(&self, id: UserId) -> Result<(), sqlx::Error> {
        repo::remove(&self.0.pool, id).await?;
        self.renewed_profile(id).await;
        Ok(())
    }

    /// The picture of a person by its name, as a JPEG; `None` where theirs is another by now, or none. Whether the
    /// reader may see them is the caller's to have found out.
    pub async fn picture(&self, id: UserId, name: Digest) -> Result<Option<Vec<u8>>, sqlx::Error> {
        repo::get(&self.0.pool, id, name).await
    }
}
