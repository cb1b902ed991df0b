//! Pictures over HTTP: sent by a plain form of their own, served to whoever may see the person.

use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use domain::{Digest, UserId};
use identity::{MAX_UPLOAD, PictureError};
use ledger::StorageError;
use leptos_axum::ResponseParts;

use super::context::{Handles, Pages};
use super::form::render_again;
use super::session::drafts_of;
use super::{AuthSession, Trouble, acquaintance, failure_page, unavailable};
use crate::profile::ProfileForm;
use crate::ui::form::{FormError, Submitted};

const PROFILE: &str = "/settings/profile";
/// The address that takes a file, and with it more than a form has.
pub const UPLOAD: &str = "/settings/profile/picture";
/// What is too large is read to its end all the same, up to this, and not kept: a browser that is still sending
/// does not hear the answer. No other address takes so much.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// [`UPLOAD`]: takes a file, and leads back to the profile.
pub(super) fn upload() -> MethodRouter<Pages> {
    let back = get(async || Redirect::to(PROFILE));
    back.post(receive).layer(DefaultBodyLimit::max(MAX_BODY))
}

async fn receive(
    State(pages): State<Pages>,
    auth: AuthSession,
    mut parts: Parts,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let Some(user) = auth.user.as_ref().map(|user| user.id) else {
        return Redirect::to("/sign-in").into_response();
    };
    let file = match form {
        Ok(form) => read(form).await.map_err(|error| error.status()),
        Err(rejection) => Err(rejection.status()),
    };
    let refusal = match file {
        Ok(file) => match pages.handles.identity.set_picture(user, file).await {
            Ok(()) => return Redirect::to("/settings/profile?changed=picture").into_response(),
            Err(PictureError::Storage(error)) => {
                let error = FormError::from(Trouble(unavailable(&error)));
                return shown_again(pages, &mut parts, error, status(StatusCode::SERVICE_UNAVAILABLE)).await;
            }
            Err(refusal) => refusal,
        },
        Err(StatusCode::PAYLOAD_TOO_LARGE) => PictureError::TooLarge,
        Err(_) => {
            return failure_page(
                StatusCode::BAD_REQUEST,
                "This form cannot be read",
                "It did not arrive as this page sends it. Open the page again and choose the picture there.",
            );
        }
    };
    let mut answer = ResponseParts::default();
    if let PictureError::TooMany { seconds } = refusal {
        answer = status(StatusCode::TOO_MANY_REQUESTS);
        answer.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    shown_again(pages, &mut parts, FormError::field("picture", refusal), answer).await
}

/// The file of the form, and of one that is too large a little more than is taken.
async fn read(mut form: Multipart) -> Result<Vec<u8>, MultipartError> {
    let mut file = Vec::new();
    while let Some(mut field) = form.next_field().await? {
        let is_picture = field.name() == Some("picture");
        while let Some(chunk) = field.chunk().await? {
            let room = if is_picture { (MAX_UPLOAD + 1).saturating_sub(file.len()) } else { 0 };
            file.extend(chunk.iter().take(room));
        }
    }
    Ok(file)
}

/// The profile's page, which has no address of its own for this form.
async fn shown_again(pages: Pages, parts: &mut Parts, error: FormError, answer: ResponseParts) -> Response {
    parts.uri = Uri::from_static(PROFILE);
    let submitted = Submitted { form: ProfileForm::default(), error };
    render_again(pages, parts.clone(), submitted, answer).await
}

fn status(status: StatusCode) -> ResponseParts {
    ResponseParts { status: Some(status), ..ResponseParts::default() }
}

/// `/pictures/{person}/{digest}.jpg`. Another picture has another address, so a browser keeps it for good.
pub(super) async fn show(
    State(pages): State<Pages>,
    auth: AuthSession,
    Path((person, file)): Path<(String, String)>,
) -> Response {
    let name = file.strip_suffix(".jpg").and_then(|name| name.parse().ok());
    let (Ok(person), Some(name)) = (person.parse(), name) else { return missing() };
    match find(&pages.handles, &auth, person, name).await {
        Ok(Some(jpeg)) => {
            let headers = [
                (header::CONTENT_TYPE, "image/jpeg"),
                (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, Bytes::from(jpeg)).into_response()
        }
        Ok(None) => missing(),
        Err(Trouble(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The picture, for its owner, for those who have to do with them, and for whoever is about to pay them.
async fn find(
    handles: &Handles,
    auth: &AuthSession,
    person: UserId,
    name: Digest,
) -> Result<Option<Vec<u8>>, Trouble> {
    let trouble = |error: StorageError| Trouble(unavailable(&error));
    let Some(reader) = auth.user.as_ref().map(|user| user.id) else { return Ok(None) };
    let may_see = reader == person
        || acquaintance(handles, reader, person).await.map_err(trouble)?.is_some()
        || drafts_of(auth).await?.iter().any(|draft| draft.payee == person);
    if may_see { handles.identity.picture(person, name).await.map_err(trouble) } else { Ok(None) }
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.").into_response()
}
