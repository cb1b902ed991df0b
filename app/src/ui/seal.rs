//! The brand's solid mark, and the seal 済 that means settled and nothing else.

use leptos::prelude::*;

const MARK: &str = "M32 12.5C27.5 20 21.5 25.5 14 29.5M32 12.5C36.5 20 42.5 25.5 50 29.5M25 29.5h14M19.5 37.5h25M32 29.5v20.5M23.5 41.5l2.3 5M40.5 41.5l-2.3 5M16.5 50.5h31";
const RING: &str = "M64 .8a63.2 63.2 0 1 1 0 126.4a63.2 63.2 0 1 1 0-126.4zM64.5 7.6a56.7 56 0 1 0 .2 112.3a56.7 56 0 1 0-.2-112.3z";
const SETTLED: &str = "M13.5 15.5l5 3.8M10.5 26.5l5.3 3.3M12 49.5c3.5-3.6 5.7-7.6 7.2-12.3M38.5 9.5v6.5M24.5 17h28M30.5 17.5c3.4 7.8 11 13.3 22.5 15.8M46.5 17.5c-3.4 7.8-11 13.3-22.5 15.8M31 33.8v6.2c0 6-2 10.3-6.3 13.8M47 33.8v20.2M31.2 39.8h15.8M30.6 46.4h16.4";
const CENTRED: &str = "translate(64 64) scale(1.62) translate(-31.7 -31.8)";

/// The solid round mark 金: the brand.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="size-[30px] flex-none text-seal" width="30" height="30" viewBox="0 0 64 64" aria-hidden="true">
            <circle cx="32" cy="32" r="30.5" fill="currentColor"></circle>
            <path
                class="stroke-on-seal"
                fill="none"
                stroke-width="4.4"
                stroke-linecap="round"
                stroke-linejoin="round"
                transform="translate(32 32) scale(.86) translate(-32 -31.5)"
                d=MARK
            ></path>
        </svg>
    }
}

/// The ring with 済, on a settled movement only. The word "Settled" stands near it.
#[component]
pub fn Seal(
    /// Size and place.
    #[prop(into)]
    class: String,
) -> impl IntoView {
    view! {
        <svg class=format!("seal {class}") width="88" height="88" viewBox="0 0 128 128" aria-hidden="true">
            <path fill="currentColor" fill-rule="evenodd" d=RING></path>
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="4.3"
                stroke-linecap="round"
                stroke-linejoin="round"
                transform=CENTRED
                d=SETTLED
            ></path>
            <path
                class="stroke-surface"
                fill="none"
                stroke-width="1.8"
                stroke-linecap="round"
                d="M5.2 47.5l1.5.6M118.5 88l3.2 1.5M93 8.8l1 1.7M27.5 115.2l.4-.5M122.8 52l.3.5"
            ></path>
        </svg>
    }
}

/// The pale dotted place where a seal will come. In a line of text the figure is left out.
#[component]
pub fn SealPlace(
    /// Size and place.
    #[prop(into)]
    class: String,
    /// Small, as the mark of a step.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let (width, dashes) = if small { ("8", "2 21.17") } else { ("2", "2.5 5.223") };
    view! {
        <svg class=format!("seal-place {class}") width="88" height="88" viewBox="0 0 128 128" aria-hidden="true">
            <circle
                cx="64"
                cy="64"
                r="59"
                fill="none"
                stroke="currentColor"
                stroke-width=width
                stroke-dasharray=dashes
                stroke-linecap="round"
            ></circle>
            {(!small)
                .then(|| {
                    view! {
                        <path
                            fill="none"
                            stroke="currentColor"
                            stroke-width="1.5"
                            stroke-linecap="round"
                            stroke-linejoin="round"
                            opacity=".55"
                            transform=CENTRED
                            d=SETTLED
                        ></path>
                    }
                })}
        </svg>
    }
}
