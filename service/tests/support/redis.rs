//! The Redis of the tests.

use std::net::ToSocketAddrs as _;

use reqwest::Url;

use super::door::Door;
use super::watch::Watch;

/// A door before it, and the address that leads there.
pub async fn door(watch: &Watch) -> (Door, String) {
    let url = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:63799".to_owned());
    let mut url: Url = url.parse().unwrap();
    let place = (url.host_str().unwrap(), url.port().unwrap_or(6379));
    let behind = place.to_socket_addrs().unwrap().next().unwrap();
    let door = Door::before("Redis", behind, Some(watch)).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(door.port)).unwrap();
    (door, url.into())
}
