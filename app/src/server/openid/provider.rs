//! The provider itself: the question that people are led to it with, and what their answer is worth.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::LocalPath;
use jiff::Timestamp;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::OpenidError;
use super::discovery::{Discovery, Metadata};
use super::door::CALLBACK;
use super::keys::Keys;
use super::memory::{Attempt, Purpose};
use super::token::{self, Arrival, Expected, TokenError};
use super::web::{Web, WebError};

/// How long everything that is asked of the provider for one answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// One provider, and what it has said of itself.
pub struct Provider {
    client: ClientId,
    secret: ClientSecret,
    redirect: RedirectUrl,
    web: Web,
    discovery: Discovery,
    keys: Keys,
}

/// What comes back with whoever was led there.
#[derive(Default, Deserialize)]
pub(in crate::server) struct Answer {
    pub(super) state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// What of a token answer is used; the rest of it is dropped unread.
#[derive(Serialize, Deserialize)]
struct IdToken {
    id_token: Option<String>,
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken(…)")
    }
}

impl ExtraTokenFields for IdToken {}

type Asking = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Provider {
    /// The provider of this issuer, by which we are known as `client`, and which sends people back to `origin`. The text
    /// of the error is the sentence that stops the start.
    pub fn new(issuer: &str, client: &str, secret: &SecretString, origin: &str) -> Result<Self, String> {
        super::ring::install();
        let redirect = RedirectUrl::new(format!("{origin}{CALLBACK}"));
        Ok(Provider {
            client: ClientId::new(client.to_owned()),
            secret: ClientSecret::new(secret.expose_secret().to_owned()),
            redirect: redirect.map_err(|error| format!("PUBLIC_ORIGIN is not an address: {error}"))?,
            web: Web::new()?,
            discovery: Discovery::new(issuer)?,
            keys: Keys::new(),
        })
    }

    /// By which its people are known.
    pub fn issuer(&self) -> &str {
        self.discovery.issuer()
    }

    /// Where its pages stand: forms may lead there.
    pub fn origin(&self) -> String {
        self.discovery.origin()
    }

    /// Reads what it says of itself, so that nobody has to wait for it later. Where it is down now, later will do.
    pub async fn prepare(&self) {
        if let Err(error) = self.discovery.metadata(&self.web).await {
            let error = &*error as &dyn std::error::Error;
            tracing::warn!(error, "the OpenID provider could not be asked who it is");
        }
    }

    /// Where to lead somebody, and what to remember of it.
    pub(super) async fn ask(
        &self,
        purpose: Purpose,
        next: LocalPath,
    ) -> Result<(String, Attempt), OpenidError> {
        let metadata = timeout(PATIENCE, self.discovery.metadata(&self.web)).await;
        let client = self.client(&*metadata.map_err(|_| OpenidError::Slow)??);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random();
        let mut question = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(["openid", "email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("nonce", nonce.secret())
            .set_pkce_challenge(challenge);
        if let Purpose::Confirm(_) = purpose {
            // That its own session goes on does not tell who is there (OpenID Connect Core 1.0, 3.1.2.1).
            question = question.add_extra_param("prompt", "select_account").add_extra_param("max_age", "0");
        }
        let (address, state) = question.url();
        let attempt = Attempt {
            state: state.into_secret(),
            nonce: nonce.into_secret(),
            verifier: verifier.into_secret(),
            purpose,
            next,
            begun: Timestamp::now(),
        };
        Ok((address.into(), attempt))
    }

    /// Who has come back with this answer to this attempt.
    pub(super) async fn believe(&self, attempt: &Attempt, answer: Answer) -> Result<Arrival, OpenidError> {
        timeout(PATIENCE, self.hear(attempt, answer)).await.map_err(|_| OpenidError::Slow)?
    }

    async fn hear(&self, attempt: &Attempt, answer: Answer) -> Result<Arrival, OpenidError> {
        let metadata = self.discovery.metadata(&self.web).await?;
        let is_its_own = match &answer.iss {
            Some(issuer) => issuer == self.issuer(),
            None => !metadata.signs_answers,
        };
        if !is_its_own {
            return Err(OpenidError::MixUp);
        }
        match answer.error.as_deref() {
            Some("access_denied") => return Err(OpenidError::Cancelled),
            Some(_) => return Err(OpenidError::Refused),
            None => {}
        }
        let code = answer.code.ok_or(OpenidError::Refused)?;
        let token = self.exchange(&metadata, code, attempt).await?;
        let header = token::header(&token)?;
        let key = self.keys.find(&self.web, &metadata.keys, &header).await?.ok_or(TokenError::Key)?;
        let expected = Expected {
            issuer: self.issuer(),
            client: &self.client,
            nonce: &attempt.nonce,
            anew: matches!(attempt.purpose, Purpose::Confirm(_)),
            now: Timestamp::now(),
        };
        Ok(token::believe(&token, &header, &key, &expected)?)
    }

    /// The ID token that the provider gives for a code.
    async fn exchange(
        &self,
        metadata: &Metadata,
        code: String,
        attempt: &Attempt,
    ) -> Result<String, OpenidError> {
        let answer = self
            .client(metadata)
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.web)
            .await;
        // Other errors of this carry the answer, and with it tokens: none is passed on.
        let tokens = answer.map_err(|error| match error {
            RequestTokenError::Request(error) => OpenidError::Provider(Arc::new(error)),
            RequestTokenError::ServerResponse(_) => OpenidError::Code,
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                OpenidError::Provider(Arc::new(WebError::Rubbish))
            }
        })?;
        tokens.extra_fields().id_token.clone().ok_or(OpenidError::NoToken)
    }

    fn client(&self, metadata: &Metadata) -> Asking {
        Client::new(self.client.clone())
            .set_client_secret(self.secret.clone())
            .set_auth_type(metadata.auth.clone())
            .set_auth_uri(metadata.authorize.clone())
            .set_token_uri(metadata.token.clone())
            .set_redirect_uri(self.redirect.clone())
    }
}
