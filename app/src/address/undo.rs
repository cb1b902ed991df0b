//! "This was not me": the page that a message to the old end leads to. Opening it changes nothing.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{UndoForm, Undoable, What, api};
use crate::ui::{
    field::Refused,
    form::{FormError, submitted},
    layout::Public,
    load::load,
    note::{Note, Tone},
    time::Clock,
};

/// `/undo-change?token=…`
#[component]
pub fn UndoPage() -> impl IntoView {
    let query = use_query_map().read_untracked();
    let (form, error) = match submitted::<UndoForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (UndoForm { token: query.get("token").unwrap_or_default() }, FormError::default()),
    };
    let done = query.get("done").is_some();
    let token = form.token.clone();
    view! {
        <Title text="This was not me"/>
        <Public>
            <div class="mx-auto grid max-w-[26rem] gap-6 px-4 pt-8 pb-14 md:py-18">
                {if done {
                    view! { <Done/> }.into_any()
                } else {
                    load(
                        api::undoable(token),
                        move |found| match found {
                            Some(found) => {
                                view! { <Undo found=found token=form.token.clone() error=error.clone()/> }.into_any()
                            }
                            None => view! { <Over error=error.clone()/> }.into_any(),
                        },
                    )
                }}
            </div>
        </Public>
    }
}

#[component]
fn Undo(found: Undoable, token: String, error: FormError) -> impl IntoView {
    let what = match found.what {
        What::Phone => "phone number",
        What::Email => "email address",
    };
    view! {
        <div class="grid gap-2">
            <h1>"This was not me"</h1>
            <p class="text-soft">
                {format!("The {what} of your account was changed {}.", Clock::here().within(found.at))}
                " Undoing that puts your number and email back to what they were a day ago, takes away passkeys and a second step that were added since, signs you out everywhere, and freezes your wallet. Payments that still wait are given back to you."
            </p>
        </div>
        <form class="grid gap-6" method="post" action="/undo-change">
            <Refused error=error outcome="Nothing was changed." fields=&[]/>
            <input type="hidden" name="token" value=token/>
            <button class="btn btn-main w-full" type="submit">
                "Undo it and freeze my wallet"
            </button>
        </form>
        <p class="text-14 text-soft">"It was you? Then there is nothing to do. This link holds for a day."</p>
    }
}

#[component]
fn Done() -> impl IntoView {
    view! {
        <h1>"It is undone"</h1>
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">"Your number and email are what they were a day ago."</p>
                <p class="text-14">"Passkeys and a second step that were added since are gone, everybody is signed out, and nothing leaves your wallet until you thaw it."</p>
            </Note>
        </div>
        <p class="text-soft">"Whoever made the change knows your password, or was at a device of yours. Choose a new one before you sign in. Then look at your notices: what else was not you, such as a Google account, is taken away under Settings, Security."</p>
        <a class="btn btn-main w-full" href="/forgotten">
            "Choose a new password"
        </a>
    }
}

#[component]
fn Over(error: FormError) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h1>"This link is over"</h1>
            <p class="text-soft">
                "It was used, or a day has gone by since the change. If something is wrong with your account, choose a new password and freeze your wallet."
            </p>
        </div>
        <Refused error=error outcome="Nothing was changed." fields=&[]/>
        <div class="btns">
            <a class="btn btn-main" href="/forgotten">
                "Choose a new password"
            </a>
            <a class="btn" href="/sign-in">
                "Sign in"
            </a>
        </div>
    }
}
