//! The page to change one's password on.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::PasswordForm;
use crate::ui::{
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    note::{Note, Tone},
};

const FIELDS: &[(&str, &str)] = &[("confirm", "Current password"), ("password", "New password")];

/// `/settings/password`
#[component]
pub fn PasswordPage() -> impl IntoView {
    let error = submitted::<PasswordForm>().map(|refused| refused.error).unwrap_or_default();
    let changed = use_query_map().read_untracked().get("changed").is_some() && error == FormError::default();
    view! {
        <Title text="Password"/>
        <Private at=Place::Settings>
            <div class="grid max-w-[35rem] gap-8">
                <SettingsTabs/>
                <div class="grid gap-2">
                    <h1>"Password"</h1>
                    <p class="text-soft">
                        "A new one ends all your sessions but this: whoever knows the old one is signed out."
                    </p>
                </div>
                <Refused error=error.clone() outcome="Your password was not changed." fields=FIELDS/>
                {changed.then(|| view! { <Changed/> })}
                <form class="grid gap-6" method="post" action="/settings/password" novalidate>
                    <Field
                        name="confirm"
                        label="Current password"
                        kind="password"
                        value=""
                        error=error.clone()
                        autocomplete="current-password"
                    />
                    <Field
                        name="password"
                        label="New password"
                        kind="password"
                        value=""
                        error=error
                        help=super::HELP
                        autocomplete="new-password"
                    />
                    <button class="btn btn-main justify-self-start" type="submit">
                        "Change password"
                    </button>
                </form>
                <p class="text-14 text-soft">
                    "You do not know the current one? " <a href="/forgotten">"Have a code sent"</a>
                </p>
            </div>
        </Private>
    }
}

#[component]
fn Changed() -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">"Your password is changed."</p>
                <p class="text-14">"You are signed in here and nowhere else now."</p>
            </Note>
        </div>
    }
}
