//! The pages about one's security, each with how it stands.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Security, api};
use crate::ui::{
    icon::{Glyph, Icon},
    layout::{Place, Private, SettingsTabs},
    load::load,
};

/// `/settings/security`
#[component]
pub fn SecurityPage() -> impl IntoView {
    view! {
        <Title text="Security"/>
        <Private at=Place::Settings>
            {load(api::security(), |security| view! { <SecurityView security=security/> })}
        </Private>
    }
}

#[component]
fn SecurityView(security: Security) -> impl IntoView {
    let Security { has_password, google, passkeys, has_second_factor, approvals, sessions, phone, email } =
        security;
    let email = email.unwrap_or_else(|| "None yet".to_owned());
    let password = if has_password { "Set" } else { "None yet" };
    let second_step = if has_second_factor { "On" } else { "Off" };
    let google = google.map(|is_connected| {
        let state = if is_connected { "Connected" } else { "Not connected" };
        view! { <Row href="/settings/google" title="Google" state=state/> }
    });
    let passkeys = passkeys.map(|count| {
        let state = if count == 0 { "None yet".to_owned() } else { format!("{count} added") };
        view! { <Row href="/settings/passkeys" title="Passkeys" state=state/> }
    });
    let sessions = if sessions > 1 { format!("{sessions} open") } else { "Only this one".to_owned() };
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Security"</h1>
                <p class="text-soft">
                    "What opens your wallet, and where it is open. Somebody else is in it? " <a href="/settings/freeze">"Freeze it"</a>
                    " first: nothing leaves it then."
                </p>
            </div>
            <Part id="signing-in" title="Signing in">
                <Row href="/settings/password" title="Password" state=password/>
                {passkeys}
                {google}
                <Row href="/settings/second-factor" title="Second step" state=second_step/>
                <Row href="/settings/sessions" title="Sessions" state=sessions/>
            </Part>
            {(!has_second_factor).then(|| view! { <TextMessages/> })}
            <Part id="paying" title="Paying">
                <Row href="/settings/approval" title="Approvals" state=approvals.in_words()/>
            </Part>
            <Part id="reached" title="Being told">
                <Row href="/settings/phone" title="Phone number" state=phone/>
                <Row href="/settings/email" title="Email" state=email/>
                <Row href="/settings/notices" title="Notices" state="Last 90 days"/>
            </Part>
        </div>
    }
}

/// What a code by text message is worth (ASVS 5.0, 6.6.1).
#[component]
fn TextMessages() -> impl IntoView {
    view! {
        <p class="-mt-4 text-14 text-soft">
            "A forgotten password is replaced by a code in a text message, and whoever takes over your number reads that. With a "
            <a href="/settings/second-factor">"second step"</a> " it does not let them in."
        </p>
    }
}

/// Pages that belong together.
#[component]
fn Part(id: &'static str, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="grid gap-2" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <ul class="border-t border-ink">{children()}</ul>
        </section>
    }
}

/// A page, and in a word or two how what it decides stands. All of the row leads there.
#[component]
fn Row(href: &'static str, title: &'static str, #[prop(into)] state: String) -> impl IntoView {
    view! {
        <li class="relative flex min-h-14 items-center gap-3 border-b border-line">
            <a class="font-[560] text-ink no-underline after:absolute after:inset-0 hover:underline" href=href>
                {title}
            </a>
            <span class="ms-auto text-14 text-soft">{state}</span>
            <Icon of=Glyph::Right/>
        </li>
    }
}
