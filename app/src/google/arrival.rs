//! Whoever comes by Google for the first time says once what they are called and by which number they are paid.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{ArrivalForm, Arriving, api};
use crate::ui::{
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::Public,
    load::load,
};

const FIELDS: &[(&str, &str)] = &[("name", "Full name"), ("phone", "Phone number")];

/// `/sign-up/google`
#[component]
pub fn ArrivalPage() -> impl IntoView {
    let (form, error) = match submitted::<ArrivalForm>() {
        Some(refused) => (Some(refused.form), refused.error),
        None => (None, FormError::default()),
    };
    view! {
        <Title text="Create an account"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                {load(
                    api::arrival(),
                    move |arriving| match arriving {
                        Some(arriving) => {
                            view! { <ArrivalView arriving=arriving form=form.clone() error=error.clone()/> }.into_any()
                        }
                        None => view! { <TooLate/> }.into_any(),
                    },
                )}
            </div>
        </Public>
    }
}

#[component]
fn ArrivalView(arriving: Arriving, form: Option<ArrivalForm>, error: FormError) -> impl IntoView {
    let form = form
        .unwrap_or_else(|| ArrivalForm { name: arriving.name.unwrap_or_default(), ..ArrivalForm::default() });
    let from = match arriving.email {
        Some(email) => format!("You came from Google as {email}."),
        None => "You came from Google.".to_owned(),
    };
    view! {
        <div class="grid gap-2">
            <h1>"Create an account"</h1>
            <p class="text-soft">{from} " Two things are missing, and you are asked for them once."</p>
        </div>
        <form class="grid gap-6" method="post" action="/sign-up/google" novalidate>
            <Refused error=error.clone() outcome="No account was made yet." fields=FIELDS/>
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
                error=error
                help="People pay you by this number, and we send a code there. An Indian mobile number needs no +91."
                autocomplete="tel"
                inputmode="tel"
                maxlength=32
            />
            <button class="btn btn-main w-full" type="submit">
                "Create account"
            </button>
        </form>
        <p class="text-14 text-soft">
            "Have an account with a password? " <a href="/sign-in">"Sign in"</a> " and connect Google under Settings."
        </p>
    }
}

#[component]
fn TooLate() -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"Create an account"</h1>
            <p class="text-soft">
                "Nobody came here from Google in the last ten minutes, so there is nothing to go on with. No account was made."
            </p>
        </div>
        <a class="btn btn-main justify-self-start" href="/sign-in">
            "Sign in"
        </a>
    }
}
