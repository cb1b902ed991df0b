//! The page where a passkey is made: it was asked for on the page before, and here the device is asked.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Button, NewForm, Wanted, api};
use crate::ui::{
    field::Refused,
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
};

/// `/settings/passkeys/new`
#[component]
pub fn NewPasskeyPage() -> impl IntoView {
    let error = submitted::<NewForm>().map(|refused| refused.error).unwrap_or_default();
    view! {
        <Title text="Add a passkey"/>
        <Private at=Place::Settings>
            {load(api::wanted(), move |wanted| view! { <NewView wanted=wanted error=error.clone()/> })}
        </Private>
    }
}

#[component]
fn NewView(wanted: Option<Wanted>, error: FormError) -> impl IntoView {
    let state = match wanted {
        Some(wanted) => view! { <Make wanted=wanted/> }.into_any(),
        None => view! { <Over was_refused=error != FormError::default()/> }.into_any(),
    };
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <Refused error=error outcome="No passkey was added." fields=&[]/>
            {state}
        </div>
    }
}

#[component]
fn Make(wanted: Wanted) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>{format!("Make “{}”", wanted.name)}</h1>
            <p class="text-soft">
                "Your device asks for your fingerprint, your face or its own PIN, and keeps the passkey. Nothing of these comes to us. This page holds for five minutes."
            </p>
        </div>
        <form class="grid gap-4" method="post" action="/settings/passkeys/new">
            <p class="hidden text-soft noscript:block">
                "Browsers make passkeys by script alone, and script is off here. No passkey was added."
            </p>
            <Button does="create" options=wanted.options class="btn btn-main justify-self-start" word="Make the passkey"/>
            <a class="btn btn-text justify-self-start" href="/settings/passkeys">
                "Not now"
            </a>
        </form>
    }
}

/// There is nothing to go on with.
#[component]
fn Over(was_refused: bool) -> impl IntoView {
    let sentence = (!was_refused)
        .then_some("It was begun more than five minutes ago, or in another browser, or is done already.");
    view! {
        <div class="grid gap-2">
            <h1>"No passkey is being added"</h1>
            <p class="text-soft">{sentence}</p>
        </div>
        <a class="btn btn-main justify-self-start" href="/settings/passkeys">
            "Back to your passkeys"
        </a>
    }
}
