//! The keys that a provider signs with. Read once an hour, and anew for a token whose key is not among them: providers
//! change their keys without notice. Once a minute at most, so that nobody has us ask the provider as often as they like.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use moka::future::Cache;
use reqwest::Url;
use serde::Deserialize;

use super::web::{Web, WebError};

const TIME_TO_LIVE: Duration = Duration::from_secs(60 * 60);
const BETWEEN_RENEWALS: Duration = Duration::from_secs(60);

/// A JWK Set (RFC 7517, 5). Keys of a kind that is not known are passed over, as the standard asks.
#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

pub(super) struct Keys {
    known: Cache<(), Arc<Vec<Jwk>>>,
    renewed: Mutex<Option<Instant>>,
}

impl Keys {
    pub(super) fn new() -> Self {
        let known = Cache::builder().max_capacity(1).time_to_live(TIME_TO_LIVE).build();
        Keys { known, renewed: Mutex::new(None) }
    }

    /// The key that a token with this header is signed with, if it is one of the provider's.
    pub(super) async fn find(
        &self,
        web: &Web,
        address: &Url,
        header: &Header,
    ) -> Result<Option<DecodingKey>, Arc<WebError>> {
        let found = choose(&self.all(web, address).await?, header);
        if found.is_some() || !self.may_renew() {
            return Ok(found);
        }
        self.known.invalidate(&()).await;
        Ok(choose(&self.all(web, address).await?, header))
    }

    async fn all(&self, web: &Web, address: &Url) -> Result<Arc<Vec<Jwk>>, Arc<WebError>> {
        let load = async {
            let set: Set = web.read(address.clone()).await?;
            let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
            Ok(Arc::new(keys.collect()))
        };
        self.known.try_get_with((), load).await
    }

    fn may_renew(&self) -> bool {
        let mut renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        let may = renewed.is_none_or(|at| at.elapsed() >= BETWEEN_RENEWALS);
        if may {
            *renewed = Some(Instant::now());
        }
        may
    }
}

/// By its name; a token that names none can only be meant for the one key there is of its kind.
fn choose(keys: &[Jwk], header: &Header) -> Option<DecodingKey> {
    let mut fitting = keys.iter().filter(|key| fits(key, header.alg));
    let key = match &header.kid {
        Some(name) => fitting.find(|key| key.common.key_id.as_ref() == Some(name))?,
        None => fitting.next().filter(|_| fitting.next().is_none())?,
    };
    DecodingKey::from_jwk(key).ok()
}

/// Whether a key is for signatures by this algorithm and no other (RFC 8725, 3.1).
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_of_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        _ => false,
    };
    let is_for_signatures =
        key.common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
    let of_algorithm = key.common.key_algorithm;
    is_of_kind && is_for_signatures && of_algorithm.is_none_or(|name| name == KeyAlgorithm::from(algorithm))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys() -> Vec<Jwk> {
        let of = |value| serde_json::from_value(value).expect("a key");
        let point = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
        vec![
            of(json!({ "kty": "RSA", "kid": "rsa", "alg": "RS256", "use": "sig", "n": "AQAB", "e": "AQAB" })),
            of(json!({ "kty": "RSA", "kid": "pss", "alg": "PS256", "n": "AQAB", "e": "AQAB" })),
            of(json!({ "kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB" })),
            of(json!({ "kty": "EC", "kid": "ec", "crv": "P-256", "x": point, "y": point })),
            of(json!({ "kty": "oct", "kid": "secret", "k": "AQAB" })),
        ]
    }

    fn chosen(algorithm: Algorithm, name: Option<&str>) -> bool {
        let header = Header { kid: name.map(str::to_owned), ..Header::new(algorithm) };
        choose(&keys(), &header).is_some()
    }

    #[test]
    fn a_key_is_used_for_its_own_algorithm_and_no_other() {
        assert!(chosen(Algorithm::RS256, Some("rsa")) && chosen(Algorithm::ES256, Some("ec")));
        for (algorithm, name) in [
            (Algorithm::HS256, "secret"),
            (Algorithm::HS256, "rsa"),
            (Algorithm::PS256, "pss"),
            (Algorithm::RS256, "pss"),
            (Algorithm::RS256, "enc"),
            (Algorithm::RS256, "ec"),
            (Algorithm::ES256, "rsa"),
            (Algorithm::RS256, "unknown"),
        ] {
            assert!(!chosen(algorithm, Some(name)), "{algorithm:?} {name}");
        }
    }

    #[test]
    fn a_token_that_names_no_key_is_of_the_one_there_is_of_its_kind() {
        assert!(chosen(Algorithm::RS256, None), "one of three");
        let mut two = keys();
        two.push(two[0].clone());
        assert!(choose(&two, &Header::new(Algorithm::RS256)).is_none());
    }
}
