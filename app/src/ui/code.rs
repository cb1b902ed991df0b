//! What is said about codes that were sent.

use leptos::prelude::*;

use super::note::{Note, Tone};

/// Given to pages where messages go nowhere but to be read: in development.
#[derive(Debug, Clone, Copy)]
pub struct HasInbox;

/// A new code is on its way.
#[component]
pub fn SentAgain() -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">"A new code is on its way."</p>
                <p class="text-14">"The one before it no longer holds."</p>
            </Note>
        </div>
    }
}

/// In development: where the codes are.
#[component]
pub fn InboxHint() -> impl IntoView {
    use_context::<HasInbox>().map(|HasInbox| {
        view! {
            <p class="text-14 text-soft">
                "This is a development server: what it sends is in " <a href="/dev/inbox">"the inbox"</a> "."
            </p>
        }
    })
}
