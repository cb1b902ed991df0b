//! The clock of a payment that waits. When its time has come, or it was cancelled elsewhere, the page is
//! shown anew (`ui::live`).

use std::time::Duration;

use leptos::prelude::*;
use web_sys::{Element, js_sys::Date};

/// Between two looks at the clock.
const TICK: Duration = Duration::from_millis(250);

/// Counts down, as a clock and as a bar.
#[component]
pub(super) fn Countdown(
    /// What the time is for.
    label: &'static str,
    /// Milliseconds left.
    left: u32,
    /// Milliseconds of the whole wait.
    whole: u32,
) -> impl IntoView {
    view! {
        <div class="grid gap-2 noscript:hidden" data-left=left.to_string()>
            <p class="flex items-baseline justify-between gap-4">
                <span class="label">{label}</span>
                <span class="font-[620]" role="timer">
                    {words(left)}
                </span>
            </p>
            <progress
                class="meter text-held"
                aria-label=label
                max=whole.to_string()
                value=left.to_string()
            ></progress>
            <p class="text-14 text-soft empty:hidden" role="status" data-waiting=""></p>
            <Ticking/>
        </div>
    }
}

/// Moves the clock and the bar that it stands beside.
#[island]
fn Ticking() -> impl IntoView {
    Effect::new(|_| {
        let Some(place) = document().query_selector("[data-left]").ok().flatten() else { return };
        let Some(left) = place.get_attribute("data-left").and_then(|left| left.parse::<u32>().ok()) else {
            return;
        };
        // By the browser's clock, but from what the server said: the two need not agree on what time it is.
        let end = now() + i64::from(left);
        let tick = move || show(&place, u32::try_from(end - now()).unwrap_or(0));
        if let Ok(ticking) = set_interval_with_handle(tick, TICK) {
            on_cleanup(move || ticking.clear());
        }
    });
}

fn show(place: &Element, left: u32) {
    if let Ok(Some(timer)) = place.query_selector("[role=timer]") {
        timer.set_text_content(Some(&words(left)));
    }
    if let Ok(Some(bar)) = place.query_selector("progress") {
        _ = bar.set_attribute("value", &left.to_string());
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
