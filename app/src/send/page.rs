//! Who, how much, what for.

use domain::Paise;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{SendForm, api};
use crate::ui::{
    amount::AmountField,
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private},
    load::load,
};

const FIELDS: &[(&str, &str)] = &[("to", "To"), ("amount", "Amount"), ("note", "Note")];

/// `/send`
#[component]
pub fn SendPage() -> impl IntoView {
    let body = match submitted::<SendForm>() {
        Some(refused) => view! { <SendView form=refused.form error=refused.error/> }.into_any(),
        None => {
            let draft = use_query_map().read_untracked().get("draft").filter(|draft| !draft.is_empty());
            load(api::blank(draft), |form| {
                view! { <SendView form=form error=FormError::default()/> }
            })
        }
    };
    view! {
        <Title text="Send"/>
        <Private at=Place::Send>{body}</Private>
    }
}

#[component]
fn SendView(form: SendForm, error: FormError) -> impl IntoView {
    view! {
        <form class="grid max-w-[35rem] gap-8" method="post" action="/send" novalidate>
            <h1>"Send money"</h1>
            <Refused error=error.clone() outcome="Nothing was sent. No money moved." fields=FIELDS/>
            <input type="hidden" name="key" value=form.key/>
            <Field
                name="to"
                label="To"
                kind="tel"
                value=form.to
                error=error.clone()
                help="The whole phone number. You see the registered name before anything moves."
                inputmode="tel"
                maxlength=32
            />
            <AmountField
                value=form.amount
                error=error.of("amount").map(str::to_owned)
                help="At most ₹1,00,000 at a time, or your own limit.".to_owned()
                least=Paise::ZERO
                offers=Vec::new()
            />
            <Field
                name="note"
                label="Note"
                value=form.note
                error=error
                help="Only you and the person you pay see it."
                maxlength=140
                may_be_empty=true
            />
            <button class="btn btn-main w-full" type="submit">
                "Review"
            </button>
        </form>
    }
}
