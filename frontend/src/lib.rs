//! Where the browser's half begins: wakes the islands of a page that the server has drawn.

// Views are deeply nested types.
#![recursion_limit = "512"]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's own script. `app` is linked for its islands, which the page calls by name.
#[wasm_bindgen]
pub fn hydrate() {
    use app as _;
    leptos::mount::hydrate_islands();
}
