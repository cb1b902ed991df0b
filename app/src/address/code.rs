//! The page that asks for the codes of both ends.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Asked, CodesForm, What, api};
use crate::ui::{
    code::{InboxHint, SentAgain},
    confirm::Confirm,
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
};

const FIELDS: &[(&str, &str)] = &[
    ("from_code", "Code from the present one"),
    ("to_code", "Code from the new one"),
    ("confirm", "Your password"),
];

/// `/settings/phone/code`
#[component]
pub fn PhoneCodePage() -> impl IntoView {
    view! { <CodePage what=What::Phone/> }
}

/// `/settings/email/code`
#[component]
pub fn EmailCodePage() -> impl IntoView {
    view! { <CodePage what=What::Email/> }
}

#[component]
fn CodePage(what: What) -> impl IntoView {
    let error = submitted::<CodesForm>().map(|refused| refused.error).unwrap_or_default();
    let sent = use_query_map().read_untracked().get("sent").is_some() && error == FormError::default();
    view! {
        <Title text="Enter the codes"/>
        <Private at=Place::Settings>
            <div class="grid max-w-[35rem] gap-8">
                <SettingsTabs/>
                {load(
                    api::asked(),
                    move |asked| match asked.filter(|asked| asked.what == what) {
                        Some(asked) => {
                            view! { <CodeView asked=asked error=error.clone() sent=sent/> }.into_any()
                        }
                        None => view! { <Over what=what/> }.into_any(),
                    },
                )}
            </div>
        </Private>
    }
}

#[component]
fn CodeView(asked: Asked, error: FormError, sent: bool) -> impl IntoView {
    let Asked { what, proves, is_first, to } = asked;
    let label = match (what, is_first) {
        (What::Phone, _) => "Code from your present number",
        (What::Email, true) => "Code from your phone",
        (What::Email, false) => "Code from your present email",
    };
    let (button, new_label) = match (what, &to) {
        (What::Phone, _) => ("Change the number", "Code from the new number"),
        (What::Email, Some(_)) if is_first => ("Add the address", "Code from the new email"),
        (What::Email, Some(_)) => ("Change the address", "Code from the new email"),
        (What::Email, None) => ("Remove the address", ""),
    };
    let where_to = match &to {
        Some(to) => format!("We sent a message to {proves} and another to {to}."),
        None => format!("We sent a message to {proves}."),
    };
    view! {
        <div class="grid gap-2">
            <h1>{if to.is_some() { "Enter both codes" } else { "Enter the code" }}</h1>
            <p class="text-soft break-words">{where_to} " A code holds for ten minutes. Until then nothing is changed."</p>
            <InboxHint/>
        </div>
        {sent.then(|| view! { <SentAgain/> })}
        <form class="grid gap-6" method="post" action=what.code_href() novalidate>
            <Refused error=error.clone() outcome="Nothing was changed." fields=FIELDS/>
            <Code name="from_code" label=label error=error.clone()/>
            {to
                .is_some()
                .then(|| view! { <Code name="to_code" label=new_label error=error.clone()/> })}
            <Confirm error=error/>
            <button class="btn btn-main justify-self-start" type="submit">
                {button}
            </button>
        </form>
        <form class="flex flex-wrap items-center gap-x-3" method="post" action=what.code_href()>
            <input type="hidden" name="again" value="1"/>
            <p class="text-14 text-soft">"Nothing came?"</p>
            <button class="btn btn-text btn-s px-2" type="submit">
                "Send new codes"
            </button>
            <p class="text-14 text-soft">"Or " <a href=what.href()>"begin again"</a> "."</p>
        </form>
    }
}

#[component]
fn Code(name: &'static str, label: &'static str, error: FormError) -> impl IntoView {
    view! {
        <Field
            name=name
            label=label
            value=""
            error=error
            autocomplete="one-time-code"
            inputmode="numeric"
            maxlength=16
        />
    }
}

/// This session has asked for nothing that still waits.
#[component]
fn Over(what: What) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"These codes are over"</h1>
            <p class="text-soft">
                "They were used, ten minutes have gone by, or they were asked for in another browser. Nothing was changed by this page."
            </p>
        </div>
        <a class="btn btn-main justify-self-start" href=what.href()>
            "Begin again"
        </a>
    }
}
