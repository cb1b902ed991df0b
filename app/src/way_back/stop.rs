//! "This was not me": the page that ends a wait. Opening it changes nothing.

use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{StopForm, api};
use crate::ui::{
    field::Refused,
    form::{FormError, submitted},
    layout::Public,
    load::load,
    note::{Note, Tone},
    time::Clock,
};

/// `/stop-way-back?token=…`
#[component]
pub fn StopWayBackPage() -> impl IntoView {
    let query = use_query_map().read_untracked();
    let (form, error) = match submitted::<StopForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (StopForm { token: query.get("token").unwrap_or_default() }, FormError::default()),
    };
    let done = query.get("done").is_some();
    let token = form.token.clone();
    view! {
        <Title text="Keep the second step"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                {if done {
                    view! { <Done/> }.into_any()
                } else {
                    load(
                        api::stoppable(token),
                        move |found| match found {
                            Some(until) => {
                                view! { <Stop until=until token=form.token.clone() error=error.clone()/> }.into_any()
                            }
                            None => view! { <Over error=error.clone()/> }.into_any(),
                        },
                    )
                }}
            </div>
        </Public>
    }
}

#[component]
fn Stop(until: Timestamp, token: String, error: FormError) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"Keep the second step"</h1>
            <p class="text-soft">
                {format!(
                    "Somebody who can take the first step of signing in as you says that your app and your recovery codes are lost. From {} they can turn your second step off.",
                    Clock::here().within(until),
                )}
            </p>
        </div>
        <form class="grid gap-6" method="post" action="/stop-way-back">
            <Refused error=error outcome="Nothing was changed." fields=&[]/>
            <input type="hidden" name="token" value=token/>
            <button class="btn btn-main w-full" type="submit">
                "End this and keep my second step"
            </button>
        </form>
        <p class="text-14 text-soft">"It was you? Then there is nothing to do here."</p>
    }
}

#[component]
fn Done() -> impl IntoView {
    view! {
        <h1>"It is ended"</h1>
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">"Your second step is on as before."</p>
                <p class="text-14">"This wait is ended."</p>
            </Note>
        </div>
        <p class="text-soft">"Whoever asked for it can take the first step of signing in as you, and reads what is sent to you. Choose a new password, and look at your Google account if it is connected."</p>
        <a class="btn btn-main w-full" href="/forgotten">
            "Choose a new password"
        </a>
    }
}

#[component]
fn Over(error: FormError) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"This link is over"</h1>
            <p class="text-soft">"What it would have ended was ended already, or is over."</p>
        </div>
        <Refused error=error outcome="Nothing was changed." fields=&[]/>
        <div class="btns">
            <a class="btn btn-main" href="/forgotten">
                "Choose a new password"
            </a>
            <a class="btn" href="/sign-in">
                "Sign in"
            </a>
        </div>
    }
}
