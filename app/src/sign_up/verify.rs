//! The page that asks for the codes.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, location::Url};

use super::{Sent, VerifyForm, api};
use crate::ui::{
    code::{InboxHint, SentAgain},
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::Public,
    load::load,
};

const FIELDS: &[(&str, &str)] = &[("code", "Code"), ("email_code", "Code from your email")];

/// The address of the page of an attempt.
pub(crate) fn address(attempt: &str, next: &str) -> String {
    match next {
        "" => format!("/sign-up/verify?attempt={attempt}"),
        next => format!("/sign-up/verify?attempt={attempt}&next={}", Url::escape(next)),
    }
}

/// `/sign-up/verify?attempt=…`
#[component]
pub fn VerifyPage() -> impl IntoView {
    let query = use_query_map().read_untracked();
    let (form, error) = match submitted::<VerifyForm>() {
        Some(refused) => (refused.form, refused.error),
        None => {
            let get = |name| query.get(name).unwrap_or_default();
            let form = VerifyForm { attempt: get("attempt"), next: get("next"), ..Default::default() };
            (form, FormError::default())
        }
    };
    let sent_again = query.get("sent").is_some() && error == FormError::default();
    let attempt = form.attempt.clone();
    view! {
        <Title text="Prove your number"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                {load(
                    api::sent(attempt),
                    move |sent| match sent {
                        Some(sent) => {
                            view! { <VerifyView sent=sent form=form.clone() error=error.clone() sent_again=sent_again/> }
                                .into_any()
                        }
                        None => view! { <Over/> }.into_any(),
                    },
                )}
            </div>
        </Public>
    }
}

#[component]
fn VerifyView(sent: Sent, form: VerifyForm, error: FormError, sent_again: bool) -> impl IntoView {
    let action = address(&form.attempt, &form.next);
    let with_email = sent.email.is_some();
    let back = if sent.by_google { "/sign-up/google" } else { "/sign-up" };
    let also = sent.email.map(|email| format!(" Another one went to {email}."));
    view! {
        <div class="grid gap-2">
            <h1>"Enter the code"</h1>
            <p class="text-soft">
                {format!("We sent a message to {}.", sent.phone)} {also} " A code holds for ten minutes."
            </p>
            <InboxHint/>
        </div>
        {sent_again.then(|| view! { <SentAgain/> })}
        <form class="grid gap-6" method="post" action=action.clone() novalidate>
            <Refused error=error.clone() outcome="No account was made yet." fields=FIELDS/>
            <input type="hidden" name="attempt" value=form.attempt.clone()/>
            <input type="hidden" name="next" value=form.next.clone()/>
            <Field
                name="code"
                label="Code"
                value=""
                error=error.clone()
                autocomplete="one-time-code"
                inputmode="numeric"
                maxlength=16
            />
            {with_email
                .then(|| {
                    view! {
                        <Field
                            name="email_code"
                            label="Code from your email"
                            value=""
                            error=error
                            help="Without it your account has no email address."
                            autocomplete="one-time-code"
                            inputmode="numeric"
                            maxlength=16
                            may_be_empty=true
                        />
                    }
                })}
            <button class="btn btn-main w-full" type="submit">
                "Continue"
            </button>
        </form>
        <form class="flex flex-wrap items-center gap-x-3" method="post" action=action>
            <input type="hidden" name="attempt" value=form.attempt/>
            <input type="hidden" name="next" value=form.next/>
            <input type="hidden" name="again" value="1"/>
            <p class="text-14 text-soft">"Nothing came?"</p>
            <button class="btn btn-text btn-s px-2" type="submit">
                "Send a new code"
            </button>
            <p class="text-14 text-soft">"Or " <a href=back>"change the number"</a> "."</p>
        </form>
    }
}

/// Nobody signs up by this address any more.
#[component]
fn Over() -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"This code is over"</h1>
            <p class="text-soft">
                "It was used, ten minutes have gone by, the number was entered again, or it was asked for in another browser. If you pressed twice, your account may be there already."
            </p>
        </div>
        <div class="btns">
            <a class="btn btn-main" href="/sign-up">
                "Create an account"
            </a>
            <a class="btn" href="/sign-in">
                "Sign in"
            </a>
        </div>
    }
}
