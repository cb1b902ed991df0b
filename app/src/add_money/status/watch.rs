//! The waiting: asks how far a top-up is, and shows the page anew once that changed.

use std::time::Duration;

use domain::view::OnRampStatus;
use leptos::{prelude::*, task::spawn_local};

use crate::{add_money::api, ui::form::PageError};

/// How often the status is asked for while all goes well.
const PACE: Duration = Duration::from_secs(1);
/// How seldom it is asked for at most while nothing answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for the status, and shows the page anew once it is another.
#[island]
pub(super) fn Watch(
    /// The intent.
    id: String,
    /// Whether the bank has it.
    at_bank: bool,
) -> impl IntoView {
    let said = RwSignal::new("This page updates by itself.");
    Effect::new(move |_| ask_later(id.clone(), at_bank, said, PACE));
    view! {
        <p class="text-14 text-soft noscript:hidden" role="status">
            {said}
        </p>
    }
}

fn ask_later(id: String, at_bank: bool, said: RwSignal<&'static str>, wait: Duration) {
    let ask = move || {
        spawn_local(async move {
            match api::status(id.clone()).await {
                Ok(now) if now.status == OnRampStatus::Processing && now.at_bank_at.is_some() == at_bank => {
                    said.set("This page updates by itself.");
                    ask_later(id, at_bank, said, PACE);
                }
                Ok(_) => {
                    said.set("There is news. Showing it now.");
                    set_timeout(reload, PACE / 2);
                }
                Err(PageError::SignedOut | PageError::NotFound) => reload(),
                Err(PageError::Unavailable { .. }) => {
                    said.set("No answer just now; we keep asking. Nothing is lost.");
                    ask_later(id, at_bank, said, (wait * 2).min(PATIENCE));
                }
            }
        });
    };
    set_timeout(ask, wait);
}

fn reload() {
    _ = window().location().reload();
}
