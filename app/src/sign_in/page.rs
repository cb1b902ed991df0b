//! The sign-in page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::SignInForm;
use crate::google::{Continue, Refusal};
use crate::passkey::SignIn;
use crate::ui::{
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::Public,
    note::{Note, Tone},
};

/// `/sign-in`
#[component]
pub fn SignInPage() -> impl IntoView {
    let (form, error) = match submitted::<SignInForm>() {
        Some(refused) => (refused.form, refused.error),
        None => {
            let next = use_query_map().read_untracked().get("next").unwrap_or_default();
            (SignInForm { next, ..Default::default() }, Default::default())
        }
    };
    let changed = use_query_map().read_untracked().get("changed").filter(|_| error == FormError::default());
    let sign_up = match form.next.as_str() {
        "" => "/sign-up".to_owned(),
        next => format!("/sign-up?next={}", Url::escape(next)),
    };
    view! {
        <Title text="Sign in"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                <div class="grid gap-2">
                    <h1>"Sign in"</h1>
                    <p class="text-soft">"New here? " <a href=sign_up>"Create an account"</a></p>
                </div>
                {changed.map(|changed| view! { <Changed how=changed/> })}
                <Refusal/>
                <form class="grid gap-6" method="post" action="/sign-in" novalidate>
                    <Refused
                        error=error.clone()
                        outcome="You are not signed in."
                        fields=&[("identifier", "Phone or email"), ("password", "Password")]
                    />
                    <input type="hidden" name="next" value=form.next.clone()/>
                    <Field
                        name="identifier"
                        label="Phone or email"
                        value=form.identifier
                        error=error.clone()
                        autocomplete="username"
                        inputmode="email"
                    />
                    <Field
                        name="password"
                        label="Password"
                        kind="password"
                        value=""
                        error=error
                        autocomplete="current-password"
                    />
                    <button class="btn btn-main w-full" type="submit">
                        "Sign in"
                    </button>
                </form>
                <SignIn next=form.next.clone()/>
                <p class="text-14">
                    <a href="/forgotten">"Forgotten your password?"</a>
                </p>
                <Continue next=form.next/>
            </div>
        </Public>
    }
}

/// A forgotten password became another.
#[component]
fn Changed(
    /// `restored` where the number or address too is what it was before, `half` where that did not come off.
    how: String,
) -> impl IntoView {
    let then = match how.as_str() {
        "restored" => {
            "Your phone number and email are again what they were a day ago, passkeys and a second step that were added since are gone, you are signed out everywhere, and your wallet is frozen. Sign in with the new password, and thaw it when nobody else can get in."
        }
        "half" => {
            "Your number or email could not be put back to what it was. Choose a new password by it once more."
        }
        _ => {
            "You are signed out everywhere. Sign in with the new one. Passkeys, if you have any, still sign you in: look at them under Settings, Security."
        }
    };
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">"Your password is changed."</p>
                <p class="text-14">{then}</p>
            </Note>
        </div>
    }
}
