//! What happened, in a sentence or two.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How a note is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// To know.
    Plain,
    /// It went well.
    Good,
    /// Money is set aside, or care is due.
    Held,
    /// It was refused or failed.
    Bad,
}

/// A note: a shape, and sentences.
#[component]
pub fn Note(
    /// How it is meant.
    tone: Tone,
    /// The sentences.
    children: Children,
) -> impl IntoView {
    let (class, glyph) = match tone {
        Tone::Plain => ("note", Glyph::Info),
        Tone::Good => ("note note-ok", Glyph::Check),
        Tone::Held => ("note note-held", Glyph::Warn),
        Tone::Bad => ("note note-bad", Glyph::Alert),
    };
    view! {
        <div class=class>
            <Icon of=glyph/>
            <div class="grid min-w-0 gap-0.5">{children()}</div>
        </div>
    }
}
