//! Versions: never an older one over a newer one, and never an older one after a newer one was seen.

use cache::{Cache, Key};
use uuid::Uuid;

use crate::{get, in_a_quiet_moment, key, name, process, say};

#[tokio::test]
async fn what_is_put_is_got_by_every_process() {
    in_a_quiet_moment(|| async {
        let (cache, other, key) = (process(), process(), key());
        assert_eq!(get(&cache, &key).await, None);
        cache.put(&key, 1, &500).await;
        assert_eq!((get(&cache, &key).await, get(&other, &key).await), (Some(500), Some(500)));
    })
    .await;
}

#[tokio::test]
async fn an_older_version_never_replaces_a_newer_one() {
    in_a_quiet_moment(|| async {
        let (cache, slow, fresh, key) = (process(), process(), process(), key());
        cache.put(&key, 5, &500).await;
        slow.put(&key, 4, &400).await;
        cache.put(&key, 4, &400).await;
        for reader in [&cache, &slow, &fresh] {
            assert_eq!(get(reader, &key).await, Some(500));
        }
        slow.put(&key, 6, &600).await;
        assert_eq!(get(&cache, &key).await, Some(600));
    })
    .await;
}

#[tokio::test]
async fn of_many_writers_at_once_the_newest_version_stays() {
    in_a_quiet_moment(|| async {
        let key = key();
        let versions = (0..16).chain((0..16).rev());
        let mut writers = tokio::task::JoinSet::new();
        for version in versions {
            let cache = process();
            writers.spawn(async move { cache.put(&key, version, &version).await });
        }
        writers.join_all().await;
        assert_eq!(get(&process(), &key).await, Some(15));
    })
    .await;
}

#[tokio::test]
async fn a_version_older_than_the_one_written_here_is_not_believed() {
    in_a_quiet_moment(|| async {
        let (cache, stale, key) = (process(), process(), key());
        cache.put(&key, 5, &500).await;
        let _: () = say(&[b"DEL", name(&key).as_bytes()]).await;
        stale.put(&key, 4, &400).await;
        assert_eq!(get(&cache, &key).await, None, "this process knows version 5");
        assert_eq!(get(&process(), &key).await, Some(400));
    })
    .await;
}

#[tokio::test]
async fn a_version_older_than_the_one_read_here_is_not_believed() {
    in_a_quiet_moment(|| async {
        let (writer, reader, stale, key) = (process(), process(), process(), key());
        writer.put(&key, 5, &500).await;
        assert_eq!(get(&reader, &key).await, Some(500));
        let _: () = say(&[b"DEL", name(&key).as_bytes()]).await;
        stale.put(&key, 4, &400).await;
        assert_eq!(get(&reader, &key).await, None, "this process has seen version 5");
    })
    .await;
}

#[tokio::test]
async fn entries_end_by_themselves_within_half_a_minute() {
    in_a_quiet_moment(|| async {
        let (cache, key) = (process(), key());
        cache.put(&key, 1, &500).await;
        let left: i64 = say(&[b"PTTL", name(&key).as_bytes()]).await;
        assert!((1..=30_000).contains(&left), "{left}");
    })
    .await;
}

#[tokio::test]
async fn people_kinds_and_schemas_do_not_meet() {
    in_a_quiet_moment(|| async {
        let (cache, key) = (process(), key());
        cache.put(&key, 1, &500).await;
        assert_eq!(get(&cache, &Key { owner: Uuid::new_v4(), ..key }).await, None);
        assert_eq!(get(&cache, &Key { kind: "history", ..key }).await, None);
        assert_eq!(get(&cache, &key).await, Some(500));
        assert_eq!(get(&cache, &Key { schema: 2, ..key }).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_cache_that_is_off_is_always_a_miss() {
    in_a_quiet_moment(|| async {
        for cache in [Cache::off(), Cache::connect(Some("not an address"))] {
            let key = key();
            cache.put(&key, 1, &500).await;
            assert_eq!((cache.is_on(), get(&cache, &key).await), (false, None));
        }
        assert!(process().is_on());
    })
    .await;
}
