//! Where a request comes from. Whoever connects says so by connecting; what they say of somebody else behind them
//! (`X-Forwarded-For`) is believed of proxies that are configured, and of nobody else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use identity::Network;
use ipnet::IpNet;

const FORWARDED: &str = "x-forwarded-for";

/// Proxies of ours, by network.
#[derive(Clone, Default)]
pub(crate) struct Proxies(Arc<[IpNet]>);

impl Proxies {
    pub(crate) fn new(networks: &[IpNet]) -> Self {
        Proxies(networks.into())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The peer; where that is a proxy of ours, whoever it names last that is none. Each proxy adds at the right whom
    /// it heard: what stands left of the first stranger is the stranger's own word.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok());
        let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        for name in named.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            let Some(address) = address(name) else { break };
            client = address;
        }
        client
    }
}

/// `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.or_else(bracketed).map(|address| address.to_canonical())
}

/// Says with each request from which network it comes.
pub(crate) async fn locate(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let network = peer.map(|peer| Network::from(proxies.client(peer, request.headers())));
    request.extensions_mut().insert(network.unwrap_or(Network::UNKNOWN));
    next.run(request).await
}

/// A network as it is configured, `10.0.0.0/8`; a lone address is a network of one.
pub(crate) fn parse(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network =
        text.parse::<IpNet>().or_else(|error| text.parse::<IpAddr>().map(IpNet::from).map_err(|_| error));
    network.map_err(|_| format!("{text} is neither an address nor a network such as 10.0.0.0/8"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let proxies =
            Proxies::new(&[parse("10.0.0.0/8").expect("a network"), parse("fd00::1").expect("one")]);
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, HeaderValue::from_static(line));
        }
        proxies.client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn a_stranger_is_who_connects_whatever_they_say() {
        assert_eq!(client("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(client("203.0.113.7", &["10.0.0.1"]), "203.0.113.7");
        assert_eq!(client("::ffff:203.0.113.7", &[]), "203.0.113.7");
    }

    #[test]
    fn of_what_a_proxy_of_ours_says_the_last_stranger_counts() {
        assert_eq!(client("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            client("10.0.0.1", &["1.2.3.4, 203.0.113.7"]),
            "203.0.113.7",
            "the left is their own word"
        );
        assert_eq!(client("10.0.0.1", &["1.2.3.4", "203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        assert_eq!(client("fd00::1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client("fd00::2", &["203.0.113.7"]), "fd00::2");
    }

    #[test]
    fn where_a_proxy_names_nobody_it_counts_itself() {
        for forwarded in [&[][..], &["unknown"], &["203.0.113.7, rubbish"]] {
            assert_eq!(client("10.0.0.1", forwarded), "10.0.0.1", "{forwarded:?}");
        }
    }

    #[test]
    fn a_network_that_is_none_is_told_of() {
        assert!(parse("10.0.0.0/99").is_err_and(|sentence| sentence.contains("10.0.0.0/99")));
    }
}
