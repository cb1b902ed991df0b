//! The parts of a page that need script, and that a page can do without: without it they are not shown.
//!
//! Islands take no properties. The server draws, and what an island must know stands in what is drawn, as
//! attributes; so the browser loads nothing that reads properties, nor anything that draws a page once more.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement};

use super::icon::{Glyph, Icon};

/// Shows and hides what is typed into the password field that it stands beside.
#[island]
pub fn Reveal() -> impl IntoView {
    let shown = RwSignal::new(false);
    let turn = move |event: ev::MouseEvent| {
        shown.update(|shown| *shown = !*shown);
        let button = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let beside = button.and_then(|button| button.closest("[data-secret]").ok().flatten());
        if let Some(input) = beside.and_then(|beside| beside.query_selector("input").ok().flatten()) {
            _ = input.set_attribute("type", if shown.get_untracked() { "text" } else { "password" });
        }
    };
    view! {
        <button class="icon-btn absolute top-0.5 right-0.5 noscript:hidden" type="button" on:click=turn>
            <span class:hidden=shown>
                <Icon of=Glyph::Eye/>
            </span>
            <span class="hidden" class:hidden=move || !shown.get()>
                <Icon of=Glyph::EyeOff/>
            </span>
            <span class="sr-only">{move || if shown.get() { "Hide password" } else { "Show password" }}</span>
        </button>
    }
}

/// Opens the browser's own printing.
#[island]
pub fn Print() -> impl IntoView {
    view! {
        <button class="btn btn-s noscript:hidden print:hidden" type="button" on:click=|_| _ = window().print()>
            <Icon of=Glyph::Print/>
            "Print"
        </button>
    }
}

/// Marks a form as busy once it was sent, and sends it only once. Coming back to the page frees it again.
///
/// This saves a person a surprise; what makes a second sending harmless is the key in the form.
#[island]
pub fn Busy() -> impl IntoView {
    Effect::new(|_| {
        _ = window_event_listener(ev::submit, |event| {
            let Some(form) = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok()) else {
                return;
            };
            if form.get_attribute("aria-busy").is_some() {
                event.prevent_default();
                return;
            }
            _ = form.set_attribute("aria-busy", "true");
            if let Some(button) = event.submitter() {
                _ = button.set_attribute("aria-busy", "true");
            }
        });
        _ = window_event_listener_untyped("pageshow", free);
    });
}

fn free(_: Event) {
    let Ok(busy) = document().query_selector_all("[aria-busy]") else { return };
    for i in 0..busy.length() {
        if let Some(element) = busy.get(i).and_then(|node| node.dyn_into::<Element>().ok()) {
            _ = element.remove_attribute("aria-busy");
        }
    }
}
