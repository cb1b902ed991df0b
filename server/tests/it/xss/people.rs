//! What people write of themselves and to each other, wherever it is shown.

use futures_util::{StreamExt as _, stream};
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use super::shape::Shape;
use super::{AT_ONCE, Payload, encoded, form, payloads, shape};
use crate::passkey;
use crate::second_factor::browser;
use crate::world::*;

/// The page of passkeys.
const HERE: &str = "/settings/passkeys";

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

#[sqlx::test(migrations = "../migrations")]
async fn what_a_passkey_is_called_is_shown_as_text_to_its_owner(owner: PgPool) {
    let world = World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "1000000")]).await;
    let mut asha = browser(&world, &world.person("Asha Rao").await);
    passkey::add(&mut asha).await;
    let id: String = sqlx::query_scalar("SELECT id::text FROM passkeys").fetch_one(&owner).await.unwrap();
    let mut look = async |name: &str| {
        let renamed = asha.submit(HERE, &format!("rename={id}&name={}", encoded(name))).await;
        if renamed.status() == StatusCode::UNPROCESSABLE_ENTITY {
            return None; // too long, or invisible
        }
        let fields = format!("begin=1&name={}&confirm={PASSWORD}", encoded(name));
        assert_eq!(asha.submit(HERE, &fields).await.status(), StatusCode::SEE_OTHER, "{name:?}");
        let mut pages = Vec::new();
        let asked = ["", "?changed=renamed", &*format!("?rename={id}"), &*format!("?remove={id}"), "/new"];
        for path in
            asked.map(|asked| format!("{HERE}{asked}")).into_iter().chain(["/settings/security".to_owned()])
        {
            let shown = shape(asha.get(&path).await, &path).await.unwrap();
            pages.push((path, shown));
        }
        Some(pages)
    };
    let wanted = look("My phone").await.unwrap();
    let mut taken = 0;
    for Payload { text, .. } in payloads() {
        if let Some(pages) = look(&text).await {
            taken += 1;
            assert_same(&pages, &wanted, &text);
        }
    }
    assert!(taken > 50, "{taken} names were taken");
}

/// A note has no characters that cannot be seen; whatever breaks a line is a space in it.
fn is_seen(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !c.is_whitespace() || ['\u{202e}', '\u{feff}'].contains(&c))
}
