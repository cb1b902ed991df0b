//! The document around every page, and which page stands at which address.

use leptos::{attr::custom::custom_attribute, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    activity::ActivityPage,
    add_money::{AddMoneyPage, AddMoneyStatusPage},
    address::{EmailCodePage, EmailPage, PhoneCodePage, PhonePage, UndoPage},
    approval::ApprovalPage,
    forgotten::{ForgottenPage, ResetPage},
    freeze::FreezePage,
    google::{ArrivalPage, WaysPage},
    home::HomePage,
    landing::LandingPage,
    notices::NoticesPage,
    passkey::{NewPasskeyPage, PasskeysPage},
    password::PasswordPage,
    people::{PeoplePage, PersonPage},
    preferences::{Theme, preferences},
    profile::ProfilePage,
    receipt::ReceiptPage,
    second_factor::{SecondFactorPage, SecondStepPage},
    security::SecurityPage,
    send::{ReviewPage, SendPage},
    sessions::SessionsPage,
    settings::LimitsPage,
    sign_in::SignInPage,
    sign_up::{SignUpPage, VerifyPage},
    ui::failure::NotFoundPage,
    way_back::{StopWayBackPage, WayBackPage},
};

/// What a search engine may say of us.
const DESCRIPTION: &str = "A wallet that keeps money and sends it to people by their phone number, with a receipt for every movement.";
/// Tells the server this browser's time zone, for the next page.
const ZONE: &str = "document.cookie=\"zone=\"+Intl.DateTimeFormat().resolvedOptions().timeZone+\";path=/;max-age=31536000;samesite=lax\"";

/// The document of the app: complete before any script, the theme right from its first byte.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en-IN" data-theme=preferences().theme.code()>
            <head>
                <Head options=options.clone()/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options islands=true/>
                <script nonce=use_nonce()>{ZONE}</script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// What the head of a document holds whatever it shows.
#[component]
fn Head(options: LeptosOptions) -> impl IntoView {
    const PAPER: &str = "#faf8f4";
    const INK: &str = "#12110f";
    let colours = match preferences().theme {
        Theme::System => {
            vec![(PAPER, Some("(prefers-color-scheme: light)")), (INK, Some("(prefers-color-scheme: dark)"))]
        }
        Theme::Light => vec![(PAPER, None)],
        Theme::Dark => vec![(INK, None)],
    };
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
        <meta name="description" content=DESCRIPTION/>
        <meta name="color-scheme" content="light dark"/>
        {colours
            .into_iter()
            .map(|(colour, media)| view! { <meta name="theme-color" content={colour} {..custom_attribute("media", media)}/> })
            .collect_view()}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
        <HashedStylesheet options=options id="leptos"/>
    }
}

/// Every page at its address. All are rendered whole, so that none needs script to be read.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{} · OKANE", escaped(&title))/>
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=LandingPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-up") view=SignUpPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-up/verify") view=VerifyPage ssr=SsrMode::Async/>
                <Route path=path!("/forgotten") view=ForgottenPage ssr=SsrMode::Async/>
                <Route path=path!("/forgotten/code") view=ResetPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/code") view=SecondStepPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/way-back") view=WayBackPage ssr=SsrMode::Async/>
                <Route path=path!("/stop-way-back") view=StopWayBackPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-up/google") view=ArrivalPage ssr=SsrMode::Async/>
                <Route path=path!("/home") view=HomePage ssr=SsrMode::Async/>
                <Route path=path!("/add-money") view=AddMoneyPage ssr=SsrMode::Async/>
                <Route path=path!("/add-money/:id") view=AddMoneyStatusPage ssr=SsrMode::Async/>
                <Route path=path!("/send") view=SendPage ssr=SsrMode::Async/>
                <Route path=path!("/send/review") view=ReviewPage ssr=SsrMode::Async/>
                <Route path=path!("/receipts/:id") view=ReceiptPage ssr=SsrMode::Async/>
                <Route path=path!("/people") view=PeoplePage ssr=SsrMode::Async/>
                <Route path=path!("/people/:id") view=PersonPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/profile") view=ProfilePage ssr=SsrMode::Async/>
                <Route path=path!("/settings/security") view=SecurityPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/phone") view=PhonePage ssr=SsrMode::Async/>
                <Route path=path!("/settings/phone/code") view=PhoneCodePage ssr=SsrMode::Async/>
                <Route path=path!("/settings/email") view=EmailPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/email/code") view=EmailCodePage ssr=SsrMode::Async/>
                <Route path=path!("/undo-change") view=UndoPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/notices") view=NoticesPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/limits") view=LimitsPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/approval") view=ApprovalPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/freeze") view=FreezePage ssr=SsrMode::Async/>
                <Route path=path!("/settings/google") view=WaysPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/passkeys") view=PasskeysPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/passkeys/new") view=NewPasskeyPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/password") view=PasswordPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/second-factor") view=SecondFactorPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/sessions") view=SessionsPage ssr=SsrMode::Async/>
                <Route path=path!("/activity") view=ActivityPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// A title as it may stand in a page: leptos_meta writes it there as it is, and some titles are people's names.
fn escaped(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;")
}
