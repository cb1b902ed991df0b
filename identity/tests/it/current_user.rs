//! Sessions as a browser has them: axum-login, tower-sessions, this backend and this store together.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    routing::get,
};
use axum_login::{
    AuthManagerLayerBuilder, AuthSession, AuthUser,
    tower_sessions::{SessionManagerLayer, session::Id},
};
use domain::UserId;
use identity::{CurrentUser, Identity, NewPassword, session::PostgresStore};
use sqlx::PgPool;
use tower::ServiceExt;

use super::*;

type Auth = AuthSession<Identity>;

async fn visit(auth: Auth) {
    auth.session.insert("seen", true).await.unwrap();
}

async fn sign_in(mut auth: Auth) {
    let user = signed_in(auth.backend.sign_in("98450 12264", PASSWORD.into(), HERE).await).unwrap();
    auth.login(&user).await.unwrap();
}

/// As the app begins a session where there is one already.
async fn sign_in_afresh(mut auth: Auth) {
    let user = auth.logout().await.unwrap().unwrap();
    auth.login(&user).await.unwrap();
}

async fn sign_out(mut auth: Auth) {
    auth.logout().await.unwrap();
}

async fn who(auth: Auth) -> String {
    auth.user.map_or_else(|| "nobody".to_owned(), |user| user.id.to_string())
}

/// A small site, and the cookies of one browser.
struct Browser {
    site: Router,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new(identity: &Identity) -> Self {
        let sessions =
            SessionManagerLayer::new(PostgresStore::new(identity.pool().clone())).with_secure(false);
        let layer = AuthManagerLayerBuilder::new(identity.clone(), sessions).build();
        let site = Router::new()
            .route("/visit", get(visit))
            .route("/sign-in", get(sign_in))
            .route("/sign-in-afresh", get(sign_in_afresh))
            .route("/sign-out", get(sign_out))
            .route("/who", get(who))
            .layer(layer);
        Browser { site, cookies: BTreeMap::new() }
    }

    async fn open(&mut self, path: &str) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request = Request::get(path);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let answer = self.site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        String::from_utf8(to_bytes(answer.into_body(), 1024).await.unwrap().to_vec()).unwrap()
    }
}

async fn user(identity: &Identity, id: UserId) -> CurrentUser {
    identity.current_user(id).await.unwrap().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_in_renews_the_id_and_signing_out_ends_the_session(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let mut browser = Browser::new(&identity);

    browser.open("/visit").await;
    let before = browser.cookies.clone();
    assert!(!before.is_empty(), "a session of nobody");
    browser.open("/sign-in").await;
    assert_ne!(browser.cookies, before);
    assert_eq!(browser.open("/who").await, id.to_string());
    let mut fixed = Browser { site: browser.site.clone(), cookies: before };
    assert_eq!(fixed.open("/who").await, "nobody", "the id from before signs nobody in");

    let mut stolen = Browser { site: browser.site.clone(), cookies: browser.cookies.clone() };
    browser.open("/sign-out").await;
    assert_eq!(browser.open("/who").await, "nobody");
    assert_eq!(stolen.open("/who").await, "nobody", "nor does a copy of the cookie after signing out");
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_in_again_during_a_session_renews_the_id_too(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let mut browser = Browser::new(&identity);
    browser.open("/sign-in").await;
    let mut old = Browser { site: browser.site.clone(), cookies: browser.cookies.clone() };

    browser.open("/sign-in-afresh").await;
    assert_eq!(browser.open("/who").await, id.to_string());
    assert_ne!(browser.cookies, old.cookies);
    assert_eq!(old.open("/who").await, "nobody");
    assert_eq!(count(&owner, "sessions").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_of_password_ends_the_sessions(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let mut browser = Browser::new(&identity);
    browser.open("/sign-in").await;
    assert_eq!(browser.open("/who").await, id.to_string());

    let before = user(&identity, id).await;
    let new = NewPassword::parse("another long password", &[]).unwrap();
    let after = identity.change_password(id, PASSWORD.into(), new, &Id::default(), None).await.unwrap();
    assert_ne!(after.session_auth_hash(), before.session_auth_hash());
    assert!(after == user(&identity, id).await);
    assert_eq!(count(&owner, "sessions").await, 0, "whoever watches them sees their end at once");
    assert_eq!(browser.open("/who").await, "nobody");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_password_that_is_hashed_anew_ends_no_session(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    hash_as_before(&owner, id).await;
    let mut browser = Browser::new(&identity);
    browser.open("/sign-in").await;
    assert!(hash_of(&owner, id).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(browser.open("/who").await, id.to_string(), "the session that was begun by it");

    hash_as_before(&owner, id).await; // which its sessions know by the same name
    identity.sign_in("98450 12264", PASSWORD.into(), HERE).await.unwrap();
    assert_eq!(browser.open("/who").await, id.to_string(), "and one that was begun before");
    let sessions = identity.open_sessions(id, &Id::default()).await.unwrap();
    assert_eq!(sessions.len(), 1);

    let new = NewPassword::parse("another long password", &[]).unwrap();
    identity.change_password(id, PASSWORD.into(), new, &Id::default(), None).await.unwrap();
    assert_eq!(browser.open("/who").await, "nobody");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_sessions_of_a_person_share_a_hash_that_is_not_the_passwords(owner: PgPool) {
    let identity = identity(&owner).await;
    let id = ananya(&identity).await;
    let (one, two) = (user(&identity, id).await, user(&identity, id).await);
    assert_eq!(one.session_auth_hash(), two.session_auth_hash());
    assert_eq!(one.session_auth_hash().len(), 32);

    let nobody = UserId::new("018f0000-0000-7000-8000-000000000000".parse().unwrap());
    assert!(identity.current_user(nobody).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn an_id_of_the_browsers_own_choice_becomes_no_session(owner: PgPool) {
    let identity = identity(&owner).await;
    ananya(&identity).await;
    let mut browser = Browser::new(&identity);
    let chosen = "AAAAAAAAAAAAAAAAAAAAAA";
    browser.cookies.insert("id".to_owned(), chosen.to_owned());
    browser.open("/sign-in").await;
    assert_ne!(browser.cookies["id"], chosen);
    let mut other =
        Browser { site: browser.site.clone(), cookies: [("id".to_owned(), chosen.to_owned())].into() };
    assert_eq!(other.open("/who").await, "nobody");
}
