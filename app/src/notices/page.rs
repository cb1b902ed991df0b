//! The list of them.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Notice, api};
use crate::ui::{
    layout::{Place, Private, SettingsTabs},
    load::load,
    time::{Detail, Time},
};

/// `/settings/notices`
#[component]
pub fn NoticesPage() -> impl IntoView {
    view! {
        <Title text="Notices"/>
        <Private at=Place::Settings>
            {load(api::notices(), move |notices| view! { <NoticesView notices=notices/> })}
        </Private>
    }
}

#[component]
fn NoticesView(notices: Vec<Notice>) -> impl IntoView {
    let list = match notices.is_empty() {
        true => {
            view! { <p class="border-t border-ink pt-4">"Nothing happened that you need to know of."</p> }
                .into_any()
        }
        false => view! {
            <ul class="border-t border-ink">
                {notices.into_iter().map(|notice| view! { <Row notice=notice/> }).collect_view()}
            </ul>
        }
        .into_any(),
    };
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Notices"</h1>
                <p class="text-soft">
                    "Sign-ins on what is new to us and changes of your account: the newest of the last 90 days. We send them to your phone and email too. One that was not you: end "
                    <a href="/settings/sessions">"the session"</a>", "<a href="/settings/password">"change your password"</a>", and "
                    <a href="/settings/freeze">"freeze your wallet"</a>"."
                </p>
            </div>
            {list}
        </div>
    }
}

#[component]
fn Row(notice: Notice) -> impl IntoView {
    let place = match (notice.device, notice.network) {
        (Some(device), Some(network)) => format!("{device}, from {network} · "),
        _ => String::new(),
    };
    view! {
        <li class="grid gap-0.5 border-b border-line py-4">
            <p class="font-[620]">{notice.sentence}</p>
            <p class="text-14 text-soft">{place} <Time at=notice.at show=Detail::Within/></p>
        </li>
    }
}
