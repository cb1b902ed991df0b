//! Where a request comes from, as far as it matters here.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// One address of IPv4, or the 64 bits of an IPv6 address that a network is known by: within them whoever has the
/// network has as many addresses as they like (RFC 4291, 2.5.4; RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// Nothing is known of it.
    pub const UNKNOWN: Network = Network(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

    /// What it is counted by.
    pub(crate) fn key(self) -> String {
        self.0.to_string()
    }
}

impl From<IpAddr> for Network {
    /// An IPv4 address that is written as one of IPv6 is the same network.
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Network(IpAddr::V4(address)),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Network(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

/// Coarsely, for people: enough to know one's own network again, not enough to find somebody by.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                write!(f, "{a}.{b}.{c}.…")
            }
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                write!(f, "{a:x}:{b:x}:{c:x}:…")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::from(address.parse::<IpAddr>().expect("an address"))
    }

    #[test]
    fn an_ipv6_network_is_one_whatever_address_in_it_is_used() {
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:203.0.113.7"), network("203.0.113.7"));
        assert_ne!(network("203.0.113.7"), network("203.0.113.8"));
    }

    #[test]
    fn people_are_shown_no_whole_address() {
        assert_eq!(network("203.0.113.7").to_string(), "203.0.113.…");
        assert_eq!(network("2001:db8:1:2::1").to_string(), "2001:db8:1:…");
    }
}
