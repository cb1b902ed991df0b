//! The page that asks where to send a code.

use leptos::prelude::*;
use leptos_meta::Title;

use super::ForgottenForm;
use crate::ui::{
    field::{Field, Refused},
    form::submitted,
    layout::Public,
};

/// `/forgotten`
#[component]
pub fn ForgottenPage() -> impl IntoView {
    let (form, error) = match submitted::<ForgottenForm>() {
        Some(refused) => (refused.form, refused.error),
        None => Default::default(),
    };
    view! {
        <Title text="Forgotten password"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                <div class="grid gap-2">
                    <h1>"Forgotten your password?"</h1>
                    <p class="text-soft">
                        "We send a code to your phone or email, and with it you choose a new one. Your money stays where it is."
                    </p>
                </div>
                <form class="grid gap-6" method="post" action="/forgotten" novalidate>
                    <Refused
                        error=error.clone()
                        outcome="No code was sent."
                        fields=&[("identifier", "Phone or email")]
                    />
                    <Field
                        name="identifier"
                        label="Phone or email"
                        value=form.identifier
                        error=error
                        autocomplete="username"
                        inputmode="email"
                    />
                    <button class="btn btn-main w-full" type="submit">
                        "Send a code"
                    </button>
                </form>
                <p class="text-14 text-soft">
                    "It has come back to you? " <a href="/sign-in">"Sign in"</a>
                </p>
            </div>
        </Public>
    }
}
