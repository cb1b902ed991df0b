//! Reading what a page shows, and saying why where it cannot be shown.

use std::future::Future;

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{failure::Trouble, form::PageError};

/// Reads once, on the server, before anything is sent; then shows it, or the reason why not. Its type is
/// erased: the compiler gives up on a page as one type.
pub fn load<T, V>(
    read: impl Future<Output = Result<T, PageError>> + Send + 'static,
    show: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let data = OnceResource::new(read);
    view! {
        <Suspense>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(data) => show(data).into_any(),
                        Err(error) => view! { <Trouble error=error/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
    .into_any()
}
