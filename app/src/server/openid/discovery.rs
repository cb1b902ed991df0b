//! What a provider says of itself (OpenID Connect Discovery 1.0, 4): read once an hour at most, whoever asks.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use moka::future::Cache;
use oauth2::{AuthType, AuthUrl, TokenUrl};
use reqwest::Url;
use serde::Deserialize;

use super::web::{Web, WebError, is_private};

/// How long its word is taken.
const TIME_TO_LIVE: Duration = Duration::from_secs(60 * 60);

/// As it stands at `/.well-known/openid-configuration`.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: AuthUrl,
    token_endpoint: TokenUrl,
    jwks_uri: Url,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What of it is used.
pub(super) struct Metadata {
    pub(super) authorize: AuthUrl,
    pub(super) token: TokenUrl,
    pub(super) keys: Url,
    /// How the client's secret is told.
    pub(super) auth: AuthType,
    /// Each of its answers says whose it is (RFC 9207, 3).
    pub(super) signs_answers: bool,
}

impl Document {
    /// What is sound of it: it speaks of itself and of nobody else, and nothing it names can be listened to.
    fn sound(self, issuer: &str) -> Result<Metadata, WebError> {
        if self.issuer != issuer {
            return Err(WebError::Unsound("it speaks of another issuer"));
        }
        if ![self.authorization_endpoint.url(), self.token_endpoint.url(), &self.jwks_uri]
            .into_iter()
            .all(is_private)
        {
            return Err(WebError::Unsound("it leads where others can listen"));
        }
        let names =
            |list: &Option<Vec<String>>, name| list.as_ref().map(|list| list.iter().any(|one| one == name));
        if names(&self.code_challenge_methods_supported, "S256") == Some(false) {
            return Err(WebError::Unsound("it takes no challenge by S256"));
        }
        // Told in the header unless only the body will do (OpenID Connect Core 1.0, 9).
        let methods = &self.token_endpoint_auth_methods_supported;
        let only_body = names(methods, "client_secret_post") == Some(true)
            && names(methods, "client_secret_basic") == Some(false);
        Ok(Metadata {
            authorize: self.authorization_endpoint,
            token: self.token_endpoint,
            keys: self.jwks_uri,
            auth: if only_body { AuthType::RequestBody } else { AuthType::BasicAuth },
            signs_answers: self.authorization_response_iss_parameter_supported,
        })
    }
}

/// The provider's word, as long as it is taken. Those who ask at once ask once.
pub(super) struct Discovery {
    issuer: String,
    document: Url,
    /// Where its pages for people stand.
    origin: RwLock<String>,
    known: Cache<(), Arc<Metadata>>,
}

impl Discovery {
    pub(super) fn new(issuer: &str) -> Result<Self, String> {
        let document = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document: Url =
            document.parse().map_err(|error| format!("OIDC_ISSUER is not an address: {error}"))?;
        if !is_private(&document) {
            return Err("OIDC_ISSUER must be reached by https".to_owned());
        }
        let known = Cache::builder().max_capacity(1).time_to_live(TIME_TO_LIVE).build();
        let origin = RwLock::new(document.origin().ascii_serialization());
        Ok(Discovery { issuer: issuer.to_owned(), document, origin, known })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) async fn metadata(&self, web: &Web) -> Result<Arc<Metadata>, Arc<WebError>> {
        let load = async {
            let document: Document = web.read(self.document.clone()).await?;
            let metadata = document.sound(&self.issuer)?;
            let origin = metadata.authorize.url().origin().ascii_serialization();
            *self.origin.write().unwrap_or_else(PoisonError::into_inner) = origin;
            Ok(Arc::new(metadata))
        };
        self.known.try_get_with((), load).await
    }

    /// Where people are led: forms may lead there. Until the provider has said it, to where it is itself.
    pub(super) fn origin(&self) -> String {
        self.origin.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://id.example";

    fn with(change: Value) -> Result<Metadata, WebError> {
        let mut document = json!({
            "issuer": ISSUER, "authorization_endpoint": "https://id.example/authorize",
            "token_endpoint": "https://id.example/token", "jwks_uri": "https://keys.example/jwks",
            "code_challenge_methods_supported": ["plain", "S256"],
        });
        document.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        serde_json::from_value::<Document>(document).map_err(|_| WebError::Rubbish)?.sound(ISSUER)
    }

    #[test]
    fn a_provider_that_speaks_of_another_or_leads_into_the_open_is_not_followed() {
        assert!(with(json!({})).is_ok());
        for unsound in [
            json!({ "issuer": "https://id.example/" }),
            json!({ "issuer": "https://evil.example" }),
            json!({ "authorization_endpoint": "http://id.example/authorize" }),
            json!({ "token_endpoint": "http://id.example/token" }),
            json!({ "jwks_uri": "http://keys.example/jwks" }),
            json!({ "code_challenge_methods_supported": ["plain"] }),
        ] {
            assert!(matches!(with(unsound.clone()), Err(WebError::Unsound(_))), "{unsound}");
        }
    }

    #[test]
    fn the_secret_goes_into_the_body_only_where_the_header_will_not_do() {
        let auth = |methods: Value| {
            with(json!({ "token_endpoint_auth_methods_supported": methods })).map(|metadata| metadata.auth)
        };
        assert!(matches!(auth(json!(["client_secret_post"])), Ok(AuthType::RequestBody)));
        assert!(matches!(
            auth(json!(["client_secret_post", "client_secret_basic"])),
            Ok(AuthType::BasicAuth)
        ));
        assert!(matches!(auth(json!(["none"])), Ok(AuthType::BasicAuth)));
    }
}
