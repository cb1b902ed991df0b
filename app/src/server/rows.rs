//! Rows that were drawn before, in this process: half of what a page of the activity costs is drawing them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use moka::sync::Cache;

use crate::ui::row::{Drawn, Row};

/// About how many bytes they may take.
const ROOM: u64 = 8 * 1024 * 1024;
/// About what one takes beside its markup: the movement with its names and its note, and its place.
const OVERHEAD: usize = 600;
/// How long one is kept that nobody looks at.
const REST: Duration = Duration::from_secs(10 * 60);

static ROWS: LazyLock<Cache<Row, Arc<str>>> = LazyLock::new(|| {
    let weight = |_: &Row, markup: &Arc<str>| u32::try_from(markup.len() + OVERHEAD).unwrap_or(u32::MAX);
    Cache::builder().max_capacity(ROOM).weigher(weight).time_to_idle(REST).build()
});

/// Draws each once. It cannot show anything old: a row is found by all that it shows.
pub(super) const DRAWN: Drawn = Drawn(|row| {
    ROWS.get(&row).unwrap_or_else(|| {
        let markup = row.draw();
        ROWS.insert(row, markup.clone());
        markup
    })
});
