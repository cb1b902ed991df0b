//! What a request brings, read whole before anybody works on it: a limit of length and of time for every address, known
//! to whoever listens and forgotten by nobody who adds a route. Nothing is ever unpacked.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use futures_util::StreamExt as _;
use http::StatusCode;
use tokio::time::timeout;

/// What is too long is read to its end all the same, up to this, and not kept: whoever is still sending does not hear
/// the answer.
const PATIENCE: usize = 2 * 1024 * 1024;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// More bytes than this address takes.
    #[error("This is longer than what is taken here.")]
    TooLong,
    /// It did not come in time.
    #[error("The body did not come in time.")]
    TooSlow,
    /// The connection or the coding of the transfer broke.
    #[error("The body could not be read.")]
    Broken,
}

impl Unread {
    /// The status it is answered with (RFC 9110, 15.5).
    pub fn status(self) -> StatusCode {
        match self {
            Unread::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Unread::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Unread::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// Every byte, if there are at most so many and they are here in time.
///
/// # Errors
/// Where they are not.
pub async fn read(body: Body, most: usize, time: Duration) -> Result<Bytes, Unread> {
    timeout(time, collect(body, most)).await.unwrap_or(Err(Unread::TooSlow))
}

async fn collect(body: Body, most: usize) -> Result<Bytes, Unread> {
    if body.size_hint().lower() > PATIENCE as u64 {
        return Err(Unread::TooLong);
    }
    let (mut kept, mut came) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Unread::Broken)?;
        came += chunk.len();
        match came {
            _ if came <= most => kept.extend_from_slice(&chunk),
            _ if came <= PATIENCE => kept = Vec::new(),
            _ => return Err(Unread::TooLong),
        }
    }
    if came <= most { Ok(kept.into()) } else { Err(Unread::TooLong) }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    fn chunks(bytes: usize, of: usize) -> Body {
        let chunks: Vec<_> = (0..bytes).step_by(of).map(|at| vec![b'a'; of.min(bytes - at)]).collect();
        Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>)))
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_not_beyond_however_it_comes() {
        for of in [1, 7, 1000] {
            assert_eq!(read(chunks(1000, of), 1000, SOON).await.map(|bytes| bytes.len()), Ok(1000));
            assert_eq!(read(chunks(1001, of), 1000, SOON).await, Err(Unread::TooLong));
        }
        assert_eq!(read(Body::from(vec![0; 1001]), 1000, SOON).await, Err(Unread::TooLong));
        assert_eq!(read(Body::from(vec![0; PATIENCE + 1]), 1000, SOON).await, Err(Unread::TooLong));
        assert_eq!(read(chunks(PATIENCE + 4096, 4096), 1000, 100 * SOON).await, Err(Unread::TooLong));
        assert_eq!(read(Body::empty(), 0, SOON).await, Ok(Bytes::new()));
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(never, 10, SOON).await, Err(Unread::TooSlow));
        let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("reset"))]);
        assert_eq!(read(Body::from_stream(broken), 10, SOON).await, Err(Unread::Broken));
    }
}
