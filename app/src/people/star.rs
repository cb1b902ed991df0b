//! The star of a favourite.

use leptos::prelude::*;

use crate::ui::{
    icon::{Glyph, Icon},
    layout::here,
};

/// Makes a favourite of somebody, or no longer; comes back to the page it stands on.
#[component]
pub(super) fn Star(
    /// Whom.
    id: String,
    /// What they are called.
    name: String,
    /// Whether they are one.
    favourite: bool,
) -> impl IntoView {
    let (class, word) =
        if favourite { ("icon-btn starred", "Remove star from") } else { ("icon-btn", "Star") };
    view! {
        <form class="relative z-1" method="post" action=format!("/people/{id}")>
            <input type="hidden" name="next" value=here()/>
            <button
                class=class
                type="submit"
                name="favourite"
                value=if favourite { "0" } else { "1" }
                title=if favourite { "Favourite" } else { "Make a favourite" }
            >
                <Icon of=Glyph::Star/>
                <span class="sr-only">{format!("{word} {name}")}</span>
            </button>
        </form>
    }
}
