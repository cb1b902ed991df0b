//! Redis that refuses, hangs or lies: a miss, quickly, and the lie is gone.

use std::time::{Duration, Instant};

use cache::{Cache, Key};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::{clock, get, in_a_quiet_moment, key, name, process, read, say};

/// One patient first question, within the time of a reply and some; and then no waiting at all.
async fn gives_up_quickly(cache: &Cache) {
    let key = key();
    let start = Instant::now();
    assert_eq!(get(cache, &key).await, None);
    assert!(start.elapsed() < Duration::from_millis(150), "the first took {:?}", start.elapsed());
    let start = Instant::now();
    for _ in 0..100 {
        assert_eq!(get(cache, &key).await, None);
        cache.put(&key, 1, &500).await;
    }
    assert!(start.elapsed() < Duration::from_millis(50), "the next hundred took {:?}", start.elapsed());
}

#[tokio::test]
async fn a_frozen_redis_costs_one_short_wait() {
    in_a_quiet_moment(|| async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let frozen = tokio::spawn(async move {
            let mut held = vec![];
            loop {
                held.push(listener.accept().await.unwrap());
            }
        });
        gives_up_quickly(&Cache::connect(Some(&format!("redis://{address}")))).await;
        frozen.abort();
    })
    .await;
}

#[tokio::test]
async fn a_dead_redis_costs_one_short_wait() {
    in_a_quiet_moment(|| async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        gives_up_quickly(&Cache::connect(Some(&format!("redis://{address}")))).await;
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_comes_back_is_used_again() {
    in_a_quiet_moment(|| async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let (cache, key) = (Cache::connect(Some(&format!("redis://{address}"))), key());
        assert_eq!(get(&cache, &key).await, None);

        let listener = TcpListener::bind(address).await.unwrap();
        let real = crate::url().split_once("://").unwrap().1.trim_end_matches('/').to_owned();
        let relay = tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let mut far = tokio::net::TcpStream::connect(&real).await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
            }
        });
        let start = Instant::now();
        while get(&cache, &key).await != Some(500) {
            cache.put(&key, 1, &500).await;
            assert!(start.elapsed() < Duration::from_secs(5), "not used again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        relay.abort();
    })
    .await;
}

#[tokio::test]
async fn a_lie_is_a_miss_and_is_removed() {
    in_a_quiet_moment(|| async {
        let (cache, mine) = (process(), key());
        let other = key();
        process().put(&other, 9, &999).await;
        let theirs: Vec<u8> = say(&[b"GET", name(&other).as_bytes()]).await;
        let huge = [b"9\n".as_slice(), &vec![b' '; 10_000_000]].concat();
        let deep = [b"9\n".as_slice(), &vec![b'['; 60_000]].concat();
        for lie in [b"{".as_slice(), b"null", b"9\nnull", b"\xff\x00", &theirs, &deep, &huge] {
            let _: () = say(&[b"SET", clock(&mine).as_bytes(), b"9"]).await;
            let _: () = say(&[b"SET", name(&mine).as_bytes(), lie]).await;
            assert_eq!(get(&cache, &mine).await, None);
            let kept: bool = say(&[b"EXISTS", name(&mine).as_bytes()]).await;
            assert!(!kept, "{:?}", String::from_utf8_lossy(&lie[..lie.len().min(60)]));
        }
        cache.put(&mine, 9, &500).await;
        assert_eq!(get(&cache, &mine).await, Some(500), "the cache is in use at once");
    })
    .await;
}

#[tokio::test]
async fn an_entry_of_the_wrong_type_is_a_miss_is_removed_and_stops_nobody() {
    in_a_quiet_moment(|| async {
        let (cache, mine, other) = (process(), key(), key());
        cache.put(&other, 1, &100).await;
        for unsound in [name(&mine), clock(&mine)] {
            let _: () = say(&[b"RPUSH", unsound.as_bytes(), b"lie"]).await;
            assert_eq!(get(&cache, &mine).await, None);
            assert_eq!(get(&cache, &other).await, Some(100), "the cache stays in use");
            let kept: bool = say(&[b"EXISTS", unsound.as_bytes()]).await;
            assert!(!kept, "{unsound}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_lie_in_the_way_of_a_write_is_overwritten() {
    in_a_quiet_moment(|| async {
        let huge = vec![b'['; 10_000_000];
        for lie in [b"".as_slice(), b"{", b"{\"version\":\"9\"}", &huge] {
            for place in [name as fn(&Key) -> String, clock] {
                let (cache, mine) = (process(), key());
                let _: () = say(&[b"SET", place(&mine).as_bytes(), lie]).await;
                cache.put(&mine, 1, &500).await;
                assert_eq!(get(&cache, &mine).await, Some(500));
            }
        }
        let (cache, mine) = (process(), key());
        let _: () = say(&[b"RPUSH", name(&mine).as_bytes(), b"lie"]).await;
        cache.put(&mine, 1, &500).await;
        assert_eq!(get(&cache, &mine).await, Some(500));
    })
    .await;
}

#[tokio::test]
async fn versions_from_a_future_that_never_was_are_found_out_and_removed() {
    in_a_quiet_moment(|| async {
        let mine = key();
        let forged = say::<Vec<u8>>;
        process().put(&mine, 3, &300).await;
        let entry = forged(&[b"GET", name(&mine).as_bytes()]).await;
        let later = [b"99\n", entry.split(|byte| *byte == b'\n').nth(1).unwrap()].concat();
        for poison in [clock(&mine), name(&mine)] {
            let value = if poison == clock(&mine) { b"99".to_vec() } else { later.clone() };
            let _: () = say(&[b"SET", poison.as_bytes(), &value]).await;
            assert_eq!(read(&process(), &mine, (3, 333)).await.0, 333, "read from the truth");
            assert_eq!(read(&process(), &mine, (3, 444)).await, (333, 0, 0), "and kept again");
        }
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_speaks_no_tls_hears_nothing_where_tls_is_asked_for() {
    in_a_quiet_moment(|| async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hears = tokio::spawn(async move {
            let mut heard = vec![];
            // A busy machine may give a line up before it has said anything, and try another.
            let mut line = loop {
                let (mut line, _) = listener.accept().await.unwrap();
                if line.read_buf(&mut heard).await.is_ok_and(|length| length > 0) {
                    break line;
                }
            };
            line.write_all(b"+OK\r\n+OK\r\n+OK\r\n").await.unwrap();
            let more = async { while line.read_buf(&mut heard).await.is_ok_and(|length| length > 0) {} };
            let _ = tokio::time::timeout(Duration::from_secs(1), more).await;
            heard
        });
        let cache = Cache::connect(Some(&format!("rediss://:canary-of-tls@{address}")));
        assert_eq!(get(&cache, &key()).await, None);
        assert!(!cache.is_usable());
        let heard = hears.await.unwrap();
        // What stands first is a handshake of TLS (RFC 8446, 5.1).
        assert!(heard.starts_with(&[22, 3]), "{heard:?}");
        assert!(!String::from_utf8_lossy(&heard).contains("canary"), "{heard:?}");
    })
    .await;
}
