//! The way back, one step after the other.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Standing, WayBackForm, api};
use crate::ui::{
    code::{InboxHint, SentAgain},
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::Public,
    load::load,
    note::{Note, Tone},
    time::Clock,
};

const HERE: &str = "/sign-in/way-back";
const STAYS_ON: &str = "Your second step is on as before.";
const FIELDS: &[(&str, &str)] =
    &[("phone_code", "Code from your phone number"), ("email_code", "Code from your email")];

/// `/sign-in/way-back`
#[component]
pub fn WayBackPage() -> impl IntoView {
    let error = submitted::<WayBackForm>().map(|refused| refused.error).unwrap_or_default();
    let is_sent = use_query_map().read_untracked().get("sent").is_some() && error == FormError::default();
    view! {
        <Title text="Without the app"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                {load(
                    api::standing(),
                    move |standing| {
                        let error = error.clone();
                        match standing {
                            Standing::Over => view! { <Over error=error/> }.into_any(),
                            Standing::Codes { has_email, are_sent: true, has_waited } => {
                                view! { <Asked has_email=has_email has_waited=has_waited is_sent=is_sent error=error/> }.into_any()
                            }
                            Standing::Codes { has_email, has_waited: true, .. } => {
                                view! { <Ready has_email=has_email error=error/> }.into_any()
                            }
                            Standing::Codes { has_email, .. } => {
                                view! { <Blank has_email=has_email error=error/> }.into_any()
                            }
                            Standing::Cooling { until } => view! { <Cooling until=until error=error/> }.into_any(),
                            Standing::Waits { until } => view! { <Waits until=until error=error/> }.into_any(),
                        }
                    },
                )}
            </div>
        </Public>
    }
}

#[component]
fn Blank(has_email: bool, error: FormError) -> impl IntoView {
    view! {
        <Introduction/>
        <Refused error=error outcome="No code was sent." fields=&[]/>
        <ol class="grid list-inside list-decimal gap-2">
            <li>{format!("We send {}.", codes(has_email))}</li>
            <li>"You wait 7 days. We tell you on every way we have. You, or anybody who is signed in to your wallet, can end it at any time."</li>
            <li>"You sign in again and turn the second step off, with codes that we send then. For 24 hours after that at most a small amount leaves your wallet."</li>
        </ol>
        <Send has_email=has_email/>
        <Found/>
    }
}

/// What this is for.
#[component]
fn Introduction() -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"Sign in without the app"</h1>
            <p class="text-soft">
                "If you have lost both the app and your recovery codes, your second step can be turned off. It takes days, so that nobody else does it unseen."
            </p>
        </div>
    }
}

fn codes(has_email: bool) -> &'static str {
    match has_email {
        true => "a code to your phone number and another to your email",
        false => "a code to your phone number",
    }
}

#[component]
fn Send(has_email: bool) -> impl IntoView {
    view! {
        <form class="grid" method="post" action=HERE>
            <input type="hidden" name="ask" value="1"/>
            <button class="btn btn-main w-full" type="submit">
                {if has_email { "Send the codes" } else { "Send the code" }}
            </button>
        </form>
    }
}

#[component]
fn Found() -> impl IntoView {
    view! {
        <p class="text-14 text-soft">
            "Found your phone or a recovery code? " <a href="/sign-in/code">"Enter a code"</a>
        </p>
    }
}

#[component]
fn Cooling(until: Timestamp, error: FormError) -> impl IntoView {
    view! {
        <Introduction/>
        <Refused error=error outcome="No code was sent." fields=&[]/>
        <Note tone=Tone::Held>
            <p class="font-[620]">{format!("You can begin this from {}.", Clock::here().within(until))}</p>
            <p class="text-14">"Your password, phone number or email was changed lately, and somebody else may have changed it. Come back then and sign in again."</p>
        </Note>
        <Found/>
    }
}

#[component]
fn Asked(has_email: bool, has_waited: bool, is_sent: bool, error: FormError) -> impl IntoView {
    let (errand, outcome, name, button) = match has_waited {
        true => ("This turns your second step off.", STAYS_ON, "take", "Turn it off and sign in"),
        false => ("The wait begins with this.", "The wait has not begun.", "begin", "Begin the wait"),
    };
    let email = has_email.then(|| {
        view! { <Code name="email_code" label="Code from your email" error=error.clone()/> }
    });
    view! {
        <div class="grid gap-2">
            <h1>{if has_email { "Enter both codes" } else { "Enter the code" }}</h1>
            <p class="text-soft">{format!("We sent {}. {errand} It holds until ten minutes after you began to sign in.", codes(has_email))}</p>
            <InboxHint/>
        </div>
        {is_sent.then(|| view! { <SentAgain/> })}
        <form class="grid gap-6" method="post" action=HERE novalidate>
            <Refused error=error.clone() outcome=outcome fields=FIELDS/>
            <input type="hidden" name=name value="1"/>
            <Code name="phone_code" label="Code from your phone number" error=error/>
            {email}
            <button class="btn btn-main w-full" type="submit">
                {button}
            </button>
        </form>
        <form class="flex flex-wrap items-center gap-x-3" method="post" action=HERE>
            <input type="hidden" name="ask" value="again"/>
            <p class="text-14 text-soft">"Nothing came?"</p>
            <button class="btn btn-text btn-s px-2" type="submit">
                "Send new codes"
            </button>
        </form>
    }
}

#[component]
fn Code(name: &'static str, label: &'static str, error: FormError) -> impl IntoView {
    view! {
        <Field
            name=name
            label=label
            value=""
            error=error
            autocomplete="one-time-code"
            inputmode="numeric"
            maxlength=16
        />
    }
}

#[component]
fn Waits(until: Timestamp, error: FormError) -> impl IntoView {
    view! {
        <h1>"The wait has begun"</h1>
        <Refused error=error outcome=STAYS_ON fields=&[]/>
        <Note tone=Tone::Held>
            <p class="font-[620]">{format!("You can turn your second step off from {}.", Clock::here().within(until))}</p>
            <p class="text-14">"Come back then and sign in again: we then send codes once more. There is a week’s time for it."</p>
        </Note>
        <p class="text-soft">
            "We have told you of it, with a link that ends it. Signing in with a code or a passkey ends it too, and so does a new password."
        </p>
        <a class="btn justify-self-start" href="/sign-in/code">
            "Enter a code instead"
        </a>
    }
}

#[component]
fn Ready(has_email: bool, error: FormError) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"The wait is over"</h1>
            <p class="text-soft">
                {format!("You can turn your second step off now: we send {}. Your app’s key and your recovery codes are worth nothing from then on, you are signed out everywhere else, and for 24 hours at most a small amount leaves your wallet.", codes(has_email))}
            </p>
        </div>
        <Refused error=error outcome=STAYS_ON fields=&[]/>
        <Send has_email=has_email/>
        <Found/>
    }
}

/// There is no first step to go on from.
#[component]
fn Over(error: FormError) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"This sign-in is over"</h1>
            <p class="text-soft">
                "It holds for ten minutes, in one browser. A wait that has begun goes on. You are not signed in. Sign in again."
            </p>
        </div>
        <Refused error=error outcome="Nothing was changed." fields=&[]/>
        <a class="btn btn-main justify-self-start" href="/sign-in">
            "Sign in"
        </a>
    }
}
