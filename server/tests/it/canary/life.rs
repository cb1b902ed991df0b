//! What somebody does with their account from its first day on: every way in, and every change of one.

use serde_json::Value;
use uuid::Uuid;

use super::cage::Cage;
use super::traveller::Traveller;
use super::{NEWER, RESET, WRONG};
use crate::authenticator::{Authenticator, PRESENT, VERIFIED};
use crate::mail::Mail;
use crate::openid::provider::{Manner, Provider};
use crate::passkey::{ORIGIN, form, options};
use crate::world::PASSWORD;

/// What is secret of it besides what is sent and what the provider gave out.
#[derive(Default)]
pub struct Traces {
    /// What devices have said, once each.
    pub answers: Vec<String>,
    /// What they were asked: it stands in the page that asks, and in the question that waits.
    pub challenges: Vec<String>,
}

/// The whole of it. Each round has a number and an address of its own, and changes the one or the other.
pub async fn life(cage: &mut Cage, round: usize) -> Traces {
    let (mail, provider) = (cage.mail.clone(), cage.provider.clone());
    let (phone, email) = (format!("+91960000000{round}"), format!("mira{round}@example.in"));
    let mut traces = Traces::default();
    let mut mira = cage.traveller("");
    signs_up(&mut mira, &mail, &phone, &email).await;
    let change = |current: &str, new: &str| format!("confirm={current}&password={new}");
    for (current, new) in [(WRONG, NEWER), (PASSWORD, "short"), ("", NEWER)] {
        mira.submit("/settings/password", &change(current, new)).await;
    }
    let changed = mira.submit("/settings/password", &change(PASSWORD, NEWER)).await;
    assert_eq!(changed, "/settings/password?changed=1");
    connects_google(&mut mira, &provider, round).await;
    uses_a_passkey(&mut mira, &mut traces).await;
    let (kind, from, to) = match round {
        0 => ("phone", phone.clone(), format!("+91961000000{round}")),
        _ => ("email", email, format!("mira-{round}@example.in")),
    };
    moves(&mut mira, &mail, kind, &from, &to).await;
    forgets(&mut mira, &mail, &phone).await;
    traces
}

/// By the page, with a code that went to the other end, and then as it should be.
async fn signs_up(mira: &mut Traveller<'_>, mail: &Mail, phone: &str, email: &str) {
    let fields =
        [("name", "Mira Sen"), ("phone", phone), ("email", email), ("password", PASSWORD), ("next", "")];
    let led = mira.submit("/sign-up", &form(&fields)).await;
    mira.get(&led).await;
    let attempt = led.split_once('?').unwrap().1;
    let (code, other) = (mail.code(phone).await, mail.code(email).await);
    mira.submit(&led, &format!("{attempt}&code={other}&email_code={code}")).await;
    assert_eq!(mira.submit(&led, &format!("{attempt}&code={code}&email_code={other}")).await, "/home");
    mira.get("/settings/security").await;
}

/// Connects an account at the provider and comes by it, also while the provider talks rubbish, and with what it was given
/// before.
async fn connects_google(mira: &mut Traveller<'_>, provider: &Provider, round: usize) {
    provider.change(move |claims| claims["sub"] = format!("subject-{round}").into());
    let back = mira.leave("/settings/google", &form(&[("connect", "1"), ("confirm", NEWER)])).await;
    assert_eq!(mira.get(&back).await, "/settings/google?changed=connected");
    mira.get("/settings/google").await;
    for manner in [Manner::Garbage, Manner::Broken, Manner::Sound] {
        let mut there = mira.other();
        let back = there.leave("/sign-in/google", "next=").await;
        provider.told().manner = manner;
        let led = there.get(&back).await;
        assert_eq!(led == "/home", manner == Manner::Sound, "{led}");
        there.get(&led).await;
        there.get(&back).await;
        let (code, _) = back.split_once('&').unwrap();
        there.get(&format!("{code}&state={}", Uuid::new_v4())).await;
        provider.told().manner = Manner::Sound;
    }
}

/// Adds a passkey and signs in by it: when it has seen nobody, as it should be, and once more.
async fn uses_a_passkey(mira: &mut Traveller<'_>, traces: &mut Traces) {
    let fields = [("begin", "1"), ("name", "My phone"), ("confirm", NEWER)];
    let led = mira.submit("/settings/passkeys", &form(&fields)).await;
    let asked = options(&mira.get(&led).await);
    let (mut device, made) = Authenticator::make(&asked, ORIGIN);
    traces.of(&asked, &made);
    let added = mira.submit(&led, &form(&[("passkey", &made.to_string())])).await;
    assert_eq!(added, "/settings/passkeys?changed=added");
    for flags in [PRESENT, PRESENT | VERIFIED] {
        let mut there = mira.other();
        let asked: String = serde_json::from_str(&there.submit("/fn/sign_in/passkey", "").await).unwrap();
        let asked = serde_json::from_str(&asked).unwrap();
        device.flags = flags;
        let answer = device.answer(&asked);
        traces.of(&asked, &answer);
        let answer = form(&[("passkey", &answer.to_string()), ("next", "")]);
        let led = there.submit("/sign-in", &answer).await;
        assert_eq!(led == "/home", flags == PRESENT | VERIFIED);
        there.submit("/sign-in", &answer).await;
    }
}

/// Another number or address, by codes that went to the other end, then as they should be; and undoes it.
async fn moves(mira: &mut Traveller<'_>, mail: &Mail, kind: &str, from: &str, to: &str) {
    let (page, codes) = (format!("/settings/{kind}"), format!("/settings/{kind}/code"));
    mira.submit(&page, &form(&[(kind, to), ("confirm", WRONG)])).await;
    assert_eq!(mira.submit(&page, &form(&[(kind, to), ("confirm", NEWER)])).await, codes);
    mira.get(&codes).await;
    let (here, there) = (mail.code(from).await, mail.code(to).await);
    mira.submit(&codes, &format!("from_code={there}&to_code={here}")).await;
    let moved = mira.submit(&codes, &format!("from_code={here}&to_code={there}")).await;
    assert_eq!(moved, format!("{page}?changed=changed"));
    let token = mail.token(from, "/undo-change").await;
    mira.other().open("/undo-change", &token).await;
}

/// Another password by a code, and signs in with it.
async fn forgets(mira: &mut Traveller<'_>, mail: &Mail, phone: &str) {
    let led = mira.submit("/forgotten", &form(&[("identifier", phone)])).await;
    mira.get(&led).await;
    let (_, attempt) = led.split_once('?').unwrap();
    let code = mail.code(phone).await;
    for (code, password) in [(&*code, "short"), ("12", RESET)] {
        mira.submit(&led, &format!("{attempt}&code={code}&password={password}")).await;
    }
    let chosen = mira.submit(&led, &format!("{attempt}&code={code}&password={RESET}")).await;
    assert_eq!(chosen, "/sign-in?changed=password");
    let fields = [("identifier", phone), ("password", RESET), ("next", "")];
    assert_eq!(mira.submit("/sign-in", &form(&fields)).await, "/home");
}

impl Traces {
    fn of(&mut self, asked: &Value, answer: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.challenges.extend(text(&asked["challenge"]));
        let said = ["clientDataJSON", "signature", "attestationObject"].map(|name| &answer["response"][name]);
        self.answers.extend(said.into_iter().filter_map(text));
    }

    /// Both together.
    pub fn and(mut self, other: Traces) -> Traces {
        self.answers.extend(other.answers);
        self.challenges.extend(other.challenges);
        self
    }
}
