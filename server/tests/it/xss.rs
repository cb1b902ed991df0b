//! Whatever people write, and whatever stands in an address, is shown as text: each payload is put wherever a page
//! shows what came from outside, and the page, parsed as a browser parses it, has the elements and attributes that it has
//! for an innocent text. `end2end/xss.spec.ts` has a browser run some of them.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use scraper::{Html, Node};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

/// Pages that are asked for at a time.
const AT_ONCE: usize = 8;

/// Something that would do harm if it were more than text.
#[derive(Deserialize)]
struct Payload {
    class: String,
    text: String,
}

fn payloads() -> Vec<Payload> {
    serde_json::from_str(include_str!("../../../end2end/payloads.json")).unwrap()
}

#[test]
fn there_are_payloads_of_every_class() {
    let payloads = payloads();
    let mut classes = BTreeMap::<_, usize>::new();
    payloads.iter().for_each(|payload| *classes.entry(payload.class.as_str()).or_default() += 1);
    let wanted = ["address", "attribute", "data in script", "mutation", "template", "text", "unicode"];
    assert_eq!(classes.keys().copied().collect::<Vec<_>>(), wanted);
    assert!(payloads.len() >= 60 && classes.values().all(|count| *count >= 7), "{classes:?}");
}

/// What a page is made of: each element with its attributes, where its addresses lead, what its scripts say, and how
/// often each is there.
#[derive(Debug, PartialEq, Eq)]
struct Shape(BTreeMap<String, usize>);

impl Shape {
    fn of(html: &str) -> Self {
        const ADDRESSES: [&str; 6] = ["href", "src", "action", "formaction", "srcset", "xlink:href"];
        let mut parts = BTreeMap::new();
        let mut count = |part: String| *parts.entry(part).or_default() += 1;
        for node in Html::parse_document(html).tree.nodes() {
            match node.value() {
                Node::Comment(_) => count("a comment".to_owned()),
                Node::Text(text) if node.parent().is_some_and(|parent| is_raw(parent.value())) => {
                    count(format!("raw text {}", &**text));
                }
                Node::Element(element) => {
                    let mut names: Vec<_> = element.attrs().map(|(name, _)| name).collect();
                    names.sort_unstable();
                    assert!(
                        !names.iter().any(|name| name.starts_with("on")),
                        "{} has {names:?}",
                        element.name()
                    );
                    count(format!("{} {names:?}", element.name()));
                    for (_, address) in element.attrs().filter(|(name, _)| ADDRESSES.contains(name)) {
                        count(format!("{} to {}", element.name(), leads_to(address)));
                    }
                }
                _ => {}
            }
        }
        Shape(parts)
    }

    /// What one has and the other has not.
    fn differs_from(&self, other: &Shape) -> Vec<String> {
        let more = |one: &Shape, other: &Shape, sign: char| -> Vec<String> {
            let differing = one.0.iter().filter(|(part, count)| other.0.get(*part) != Some(count));
            differing.map(|(part, count)| format!("{sign} {count} × {part}")).collect()
        };
        [more(self, other, '+'), more(other, self, '-')].concat()
    }
}

fn is_raw(node: &Node) -> bool {
    node.as_element().is_some_and(|element| ["script", "style", "noscript"].contains(&element.name()))
}

/// Here, or under which scheme elsewhere, as a browser reads an address.
fn leads_to(address: &str) -> String {
    let page = Url::parse("https://okane.example/x/y").unwrap();
    let Ok(place) = page.join(address) else { return "nowhere".to_owned() };
    if place.origin() == page.origin() { "here".to_owned() } else { format!("{} elsewhere", place.scheme()) }
}

/// Percent-encodes everything that is not a letter or a digit.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

/// A place of a request into which text from outside goes, and innocent texts of every kind that is answered otherwise:
/// what is shown differs in shape between them, and between two of one kind it may not.
struct Place {
    method: &'static str,
    /// `{}` stands for the text.
    path: &'static str,
    form: &'static str,
    cookie: &'static str,
    innocents: &'static [&'static str],
}

const fn get(path: &'static str, innocents: &'static [&'static str]) -> Place {
    Place { method: "GET", path, form: "", cookie: "", innocents }
}

const fn post(path: &'static str, form: &'static str, innocents: &'static [&'static str]) -> Place {
    Place { method: "POST", path, form, cookie: "", innocents }
}

const fn cookie(cookie: &'static str) -> Place {
    Place { method: "GET", path: "/sign-in", form: "", cookie, innocents: &["x"] }
}

/// Of somebody signed in.
const PRIVATE: [Place; 27] = [
    get("/people?search={}", &["zebra"]),
    get("/people/{}", &["zebra", "ze/bra", ""]),
    get("/send?to={}", &["zebra"]),
    get("/send?draft={}", &["zebra", "ze bra", ""]),
    get("/send/review?draft={}", &["zebra", "ze bra"]),
    get("/activity?before={}", &["zebra"]),
    get("/add-money?amount={}", &["zebra", "500"]),
    get("/add-money/{}", &["zebra", "ze/bra"]),
    get("/receipts/{}", &["zebra", "ze/bra"]),
    get("/settings/profile?changed={}", &["zebra"]),
    get("/settings/freeze?changed={}", &["zebra"]),
    get("/pictures/{}/x.jpg", &["zebra", "ze/bra"]),
    get("/{}", &["zebra", "ze/bra"]),
    post("/people", "to={}", &["zebra", "@zebra_crossing", "9800099999", "z@b.in"]),
    post("/send", "to={}&amount=x&note=x&key=k", &["zebra", "@zebra_crossing", "9800099999"]),
    post("/send", "to=x&amount={}&note=x&key=k", &["zebra", "5"]),
    post("/send", "to=x&amount=x&note={}&key=k", &["zebra", "ze\u{0}bra"]),
    post("/send", "to=x&amount=x&note=x&key={}", &["zebra", "ze bra"]),
    post("/send", "person={}&to=x&amount=x&note=x&key=k", &["zebra"]),
    post("/send/review", "draft={}", &["zebra", "ze bra"]),
    post("/add-money", "amount={}&bank=deccan&key=k", &["zebra"]),
    post("/add-money", "amount=x&bank={}&key=k", &["zebra", "deccan"]),
    post("/add-money", "amount=x&bank=deccan&key={}", &["zebra", "ze bra"]),
    post("/settings/profile", "handle={}", &["Ze bra", "z", "@ze-bra"]),
    post("/settings/limits", "day={}", &["zebra"]),
    post("/settings/sessions", "end={}", &["zebra"]),
    post("/settings/freeze", "thaw=1&delay={}&confirm=x", &["zebra"]),
];

/// Of nobody.
const OPEN: [Place; 13] = [
    get("/sign-in?next={}", &["zebra", "/zebra"]),
    get("/sign-up?next={}", &["zebra", "/zebra"]),
    get("/sign-in?next=/{}", &["zebra", "/zebra", "ze bra"]),
    post("/sign-in", "identifier={}&password=x&next=", &["zebra"]),
    post("/sign-in", "identifier=x&password=x&next={}", &["zebra", "/zebra"]),
    post("/sign-in", "identifier=x&password=x&next=/{}", &["zebra", "/zebra", "ze bra"]),
    post("/sign-up", "name={}&phone=x&password=x&next=", &["zebra", "12", "ze\u{0}bra"]),
    post("/sign-up", "name=x&phone={}&password=x&next=", &["zebra"]),
    post("/sign-up", "name=x&phone=x&email={}&password=x&next=", &["zebra", "z@b.in"]),
    post("/sign-up", "name=x&phone=x&password=x&next=/{}", &["zebra", "/zebra", "ze bra"]),
    cookie("theme={}"),
    cookie("zone={}"),
    cookie("hide={}"),
];

fn fits_a_cookie(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b';'
}

async fn ask(world: &World, place: &Place, text: &str, person: Option<&Person>) -> Response {
    let path = place.path.replace("{}", &encoded(text));
    let call = world.http.request(place.method.parse().unwrap(), format!("{}{path}", world.origin));
    let call = call.header("accept", "text/html").header("origin", &world.origin);
    let set = (!place.cookie.is_empty()).then(|| place.cookie.replace("{}", text));
    let cookies: Vec<_> = set.into_iter().chain(person.map(|person| person.cookie.clone())).collect();
    let call = call.header("cookie", cookies.join("; "));
    let call =
        if place.method == "POST" { form(call, &place.form.replace("{}", &encoded(text))) } else { call };
    call.send().await.unwrap()
}

fn form(call: RequestBuilder, body: &str) -> RequestBuilder {
    call.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())
}

/// The answer as a page; what is no page is not to be taken for one.
async fn shape(answer: Response, what: &str) -> Option<Shape> {
    assert!(
        answer.status() != StatusCode::TOO_MANY_REQUESTS && !answer.status().is_server_error(),
        "{what}: {}",
        answer.status()
    );
    let headers = answer.headers();
    if let Some(place) = headers.get("location") {
        assert_eq!(leads_to(place.to_str().unwrap()), "here", "{what}");
    }
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let is_page = headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().contains("html"));
    let body = answer.text().await.unwrap();
    is_page.then(|| Shape::of(&body))
}

#[sqlx::test(migrations = "../migrations")]
async fn what_stands_in_addresses_refused_forms_and_cookies_is_shown_as_text(owner: PgPool) {
    let world = World::with(owner, &[("RATE_LIMIT_SCALE", "1000000")]).await;
    let asha = world.person("Asha Rao").await;
    let payloads = payloads();
    let mut pages = 0;
    let private = PRIVATE.iter().map(|place| (place, Some(&asha)));
    for (place, person) in private.chain(OPEN.iter().map(|place| (place, None))) {
        let what = format!("{} {} {}{}", place.method, place.path, place.form, place.cookie);
        let mut innocents = Vec::new();
        for text in place.innocents {
            innocents.extend(shape(ask(&world, place, text, person).await, &what).await);
        }
        let texts = payloads.iter().map(|payload| payload.text.as_str());
        let texts = texts.filter(|text| place.cookie.is_empty() || text.bytes().all(fits_a_cookie));
        let (world, what) = (&world, &what);
        let shown = stream::iter(texts)
            .map(|text| async move { (text, shape(ask(world, place, text, person).await, what).await) });
        for (text, shown) in shown.buffered(AT_ONCE).collect::<Vec<_>>().await {
            let Some(shown) = shown else { continue };
            pages += 1;
            if !innocents.contains(&shown) {
                let nearest = innocents.iter().map(|one| shown.differs_from(one)).min_by_key(Vec::len);
                panic!("{what} with {text:?}: {:#?}", nearest.unwrap_or_default());
            }
        }
    }
    println!("{pages} pages");
    assert!(pages > 1500, "{pages}");
}

/// Two people who have paid each other, and how the first sees it.
struct Pair {
    payer: Person,
    payee: Person,
    /// The payee, by id.
    id: String,
    /// A payment between them.
    receipt: String,
}

impl Pair {
    async fn new(world: &World, owner: &PgPool) -> Self {
        let (payer, payee) = (world.person("Asha Rao").await, world.person("Meera Krishnan").await);
        let pair = Pair { id: String::new(), receipt: String::new(), payer, payee };
        let receipt = pair.pay(world, "key-0", "tea").await;
        let id = sqlx::query_scalar("SELECT id::text FROM users WHERE phone = $1").bind(&pair.payee.phone);
        Pair { id: id.fetch_one(owner).await.unwrap(), receipt, ..pair }
    }

    async fn pay(&self, world: &World, key: &str, note: &str) -> String {
        let body = json!({ "to": self.payee.phone, "amount_minor": 100, "note": note });
        let (status, made) = self.payer.pay(world, key, &body).await;
        assert_eq!(status, StatusCode::CREATED, "{note:?}: {made}");
        made["id"].as_str().unwrap().to_owned()
    }

    /// Fills the form for this person in; answers with where it is shown before it is confirmed.
    async fn draft(&self, world: &World, note: &str) -> String {
        let key = uuid::Uuid::now_v7();
        let body = format!("person={}&amount=1&note={}&key={key}", self.id, encoded(note));
        let call = world.http.post(format!("{}/send", world.origin)).header("cookie", &self.payer.cookie);
        let answer = form(call, &body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{note:?}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Each page on which the payer sees the payee, and the payee themself.
    async fn pages<'a>(&'a self, world: &World, review: &str) -> Vec<(String, Shape)> {
        let theirs = [
            "/home".to_owned(),
            "/activity".to_owned(),
            "/people".to_owned(),
            "/people?search=1".to_owned(),
            format!("/people/{}", self.id),
            "/send".to_owned(),
            format!("/send?to={}", self.id),
            review.to_owned(),
            review.replace("/send/review", "/send"),
            format!("/receipts/{}", self.receipt),
        ];
        let own = ["/home", "/settings/profile"].map(str::to_owned);
        let all = theirs.into_iter().map(|path| (path, &self.payer));
        let all = all.chain(own.into_iter().map(|path| (path, &self.payee)));
        let look = |(path, person): (String, &'a Person)| async move {
            let answer = person.get(world, &path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let shape = shape(answer, &path).await.unwrap();
            (path, shape)
        };
        stream::iter(all).map(look).buffered(AT_ONCE).collect().await
    }
}

fn assert_same(ones: &[(String, Shape)], others: &[(String, Shape)], text: &str) {
    for ((path, shown), (_, innocent)) in ones.iter().zip(others) {
        assert!(shown == innocent, "{path} with {text:?}: {:#?}", shown.differs_from(innocent));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_name_is_shown_as_text_to_everybody_who_sees_it(owner: PgPool) {
    let world = World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "1000000")]).await;
    let (innocent, mallory) = (Pair::new(&world, &owner).await, Pair::new(&world, &owner).await);
    let wanted = innocent.pages(&world, &innocent.draft(&world, "tea").await).await;
    let mut taken = 0;
    for Payload { text, .. } in payloads() {
        let call = world.http.post(format!("{}/settings/profile", world.origin));
        let call = call.header("cookie", &mallory.payee.cookie);
        let answer = form(call, &format!("name={}", encoded(&text))).send().await.unwrap();
        if answer.status() == StatusCode::UNPROCESSABLE_ENTITY {
            continue; // too long, or invisible
        }
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        taken += 1;
        let review = mallory.draft(&world, "tea").await; // it shows whom it was made for
        let pages = mallory.pages(&world, &review).await;
        assert_same(&pages, &wanted, &text);
    }
    assert!(taken > 60, "{taken} names were taken");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_note_is_shown_as_text_to_both_who_see_it(owner: PgPool) {
    let world = World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "1000000")]).await;
    let (innocent, mut mallory) = (Pair::new(&world, &owner).await, Pair::new(&world, &owner).await);
    let receipt = format!("/receipts/{}", innocent.pay(&world, "key-plain", "tea").await);
    let plain = shape(innocent.payer.get(&world, &receipt).await, &receipt).await.unwrap();
    mallory.pay(&world, "key-plain", "tea").await;
    let mut taken = 0;
    for (n, Payload { text, .. }) in payloads().into_iter().enumerate() {
        let is_plain = is_seen(&text);
        let body = json!({ "to": mallory.payee.phone, "amount_minor": 100, "note": text });
        let (status, made) = mallory.payer.pay(&world, &format!("key-{n}-n"), &body).await;
        assert_eq!(status.is_success(), is_plain, "{text:?}: {made}");
        if !is_plain {
            continue;
        }
        taken += 1;
        mallory.receipt = made["id"].as_str().unwrap().to_owned();
        innocent.pay(&world, &format!("key-{n}-n"), "tea").await;
        let receipt = format!("/receipts/{}", mallory.receipt);
        let shown = shape(mallory.payer.get(&world, &receipt).await, &receipt).await.unwrap();
        assert!(shown == plain, "{receipt} with {text:?}: {:#?}", shown.differs_from(&plain));
        if n % 6 > 0 {
            continue; // a page of many notes shows those before it as well
        }
        let wanted = innocent.pages(&world, &innocent.draft(&world, "tea").await).await;
        let pages = mallory.pages(&world, &mallory.draft(&world, &text).await).await;
        assert_same(&pages, &wanted, &text);
        let answer = mallory.payer.get(&world, "/api/v1/activity").await;
        assert_eq!(answer.headers()["content-type"], "application/json", "a program's answer is no page");
    }
    assert!(taken > 60, "{taken} notes were taken");
}

/// An address that is parsed has little that could do harm. So it is written past the parser, as a mistake of ours would.
#[sqlx::test(migrations = "../migrations")]
async fn an_email_address_is_shown_as_text_to_its_owner(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let asha = world.person("Asha Rao").await;
    let look = async |email: &str| {
        sqlx::query("DELETE FROM cooling_offs").execute(&owner).await.unwrap(); // as if days lay between them
        let write = sqlx::query("UPDATE users SET email = lower($1) WHERE phone = $2").bind(email);
        assert_eq!(write.bind(&asha.phone).execute(&owner).await.unwrap().rows_affected(), 1);
        let answer = asha.get(&world, "/settings/profile").await;
        assert_eq!(answer.status(), StatusCode::OK, "{email:?}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("@example.in"), "{email:?} is not there");
        Shape::of(&page)
    };
    let innocent = look("asha@example.in").await;
    for Payload { text, .. } in payloads().iter().filter(|payload| !payload.text.contains('\0')) {
        let shown = look(&format!("{text}@example.in")).await;
        assert!(shown == innocent, "{text:?}: {:#?}", shown.differs_from(&innocent));
    }
}

/// A note has no characters that cannot be seen; whatever breaks a line is a space in it.
fn is_seen(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !c.is_whitespace() || ['\u{202e}', '\u{feff}'].contains(&c))
}

#[test]
fn what_a_payload_would_do_is_seen_by_its_shape() {
    let page = |text: &str| Shape::of(&format!("<!DOCTYPE html><title>t</title><p title=\"x\">{text}</p>"));
    let innocent = page("tea");
    for Payload { text, .. } in payloads().iter().filter(|payload| payload.class == "text") {
        let seen = std::panic::catch_unwind(|| page(text) != innocent).unwrap_or(true);
        assert!(seen, "{text}");
    }
    let attribute = |text: &str| Shape::of(&format!("<!DOCTYPE html><a href=\"{text}\">x</a>"));
    for text in ["javascript:xss=1", "//evil.example", "\" style=\"x"] {
        assert_ne!(attribute(text), attribute("/home"), "{text}");
    }
}
