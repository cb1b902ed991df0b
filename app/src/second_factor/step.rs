//! The page between the first step of signing in and the session.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::{StepForm, api};
use crate::ui::{
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::Public,
    load::load,
};

/// Said where there is nothing to go on with.
pub(super) const OVER: &str = "This sign-in is over: it holds for ten minutes and five tries, in one browser. You are not signed in. Sign in again.";

/// Where whoever has taken the first step goes on.
pub(crate) fn address(next: &str) -> String {
    match next {
        "" => "/sign-in/code".to_owned(),
        next => format!("/sign-in/code?next={}", Url::escape(next)),
    }
}

/// `/sign-in/code`
#[component]
pub fn SecondStepPage() -> impl IntoView {
    let (form, error) = match submitted::<StepForm>() {
        Some(refused) => (refused.form, refused.error),
        None => {
            let next = use_query_map().read_untracked().get("next").unwrap_or_default();
            (StepForm { next, ..Default::default() }, FormError::default())
        }
    };
    view! {
        <Title text="Second step"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                {load(
                    api::is_awaited(),
                    move |is_awaited| match is_awaited {
                        true => view! { <Step form=form.clone() error=error.clone()/> }.into_any(),
                        false => view! { <Over/> }.into_any(),
                    },
                )}
            </div>
        </Public>
    }
}

#[component]
fn Step(form: StepForm, error: FormError) -> impl IntoView {
    let action = address(&form.next);
    view! {
        <div class="grid gap-2">
            <h1>"Enter your code"</h1>
            <p class="text-soft">"Your app shows six digits, and other ones every half minute."</p>
        </div>
        <form class="grid gap-6" method="post" action=action novalidate>
            <Refused error=error.clone() outcome="You are not signed in." fields=&[("code", "Code")]/>
            <input type="hidden" name="next" value=form.next/>
            <Field
                name="code"
                label="Code"
                value=""
                error=error
                help="Or one of your recovery codes, if you do not have the app with you."
                autocomplete="one-time-code"
                maxlength=32
            />
            <button class="btn btn-main w-full" type="submit">
                "Continue"
            </button>
        </form>
        <p class="text-14 text-soft">
            <a href="/sign-in/way-back">"I have neither the app nor a recovery code"</a>
        </p>
        <p class="text-14 text-soft">
            "Not you? " <a href="/sign-in">"Sign in as somebody else"</a>
        </p>
    }
}

/// There is no first step to go on from.
#[component]
fn Over() -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"This sign-in is over"</h1>
            <p class="text-soft">{OVER}</p>
        </div>
        <a class="btn btn-main justify-self-start" href="/sign-in">
            "Sign in"
        </a>
    }
}
