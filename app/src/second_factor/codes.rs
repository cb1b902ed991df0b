//! Recovery codes, shown in one answer and never again.

use leptos::prelude::*;

use super::Codes;
use crate::ui::note::{Note, Tone};

/// In the place of the rest of the page.
#[component]
pub(super) fn Kept(codes: Codes) -> impl IntoView {
    let codes = codes.0.into_iter().map(|code| view! { <li class="ref">{code}</li> }).collect_view();
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">"Your second step is on."</p>
                <p class="text-14">"Signing in asks for a code of your app from now on."</p>
            </Note>
        </div>
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="codes-title">
            <h2 id="codes-title">"Your recovery codes"</h2>
            <p class="text-soft">
                "Each signs you in once when you do not have your app. Write them down or print them, and keep them away from your phone: they are shown now and never again. Earlier ones are worth nothing any more."
            </p>
            <ol class="grid list-inside list-decimal gap-2 sm:grid-cols-2" aria-label="Recovery codes">
                {codes}
            </ol>
            <a class="btn btn-main justify-self-start print:hidden" href="/settings/second-factor">
                "I have kept them"
            </a>
        </section>
    }
}
