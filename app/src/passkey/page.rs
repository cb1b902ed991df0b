//! One's passkeys.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Passkey, PasskeysForm, api};
use crate::second_factor::{self, State};
use crate::ui::{
    confirm::{Confirm, Proof},
    field::{Field, Refused},
    form::{FormError, submitted},
    layout::{Place, Private, SettingsTabs},
    load::load,
    note::{Note, Tone},
    time::{Detail, Time},
};

const HERE: &str = "/settings/passkeys";
const FIELDS: &[(&str, &str)] = &[("name", "Name"), ("code", "Code"), ("confirm", "Your password")];

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
        form.rename = form.rename.or_else(|| query.get("rename"));
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
    let chosen =
        |id: &Option<String>| passkeys.iter().find(|passkey| Some(&passkey.id) == id.as_ref()).cloned();
    let outcome = match (&form.rename, &form.remove) {
        (Some(_), _) => "The passkey is called as before.",
        (None, Some(_)) => "No passkey was removed.",
        (None, None) => "No passkey was added.",
    };
    let refused = error.clone();
    // One thing at a time is asked for.
    let below = match (chosen(&form.rename), chosen(&form.remove)) {
        (Some(passkey), _) => {
            let name = if error == FormError::default() { passkey.name.clone() } else { form.name };
            view! { <Rename passkey=passkey name=name error=error/> }.into_any()
        }
        (None, Some(passkey)) => view! { <Remove passkey=passkey error=error/> }.into_any(),
        (None, None) => view! { <Add form=form error=error has_one=!passkeys.is_empty()/> }.into_any(),
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
            {changed.and_then(|what| Some(view! { <Done sentence=done(&what)? elsewhere=what != "renamed"/> }))}
            {list}
            {below}
        </div>
    }
}

/// What was done, said above the list.
fn done(what: &str) -> Option<&'static str> {
    match what {
        "added" => Some("Your passkey is added. You can sign in with it from now on."),
        "removed" => Some("The passkey is removed. It opens nothing here any more."),
        "renamed" => Some("The passkey has its new name."),
        _ => None,
    }
}

#[component]
fn Done(
    sentence: &'static str,
    /// All other sessions ended.
    elsewhere: bool,
) -> impl IntoView {
    view! {
        <div role="status">
            <Note tone=Tone::Good>
                <p class="font-[620]">{sentence}</p>
                {elsewhere.then(|| view! { <p class="text-14">"You are signed in here and nowhere else."</p> })}
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
        <li class="grid items-center gap-x-4 gap-y-3 border-b border-line py-4 sm:grid-cols-[minmax(0,1fr)_auto]">
            <div class="grid gap-0.5">
                <p class="font-[620] wrap-anywhere">{name.clone()}</p>
                <p class="text-14 text-soft">"Added " <Time at=made_at show=Detail::Within/> " · " {used}</p>
            </div>
            <div class="flex flex-wrap gap-2">
                <a class="btn btn-s" href=format!("{HERE}?rename={id}")>
                    "Rename" <span class="sr-only">{format!(" {name}")}</span>
                </a>
                <a class="btn btn-s" href=format!("{HERE}?remove={id}")>
                    "Remove" <span class="sr-only">{format!(" {name}")}</span>
                </a>
            </div>
        </li>
    }
}

#[component]
fn Add(form: PasskeysForm, error: FormError, has_one: bool) -> impl IntoView {
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
                {load(
                    second_factor::api::state(),
                    {
                        let error = error.clone();
                        move |state| {
                            matches!(state, State::On { .. })
                                .then(|| view! { <Code error=error.clone() has_one=has_one/> })
                        }
                    },
                )}
                <Proof error=error>
                    <button class="btn btn-main justify-self-start" type="submit">
                        "Continue"
                    </button>
                </Proof>
            </form>
        </section>
    }
}

/// Of the second step, which a passkey goes without from then on.
#[component]
fn Code(error: FormError, has_one: bool) -> impl IntoView {
    let help = "Of your app, or a recovery code: a passkey signs you in without one.";
    let help =
        if has_one { format!("{help} Not needed where you use a passkey below.") } else { help.to_owned() };
    view! {
        <Field
            name="code"
            label="Code"
            value=""
            error=error
            help=help
            autocomplete="one-time-code"
            maxlength=32
        />
    }
}

#[component]
fn Rename(passkey: Passkey, name: String, error: FormError) -> impl IntoView {
    view! {
        <section class="grid gap-4 border-t border-ink pt-4" aria-labelledby="rename">
            <h2 id="rename">{format!("Rename “{}”", passkey.name)}</h2>
            <form class="grid gap-6" method="post" action=HERE novalidate>
                <input type="hidden" name="rename" value=passkey.id/>
                <Field name="name" label="Name" value=name error=error.clone() help="For you to know it by. Your device goes on calling it what it does." maxlength=80/>
                <Confirm error=error/>
                <button class="btn btn-main justify-self-start" type="submit">
                    "Rename it"
                </button>
            </form>
            <a class="btn btn-text justify-self-start" href=HERE>
                "Keep the name"
            </a>
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
