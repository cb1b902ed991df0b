//! How one can sign in: by a password, by Google, by both.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Connected, Refusal, Ways, WaysForm, api};
use crate::ui::{
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    time::{Detail, Time},
};

const HERE: &str = "/settings/google";

/// `/settings/google`
#[component]
pub fn WaysPage() -> impl IntoView {
    let error = submitted::<WaysForm>().map(|refused| refused.error).unwrap_or_default();
    let changed = use_query_map().read_untracked().get("changed").filter(|_| error == FormError::default());
    view! {
        <Title text="Sign in with Google"/>
        <Private at=Place::Settings>
            {load(
                api::ways(),
                move |ways| view! { <WaysView ways=ways error=error.clone() changed=changed.clone()/> },
            )}
        </Private>
    }
}

#[component]
fn WaysView(ways: Ways, error: FormError, changed: Option<String>) -> impl IntoView {
    let Ways { has_password, google } = ways;
    let refused = error.clone();
    let state = match google {
        None => view! { <Connect error=error/> }.into_any(),
        Some(google) if has_password => view! {
            <Account google=google/>
            <Disconnect error=error/>
        }
        .into_any(),
        Some(google) => view! {
            <Account google=google/>
            <p class="text-soft">"It is your only way to sign in, so it stays connected."</p>
        }
        .into_any(),
    };
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Sign in with Google"</h1>
                <p class="text-soft">
                    "A Google account that you connect opens your wallet as your password does. Connecting or disconnecting it signs you out everywhere else."
                </p>
            </div>
            <Refused error=refused outcome="Nothing was changed." fields=&[("confirm", "Your password")]/>
            <Refusal/>
            {changed.and_then(|what| done(&what)).map(|sentence| view! { <Done sentence=sentence/> })}
            {state}
        </div>
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "connected" => Some("Your Google account is connected. You can sign in with it from now on."),
        "disconnected" => Some("Your Google account is disconnected. It opens nothing here any more."),
        _ => None,
    }
}

#[component]
fn Done(sentence: &'static str) -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{sentence}</p>
                <p class="text-14">"You are signed in here and nowhere else."</p>
            </Note>
        </div>
    }
}

/// Which account it is.
#[component]
fn Account(google: Connected) -> impl IntoView {
    view! {
        <div class="grid gap-0.5 border-y border-line py-4">
            <p class="font-[620]">{google.email.unwrap_or_else(|| "A Google account".to_owned())}</p>
            <p class="text-14 text-soft">"Connected " <Time at=google.since show=Detail::Within/></p>
        </div>
    }
}

#[component]
fn Connect(error: FormError) -> impl IntoView {
    view! {
        <form class="grid gap-4" method="post" action=HERE novalidate>
            <input type="hidden" name="connect" value="1"/>
            <Password error=error/>
            <button class="btn btn-main justify-self-start" type="submit">
                "Connect Google"
            </button>
        </form>
    }
}

#[component]
fn Disconnect(error: FormError) -> impl IntoView {
    view! {
        <form class="grid gap-4" method="post" action=HERE novalidate>
            <input type="hidden" name="disconnect" value="1"/>
            <Password error=error/>
            <button class="btn justify-self-start" type="submit">
                "Disconnect Google"
            </button>
        </form>
    }
}

/// Asked for in any case: whoever finds a page open does not take the wallet with them.
#[component]
fn Password(error: FormError) -> impl IntoView {
    view! {
        <Field
            name="confirm"
            label="Your password"
            kind="password"
            value=""
            error=error
            autocomplete="current-password"
        />
    }
}
