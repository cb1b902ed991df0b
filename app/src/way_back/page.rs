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
                            Standing::Blank { has_email } => view! { <Blank has_email=has_email error=error/> }.into_any(),
                            Standing::Asked { has_email } => {
                                view! { <Asked has_email=has_email is_sent=is_sent error=error/> }.into_any()
                            }
                            Standing::Waits { until } => view! { <Waits until=until error=error/> }.into_any(),
                            Standing::Ready => view! { <Ready error=error/> }.into_any(),
                        }
                    },
                )}
            </div>
        </Public>
    }
}

#[component]
fn Blank(has_email: bool, error: FormError) -> impl IntoView {
    let codes = match has_email {
        true => "a code to your phone number and another to your email",
        false => "a code to your phone number",
    };
    view! {
        <div class="grid gap-2">
            <h1>"Sign in without the app"</h1>
            <p class="text-soft">
                "If you have lost both the app and your recovery codes, your second step can be turned off. It takes days, so that nobody else does it unseen."
            </p>
        </div>
        <Refused error=error outcome="No code was sent." fields=&[]/>
        <ol class="grid list-inside list-decimal gap-2">
            <li>{format!("We send {codes}.")}</li>
            <li>"You wait 7 days. We tell you on every way we have. You, or anybody who is signed in to your wallet, can end it at any time."</li>
            <li>"You sign in again and turn the second step off. For 24 hours after that at most a small amount leaves your wallet."</li>
        </ol>
        <form class="grid" method="post" action=HERE>
            <input type="hidden" name="ask" value="1"/>
            <button class="btn btn-main w-full" type="submit">
                "Send the codes"
            </button>
        </form>
        <p class="text-14 text-soft">
            "Found your phone or a recovery code? " <a href="/sign-in/code">"Enter a code"</a>
        </p>
    }
}

#[component]
fn Asked(has_email: bool, is_sent: bool, error: FormError) -> impl IntoView {
    let to = if has_email { "your phone number and another to your email" } else { "your phone number" };
    let email = has_email.then(|| {
        view! { <Code name="email_code" label="Code from your email" error=error.clone()/> }
    });
    view! {
        <div class="grid gap-2">
            <h1>{if has_email { "Enter both codes" } else { "Enter the code" }}</h1>
            <p class="text-soft">{format!("We sent a message to {to}. The wait begins with this. It holds until ten minutes after you began to sign in.")}</p>
            <InboxHint/>
        </div>
        {is_sent.then(|| view! { <SentAgain/> })}
        <form class="grid gap-6" method="post" action=HERE novalidate>
            <Refused error=error.clone() outcome="The wait has not begun." fields=FIELDS/>
            <input type="hidden" name="begin" value="1"/>
            <Code name="phone_code" label="Code from your phone number" error=error/>
            {email}
            <button class="btn btn-main w-full" type="submit">
                "Begin the wait"
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
        <Refused error=error outcome="Your second step is on as before." fields=&[]/>
        <Note tone=Tone::Held>
            <p class="font-[620]">{format!("You can turn your second step off from {}.", Clock::here().within(until))}</p>
            <p class="text-14">"Come back then and sign in again: this page has the button. It stays there for a week."</p>
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
fn Ready(error: FormError) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"The wait is over"</h1>
            <p class="text-soft">
                "You can turn your second step off now. Your app’s key and your recovery codes are worth nothing from then on, you are signed out everywhere else, and for 24 hours at most a small amount leaves your wallet."
            </p>
        </div>
        <Refused error=error outcome="Your second step is on as before." fields=&[]/>
        <form class="grid" method="post" action=HERE>
            <input type="hidden" name="take" value="1"/>
            <button class="btn btn-main w-full" type="submit">
                "Turn it off and sign in"
            </button>
        </form>
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
