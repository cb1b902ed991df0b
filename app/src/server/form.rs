//! The door for plain forms: `POST` to a page's own address runs the server function of its form. Where that
//! answers with a path, the browser goes there (303); where it refuses, the same page is rendered again with
//! what was typed and the sentences (422; 429 where it came too often, or 503 where the trouble is ours). So every form works without script, and a reload or the back
//! button never finds a half-done page.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, post};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::{ResponseOptions, ResponseParts};
use serde::de::DeserializeOwned;

use super::context::Pages;
use super::presence::{Confirmation, confirm};
use super::{failure_page, pages::page_context};
use crate::second_factor::Changed;
use crate::shell::shell;
use crate::ui::form::{FormError, Submitted, Typed};

/// What a form that was carried out is answered with.
pub(super) trait Outcome: Send + 'static {
    /// Said of a path: go there. Nothing else of it can be reloaded.
    fn answer(self, pages: Pages, parts: Parts) -> impl Future<Output = Response> + Send;
}

impl Outcome for String {
    async fn answer(self, _: Pages, _: Parts) -> Response {
        Redirect::to(&self).into_response()
    }
}

/// What is shown once stands in this answer: in no address, and kept by nobody. A reload asks for it again and is refused.
impl Outcome for Changed {
    async fn answer(self, pages: Pages, parts: Parts) -> Response {
        match self {
            Changed::Page(path) => path.answer(pages, parts).await,
            Changed::Codes(codes) => {
                render(pages, parts, move || {
                    provide_context(codes.clone());
                })
                .await
            }
        }
    }
}

/// A route for the form `F`, carried out by the server function `submit`.
pub(super) fn form<F, S, A, O>(submit: S) -> MethodRouter<Pages>
where
    F: DeserializeOwned + Typed + Clone + Send + Sync + 'static,
    S: Fn(F) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<O, FormError>> + Send + 'static,
    O: Outcome,
{
    post(move |State(pages): State<Pages>, mut parts: Parts, body: Bytes| async move {
        let Some(typed) = read::<F>(&parts, &body) else {
            return failure_page(
                StatusCode::BAD_REQUEST,
                "This form cannot be read",
                "It did not arrive as this page sends it, and no money moved. Open the page again and fill it in there.",
            );
        };
        let response = ResponseOptions::default();
        let given = read::<Confirmation>(&parts, &body).unwrap_or_default();
        let outcome = match run(&pages, parts.clone(), response.clone(), confirm(given)).await {
            Ok(presence) => {
                parts.extensions.insert(presence);
                run(&pages, parts.clone(), response.clone(), submit(typed.clone())).await
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(done) => done.answer(pages, parts).await,
            Err(error) => {
                let submitted = Submitted { form: typed.without_secrets(), error };
                let answer = response.0.read().map(|response| response.clone()).unwrap_or_default();
                render_again(pages, parts, submitted, answer).await
            }
        }
    })
}

/// The form, if the body is one; a field that stands twice makes it none.
fn read<F: DeserializeOwned>(parts: &Parts, body: &[u8]) -> Option<F> {
    let media = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let is_form = media.split(';').next()?.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded");
    is_form.then(|| serde_urlencoded::from_bytes(body).ok()).flatten()
}

/// Runs a server function as the page itself would: with the handles and the request in its context.
async fn run<T>(
    pages: &Pages,
    parts: Parts,
    response: ResponseOptions,
    submit: impl Future<Output = T> + Send,
) -> T {
    let handles = pages.handles.clone();
    let owner = Owner::new_root(None);
    let future = owner.with(|| {
        provide_context(parts);
        provide_context(handles);
        provide_context(response);
        ScopedFuture::new(submit)
    });
    future.await
}

/// The page at the address of a refused form, with what was typed and why it was refused; 422 unless the answer says
/// otherwise, and with the answer's headers.
pub(super) async fn render_again<F: Clone + Send + Sync + 'static>(
    pages: Pages,
    parts: Parts,
    submitted: Submitted<F>,
    answer: ResponseParts,
) -> Response {
    let told = move || {
        provide_context(submitted.clone());
        let response = expect_context::<ResponseOptions>();
        response.set_status(answer.status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY));
        for (name, value) in &answer.headers {
            response.insert_header(name.clone(), value.clone());
        }
    };
    render(pages, parts, told).await
}

/// The page at the address of a form, which is told something more.
async fn render(pages: Pages, parts: Parts, tell: impl Fn() + Clone + Send + Sync + 'static) -> Response {
    let options = pages.options.clone();
    let context = move || {
        page_context(&pages.handles);
        tell();
    };
    let render = leptos_axum::render_app_async_with_context(context, move || shell(options.clone()));
    render(Request::from_parts(parts, Body::empty())).await
}
