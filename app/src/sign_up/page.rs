//! The sign-up page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::SignUpForm;
use crate::{
    google::Continue,
    password::HELP,
    ui::{
        field::{Field, Refused},
        form::submitted,
        layout::Public,
    },
};

const FIELDS: &[(&str, &str)] =
    &[("name", "Full name"), ("phone", "Phone number"), ("email", "Email"), ("password", "Password")];

/// `/sign-up`
#[component]
pub fn SignUpPage() -> impl IntoView {
    let (form, error) = match submitted::<SignUpForm>() {
        Some(refused) => (refused.form, refused.error),
        None => {
            let next = use_query_map().read_untracked().get("next").unwrap_or_default();
            (SignUpForm { next, ..Default::default() }, Default::default())
        }
    };
    let sign_in = match form.next.as_str() {
        "" => "/sign-in".to_owned(),
        next => format!("/sign-in?next={}", Url::escape(next)),
    };
    view! {
        <Title text="Create an account"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                <div class="grid gap-2">
                    <h1>"Create an account"</h1>
                    <p class="text-soft">"Have one already? " <a href=sign_in>"Sign in"</a></p>
                </div>
                <form class="grid gap-6" method="post" action="/sign-up" novalidate>
                    <Refused error=error.clone() outcome="No account was made yet." fields=FIELDS/>
                    <input type="hidden" name="next" value=form.next.clone()/>
                    <Field
                        name="name"
                        label="Full name"
                        value=form.name
                        error=error.clone()
                        help="People you deal with see this name."
                        autocomplete="name"
                        maxlength=160
                    />
                    <Field
                        name="phone"
                        label="Phone number"
                        kind="tel"
                        value=form.phone
                        error=error.clone()
                        help="People pay you by this number, and we send a code there. An Indian mobile number needs no +91."
                        autocomplete="tel"
                        inputmode="tel"
                        maxlength=32
                    />
                    <Field
                        name="email"
                        label="Email"
                        kind="email"
                        value=form.email
                        error=error.clone()
                        help="A second name to sign in by. It gets a code of its own."
                        autocomplete="email"
                        may_be_empty=true
                    />
                    <Field
                        name="password"
                        label="Password"
                        kind="password"
                        value=""
                        error=error
                        help=HELP
                        autocomplete="new-password"
                    />
                    <button class="btn btn-main w-full" type="submit">
                        "Create account"
                    </button>
                </form>
                <Continue next=form.next/>
            </div>
        </Public>
    }
}
