//! Who may call what: every route of the API, every server function, every page and every form, by nobody, by a stranger,
//! by whoever it belongs to, and by somebody whose session is over. What is not listed here fails, here and in `doors`.

use std::collections::BTreeSet;

use app as _; // its server functions register themselves when it is linked
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::picture;
use crate::world::*;

/// What there is to look at, and whose it is.
pub struct Belongings {
    pub owner: Person,
    pub stranger: Person,
    /// Somebody whose session is over.
    expired: Person,
    transfer: String,
    on_ramp: String,
    /// Somebody the owner has dealt with.
    payee: String,
    /// Theirs, as its address has it.
    picture: String,
}

impl Belongings {
    pub async fn new(world: &World, database: &PgPool) -> Self {
        let (owner, stranger) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
        let expired = world.person("Kabir Das").await;
        let hashes = "UPDATE sessions SET expires_at = now() - interval '1 second'
                      WHERE data::text LIKE '%' || (SELECT id::text FROM users WHERE phone = $1) || '%'";
        let ended = sqlx::query(hashes).bind(&expired.phone).execute(database).await.unwrap();
        assert_eq!(ended.rows_affected(), 1);
        let payee = world.person("Meera Krishnan").await;
        let picture = picture::anew(world, &payee).await;
        let body = json!({ "to": payee.phone, "amount_minor": 100, "note": "tea" });
        let (_, made) = owner.pay(world, "key-1", &body).await;
        let asked = world
            .post("/api/v1/on-ramps", &json!({ "amount_minor": 500_00, "bank": "deccan" }))
            .header("cookie", &owner.cookie)
            .header("idempotency-key", "on-ramp-1");
        let opened: Value = asked.send().await.unwrap().json().await.unwrap();
        let phone = payee.phone.replace('+', "%2B");
        let draft = format!("form[to]={phone}&form[amount]=1&form[note]=&form[key]=key-0");
        let (status, review) = call(world, "/fn/send/draft", &draft, Some(&owner)).await;
        assert!(status.is_success(), "{review}");
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let payee = sqlx::query_scalar("SELECT id::text FROM users WHERE phone = $1").bind(&payee.phone);
        let payee = payee.fetch_one(database).await.unwrap();
        Belongings { payee, picture, transfer: id(&made), on_ramp: id(&opened), owner, stranger, expired }
    }

    pub fn fill(&self, text: &str) -> String {
        let text = text.replace("{transfer}", &self.transfer).replace("{on_ramp}", &self.on_ramp);
        text.replace("{payee}", &self.payee).replace("{picture}", &self.picture)
    }
}

const OPEN: [u16; 4] = [0; 4];

/// Method, path in the document, path to call, body; then what nobody, a stranger, the owner and an ended
/// session are answered. `OPEN` calls are for everybody.
pub const ROUTES: [(&str, &str, &str, &str, [u16; 4]); 14] = [
    ("post", "/users", "/users", "{}", OPEN),
    ("post", "/users/verify", "/users/verify", "{}", OPEN),
    ("post", "/session", "/session", "{}", OPEN),
    ("post", "/session/verify", "/session/verify", "{}", OPEN),
    ("delete", "/session", "/session", "", OPEN),
    ("get", "/balance", "/balance", "", [401, 200, 200, 401]),
    ("post", "/on-ramps", "/on-ramps", r#"{"amount_minor":50000,"bank":"deccan"}"#, [401, 201, 201, 401]),
    ("get", "/on-ramps/{id}", "/on-ramps/{on_ramp}", "", [401, 404, 200, 401]),
    ("post", "/transfers", "/transfers", r#"{"to":"+919899999999","amount_minor":1}"#, [401, 422, 422, 401]),
    ("get", "/transfers/{id}", "/transfers/{transfer}", "", [401, 404, 200, 401]),
    ("get", "/transfers/by-key/{key}", "/transfers/by-key/key-1", "", [401, 404, 200, 401]),
    (
        "post",
        "/approvals",
        "/approvals",
        r#"{"key":"key-9","to":"+919899999999","amount_minor":1,"pin":"314159"}"#,
        [401, 422, 422, 401],
    ),
    ("get", "/activity", "/activity", "", [401, 200, 200, 401]),
    ("get", "/events", "/events", "", [401, 200, 200, 401]),
];

#[sqlx::test(migrations = "../migrations")]
async fn every_route_of_the_api_answers_each_as_it_should(database: PgPool) {
    let world = World::new(database.clone()).await;
    let document: Value = world.get("/api/v1/openapi.json").send().await.unwrap().json().await.unwrap();
    let described: BTreeSet<_> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    let listed: BTreeSet<_> = ROUTES.iter().map(|(method, path, ..)| format!("{method} {path}")).collect();
    assert_eq!(described, listed, "every route stands in the document and in this matrix");

    let belongings = Belongings::new(&world, &database).await;
    let callers = [None, Some(&belongings.stranger), Some(&belongings.owner), Some(&belongings.expired)];
    for (method, _, path, body, answers) in ROUTES.iter().filter(|route| route.4 != OPEN) {
        for (caller, wanted) in callers.iter().zip(answers) {
            let path = belongings.fill(path);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let mut call = world.http.request(method.clone(), format!("{}/api/v1{path}", world.origin));
            if !body.is_empty() {
                call = call
                    .header("content-type", "application/json")
                    .body(*body)
                    .header("idempotency-key", "key-9");
            }
            if let Some(person) = caller {
                call = call.header("cookie", &person.cookie);
            }
            let answer = call.send().await.unwrap();
            let who = caller.map_or("nobody", |person| &person.phone);
            assert_eq!(answer.status().as_u16(), *wanted, "{method} {path} by {who}");
            if answer.status().is_client_error() {
                assert_eq!(answer.headers()["content-type"], "application/problem+json");
            }
        }
    }
}

/// Without one, there is nothing at some of the addresses.
const PROVIDER: [(&str, &str); 3] =
    [("OIDC_ISSUER", "http://127.0.0.1:1"), ("OIDC_CLIENT_ID", "us"), ("OIDC_CLIENT_SECRET", "of-the-tests")];

/// What a call must not be answered with: anything, or what belongs to somebody else.
pub enum Guard {
    /// For everybody.
    Open,
    /// For whoever is signed in, about themselves.
    Own,
    /// About a thing of somebody's: for a stranger it is not there.
    Theirs,
}

/// Server functions by their path, each with the arguments of a sound call.
pub const FUNCTIONS: [(&str, &str, Guard); 60] = [
    ("/fn/sign_in", "form[identifier]=x&form[password]=y&form[next]=", Guard::Open),
    ("/fn/sign_in/second_step", "", Guard::Open), // of whoever the session has seen take the first; here nobody
    ("/fn/sign_in/code", "form[code]=123456&form[next]=", Guard::Open),
    ("/fn/sign_in/passkey", "", Guard::Open),
    ("/fn/way_back", "", Guard::Open), // of whoever the session has seen take the first step; here nobody
    ("/fn/way_back/go", "form[ask]=1", Guard::Open),
    ("/fn/stop_way_back/read", "token=x", Guard::Open), // of whoever has the link
    ("/fn/stop_way_back", "form[token]=x", Guard::Open),
    ("/fn/sign_up", "form[name]=x&form[phone]=y&form[password]=z&form[next]=", Guard::Open),
    ("/fn/google/arrival", "", Guard::Open), // of whoever the session has brought from the provider; here nobody
    ("/fn/google/sign_up", "form[name]=x&form[phone]=y", Guard::Open),
    ("/fn/google/ways", "", Guard::Own),
    ("/fn/google/change", "form[connect]=1", Guard::Own),
    ("/fn/sign_up/sent", "attempt=x", Guard::Open),
    ("/fn/sign_up/verify", "form[attempt]=x&form[code]=y", Guard::Open),
    ("/fn/forgotten", "form[identifier]=x", Guard::Open),
    ("/fn/forgotten/reset", "form[attempt]=x&form[code]=y&form[password]=z", Guard::Open),
    ("/fn/home", "", Guard::Own),
    ("/fn/activity", "", Guard::Own),
    ("/fn/receipt", "id={transfer}", Guard::Theirs),
    ("/fn/receipt/cancel", "", Guard::Own), // of the payment that its page's address names; here there is none
    ("/fn/people", "search=", Guard::Own),
    ("/fn/people/add", "form[to]=x", Guard::Own),
    ("/fn/people/person", "id={payee}", Guard::Theirs),
    ("/fn/people/change", "form[favourite]=1&form[next]=", Guard::Own), // of the person that its page's address names
    ("/fn/settings/profile", "", Guard::Own),
    ("/fn/settings/profile/change", "form[handle]=x", Guard::Own),
    ("/fn/settings/security", "", Guard::Own),
    ("/fn/settings/address", "", Guard::Own),
    ("/fn/settings/address/ask", "form[phone]=x", Guard::Own),
    ("/fn/settings/address/asked", "", Guard::Own), // of what this session has asked for
    ("/fn/settings/address/change", "form[from_code]=x&form[to_code]=y", Guard::Own),
    ("/fn/undo_change/read", "token=x", Guard::Open), // of whoever has the link
    ("/fn/undo_change", "form[token]=x", Guard::Open),
    ("/fn/settings/notices", "", Guard::Own),
    ("/fn/settings/limits", "", Guard::Own),
    ("/fn/settings/limits/change", "form[day]=x", Guard::Own),
    ("/fn/settings/limits/change", "form[undo]=x", Guard::Own),
    ("/fn/settings/freeze", "", Guard::Own),
    ("/fn/settings/freeze/change", "form[thaw]=1", Guard::Own),
    ("/fn/settings/approval", "", Guard::Own),
    ("/fn/settings/approval/change", "form[set]=1&form[pin]=314159", Guard::Own),
    ("/fn/settings/password/change", "form[confirm]=x&form[password]=y", Guard::Own),
    ("/fn/settings/passkeys", "", Guard::Own),
    ("/fn/settings/passkeys/change", "form[begin]=1&form[name]=x", Guard::Own),
    ("/fn/settings/passkeys/wanted", "", Guard::Own), // of what this session has asked for
    ("/fn/settings/passkeys/add", "form[passkey]=x", Guard::Own),
    ("/fn/settings/passkeys/prove", "", Guard::Own),
    ("/fn/settings/second_factor", "", Guard::Own),
    ("/fn/settings/second_factor/change", "form[turn_off]=1&form[code]=123456", Guard::Own),
    ("/fn/settings/sessions", "", Guard::Own),
    ("/fn/settings/sessions/end", "form[end]=x", Guard::Own),
    ("/fn/add_money/blank", "", Guard::Own),
    ("/fn/add_money/start", "form[amount]=1&form[bank]=deccan&form[key]=k", Guard::Own),
    ("/fn/add_money/status", "id={on_ramp}", Guard::Theirs),
    ("/fn/send/blank", "", Guard::Own),
    ("/fn/send/draft", "form[to]=x&form[amount]=y&form[note]=&form[key]=k", Guard::Own),
    ("/fn/send/review", "draft=key-0", Guard::Theirs),
    ("/fn/send/passkey", "draft=key-0", Guard::Own), // of a draft of this session
    ("/fn/send/confirm", "form[draft]=key-0", Guard::Theirs),
];

async fn call(world: &World, path: &str, arguments: &str, caller: Option<&Person>) -> (StatusCode, String) {
    let mut call = world
        .http
        .post(format!("{}{path}", world.origin))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(arguments.to_owned());
    if let Some(person) = caller {
        call = call.header("cookie", &person.cookie);
    }
    let answer = call.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn every_server_function_answers_each_as_it_should(database: PgPool) {
    let registered: BTreeSet<_> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let listed: BTreeSet<_> = FUNCTIONS.iter().map(|(path, ..)| (*path).to_owned()).collect();
    assert_eq!(registered, listed, "every server function stands in this matrix");
    assert!(server_fn_paths().all(|(_, method)| method == Method::POST), "nothing is changed by a link");

    let world = World::with(database.clone(), &PROVIDER).await;
    let belongings = Belongings::new(&world, &database).await;
    for (path, arguments, guard) in FUNCTIONS {
        let arguments = belongings.fill(arguments);
        if matches!(guard, Guard::Open) {
            continue;
        }
        for caller in [None, Some(&belongings.expired)] {
            let (status, body) = call(&world, path, &arguments, caller).await;
            // Led to the sign-in page, before the function runs.
            assert_eq!((status, &*body), (StatusCode::SEE_OTHER, ""), "{path} without a session");
        }
        let (status, body) = call(&world, path, &arguments, Some(&belongings.owner)).await;
        assert!(
            !body.contains("SignedOut") && !body.contains("signed out"),
            "{path} by its owner: {status} {body}"
        );
        if matches!(guard, Guard::Theirs) {
            assert!(status.is_success(), "{path} by its owner: {status} {body}");
            let (status, body) = call(&world, path, &arguments, Some(&belongings.stranger)).await;
            let hidden = !status.is_success() && (body.contains("NotFound") || body.contains("too old"));
            assert!(hidden, "{path} by a stranger: {status} {body}");
        }
    }
}

/// Method, path and form; then what nobody, a stranger, whoever it belongs to and an ended session are answered.
/// 303 leads whoever is not signed in to the sign-in page, and everybody else to what their form has made.
pub const PAGES: [(&str, &str, &str, [u16; 4]); 77] = [
    ("GET", "/", "", [200, 303, 303, 200]),
    ("GET", "/sign-in", "", [200, 303, 303, 200]),
    ("GET", "/sign-up", "", [200, 303, 303, 200]),
    ("GET", "/home", "", [303, 200, 200, 303]),
    ("GET", "/activity", "", [303, 200, 200, 303]),
    ("GET", "/add-money", "", [303, 200, 200, 303]),
    ("GET", "/add-money/{on_ramp}", "", [303, 404, 200, 303]),
    ("GET", "/send/review?draft=key-0", "", [303, 404, 200, 303]),
    ("GET", "/receipts/{transfer}", "", [303, 404, 200, 303]),
    ("GET", "/pictures/{picture}", "", [303, 404, 200, 303]),
    ("GET", "/settings", "", [303, 303, 303, 303]), // to the profile
    ("GET", "/settings/profile/picture", "", [303, 303, 303, 303]), // to the profile
    ("GET", "/settings/limits", "", [303, 200, 200, 303]),
    ("GET", "/sign-up/verify", "", [200, 303, 303, 200]),
    ("GET", "/forgotten", "", [200, 200, 200, 200]),
    ("GET", "/forgotten/code", "", [200, 200, 200, 200]),
    ("GET", "/people", "", [303, 200, 200, 303]),
    ("POST", "/people", "to=x", [303, 422, 422, 303]),
    ("GET", "/people/{payee}", "", [303, 404, 200, 303]),
    ("POST", "/people/{payee}", "favourite=1", [303, 404, 303, 303]),
    ("POST", "/people/{payee}", "remove=1", [303, 404, 303, 303]),
    ("GET", "/settings/profile", "", [303, 200, 200, 303]),
    ("POST", "/settings/profile", "handle=x", [303, 422, 422, 303]),
    ("GET", "/settings/passkeys", "", [303, 200, 200, 303]),
    ("POST", "/settings/passkeys", "begin=1&name=x", [303, 422, 422, 303]),
    ("POST", "/settings/passkeys", "rename=x&name=x", [303, 422, 422, 303]), // of one's own; here there is none
    ("GET", "/settings/passkeys/new", "", [303, 200, 200, 303]),
    ("POST", "/settings/passkeys/new", "passkey=x", [303, 422, 422, 303]),
    ("GET", "/settings/security", "", [303, 200, 200, 303]),
    ("GET", "/settings/phone", "", [303, 200, 200, 303]),
    ("POST", "/settings/phone", "phone=x", [303, 422, 422, 303]),
    ("GET", "/settings/phone/code", "", [303, 200, 200, 303]),
    ("POST", "/settings/phone/code", "from_code=x&to_code=y", [303, 422, 422, 303]),
    ("GET", "/settings/email", "", [303, 200, 200, 303]),
    ("POST", "/settings/email", "email=x", [303, 422, 422, 303]),
    ("GET", "/settings/email/code", "", [303, 200, 200, 303]),
    ("POST", "/settings/email/code", "from_code=x&to_code=y", [303, 422, 422, 303]),
    ("GET", "/undo-change?token=x", "", [200, 200, 200, 200]),
    ("POST", "/undo-change", "token=x", [422, 422, 422, 422]),
    ("GET", "/settings/notices", "", [303, 200, 200, 303]),
    ("GET", "/settings/freeze", "", [303, 200, 200, 303]),
    ("POST", "/settings/freeze", "thaw=1", [303, 422, 422, 303]),
    ("GET", "/settings/approval", "", [303, 200, 200, 303]),
    ("POST", "/settings/approval", "set=1&pin=314159", [303, 422, 422, 303]),
    ("GET", "/settings/password", "", [303, 200, 200, 303]),
    ("POST", "/settings/password", "confirm=x&password=y", [303, 422, 422, 303]),
    ("GET", "/sign-in/code", "", [200, 303, 303, 200]),
    ("POST", "/sign-in/code", "code=123456", [422, 422, 422, 422]),
    ("GET", "/sign-in/way-back", "", [200, 303, 303, 200]),
    ("POST", "/sign-in/way-back", "ask=1", [422, 422, 422, 422]),
    ("GET", "/stop-way-back?token=x", "", [200, 200, 200, 200]),
    ("POST", "/stop-way-back", "token=x", [422, 422, 422, 422]),
    ("GET", "/settings/second-factor", "", [303, 200, 200, 303]),
    ("POST", "/settings/second-factor", "turn_off=1&code=123456", [303, 422, 422, 303]),
    ("GET", "/settings/sessions", "", [303, 200, 200, 303]),
    ("POST", "/settings/sessions", "end=x", [303, 422, 422, 303]),
    ("GET", "/settings/google", "", [303, 200, 200, 303]),
    ("POST", "/settings/google", "connect=1", [303, 422, 422, 303]),
    ("POST", "/sign-in/google", "next=/home", [303, 303, 303, 303]), // to the provider, or back to where it is said that it is down
    ("GET", "/sign-in/google/callback", "", [303, 303, 303, 303]),
    ("GET", "/sign-up/google", "", [200, 303, 303, 200]),
    ("POST", "/sign-up/google", "name=x", [422, 422, 422, 422]),
    ("GET", "/send?to={payee}", "", [303, 200, 200, 303]),
    ("POST", "/send", "person={payee}&amount=1&note=&key=key-7", [303, 422, 303, 303]),
    ("POST", "/sign-up", "name=x&phone=y&password=z&next=", [422, 422, 422, 422]),
    ("POST", "/sign-up/verify", "attempt=x&code=y&next=", [422, 422, 422, 422]),
    ("POST", "/forgotten", "identifier=x", [422, 422, 422, 422]),
    ("POST", "/forgotten/code", "attempt=x&code=y&password=z", [422, 422, 422, 422]),
    ("POST", "/sign-in", "identifier=x&password=y&next=", [422, 422, 422, 422]),
    ("POST", "/demo", "", [404, 404, 404, 404]), // of development alone
    ("POST", "/preferences", "theme=dark&next=/home", [303, 303, 303, 303]),
    ("POST", "/add-money", "amount=500&bank=deccan&key=key-8", [303, 303, 303, 303]),
    ("POST", "/send/review", "draft=key-0", [303, 404, 303, 303]),
    ("POST", "/receipts/{transfer}", "confirm=", [303, 404, 422, 303]), // it has moved
    ("POST", "/settings/limits", "day=20000", [303, 303, 303, 303]),
    ("POST", "/settings/profile/picture", "picture=x", [303, 400, 400, 303]), // of one's own, and no file here
    ("POST", "/sign-out", "", [303, 303, 303, 303]), // the last: it ends the sessions
];

#[sqlx::test(migrations = "../migrations")]
async fn every_page_of_people_answers_each_as_it_should(database: PgPool) {
    let world = World::with(database.clone(), &PROVIDER).await;
    let belongings = Belongings::new(&world, &database).await;
    let callers = [None, Some(&belongings.stranger), Some(&belongings.owner), Some(&belongings.expired)];
    for (method, path, form, answers) in PAGES {
        for (caller, wanted) in callers.iter().zip(answers) {
            let address = format!("{}{}", world.origin, belongings.fill(path));
            let mut call = world.http.request(Method::from_bytes(method.as_bytes()).unwrap(), address);
            if !form.is_empty() {
                call = call
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(belongings.fill(form));
            }
            if let Some(person) = caller {
                call = call.header("cookie", &person.cookie);
            }
            let answer = call.send().await.unwrap();
            let who = caller.map_or("nobody", |person| &person.phone);
            assert_eq!(answer.status().as_u16(), wanted, "{method} {path} by {who}");
            let body = answer.text().await.unwrap();
            let seen = body.contains("Meera");
            let theirs = matches!(*caller, Some(person) if person.phone == belongings.owner.phone);
            assert!(theirs || !seen, "{method} {path} by {who} shows somebody they have nothing to do with");
        }
    }
}
