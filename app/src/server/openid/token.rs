//! What makes an ID token believed (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725).

use domain::{Email, PersonName};
use identity::openid::Account;
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

/// How a token may be signed: by a key that only its provider has. Never `none`, nor by a secret that two share.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::ES256];
/// Seconds that two clocks may be apart.
const LEEWAY: u64 = 60;
/// Seconds since a token was made, at most: it was asked for a moment ago.
const MAX_AGE: i64 = 600;
/// Seconds since somebody said to the provider who they are, where they were asked to say it now.
const MAX_SINCE_ASKED: i64 = 300;

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token that can be read.
    #[error("the token cannot be read")]
    Unreadable,
    /// It is signed in a way that is not taken, or not at all.
    #[error("the token is signed by an algorithm that is not taken")]
    Algorithm,
    /// Its key is none of the provider's.
    #[error("the token names a key that is none of the provider's")]
    Key,
    /// Its signature is not by its key.
    #[error("the token's signature is wrong")]
    Signature,
    /// It is of somebody else.
    #[error("the token is of another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// It is over, not yet begun, or as old as none that was asked for just now.
    #[error("the token is not of now")]
    Time,
    /// It answers another question, asked perhaps by another browser.
    #[error("the token carries another nonce")]
    Nonce,
    /// The provider has not asked who is there, as it was told to.
    #[error("the provider did not ask anew who is there")]
    NotAnew,
    /// It does not say of whom it speaks.
    #[error("the token names nobody")]
    Subject,
}

/// What a token must say to be believed.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    /// The provider was told to ask who is there.
    pub(super) anew: bool,
    pub(super) now: Timestamp,
}

/// Who has come, as the provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// By what they are known.
    pub account: Account,
    /// What they are called there, if one can be called so here.
    pub name: Option<PersonName>,
}

/// The issuer is one text: in a list of them `jsonwebtoken` would be content with any. That what must be there is there,
/// it looks itself.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    aud: Value,
    azp: Option<String>,
    iat: Option<i64>,
    auth_time: Option<i64>,
    nonce: Option<String>,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<Value>,
}

/// What a token says of its key, before anything of it is believed.
pub(super) fn header(token: &str) -> Result<Header, TokenError> {
    let header = decode_header(token).map_err(|_| TokenError::Unreadable)?;
    if ALGORITHMS.contains(&header.alg) { Ok(header) } else { Err(TokenError::Algorithm) }
}

/// Whom a token speaks of, where all of it is as it must be.
pub(super) fn believe(
    token: &str,
    header: &Header,
    key: &DecodingKey,
    expected: &Expected<'_>,
) -> Result<Arrival, TokenError> {
    let mut validation = Validation::new(header.alg);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client]);
    let claims = decode::<Claims>(token, key, &validation).map_err(|error| refusal(error.kind()))?.claims;
    claims.check(expected)?;
    claims.arrival().ok_or(TokenError::Subject)
}

impl Claims {
    /// What `jsonwebtoken` leaves to whoever asks.
    fn check(&self, expected: &Expected<'_>) -> Result<(), TokenError> {
        let (now, leeway) = (expected.now.as_second(), LEEWAY.cast_signed());
        // Of several it is for, one has asked, and that must be us.
        let is_shared = self.aud.as_array().is_some_and(|several| several.len() > 1);
        let is_ours = match &self.azp {
            Some(party) => party == expected.client,
            None => !is_shared,
        };
        if !is_ours {
            return Err(TokenError::Audience);
        }
        let times = now - MAX_AGE - leeway..=now + leeway;
        if !self.iat.is_some_and(|made| times.contains(&made)) {
            return Err(TokenError::Time);
        }
        if self.nonce.as_deref() != Some(expected.nonce) {
            return Err(TokenError::Nonce);
        }
        // Google does not say; whoever says must have asked.
        if expected.anew && self.auth_time.is_some_and(|at| at < now - MAX_SINCE_ASKED - leeway) {
            return Err(TokenError::NotAnew);
        }
        Ok(())
    }

    fn arrival(self) -> Option<Arrival> {
        let is_verified = self.email_verified == Some(Value::Bool(true));
        let email = self.email.filter(|_| is_verified).and_then(|email| Email::parse(&email).ok());
        let name = self.name.and_then(|name| PersonName::parse(&name).ok());
        Some(Arrival { account: Account::new(&self.iss, &self.sub, email)?, name })
    }
}

fn refusal(kind: &ErrorKind) -> TokenError {
    match kind {
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => TokenError::Algorithm,
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::ExpiredSignature | ErrorKind::ImmatureSignature => TokenError::Time,
        ErrorKind::MissingRequiredClaim(claim) => match claim.as_str() {
            "iss" => TokenError::Issuer,
            "aud" => TokenError::Audience,
            "sub" => TokenError::Subject,
            _ => TokenError::Time,
        },
        _ => TokenError::Unreadable,
    }
}
