//! The frame of every page: the way past it, the head, and where one can go.

use leptos::prelude::*;
use leptos_router::location::RequestUrl;

use super::{
    alive::Busy,
    appearance::{HideAmounts, ThemeMenu},
    icon::{Glyph, Icon},
    live::Live,
    seal::Mark,
};

/// The places of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `/home`
    Home,
    /// `/activity`
    Activity,
    /// `/send`
    Send,
    /// `/add-money`
    AddMoney,
    /// `/people`
    People,
    /// `/settings/profile` and its neighbours.
    Settings,
}

impl Place {
    const ALL: [Place; 6] =
        [Place::Home, Place::Activity, Place::Send, Place::AddMoney, Place::People, Place::Settings];

    const fn parts(self) -> (&'static str, &'static str, Glyph) {
        match self {
            Place::Home => ("/home", "Home", Glyph::Home),
            Place::Activity => ("/activity", "Activity", Glyph::Activity),
            Place::Send => ("/send", "Send", Glyph::Send),
            Place::AddMoney => ("/add-money", "Add money", Glyph::Add),
            Place::People => ("/people", "People", Glyph::People),
            Place::Settings => ("/settings/profile", "Settings", Glyph::Settings),
        }
    }
}

/// Path and query of this page.
pub fn here() -> String {
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    url.map(|url| match url.search() {
        "" => url.path().to_owned(),
        search => format!("{}?{search}", url.path()),
    })
    .unwrap_or_else(|| "/".to_owned())
}

/// A page for whoever is signed in: with the navigation and the way out.
#[component]
pub fn Private(
    /// Where in the navigation it is.
    at: Place,
    /// The page.
    children: Children,
) -> impl IntoView {
    let next = here();
    view! {
        <Skip/>
        <div class="md:grid md:grid-cols-[100px_minmax(0,1fr)] md:grid-rows-[auto_1fr] xl:grid-cols-[232px_minmax(0,1fr)]">
            <header class="flex min-h-[60px] items-center gap-1 border-b border-line px-4 pr-2 md:col-span-2 md:min-h-[68px] md:px-6 md:pr-5 print:hidden">
                <Brand href="/home"/>
                <div class="noscript:hidden">
                    <Live/>
                </div>
                <HideAmounts next=next.clone()/>
                <ThemeMenu next=next.clone()/>
                <form method="post" action="/sign-out">
                    <button class="btn btn-text btn-s px-2" type="submit">
                        "Sign out"
                    </button>
                </form>
            </header>
            <Navigation at=at exact=next == at.parts().0/>
            <main
                class="max-w-[1160px] px-4 pt-6 pb-[calc(64px+3.5rem+env(safe-area-inset-bottom))] md:px-8 md:pt-10 md:pb-18 xl:pr-10 xl:pl-14 print:p-0"
                id="main"
                tabindex="-1"
            >
                {children()}
            </main>
        </div>
        <Busy/>
    }
}

/// A page for anybody.
#[component]
pub fn Public(
    /// Whether the head leads to the sign-in page.
    #[prop(optional)]
    sign_in: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <Skip/>
        <header class="flex min-h-[60px] items-center gap-2 border-b border-line px-4 md:min-h-[68px] lg:px-[max(2.5rem,calc((100vw-1200px)/2+2.5rem))]">
            <Brand href="/"/>
            <ThemeMenu next=here()/>
            {sign_in.then(|| view! { <a class="btn btn-s" href="/sign-in">"Sign in"</a> })}
        </header>
        <main id="main" tabindex="-1">
            {children()}
        </main>
        <Busy/>
    }
}

#[component]
fn Skip() -> impl IntoView {
    view! {
        <a
            class="fixed top-2 left-2 z-50 -translate-y-[200%] rounded-ctl bg-ink px-4 py-3 text-paper focus:translate-y-0"
            href="#main"
        >
            "Skip to content"
        </a>
    }
}

/// The mark and the word, leading to where one begins.
#[component]
pub(super) fn Brand(
    /// Where that is.
    href: &'static str,
) -> impl IntoView {
    view! {
        <a
            class="mr-auto inline-flex min-h-11 items-center gap-2.5 text-[0.9375rem] font-[680] tracking-[0.14em] no-underline"
            href=href
        >
            <Mark/>
            <span class="max-[22rem]:sr-only">"OKANE"</span>
        </a>
    }
}

#[component]
fn Navigation(at: Place, exact: bool) -> impl IntoView {
    let items = Place::ALL.map(|place| {
        let (href, word, glyph) = place.parts();
        let current = (place == at).then_some(if exact { "page" } else { "true" });
        let class = if place == Place::Send { "send" } else { "" };
        // A phone's bar is short; there the home page leads to these.
        let only_wide = matches!(place, Place::AddMoney | Place::People).then_some("max-md:hidden");
        view! {
            <li class=only_wide>
                <a class=class href=href aria-current=current>
                    <span class="pill">
                        <Icon of=glyph/>
                    </span>
                    {word}
                </a>
            </li>
        }
    });
    view! {
        <nav
            class="nav fixed inset-x-0 bottom-0 z-10 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:sticky md:top-0 md:self-start md:border-0 md:bg-transparent md:px-2 md:py-6 xl:px-4 xl:py-8 print:hidden"
            aria-label="Main"
        >
            <ul class="mx-auto grid max-w-[34rem] grid-cols-4 md:grid-cols-1 md:gap-1">{items.collect_view()}</ul>
        </nav>
    }
}

/// The settings: an address, its word, and the pages that are reached from there.
const TABS: [(&str, &str, &[&str]); 4] = [
    (
        "/settings/profile",
        "Profile",
        &["/settings/phone", "/settings/phone/code", "/settings/email", "/settings/email/code"],
    ),
    (
        "/settings/security",
        "Security",
        &[
            "/settings/password",
            "/settings/google",
            "/settings/passkeys",
            "/settings/passkeys/new",
            "/settings/second-factor",
            "/settings/sessions",
            "/settings/approval",
            "/settings/notices",
        ],
    ),
    ("/settings/limits", "Limits", &[]),
    ("/settings/freeze", "Freeze", &[]),
];

/// What a person decides for themself, as pages beside each other.
#[component]
pub fn SettingsTabs() -> impl IntoView {
    let here = here();
    let here = here.split('?').next().unwrap_or_default();
    let tabs = TABS.map(|(href, word, within)| {
        let current = if here == href { Some("page") } else { within.contains(&here).then_some("true") };
        view! {
            <a href=href aria-current=current>
                {word}
            </a>
        }
    });
    view! {
        <nav class="tabs" aria-label="Settings">
            {tabs.collect_view()}
        </nav>
    }
}
