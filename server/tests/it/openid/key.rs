//! A key that tokens are signed with, by right and by wrong.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::provider::Signing;

pub struct Key {
    pub name: &'static str,
    pair: EcdsaKeyPair,
}

impl Key {
    pub fn new(name: &'static str) -> Self {
        let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Key { name, pair: EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap() }
    }

    /// As it stands in a JWK Set.
    pub fn published(&self) -> Value {
        let (x, y) = self.point()[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name,
            "x": BASE64.encode(x), "y": BASE64.encode(y),
        })
    }

    pub fn sign(&self, claims: &Value, signing: Signing) -> String {
        let (algorithm, name) = match signing {
            Signing::None => ("none", self.name),
            Signing::PublicKey => ("HS256", self.name),
            Signing::Unpublished => ("ES256", "unpublished"),
            Signing::Sound | Signing::Foreign | Signing::Tampered => ("ES256", self.name),
        };
        let encode = |part: &Value| BASE64.encode(part.to_string());
        let header = encode(&json!({ "alg": algorithm, "kid": name, "typ": "JWT" }));
        let message = format!("{header}.{}", encode(claims));
        let signature = match signing {
            Signing::None => Vec::new(),
            Signing::PublicKey => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.point());
                hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            Signing::Foreign => Key::new(self.name).signature(&message),
            Signing::Sound | Signing::Unpublished | Signing::Tampered => self.signature(&message),
        };
        let message = match signing {
            Signing::Tampered => {
                let mut other = claims.clone();
                other["sub"] = "subject-2".into();
                format!("{header}.{}", encode(&other))
            }
            _ => message,
        };
        format!("{message}.{}", BASE64.encode(signature))
    }

    fn point(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn signature(&self, message: &str) -> Vec<u8> {
        self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec()
    }
}
