//! How a person likes to see things: in the head of every page, and on the page of their profile.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::preferences::{Theme, preferences};

/// Shows amounts as dots, or as they are again.
#[component]
pub fn HideAmounts(
    /// The page to come back to.
    next: String,
    /// As a button with its word beside it.
    #[prop(optional)]
    in_words: bool,
) -> impl IntoView {
    let hidden = preferences().hide_amounts;
    let (glyph, value, word) =
        if hidden { (Glyph::EyeOff, "0", "Show amounts") } else { (Glyph::Eye, "1", "Hide amounts") };
    view! {
        <form method="post" action="/preferences">
            <input type="hidden" name="next" value=next/>
            <button class=if in_words { "btn btn-s" } else { "icon-btn" } type="submit" name="hide" value=value title=word>
                <Icon of=glyph/>
                <span class=if in_words { "" } else { "sr-only" }>{word}</span>
            </button>
        </form>
    }
}

/// Opens on its own, without script: a popover of the browser's.
#[component]
pub(super) fn ThemeMenu(
    /// The page to come back to.
    next: String,
) -> impl IntoView {
    view! {
        <button class="icon-btn" type="button" popovertarget="theme" title="Theme">
            <Icon of=Glyph::Theme/>
            <span class="sr-only">"Theme"</span>
        </button>
        <div
            class="fixed inset-auto top-[58px] right-3 m-0 min-w-60 rounded-card border border-line bg-surface p-2 text-ink shadow-lift"
            id="theme"
            popover="auto"
        >
            <ThemeChoice next=next/>
        </div>
    }
}

/// Light, dark, or as the system has it: a button each.
#[component]
pub fn ThemeChoice(
    /// The page to come back to.
    next: String,
) -> impl IntoView {
    let chosen = preferences().theme;
    let items = [
        (Theme::System, Glyph::Monitor, "As the system"),
        (Theme::Light, Glyph::Sun, "Light"),
        (Theme::Dark, Glyph::Moon, "Dark"),
    ]
    .map(|(theme, glyph, word)| {
        let pressed = if theme == chosen { "true" } else { "false" };
        view! {
            <button
                class="flex min-h-11 w-full items-center gap-3 rounded-[8px] px-3 text-start hover:bg-tint aria-pressed:font-[620]"
                type="submit"
                name="theme"
                value=theme.code()
                aria-pressed=pressed
            >
                <Icon of=glyph/>
                <span class="flex-1">{word}</span>
                {(theme == chosen).then(|| view! { <Icon of=Glyph::Check/> })}
            </button>
        }
    });
    view! {
        <form method="post" action="/preferences">
            <input type="hidden" name="next" value=next/>
            {items.collect_view()}
        </form>
    }
}
