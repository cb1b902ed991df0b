//! Many who miss the same at once.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache::Cache;
use tokio::task::JoinSet;

use crate::{in_a_quiet_moment, key, process};

async fn hundred_at_once(cache: Cache) -> usize {
    let (key, loads) = (key(), Arc::new(AtomicUsize::new(0)));
    let mut readers = JoinSet::new();
    for _ in 0..100 {
        let (cache, loads) = (cache.clone(), loads.clone());
        readers.spawn(async move {
            let load = async {
                loads.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(10)).await;
                Ok::<_, Infallible>((1, 500))
            };
            cache.read(&key, async || Ok(1), load).await.unwrap()
        });
    }
    assert!(readers.join_all().await.into_iter().all(|value| value == 500));
    loads.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_who_miss_the_same_at_once_one_loads_it() {
    in_a_quiet_moment(|| async { assert_eq!(hundred_at_once(process()).await, 1) }).await;
    in_a_quiet_moment(|| async { assert_eq!(hundred_at_once(Cache::local()).await, 1) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_loads_and_hangs_keeps_the_others_a_moment_only() {
    let (cache, key) = (Cache::local(), key());
    let hanging = {
        let cache = cache.clone();
        tokio::spawn(async move {
            let forever = std::future::pending::<Result<(i64, i64), Infallible>>();
            cache.read(&key, async || Ok(1), forever).await
        })
    };
    tokio::time::timeout(Duration::from_secs(5), async {
        while cache.read(&key, async || Ok::<_, Infallible>(1), async { Ok((1, 500)) }).await.unwrap() != 500
        {
        }
    })
    .await
    .expect("not kept");
    hanging.abort();
}
