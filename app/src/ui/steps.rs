//! A timeline: what happened, what happens, what is still to come, each with its time.

use jiff::Timestamp;
use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    seal::{Seal, SealPlace},
    time::{Detail, Time},
};

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It happened.
    Done,
    /// It happens.
    Now,
    /// It will happen.
    Todo,
    /// It ended here.
    Stopped,
    /// It happened, and with it the whole is settled.
    Sealed,
    /// When it happens, the whole will be settled.
    SealPlace,
}

impl Progress {
    /// Class and the word for those who do not see the mark.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Progress::Done | Progress::Sealed => ("done", "Done: "),
            Progress::Now => ("now", "Now: "),
            Progress::Todo | Progress::SealPlace => ("todo", "Still to come: "),
            Progress::Stopped => ("bad", "Stopped: "),
        }
    }
}

/// One step.
#[component]
pub fn Step(
    /// How far it is.
    is: Progress,
    /// What it is.
    what: &'static str,
    /// When it happened.
    #[prop(optional_no_strip)]
    at: Option<Timestamp>,
    /// More about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, word) = is.words();
    let mark = match is {
        Progress::Sealed => view! { <span class="mark sealed"><Seal class="size-7"/></span> }.into_any(),
        Progress::SealPlace => {
            view! { <span class="mark sealed"><SealPlace class="size-7" small=true/></span> }.into_any()
        }
        Progress::Done => view! { <span class="mark"><Icon of=Glyph::Check/></span> }.into_any(),
        Progress::Stopped => view! { <span class="mark"><Icon of=Glyph::Cross/></span> }.into_any(),
        Progress::Now | Progress::Todo => view! { <span class="mark"></span> }.into_any(),
    };
    let weight = if class == "todo" { "font-[450] text-soft" } else { "font-[560]" };
    view! {
        <li class=class>
            {mark} <span class=weight>
                <span class="sr-only">{word}</span>
                {what}
            </span>
            {at.map(|at| view! { <span class="text-14 text-soft"><Time at=at show=Detail::Second/></span> })}
            {children.map(|more| view! { <p class="col-[2/-1] text-14 text-soft">{more()}</p> })}
        </li>
    }
}
