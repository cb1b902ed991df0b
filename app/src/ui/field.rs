//! Fields and what they say when they are refused. Labels are a contract: others find fields by them.

use leptos::prelude::*;

use super::{
    alive::Reveal,
    form::FormError,
    icon::{Glyph, Icon},
    note::{Note, Tone},
};

/// A field of one line: label, input, sentence, help.
#[component]
pub fn Field(
    /// Name in the form, and id on the page.
    name: &'static str,
    /// What is asked.
    label: &'static str,
    /// As it was typed.
    #[prop(into)]
    value: String,
    /// Why it was refused.
    error: FormError,
    /// Said before failing.
    #[prop(optional, into)]
    help: Option<String>,
    /// `text`, `tel`, `password`, …
    #[prop(default = "text")]
    kind: &'static str,
    /// What a browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Which keyboard fits.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// The most that fits.
    #[prop(default = 256)]
    maxlength: u16,
    /// May stay empty.
    #[prop(optional)]
    may_be_empty: bool,
) -> impl IntoView {
    let sentence = error.of(name).map(str::to_owned);
    let secret = kind == "password";
    let input = view! {
        <input
            class=if secret { "in pr-[52px]" } else { "in" }
            id=name
            name=name
            type=kind
            value=(!secret).then_some(value)
            autocomplete=autocomplete
            autocapitalize=matches!(kind, "password" | "email").then_some("none")
            spellcheck=matches!(kind, "password" | "email" | "tel").then_some("false")
            inputmode=inputmode
            maxlength=maxlength.to_string()
            required=!may_be_empty
            aria-invalid=sentence.is_some().then_some("true")
            aria-describedby=described_by(name, sentence.is_some(), help.is_some())
        />
    };
    view! {
        <div class="grid min-w-0 gap-1.5">
            // Beside the label, not in it: others find the field by the label alone.
            <div class="flex gap-x-1.5">
                <label class="label" for=name>
                    {label}
                </label>
                {may_be_empty.then(|| view! { <span class="text-soft">"(optional)"</span> })}
            </div>
            {if secret {
                view! {
                    <div class="relative" data-secret>
                        {input} <Reveal/>
                    </div>
                }
                    .into_any()
            } else {
                input.into_any()
            }}
            <Sentence of=name text=sentence/>
            {help.map(|help| view! { <p class="help" id=format!("{name}-help")>{help}</p> })}
        </div>
    }
}

/// The sentence under a refused field.
#[component]
pub fn Sentence(
    /// The field's name.
    of: &'static str,
    /// Why it was refused.
    text: Option<String>,
) -> impl IntoView {
    text.map(|text| {
        view! {
            <p class="err" id=format!("{of}-error")>
                <Icon of=Glyph::Alert/>
                <span>{text}</span>
            </p>
        }
    })
}

/// The ids that describe a field: first what is wrong, then the help.
pub fn described_by(name: &str, wrong: bool, help: bool) -> Option<String> {
    match (wrong, help) {
        (true, true) => Some(format!("{name}-error {name}-help")),
        (true, false) => Some(format!("{name}-error")),
        (false, true) => Some(format!("{name}-help")),
        (false, false) => None,
    }
}

/// Says at the top of a form that it was refused, and leads to each field that is wrong.
#[component]
pub fn Refused(
    /// What was refused; nothing is shown where nothing was.
    error: FormError,
    /// The outcome, where the refusal has no sentence of its own.
    outcome: &'static str,
    /// Names of the form's fields and their labels.
    fields: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    if error == FormError::default() || error.is_away() {
        return None; // nothing was, or only the password is asked for, where it is asked for
    }
    let links: Vec<_> = fields
        .iter()
        .filter(|(name, _)| error.of(name).is_some())
        .map(|(name, label)| view! { <li><a href=format!("#{name}")>{*label}</a></li> })
        .collect();
    let links = (!links.is_empty()).then(|| {
        view! {
            <div class="flex flex-wrap gap-x-3 text-14">
                "Look at:" <ul class="flex flex-wrap gap-x-3">{links}</ul>
            </div>
        }
    });
    let summary = error.summary.unwrap_or_else(|| outcome.to_owned());
    Some(view! {
        <div role="alert" tabindex="-1" autofocus=true>
            <Note tone=Tone::Bad>
                <p class="font-[620]">{summary}</p>
                {links}
            </Note>
        </div>
    })
}
