//! A person beside their name: their picture, or their initials.

use domain::{Digest, UserId, name::initials, view::Person};
use leptos::prelude::*;

/// Where the picture of a person is served; another picture stands at another address.
pub fn picture_address(person: UserId, picture: Digest) -> String {
    format!("/pictures/{person}/{picture}.jpg")
}

/// A round picture, or initials where there is none. Hidden from screen readers: the name stands beside it.
#[component]
pub fn Disc(
    /// Whose.
    of: UserId,
    /// What they are called.
    name: String,
    /// Their picture.
    picture: Option<Digest>,
    /// At the head of a page.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let inside = match picture {
        Some(picture) => {
            view! { <img src=picture_address(of, picture) alt="" width="40" height="40" decoding="async"/> }
                .into_any()
        }
        None => initials(&name).into_any(),
    };
    view! {
        <span class=if large { "disc disc-l" } else { "disc" } aria-hidden="true">
            {inside}
        </span>
    }
}

/// What tells two people of one name apart: the handle, where there is one, and the masked number, unbroken.
pub fn known_by(person: &Person) -> impl IntoView + use<> {
    let handle = person.handle.as_ref().map(|handle| format!("{handle} · "));
    view! {
        {handle}
        <span class="whitespace-nowrap">{person.phone.clone()}</span>
    }
}
