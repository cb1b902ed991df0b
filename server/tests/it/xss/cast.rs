//! Those who ask for pages that are only there in the middle of something.

use sqlx::PgPool;

use super::place::Who;
use crate::access::Belongings;
use crate::openid::provider::{CLIENT, Provider, SECRET};
use crate::openid::visitor::{Visitor, location};
use crate::second_factor::{browser, first_step, turn_on};
use crate::world::{PASSWORD, World};
use crate::{address, passkey};

const NEW_NUMBER: &str = "+919622222222";

/// Everybody, each with the cookie of their session.
pub(super) struct Cast {
    pub(super) belongings: Belongings,
    owner: String,
    changes_email: String,
    signs_up: String,
    first_step: String,
    newcomer: String,
    /// Of whoever signs up.
    attempt: String,
    /// The owner's.
    passkey: String,
}

impl Cast {
    pub(super) async fn new(world: &World, owner: &PgPool) -> Self {
        let belongings = Belongings::new(world, owner).await;
        let mut asha = browser(world, &belongings.owner);
        passkey::add(&mut asha).await;
        asks(&mut asha, "/settings/phone", &format!("phone={NEW_NUMBER}").replace('+', "%2B")).await;

        let mut meera = address::browser(world, &world.person("Meera Krishnan").await.phone).await;
        asks(&mut meera, "/settings/email", "email=meera@example.in").await;

        let mut signs_up = Visitor::new(world);
        let form = format!("name=Ravi&phone=9633333333&email=ravi@example.in&password={PASSWORD}&next=");
        let verify = location(&signs_up.submit("/sign-up", &form).await);

        let farhan = world.person("Farhan Ali").await;
        turn_on(&mut browser(world, &farhan), &farhan.phone).await;
        let (mut first_step, _) = first_step(world, &farhan.phone, PASSWORD).await;
        assert_eq!(location(&first_step.submit("/sign-in/way-back", "ask=1").await), "/sign-in/way-back");

        let mut newcomer = Visitor::new(world);
        assert_eq!(location(&newcomer.come_by_google("").await), "/sign-up/google");
        let passkey = sqlx::query_scalar("SELECT id::text FROM passkeys").fetch_one(owner).await.unwrap();
        Cast {
            belongings,
            owner: asha.cookie,
            changes_email: meera.cookie,
            signs_up: signs_up.cookie,
            first_step: first_step.cookie,
            newcomer: newcomer.cookie,
            attempt: verify.split_once("attempt=").unwrap().1.to_owned(),
            passkey,
        }
    }

    pub(super) fn cookie(&self, who: Who) -> Option<&str> {
        match who {
            Who::Nobody => None,
            Who::Owner => Some(&self.owner),
            Who::ChangesEmail => Some(&self.changes_email),
            Who::SignsUp => Some(&self.signs_up),
            Who::FirstStep => Some(&self.first_step),
            Who::Newcomer => Some(&self.newcomer),
        }
    }

    pub(super) fn fill(&self, text: &str) -> String {
        let text = text.replace("{attempt}", &self.attempt).replace("{passkey}", &self.passkey);
        self.belongings.fill(&text)
    }
}

/// A world with a provider, in which nobody comes too often.
pub(super) async fn world(provider: &Provider, owner: &PgPool) -> World {
    let settings = [
        ("OIDC_ISSUER", provider.issuer.as_str()),
        ("OIDC_CLIENT_ID", CLIENT),
        ("OIDC_CLIENT_SECRET", SECRET),
        ("RATE_LIMIT_SCALE", "1000000"),
    ];
    World::with(owner.clone(), &settings).await
}

async fn asks(visitor: &mut Visitor<'_>, page: &str, form: &str) {
    let asked = visitor.submit(page, &format!("{form}&confirm={PASSWORD}")).await;
    assert_eq!(location(&asked), format!("{page}/code"));
}
