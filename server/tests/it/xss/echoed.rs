//! What stands in addresses, in forms that are refused and in cookies, wherever a page shows it again.

use futures_util::{StreamExt as _, stream};
use reqwest::{Response, StatusCode};
use sqlx::PgPool;

use super::cast::{Cast, world};
use super::place::{Place, Who};
use super::places::places;
use super::shape::Shape;
use super::{AT_ONCE, encoded, form, payloads, shape};
use crate::access::PAGES;
use crate::openid::provider::Provider;
use crate::world::*;

fn fits_a_cookie(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b';'
}

async fn ask(world: &World, cast: &Cast, place: &Place, text: &str) -> Response {
    let path = cast.fill(place.path).replace("{}", &encoded(text));
    let call = world.http.request(place.method.parse().unwrap(), format!("{}{path}", world.origin));
    let call = call.header("accept", "text/html").header("origin", &world.origin);
    let set = (!place.cookie.is_empty()).then(|| place.cookie.replace("{}", text));
    let cookies: Vec<_> = set.into_iter().chain(cast.cookie(place.who).map(str::to_owned)).collect();
    let call = call.header("cookie", cookies.join("; "));
    let call = match place.method {
        "POST" => form(call, &cast.fill(place.form).replace("{}", &encoded(text))),
        _ => call,
    };
    call.send().await.unwrap()
}

/// Puts everything there, or, where nothing is shown of it, a payload of each class; how many pages that was.
async fn shows_text(world: &World, cast: &Cast, place: &Place) -> usize {
    let what = &place.name();
    let mut innocents = Vec::new();
    for text in place.innocents {
        innocents.extend(shape(ask(world, cast, place, text).await, what).await);
    }
    let mut payloads = payloads();
    if place.is_quiet {
        payloads.dedup_by(|one, before| one.class == before.class);
    }
    let texts = payloads.iter().map(|payload| payload.text.as_str());
    let texts = texts.filter(|text| place.cookie.is_empty() || text.bytes().all(fits_a_cookie));
    let shown = stream::iter(texts)
        .map(|text| async move { (text, shape(ask(world, cast, place, text).await, what).await) });
    let shown: Vec<_> = shown.buffered(AT_ONCE).collect().await;
    let pages = shown.into_iter().filter_map(|(text, shown)| Some((text, shown?)));
    pages.inspect(|(text, shown)| assert_like_one_of(&innocents, shown, text, what)).count()
}

fn assert_like_one_of(innocents: &[Shape], shown: &Shape, text: &str, what: &str) {
    if !innocents.contains(shown) {
        let nearest = innocents.iter().map(|one| shown.differs_from(one)).min_by_key(Vec::len);
        panic!("{what} with {text:?}: {:#?}", nearest.unwrap_or_default());
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_stands_in_addresses_refused_forms_and_cookies_is_shown_as_text(owner: PgPool) {
    let provider = Provider::new().await;
    let world = world(&provider, &owner).await;
    let cast = Cast::new(&world, &owner).await;
    let mut loud = Vec::new();
    for place in places().filter(|place| place.is_quiet && place.method == "POST") {
        let page = ask(&world, &cast, place, "quietzebra").await.text().await.unwrap();
        loud.extend(page.contains("quietzebra").then(|| place.name()));
    }
    assert!(loud.is_empty(), "these show what they say they do not: {loud:#?}");
    let mut pages = 0;
    for place in places() {
        pages += shows_text(&world, &cast, place).await;
    }
    println!("{pages} pages");
    assert!(pages > 3000, "{pages}");
}

/// Pages carry their own address about: in forms that come back to them, for one.
#[sqlx::test(migrations = "../migrations")]
async fn every_page_shows_its_own_address_as_text(owner: PgPool) {
    let provider = Provider::new().await;
    let world = world(&provider, &owner).await;
    let cast = Cast::new(&world, &owner).await;
    for (_, path, _, answers) in PAGES.iter().filter(|(method, ..)| *method == "GET") {
        let who = if answers[0] == 200 { Who::Nobody } else { Who::Owner };
        let joint = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{joint}{{}}={{}}").leak();
        let innocents = &["zebra", "ze bra"];
        // All pages carry it in the same way, so that not all of them need to be shown everything.
        let is_quiet = !matches!(&*path, "/sign-in?{}={}" | "/home?{}={}");
        let place = Place { who, method: "GET", path, form: "", cookie: "", innocents, is_quiet };
        let pages = shows_text(&world, &cast, &place).await;
        let is_page =
            answers[2] == StatusCode::OK.as_u16() && !path.starts_with("/pictures") || who == Who::Nobody;
        assert!(!is_page || pages >= 7, "{path}: {pages}");
    }
}
