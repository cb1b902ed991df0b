//! Who hears of what.

use std::time::Duration;

use cache::{Cache, News};
use tokio::sync::broadcast::Receiver;

use crate::{key, process};

async fn heard(news: &mut Receiver<News>, wanted: &News) -> bool {
    let wait = async { while news.recv().await.unwrap() != *wanted {} };
    tokio::time::timeout(Duration::from_secs(5), wait).await.is_ok()
}

#[tokio::test]
async fn a_new_version_is_heard_of_here_at_once_and_once() {
    let (cache, key) = (Cache::local(), key());
    let mut news = cache.news();
    cache.put(&key, 3, &300).await;
    cache.put(&key, 3, &300).await;
    cache.put(&key, 2, &200).await;
    cache.outdate(&key, 4).await;
    let versions: Vec<_> = std::iter::from_fn(|| news.try_recv().ok()).map(|news| news.version).collect();
    assert_eq!(versions, [3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_heard_of_in_other_processes_which_believe_nothing_older_from_then_on() {
    let (writer, reader, key) = (process(), process(), key());
    let mut news = reader.news();
    let listening = {
        let reader = reader.clone();
        tokio::spawn(async move { reader.hear().await })
    };
    // The line is laid in the background: what is told before it lies, nobody hears.
    let mut version = 0;
    let first = loop {
        version += 1;
        writer.put(&key, version, &version).await;
        if let Ok(Ok(first)) = tokio::time::timeout(Duration::from_millis(100), news.recv()).await {
            break first;
        }
        assert!(version < 100, "nothing was heard");
    };
    assert_eq!((first.clock.as_str(), first.owner), ("money", key.owner));
    writer.outdate(&key, 1000).await;
    let wanted = News { version: 1000, ..first };
    assert!(heard(&mut news, &wanted).await);
    assert_eq!(reader.seen(&key), Some(1000));
    listening.abort();
}
