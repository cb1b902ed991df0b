//! The button that leads to the provider, and what is said when one comes back with nothing.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::Offered;
use crate::ui::{
    layout::here,
    note::{Note, Tone},
};

/// On the pages of signing in and up; nothing where no provider is configured.
#[component]
pub fn Continue(
    /// Where one was going.
    #[prop(into)]
    next: String,
) -> impl IntoView {
    use_context::<Offered>()?;
    Some(view! {
        <div class="grid gap-6">
            <p class="text-center text-14 text-soft">"or"</p>
            <form method="post" action="/sign-in/google">
                <input type="hidden" name="next" value=next/>
                <button class="btn w-full" type="submit">
                    "Continue with Google"
                </button>
            </form>
        </div>
    })
}

/// Within the form of a session that was begun by the provider: the way there and back to this page.
#[component]
pub fn Again(
    /// Why.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="grid gap-4">
            <Note tone=Tone::Plain>
                <p class="font-[620]">"Is it still you?"</p>
                <p class="text-14">{children()}</p>
            </Note>
            <button
                class="btn w-full"
                type="submit"
                name="again"
                value=here()
                formaction="/sign-in/google"
                formnovalidate
            >
                "Continue with Google"
            </button>
        </div>
    }
}

/// Why one came back from the provider with nothing, as the address of this page says.
#[component]
pub fn Refusal() -> impl IntoView {
    let code = use_query_map().read_untracked().get("google")?;
    let (what, way_on) = sentences(&code)?;
    Some(view! {
        <div role="alert" tabindex="-1" autofocus=true>
            <Note tone=Tone::Bad>
                <p class="font-[620]">{what}</p>
                <p class="text-14">{way_on}</p>
            </Note>
        </div>
    })
}

/// What happened, and how to go on.
fn sentences(code: &str) -> Option<(&'static str, &'static str)> {
    const AGAIN: &str = "Continue with Google once more, or use your password.";
    Some(match code {
        "cancelled" => ("You did not continue with Google, so nothing was changed.", AGAIN),
        "stale" => (
            "This way from Google is over: it took too long, was used already, or began in another browser.",
            AGAIN,
        ),
        "suspended" => (
            "This account is suspended: nobody can sign in to it. Your money is where it was, and what is sent to you arrives.",
            "Ask whoever runs this OKANE.",
        ),
        "refused" => ("Google’s answer could not be believed, so nothing was changed.", AGAIN),
        "other" => (
            "You came back with another Google account than yours here, so nothing was changed.",
            "Continue once more and choose the account that is connected.",
        ),
        "taken" => (
            "This Google account opens another wallet already, so nothing was changed.",
            "Sign out and continue with Google to get there, or connect another Google account here.",
        ),
        "linked" => (
            "You have connected a Google account already, so nothing was changed.",
            "Disconnect it before you connect another.",
        ),
        "away" => (
            "Google does not answer just now, so nothing was changed.",
            "Try again in a moment, or use your password.",
        ),
        "trouble" => (
            "This cannot be done now: the trouble is on our side and is logged. No money moved.",
            "Try again in a moment, or use your password.",
        ),
        _ => return None,
    })
}
