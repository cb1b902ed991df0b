//! The clock of a payment that waits. When its time has come, or it was cancelled elsewhere, the page is
//! shown anew.

use std::time::Duration;

use domain::view::TransferStatus;
use leptos::{prelude::*, task::spawn_local};
use web_sys::js_sys::Date;

use super::api;
use crate::ui::form::PageError;

/// Between two looks at the clock.
const TICK: Duration = Duration::from_millis(250);
/// How often the status is asked for while there is time.
const PACE: u32 = 5_000;
/// How often when there is none left.
const HASTE: u32 = 500;
/// How seldom at most while nothing answers.
const PATIENCE: u32 = 30_000;

/// Counts down, and goes on to what became of the payment.
#[island]
pub(super) fn Countdown(
    /// The transfer.
    id: String,
    /// What the time is for.
    label: String,
    /// Milliseconds left when the server drew this.
    left: u32,
    /// Milliseconds of the whole wait.
    whole: u32,
) -> impl IntoView {
    let (remains, said) = (RwSignal::new(left), RwSignal::new(""));
    Effect::new(move |_| {
        // By the browser's clock, but from what the server said: the two need not agree on what time it is.
        let end = now() + i64::from(left);
        let tick = move || remains.set(u32::try_from(end - now()).unwrap_or(0));
        if let Ok(ticking) = set_interval_with_handle(tick, TICK) {
            on_cleanup(move || ticking.clear());
        }
        ask_later(id.clone(), remains, said, 0);
    });
    let name = label.clone();
    view! {
        <div class="grid gap-2 noscript:hidden">
            <p class="flex items-baseline justify-between gap-4">
                <span class="label">{label}</span>
                <span class="font-[620]" role="timer">
                    {move || words(remains.get())}
                </span>
            </p>
            <progress
                class="meter text-held"
                aria-label=name
                max=whole.to_string()
                value=move || remains.get().to_string()
            ></progress>
            <p class="text-14 text-soft empty:hidden" role="status">
                {said}
            </p>
        </div>
    }
}

/// Milliseconds by the browser's clock.
fn now() -> i64 {
    Date::now() as i64
}

/// `59 min 12 s`, `42 s`.
fn words(milliseconds: u32) -> String {
    let seconds = milliseconds.div_ceil(1000);
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// `failures`: how often in a row nothing answered.
fn ask_later(id: String, remains: RwSignal<u32>, said: RwSignal<&'static str>, failures: u32) {
    let pace = match remains.get_untracked() {
        0 => HASTE,
        left => (left + HASTE / 2).min(PACE),
    };
    let wait = pace.saturating_mul(1 << failures.min(6)).min(PATIENCE);
    let ask = move || {
        spawn_local(async move {
            match api::status(id.clone()).await {
                Ok(TransferStatus::Pending { .. }) => {
                    said.set("");
                    ask_later(id, remains, said, 0);
                }
                Ok(_) | Err(PageError::SignedOut | PageError::NotFound) => show_anew(&id),
                Err(PageError::Unavailable { .. }) => {
                    said.set("No answer just now; we keep asking. Nothing is lost.");
                    ask_later(id, remains, said, failures + 1);
                }
            }
        });
    };
    set_timeout(ask, Duration::from_millis(wait.into()));
}

/// By its address, since a reload would send the form again where this page answers one.
fn show_anew(id: &str) {
    _ = window().location().replace(&format!("/receipts/{id}"));
}
