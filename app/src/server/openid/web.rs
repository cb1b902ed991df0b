//! Calls to the provider. It may be down, slow, or answer rubbish or without end: every call ends soon, follows no
//! redirect, and reads no more than fits.

use std::pin::Pin;
use std::time::Duration;

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, Request, StatusCode, Url, redirect::Policy};
use serde::de::DeserializeOwned;

/// Bytes of an answer. Google's longest has four thousand.
const MAX_ANSWER: usize = 64 * 1024;

/// An HTTP client with limits.
pub(super) struct Web(Client);

/// Why the provider said nothing that can be used. Carries no address and no body: tokens stand in both.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// No connection, or no answer in time.
    #[error("the provider does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// It answered, and not with what was asked for.
    #[error("the provider answered {0}")]
    Refused(StatusCode),
    /// Its answer is longer than any that is sound.
    #[error("the provider's answer has no end")]
    Endless,
    /// Its answer is not what was asked for.
    #[error("the provider's answer cannot be read")]
    Rubbish,
    /// Its answer can be read and must not be followed.
    #[error("the provider's description of itself cannot be used: {0}")]
    Unsound(&'static str),
}

impl From<reqwest::Error> for WebError {
    fn from(error: reqwest::Error) -> Self {
        WebError::Unreachable(error.without_url())
    }
}

impl Web {
    pub(super) fn new() -> Result<Self, String> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(3))
            .redirect(Policy::none())
            .build();
        Ok(Web(client.map_err(|error| format!("no HTTP client can be made: {error}"))?))
    }

    /// A document of the provider's.
    pub(super) async fn read<T: DeserializeOwned>(&self, address: Url) -> Result<T, WebError> {
        let answer = self.send(Request::new(reqwest::Method::GET, address)).await?;
        if answer.status() != StatusCode::OK {
            return Err(WebError::Refused(answer.status()));
        }
        serde_json::from_slice(answer.body()).map_err(|_| WebError::Rubbish)
    }

    async fn send(&self, request: Request) -> Result<HttpResponse, WebError> {
        let mut answer = self.0.execute(request).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                return Err(WebError::Endless);
            }
        }
        let mut whole = HttpResponse::new(body);
        (*whole.status_mut(), *whole.headers_mut()) = (status, headers);
        Ok(whole)
    }
}

/// What `oauth2` asks goes the same way.
impl<'c> AsyncHttpClient<'c> for Web {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WebError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { self.send(Request::try_from(request)?).await })
    }
}

/// Whether what is sent there can be read by nobody on the way: by HTTPS, or because it stays on this machine.
pub(super) fn is_private(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    address.scheme() == "https" || address.scheme() == "http" && is_loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_private() {
        for (address, private) in [
            ("https://accounts.google.com", true),
            ("http://127.0.0.1:8080/token", true),
            ("http://[::1]:8080", true),
            ("http://localhost", true),
            ("http://accounts.google.com", false),
            ("http://127.0.0.1.example", false),
            ("http://localhost.example", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(is_private(&address.parse().expect("an address")), private, "{address}");
        }
    }
}
