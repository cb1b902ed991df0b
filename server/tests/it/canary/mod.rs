//! Secrets and what is personal, put through every road of the program and through what goes wrong on the way, and then
//! looked for wherever they have no business: in the log at its most talkative, in metrics, in Redis, in Postgres, in
//! answers, in addresses, and in what any process of the machine can see of ours.

mod cage;
mod life;
mod place;
mod roads;
mod start;
mod traveller;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use cage::Cage;
use life::{Traces, life};
use place::{Place, everything_in_postgres};
use reqwest::StatusCode;
use roads::{all_roads, second_steps, way_back};
use serde_json::json;
use sqlx::PgPool;

use crate::openid::provider::SECRET as CLIENT_SECRET;
use crate::second_factor::{Factor, browser, turn_on};
use crate::world::*;

const PIN: &str = "738416";
const WRONG_PIN: &str = "738419";
const WRONG: &str = "canary-wrong-password-7b1e";
const NEWER: &str = "canary-newer-password-4f0a";
const RESET: &str = "canary-reset-password-77b2";
const DATABASE: &str = "canary-database-password-c90d";
const REDIS: &str = "canary-redis-password-e2d8";
const MAIL: &str = "canary-mail-password-06fc";
const KEY: &str = "canary-key-51d2";
const NOTE: &str = "canary-note-88aa";

#[sqlx::test(migrations = "../migrations")]
async fn no_secret_is_found_where_it_has_no_business_whatever_goes_wrong(owner: PgPool) {
    let mut cage = Cage::new(&owner).await;
    let (asha, vikram) = (cage.world.person("Canary Aviary").await, cage.world.person("Vikram Shah").await);
    let rohan = cage.world.person("Rohan Das").await;
    let factor = turn_on(&mut browser(&cage.world, &rohan), &rohan.phone).await;
    all_roads(&mut cage, &asha, &vikram, 0).await;
    second_steps(&mut cage, &rohan, &factor, 0).await;
    way_back(&mut cage, &rohan).await;
    let traces = life(&mut cage, 0).await;
    // A row that Postgres refuses is shown whole in the details of its error.
    let refuse =
        "ALTER TABLE transfers ADD CONSTRAINT canary CHECK (note NOT LIKE 'canary-refused%') NOT VALID";
    sqlx::query(refuse).execute(&owner).await.unwrap();
    let refused =
        json!({ "to": vikram.phone, "amount_minor": 1_00, "note": format!("canary-refused {NOTE}") });
    let (status, _) = cage.call(&asha, "/api/v1/transfers", &format!("{KEY}-refused"), &refused).await;
    assert!(status.is_server_error(), "{status}");
    let cached = cage.everything_in_redis().await;
    assert!(cached.contains("Canary Aviary"), "what is cached was found");
    cage.lose_redis();
    all_roads(&mut cage, &asha, &vikram, 1).await;
    second_steps(&mut cage, &rohan, &factor, 1).await;
    way_back(&mut cage, &rohan).await;
    let traces = traces.and(life(&mut cage, 1).await);
    cage.lose_postgres();
    let (status, _) = cage.get(&asha, "/home").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    all_roads(&mut cage, &asha, &vikram, 2).await;
    second_steps(&mut cage, &rohan, &factor, 2).await;
    cage.everything_again().await;

    let secrets = Secrets::of(&cage, &owner, &asha, &factor, &traces).await;
    let log = cage.world.log();
    assert!(log.contains("a request failed") && log.lines().count() > 100, "it has something to tell: {log}");
    let process = std::fs::read(format!("/proc/{}/cmdline", cage.world.program.pid())).unwrap();
    let process = String::from_utf8_lossy(&process).into_owned();
    let mut found = Vec::new();
    for (name, text) in [("the log", log), ("metrics", cage.metrics().await), ("the command line", process)] {
        let place = Place::new(name, &text);
        for secrets in secrets.all() {
            found.extend(place.finds(secrets));
        }
        found.extend(place.finds(&[KEY, NOTE, "Canary", "mira0@", "mira1@", &asha.phone[3..]]));
    }
    for answer in &cage.heard.answers {
        let place = Place::new("an answer", answer);
        found.extend(place.finds(&secrets.kept_nowhere));
        found.extend(place.finds(&secrets.of_the_bank));
        found.extend(place.finds(&[KEY]));
        for token in &secrets.of_links {
            // But for the page that its link opens, which carries it on in its form, and knows where it is.
            let (form, here) = (format!("name=\"token\" value=\"{token}\""), format!("?token={token}\""));
            let rest = answer.replace(&form, "").replace(&here, "");
            found.extend(Place::new("an answer", &rest).finds(&[token]));
        }
    }
    let place = Place::new("Redis", &cached);
    for secrets in secrets.all() {
        found.extend(place.finds(secrets));
    }
    found.extend(place.finds(&[KEY]));
    let rows = everything_in_postgres(&owner).await;
    assert!(rows.contains(KEY) && rows.contains("$argon2id$"), "what is kept was found");
    let place = Place::new("Postgres", &rows);
    found.extend(place.finds(&secrets.kept_nowhere));
    found.extend(place.finds(&secrets.of_links));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What is looked for.
struct Secrets {
    /// Nothing of it is kept as it is, and nobody is answered with it.
    kept_nowhere: Vec<String>,
    /// Stand in the page that their link opens.
    of_links: Vec<String>,
    /// What the bank's pages are named by is kept.
    of_the_bank: Vec<String>,
    /// What devices were asked stands in the page that asks, and in the question that waits.
    asked: Vec<String>,
}

impl Secrets {
    async fn of(cage: &Cage, owner: &PgPool, asha: &Person, factor: &Factor, traces: &Traces) -> Self {
        let session = asha.cookie.split_once('=').unwrap().1;
        let id = BASE64_URL_SAFE_NO_PAD.decode(session).unwrap();
        let id = i128::from_le_bytes(id.try_into().unwrap()); // as a session's id prints itself for programmers
        let mail_sign_in = BASE64_STANDARD.encode(format!("\0okane\0{MAIL}")); // as SMTP says it
        let fixed = [
            PIN,
            WRONG_PIN,
            PASSWORD,
            WRONG,
            NEWER,
            RESET,
            DATABASE,
            REDIS,
            MAIL,
            SECRET,
            CLIENT_SECRET,
            session,
            &id.to_string(),
            &factor.key,
            &mail_sign_in,
        ];
        let mut kept_nowhere = fixed.map(str::to_owned).to_vec();
        for code in &factor.codes {
            kept_nowhere.extend([code.clone(), code.replace('-', "")]);
        }
        let (codes, of_links) = cage.mail.secrets();
        let provider = cage.provider.secrets().into_iter().filter(|secret| !secret.is_empty());
        assert!(codes.len() > 15 && of_links.len() >= 4, "{} codes, {} links", codes.len(), of_links.len());
        kept_nowhere.extend(codes.into_iter().chain(provider));
        kept_nowhere.extend(traces.answers.iter().chain(&cage.heard.cookies).cloned());
        let of_the_bank: Vec<String> =
            sqlx::query_scalar("SELECT token FROM on_ramps").fetch_all(owner).await.unwrap();
        assert!(of_the_bank.len() >= 2 && traces.challenges.len() == 6 && cage.heard.cookies.len() > 10);
        Secrets { kept_nowhere, of_links, of_the_bank, asked: traces.challenges.clone() }
    }

    fn all(&self) -> [&Vec<String>; 4] {
        [&self.kept_nowhere, &self.of_links, &self.of_the_bank, &self.asked]
    }
}
