//! Reading what a page shows, and saying why where it cannot be shown.

use std::future::Future;

use leptos::prelude::*;

use super::{failure::Trouble, form::PageError};

/// Reads once, on the server, before anything is sent; then shows it, or the reason why not. Its type is
/// erased: the compiler gives up on a page as one type. No `Suspense` and no resource around it: those are for pages that
/// are sent in parts, or read anew by a browser, and every page of ours is answered whole.
pub fn load<T, V>(
    read: impl Future<Output = Result<T, PageError>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    Suspend::new(async move {
        match read.await {
            Ok(data) => show(data).into_any(),
            Err(error) => view! { <Trouble error=error/> }.into_any(),
        }
    })
    .into_any()
}
