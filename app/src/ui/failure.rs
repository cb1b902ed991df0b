//! When a page cannot be shown: what happened, where the money is, and under which reference we know it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    form::PageError,
    layout::{Brand, Public},
    note::{Note, Tone},
};

/// A failure within a page: the outcome first, then one of the three truths, then the way on.
#[component]
pub fn Failure(
    /// What happened, as a heading.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    #[prop(into)]
    sentence: String,
    /// Where the money is.
    #[prop(into, default = "No money moved.".to_owned())]
    money: String,
    /// Under which it was logged.
    #[prop(optional_no_strip)]
    reference: Option<String>,
) -> impl IntoView {
    view! {
        <Title text=title.clone()/>
        <div class="grid max-w-[34rem] gap-5">
            <h1>{title}</h1>
            <p class="text-soft">{sentence}</p>
            <Note tone=Tone::Plain>
                <p class="font-[620]">{money}</p>
                {reference
                    .map(|reference| {
                        view! { <p class="text-14">"Reference " <span class="ref">{reference}</span></p> }
                    })}
            </Note>
            <div class="btns">
                <a class="btn btn-main" href="/home">
                    "Home"
                </a>
                <a class="btn" href="/activity">
                    "Activity"
                </a>
            </div>
        </div>
    }
}

/// A failure as a page of its own: 403, 404, 429, 500.
#[component]
pub fn FailurePage(
    /// What happened, as a heading.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    #[prop(into)]
    sentence: String,
    /// Where the money is.
    #[prop(into, default = "No money moved.".to_owned())]
    money: String,
    /// Under which it was logged.
    #[prop(optional_no_strip)]
    reference: Option<String>,
) -> impl IntoView {
    view! {
        <Public>
            <div class="mx-auto max-w-[34rem] px-4 py-8 md:py-18">
                <Failure title sentence money reference/>
            </div>
        </Public>
    }
}

/// A failure as a whole document, for answers given before there is a page: no script, nothing but its
/// stylesheet.
#[component]
pub fn FailureDocument(
    /// What happened, as a heading.
    #[prop(into)]
    title: String,
    /// Why, what to do, and where the money is.
    #[prop(into)]
    sentence: String,
    /// Where the stylesheet stands.
    #[prop(into)]
    stylesheet: String,
) -> impl IntoView {
    view! {
        <html lang="en-IN">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{format!("{title} · OKANE")}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=stylesheet/>
            </head>
            <body>
                <header class="flex min-h-[60px] items-center border-b border-line px-4 md:min-h-[68px] md:px-6">
                    <Brand href="/"/>
                </header>
                <main class="mx-auto grid max-w-[34rem] gap-5 px-4 py-8 md:py-18" id="main">
                    <h1>{title}</h1>
                    <p class="text-soft">{sentence}</p>
                    <div class="btns">
                        <a class="btn btn-main" href="/home">
                            "Home"
                        </a>
                        <a class="btn" href="/activity">
                            "Activity"
                        </a>
                    </div>
                </main>
            </body>
        </html>
    }
}

/// There is no such address.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <FailurePage
            title="There is no page here"
            sentence="The address may be mistyped. Your payments are all in Activity."
        />
    }
}

/// Why the data of a page is not there.
#[component]
pub fn Trouble(
    /// Why.
    error: PageError,
) -> impl IntoView {
    match error {
        PageError::SignedOut => view! {
            <Failure
                title="You are signed out"
                sentence="Sign in again to see this page: Home leads there."
            />
        }
        .into_any(),
        PageError::NotFound => view! {
            <Failure
                title="There is nothing here"
                sentence="The address may be mistyped, this may have ended, or it belongs to another account."
            />
        }
        .into_any(),
        PageError::TooMany { sentence } => {
            view! { <Failure title="That was very often" sentence=sentence/> }.into_any()
        }
        PageError::Unavailable { reference } => view! {
            <Failure
                title="This cannot be shown now"
                sentence="The trouble is ours and is logged. Reading a page moves nothing: try again in a moment."
                reference=Some(reference)
            />
        }
        .into_any(),
    }
}
