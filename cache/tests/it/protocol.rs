//! Versions: never an older one over a newer one, never an older one after a newer one was seen, and none
//! believed whose clock does not say so.

use cache::{Cache, Key};
use uuid::Uuid;

use crate::{clock, get, in_a_quiet_moment, key, name, process, read, say};

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
        let _: () = say(&[b"DEL", clock(&key).as_bytes()]).await;
        process().put(&key, 4, &400).await;
        assert_eq!(
            read(&process(), &key, (5, 555)).await,
            (500, 1, 0),
            "not over an entry without a clock either"
        );
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
async fn a_version_older_than_the_one_written_or_heard_of_here_is_not_believed() {
    in_a_quiet_moment(|| async {
        let (cache, traveller, stale, key) = (process(), process(), process(), key());
        cache.put(&key, 5, &500).await;
        traveller.saw(&key, 5);
        let _: () = say(&[b"DEL", name(&key).as_bytes(), clock(&key).as_bytes()]).await;
        stale.put(&key, 4, &400).await;
        assert_eq!(get(&cache, &key).await, None, "this process knows version 5");
        assert_eq!(get(&traveller, &key).await, None, "this one was told of version 5");
        assert_eq!(get(&process(), &key).await, Some(400));
        assert_eq!((cache.seen(&key), stale.seen(&key)), (Some(5), Some(4)));
    })
    .await;
}

#[tokio::test]
async fn news_of_one_kind_make_all_that_age_by_the_same_clock_old() {
    in_a_quiet_moment(|| async {
        let (writer, reader) = (process(), process());
        let balance = key();
        let history = Key { kind: "history", ..balance };
        let profile = Key { kind: "profile", clock: "profile", ..balance };
        for key in [&balance, &history, &profile] {
            writer.put(key, 1, &100).await;
        }
        writer.put(&balance, 2, &200).await;
        assert_eq!(get(&reader, &balance).await, Some(200));
        assert_eq!(get(&reader, &history).await, None, "it is of a version that is over");
        assert_eq!(read(&reader, &history, (2, 222)).await.0, 222);
        assert_eq!(get(&reader, &profile).await, Some(100), "another clock");
        writer.outdate(&profile, 2).await;
        assert_eq!(get(&reader, &profile).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_ran_out_costs_one_question_for_the_version_and_no_reading() {
    in_a_quiet_moment(|| async {
        let (cache, key) = (process(), key());
        cache.put(&key, 3, &300).await;
        assert_eq!(read(&cache, &key, (3, 333)).await, (300, 0, 0), "fresh");
        let left: i64 = say(&[b"PTTL", clock(&key).as_bytes()]).await;
        assert!((1..=30_000).contains(&left), "a clock is believed half a minute, not {left} ms");
        let _: () = say(&[b"DEL", clock(&key).as_bytes()]).await;
        assert_eq!(read(&process(), &key, (3, 333)).await, (300, 1, 0), "asked for its version");
        assert_eq!(read(&process(), &key, (3, 333)).await, (300, 0, 0), "and believed again");
        let _: () = say(&[b"DEL", clock(&key).as_bytes()]).await;
        assert_eq!(read(&process(), &key, (4, 400)).await, (400, 1, 1), "it had changed unheard");
        assert_eq!(get(&cache, &key).await, Some(400));
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
async fn without_redis_each_process_keeps_its_own_and_asks_for_the_version_every_time() {
    for url in [None, Some("not an address")] {
        let (here, there, key) = (Cache::connect(url), Cache::connect(url), key());
        assert_eq!(read(&here, &key, (1, 100)).await, (100, 0, 1));
        assert_eq!(read(&here, &key, (1, 111)).await, (100, 1, 0));
        assert_eq!(read(&there, &key, (2, 200)).await, (200, 0, 1));
        assert_eq!(read(&here, &key, (2, 222)).await, (222, 1, 1), "what another process wrote is seen");
        here.put(&key, 1, &100).await;
        assert_eq!(read(&here, &key, (2, 222)).await.0, 222, "never set back");
        assert_eq!((here.is_shared(), here.is_usable(), get(&here, &key).await), (false, false, None));
    }
}
