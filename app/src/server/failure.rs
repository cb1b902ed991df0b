//! When something fails: logged once, here, with its chain; shown as a sentence with a reference.

use std::error::Error;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::{CodeError, SecondFactorError, SendCodeError, TooMany, WayBackError};
use ledger::WriteError;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::ServerMetaContext;

use super::{bundle, policy};
use crate::ui::failure::FailureDocument;
use crate::ui::form::{FormError, PageError};

/// Logs an error with everything that caused it, under a reference that support can search for.
pub fn unavailable(error: &dyn Error) -> String {
    let reference = domain::id::reference(uuid::Uuid::now_v7());
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        chain = format!("{chain}: {error}");
        cause = error.source();
    }
    tracing::error!(reference, error = chain, "a request failed");
    reference
}

/// A page that cannot be shown because of our own trouble.
pub(crate) fn storage(error: impl Error + 'static) -> PageError {
    set_status(StatusCode::SERVICE_UNAVAILABLE);
    PageError::Unavailable { reference: unavailable(&error) }
}

/// A page that is not there, or not for this reader.
pub(crate) fn missing() -> PageError {
    set_status(StatusCode::NOT_FOUND);
    PageError::NotFound
}

/// A form that could not be carried out because of our own trouble.
pub(crate) fn form_trouble(error: &dyn Error) -> FormError {
    set_status(StatusCode::SERVICE_UNAVAILABLE);
    Trouble(unavailable(error)).into()
}

/// A form that came too often: answered with 429 and when to come back (RFC 6585, 4).
pub(crate) fn too_many(seconds: u64, error: FormError) -> FormError {
    come_back_in(seconds);
    error
}

/// A page that was read too often, the same.
pub(crate) fn read_too_often(error: TooMany) -> PageError {
    match error {
        TooMany::Wait { seconds } => {
            come_back_in(seconds);
            PageError::TooMany { sentence: error.to_string() }
        }
        TooMany::Storage(error) => storage(error),
    }
}

fn come_back_in(seconds: u64) {
    set_status(StatusCode::TOO_MANY_REQUESTS);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// A wish to move money that came too often.
pub(crate) fn too_often(error: TooMany) -> FormError {
    match error {
        TooMany::Wait { seconds } => too_many(seconds, FormError::summary(error)),
        TooMany::Storage(error) => form_trouble(&error),
    }
}

/// A code that was not sent.
pub(crate) fn not_sent(error: SendCodeError) -> FormError {
    match error {
        SendCodeError::TooMany { seconds } => too_many(seconds, FormError::summary(error)),
        SendCodeError::Storage(error) => form_trouble(&error),
    }
}

/// A code that proved nothing.
pub(crate) fn not_proven(error: CodeError) -> FormError {
    match error {
        CodeError::Refused => FormError::field("code", error),
        CodeError::EmailRefused => FormError::field("email_code", error),
        CodeError::Taken => FormError::summary(error),
        CodeError::TooMany { seconds } => too_many(seconds, FormError::summary(error)),
        CodeError::Storage(error) => form_trouble(&error),
    }
}

/// A way back on which nobody came further.
pub(crate) fn no_way_back(error: WayBackError) -> FormError {
    match error {
        WayBackError::PhoneRefused => FormError::field("phone_code", error),
        WayBackError::EmailRefused => FormError::field("email_code", error),
        WayBackError::TooMany { seconds } => too_many(seconds, FormError::summary(error)),
        WayBackError::Storage(error) => form_trouble(&error),
        WayBackError::Over | WayBackError::Waits { .. } | WayBackError::Cooling { .. } => {
            FormError::summary(error)
        }
    }
}

/// A code of a second factor that opened nothing.
pub(crate) fn no_second_code(error: SecondFactorError) -> FormError {
    match error {
        SecondFactorError::Refused => FormError::field("code", error),
        SecondFactorError::SentRefused => FormError::field("sent", error),
        SecondFactorError::Over => FormError::summary(error),
        SecondFactorError::TooMany { seconds } => too_many(seconds, FormError::summary(error)),
        SecondFactorError::Storage(error) => form_trouble(&error),
    }
}

/// A payment that was neither made nor refused. Where its end was not seen it may have been made, and
/// pressing again tells.
pub(crate) fn payment_trouble(error: &WriteError) -> FormError {
    set_status(StatusCode::SERVICE_UNAVAILABLE);
    match error {
        WriteError::Busy => FormError::summary(
            "Too many payments are being made at once. This press moved no money. Press the button again in a \
             moment: a payment cannot be made twice by it.",
        ),
        WriteError::Storage(_) => form_trouble(error),
        WriteError::Undecided(_) => outcome_unknown(error),
    }
}

/// A cancellation whose end was not seen.
pub(crate) fn cancel_trouble(error: &dyn Error) -> FormError {
    set_status(StatusCode::SERVICE_UNAVAILABLE);
    let reference = unavailable(error);
    FormError::summary(format!(
        "We are still checking whether this payment was cancelled. Open this page again to see, or press again. \
         Reference {reference}."
    ))
}

fn outcome_unknown(error: &dyn Error) -> FormError {
    let reference = unavailable(error);
    FormError::summary(format!(
        "We are still checking whether this payment was made. Press the button again to see: it cannot be made twice. \
         Or look in Activity. Reference {reference}."
    ))
}

/// Our own trouble, already logged under this reference.
#[derive(Debug)]
pub struct Trouble(pub String);

impl From<Trouble> for FormError {
    fn from(Trouble(reference): Trouble) -> Self {
        FormError::summary(format!(
            "This cannot be done now: the trouble is on our side. This press moved no money; if you pressed before, \
             press again, it cannot be done twice. Reference {reference}."
        ))
    }
}

impl From<Trouble> for PageError {
    fn from(Trouble(reference): Trouble) -> Self {
        set_status(StatusCode::SERVICE_UNAVAILABLE);
        PageError::Unavailable { reference }
    }
}

fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// A page for what cannot be shown as one of the app's own. The sentence says where the money is.
pub fn failure_page(status: StatusCode, title: &str, sentence: &str) -> Response {
    let (title, sentence) = (title.to_owned(), sentence.to_owned());
    let html = Owner::new_root(None).with(|| {
        let (meta, _) = ServerMetaContext::new();
        provide_context(meta);
        view! { <FailureDocument title sentence stylesheet=bundle::stylesheet()/> }.to_html()
    });
    let html = format!("<!DOCTYPE html>{html}");
    (status, policy::failure(), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}
