//! The page that asks for the code and the new password. It does not know whether anybody was sent a code.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::ResetForm;
use crate::{
    password::HELP,
    ui::{
        code::InboxHint,
        field::{Field, Refused},
        form::submitted,
        layout::Public,
    },
};

/// `/forgotten/code?attempt=…`
#[component]
pub fn ResetPage() -> impl IntoView {
    let (form, error) = match submitted::<ResetForm>() {
        Some(refused) => (refused.form, refused.error),
        None => {
            let attempt = use_query_map().read_untracked().get("attempt").unwrap_or_default();
            (ResetForm { attempt, ..Default::default() }, Default::default())
        }
    };
    let action = format!("/forgotten/code?attempt={}", Url::escape(&form.attempt));
    view! {
        <Title text="New password"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                <div class="grid gap-2">
                    <h1>"Choose a new password"</h1>
                    <p class="text-soft">
                        "If there is an account with what you entered, six digits are on their way there. They hold for ten minutes. The new password ends all your sessions."
                    </p>
                    <InboxHint/>
                </div>
                <form class="grid gap-6" method="post" action=action novalidate>
                    <Refused
                        error=error.clone()
                        outcome="Your password was not changed."
                        fields=&[("code", "Code"), ("password", "New password")]
                    />
                    <input type="hidden" name="attempt" value=form.attempt/>
                    <Field
                        name="code"
                        label="Code"
                        value=""
                        error=error.clone()
                        autocomplete="one-time-code"
                        inputmode="numeric"
                        maxlength=16
                    />
                    <Field
                        name="password"
                        label="New password"
                        kind="password"
                        value=""
                        error=error
                        help=HELP
                        autocomplete="new-password"
                    />
                    <button class="btn btn-main w-full" type="submit">
                        "Change password"
                    </button>
                </form>
                <p class="text-14 text-soft">
                    "Nothing came? " <a href="/forgotten">"Have a new code sent"</a>
                </p>
            </div>
        </Public>
    }
}
