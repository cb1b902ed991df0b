//! One's passkeys.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Passkey, PasskeysForm, api};
use crate::ui::{
    confirm::Proof,
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    time::{Detail, Time},
};

const HERE: &str = "/settings/passkeys";
const FIELDS: &[(&str, &str)] = &[("name", "Name"), ("confirm", "Your password")];

/// `/settings/passkeys`
#[component]
pub fn PasskeysPage() -> impl IntoView {
    let query = use_query_map().read_untracked();
    let (mut form, error) = match submitted::<PasskeysForm>() {
        Some(refused) => (refused.form, refused.error),
        None => (PasskeysForm::default(), FormError::default()),
    };
    if form.begin.is_none() {
        form.remove = form.remove.or_else(|| query.get("remove"));
    }
    let changed = query.get("changed").filter(|_| error == FormError::default());
    view! {
        <Title text="Passkeys"/>
        <Private at=Place::Settings>
            {load(
                api::passkeys(),
                move |passkeys| {
                    view! {
                        <PasskeysView passkeys=passkeys form=form.clone() error=error.clone() changed=changed.clone()/>
                    }
                },
            )}
        </Private>
    }
}

#[component]
fn PasskeysView(
    passkeys: Vec<Passkey>,
    form: PasskeysForm,
    error: FormError,
    changed: Option<String>,
) -> impl IntoView {
    let removed = passkeys.iter().find(|passkey| Some(&passkey.id) == form.remove.as_ref()).cloned();
    let outcome = if form.remove.is_some() { "No passkey was removed." } else { "No passkey was added." };
    let refused = error.clone();
    // One password at a time is asked for.
    let below = match removed {
        Some(passkey) => view! { <Remove passkey=passkey error=error/> }.into_any(),
        None => view! { <Add form=form error=error/> }.into_any(),
    };
    let list = (!passkeys.is_empty()).then(|| {
        view! {
            <ul class="border-t border-ink">
                {passkeys.into_iter().map(|passkey| view! { <Row passkey=passkey/> }).collect_view()}
            </ul>
        }
    });
    view! {
        <div class="grid max-w-[35rem] gap-8">
            <SettingsTabs/>
            <div class="grid gap-2">
                <h1>"Passkeys"</h1>
                <p class="text-soft">
                    "A passkey opens your wallet with your fingerprint, your face or the PIN of your device, and asks for no code besides. Nobody can get it out of you, and it works on our pages alone. Your password stays, for the day on which the device is lost. Adding or removing one signs you out everywhere else."
                </p>
            </div>
            <Refused error=refused outcome=outcome fields=FIELDS/>
            {changed.and_then(|what| done(&what)).map(|sentence| view! { <Done sentence=sentence/> })}
            {list}
            {below}
        </div>
    }
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "added" => Some("Your passkey is added. You can sign in with it from now on."),
        "removed" => Some("The passkey is removed. It opens nothing here any more."),
        _ => None,
    }
}

#[component]
fn Done(sentence: &'static str) -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{sentence}</p>
                <p class="text-14">"You are signed in here and nowhere else."</p>
            </Note>
        </div>
    }
}

#[component]
fn Row(passkey: Passkey) -> impl IntoView {
    let Passkey { id, name, made_at, last_used_at } = passkey;
    let used = match last_used_at {
        Some(at) => view! { "last used " <Time at=at show=Detail::Within/> }.into_any(),
        None => "not used yet".into_any(),
    };
    view! {
        <li class="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 border-b border-line py-4">
            <div class="grid gap-0.5">
                <p class="font-[620] wrap-anywhere">{name.clone()}</p>
                <p class="text-14 text-soft">"Added " <Time at=made_at show=Detail::Within/> " · " {used}</p>
            </div>
            <a class="btn btn-s" href=format!("{HERE}?remove={id}")>
                "Remove" <span class="sr-only">{format!(" {name}")}</span>
            </a>
        </li>
    }
}

#[component]
fn Add(form: PasskeysForm, error: FormError) -> impl IntoView {
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="add">
            <h2 id="add">"Add a passkey"</h2>
            <p class="hidden text-soft noscript:block">
                    "Browsers make passkeys by script alone, and script is off here. Turn it on for this site to add one."
                </p>
            <form class="grid gap-6 noscript:hidden" method="post" action=HERE novalidate>
                <input type="hidden" name="begin" value="1"/>
                <Field
                    name="name"
                    label="Name"
                    value=form.name
                    error=error.clone()
                    help="For you to know it by: the device, for example."
                    maxlength=80
                />
                <Proof error=error>
                    <button class="btn btn-main justify-self-start" type="submit">
                        "Continue"
                    </button>
                </Proof>
            </form>
        </section>
    }
}

#[component]
fn Remove(passkey: Passkey, error: FormError) -> impl IntoView {
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="remove">
            <h2 id="remove">{format!("Remove “{}”?", passkey.name)}</h2>
            <p class="text-soft">
                "It opens your wallet no more. Your device does not know that: remove it there too."
            </p>
            <form class="grid gap-6" method="post" action=HERE novalidate>
                <input type="hidden" name="remove" value=passkey.id/>
                <Proof error=error>
                    <button class="btn btn-main justify-self-start" type="submit">
                        "Remove it"
                    </button>
                </Proof>
            </form>
            <a class="btn btn-text justify-self-start" href=HERE>
                "Keep it"
            </a>
        </section>
    }
}
