//! The guard of look-ups: they must not reach this function's own network, whatever a name resolves to.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use url::{Host, Url};

/// A resolver that returns public addresses only, unless private ones are allowed.
#[derive(Clone)]
pub struct Guard {
    /// Whether private addresses are allowed.
    pub allows_private: bool,
}

impl fmt::Debug for Guard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Guard")
    }
}

impl Guard {
    /// Whether a URL may be asked, judged without a name server. The addresses of its name are judged by
    /// [`ResolveDns`].
    pub fn allows(&self, url: &Url) -> bool {
        let is_encrypted = url.scheme() == "https" || (self.allows_private && url.scheme() == "http");
        let is_allowed = match url.host() {
            Some(Host::Ipv4(address)) => self.allows_address(address.into()),
            Some(Host::Ipv6(address)) => self.allows_address(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        is_encrypted && is_allowed
    }

    fn allows_address(&self, address: IpAddr) -> bool {
        self.allows_private || is_public(address)
    }
}

impl ResolveDns for Guard {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
            // A single private address among public ones is suspicious: the whole name is refused.
            if addresses.is_empty() || !addresses.iter().all(|address| self.allows_address(*address)) {
                return Err(ResolveDnsError::new("the name leads to an address that is not public"));
            }
            Ok(addresses)
        })
    }
}

/// Whether an address is public: not loopback, private, link-local or reserved.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [one, two, three, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        // This network, carrier-grade NAT, protocol assignments, 6to4 relays, benchmarks, reserved.
        || one == 0
        || (one == 100 && two & 0xc0 == 64)
        || (one == 192 && two == 0 && three == 0)
        || (one == 192 && two == 88 && three == 99)
        || (one == 198 && two & 0xfe == 18)
        || one >= 240;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Global unicast only, without documentation, Teredo and other protocol assignments.
    let is_global = segments[0] & 0xe000 == 0x2000;
    let is_assigned = segments[0] == 0x2001 && segments[1] < 0x200;
    let is_documentation = (segments[0] == 0x2001 && segments[1] == 0xdb8) || segments[0] == 0x3fff;
    is_global && !is_assigned && !is_documentation
}

/// The IPv4 address that an IPv6 address embeds: mapped, compatible, translated or 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| {
        let [one, two] = high.to_be_bytes();
        let [three, four] = low.to_be_bytes();
        Ipv4Addr::new(one, two, three, four)
    };
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(of(high, low))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(address: &str, wanted: bool) {
        assert_eq!(is_public(address.parse().unwrap()), wanted, "{address}");
    }

    #[test]
    fn what_is_inside_is_not_public() {
        for inside in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "169.254.170.2",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            check(inside, false);
        }
        for outside in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            check(outside, true);
        }
    }

    #[test]
    fn an_address_is_judged_however_it_is_written() {
        let guard = Guard { allows_private: false };
        for url in [
            "http://crm.example/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "ftp://crm.example/",
        ] {
            assert!(!guard.allows(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(guard.allows(&Url::parse("https://crm.example/lookup?key=1").unwrap()));
        let open = Guard { allows_private: true };
        assert!(open.allows(&Url::parse("http://127.0.0.1:8080/").unwrap()));
        assert!(!open.allows(&Url::parse("file:///etc/passwd").unwrap()));
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_as_public_as_the_one_it_stands_for(bits: u32) {
            let inner = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(is_public(inner.to_ipv6_mapped().into()), is_public(inner.into()));
        }
    }
}
