//! A provider that does as it is told, and lies where it is told to. Everything it has given out that is secret it
//! remembers, so that it can be looked for where it must not be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::digest;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::key::Key;

pub const CLIENT: &str = "okane-client";
pub const SECRET: &str = "canary-client-secret";

type Parameters = HashMap<String, String>;
type Change = Box<dyn Fn(&mut Value) + Send>;

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Sound,
    /// After a time that nobody waits.
    Slow,
    Garbage,
    /// Without end.
    Huge,
    Broken,
    /// With the address of something inside.
    Elsewhere,
}

/// How it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    Sound,
    /// Not at all, and says so.
    None,
    /// By its public key as a secret.
    PublicKey,
    /// By a key of somebody else's, under its own name.
    Foreign,
    /// By a key that it does not publish.
    Unpublished,
    /// Soundly, and then says something else.
    Tampered,
}

pub struct Told {
    pub manner: Manner,
    pub signing: Signing,
    /// What it changes in a token, before it signs.
    pub claims: Change,
    /// What it changes in what it says of itself.
    pub document: Change,
    /// Which issuer it names in its answers.
    pub iss: Option<String>,
    /// Whether it looks at codes and verifiers.
    pub is_strict: bool,
    pub keys: Vec<Key>,
    /// How often its keys were asked for.
    pub keys_read: usize,
    /// The codes that are open, each with its challenge and nonce.
    codes: HashMap<String, (String, String)>,
    secrets: Vec<String>,
}

/// The provider. Clones are the same.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    told: Arc<Mutex<Told>>,
}

impl Provider {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let told = Told {
            manner: Manner::Sound,
            signing: Signing::Sound,
            claims: Box::new(|_| ()),
            document: Box::new(|_| ()),
            iss: None,
            is_strict: true,
            keys: vec![Key::new("key-1")],
            keys_read: 0,
            codes: HashMap::new(),
            secrets: vec![SECRET.to_owned()],
        };
        let provider = Provider { issuer, told: Arc::new(Mutex::new(told)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(provider.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        provider
    }

    /// What it is told.
    pub fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    /// To change this in every token from now on.
    pub fn change(&self, change: impl Fn(&mut Value) + Send + 'static) {
        self.told().claims = Box::new(change);
    }

    /// Everything secret that it has given out or been given.
    pub fn secrets(&self) -> Vec<String> {
        self.told().secrets.clone()
    }
}

/// Answers as it is told to; soundly, with this.
async fn answer(provider: &Provider, sound: Value) -> Response {
    let manner = provider.told().manner;
    match manner {
        Manner::Sound => Json(sound).into_response(),
        Manner::Slow => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Json(sound).into_response()
        }
        Manner::Garbage => ([("content-type", "application/json")], "{\"issuer\": canary").into_response(),
        Manner::Huge => {
            ([("content-type", "application/json")], format!("\"{}\"", "a".repeat(1 << 24))).into_response()
        }
        Manner::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Elsewhere => Redirect::temporary(&format!("{}/inside", provider.issuer)).into_response(),
    }
}

async fn document(State(provider): State<Provider>) -> Response {
    let at = |path| format!("{}{path}", provider.issuer);
    let mut document = json!({
        "issuer": provider.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "code_challenge_methods_supported": ["S256"],
    });
    (provider.told().document)(&mut document);
    answer(&provider, document).await
}

async fn keys(State(provider): State<Provider>) -> Response {
    let keys: Vec<Value> = {
        let mut told = provider.told();
        told.keys_read += 1;
        told.keys.iter().map(Key::published).collect()
    };
    answer(&provider, json!({ "keys": keys })).await
}

/// Says yes to everybody.
async fn authorize(State(provider): State<Provider>, Query(asked): Query<Parameters>) -> Redirect {
    assert_eq!((&*asked["response_type"], &*asked["client_id"]), ("code", CLIENT));
    assert_eq!(asked["code_challenge_method"], "S256");
    let code = format!("canary-code-{}", Uuid::new_v4());
    let mut told = provider.told();
    told.codes.insert(code.clone(), (asked["code_challenge"].clone(), asked["nonce"].clone()));
    told.secrets.extend([&code, &asked["state"], &asked["nonce"]].map(Clone::clone));
    let iss = told.iss.as_ref().map(|iss| format!("&iss={iss}")).unwrap_or_default();
    Redirect::to(&format!("{}?code={code}&state={}{iss}", asked["redirect_uri"], asked["state"]))
}

async fn token(State(provider): State<Provider>, Form(asked): Form<Parameters>) -> Response {
    let verifier = asked.get("code_verifier").cloned().unwrap_or_default();
    let challenge = BASE64.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
    let id_token = {
        let mut told = provider.told();
        told.secrets.push(verifier);
        let code = &asked["code"];
        let known = if told.is_strict { told.codes.remove(code) } else { told.codes.get(code).cloned() };
        let known = known.filter(|(wanted, _)| !told.is_strict || *wanted == challenge);
        let Some((_, nonce)) = known else {
            let refusal = json!({ "error": "invalid_grant", "error_description": "canary-description" });
            return (StatusCode::BAD_REQUEST, Json(refusal)).into_response();
        };
        let id_token = sign(&told, &provider.issuer, &nonce);
        told.secrets.extend(["canary-access", "canary-refresh", "canary-description"].map(str::to_owned));
        told.secrets.extend(id_token.split('.').skip(1).filter(|part| !part.is_empty()).map(str::to_owned));
        id_token
    };
    let tokens = json!({
        "access_token": "canary-access", "refresh_token": "canary-refresh", "token_type": "Bearer", "expires_in": 3600,
        "id_token": id_token,
    });
    answer(&provider, tokens).await
}

fn sign(told: &Told, issuer: &str, nonce: &str) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let mut claims = json!({
        "iss": issuer, "sub": "subject-1", "aud": CLIENT, "iat": now, "exp": now + 3600, "nonce": nonce,
        "name": "Asha Rao", "email": "asha@example.in", "email_verified": true,
    });
    (told.claims)(&mut claims);
    told.keys[0].sign(&claims, told.signing)
}
