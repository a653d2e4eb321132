//! The guard of outgoing requests. They reach only public addresses and, if the tenant allows it, private networks, whatever
//! a name resolves to. They never reach this machine or link-local addresses, where Lambda's runtime API and AWS'
//! metadata service answer any caller.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use url::{Host, Url};

const LOCALHOST: &str = "localhost";
const UNDER_LOCALHOST: &str = ".localhost";

/// A resolver that returns public addresses only, unless private ones are allowed.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Whether addresses of private networks are allowed.
    pub allows_private: bool,
    /// Whether this is the local stack, whose private network includes this machine.
    pub is_local: bool,
}

impl Guard {
    /// Whether a URL may be asked, judged without a name server. The addresses of its name are judged by
    /// [`ResolveDns`].
    pub fn allows(self, url: &Url) -> bool {
        self.refusal(url).is_none()
    }

    /// Why a URL may not be asked, judged in the same way; `None` if it may.
    pub fn refusal(self, url: &Url) -> Option<Refusal> {
        let is_encrypted = url.scheme() == "https" || (self.allows_private && url.scheme() == "http");
        if !is_encrypted {
            return Some(Refusal::NotEncrypted);
        }
        match url.host() {
            Some(Host::Ipv4(address)) => self.refusal_of(address.into()),
            Some(Host::Ipv6(address)) => self.refusal_of(address.into()),
            // The one name that needs no server (RFC 6761).
            Some(Host::Domain(name)) if name == LOCALHOST || name.ends_with(UNDER_LOCALHOST) => {
                self.refusal_of(Ipv4Addr::LOCALHOST.into())
            }
            Some(Host::Domain(_)) => None,
            None => Some(Refusal::Reserved),
        }
    }

    fn refusal_of(self, address: IpAddr) -> Option<Refusal> {
        match Reach::of(address) {
            Reach::Public => None,
            Reach::Private => (!self.allows_private).then_some(Refusal::Private),
            Reach::ThisMachine => (!self.allows_private || !self.is_local).then_some(Refusal::ThisMachine),
            Reach::Nowhere => Some(Refusal::Reserved),
        }
    }

    fn allows_address(self, address: IpAddr) -> bool {
        self.refusal_of(address).is_none()
    }
}

impl ResolveDns for Guard {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
            // A single private address among public ones is suspicious: the whole name is refused.
            if addresses.is_empty() || !addresses.iter().all(|address| self.allows_address(*address)) {
                return Err(ResolveDnsError::new("the name leads to an address that may not be asked"));
            }
            Ok(addresses)
        })
    }
}

/// Why an address may not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not https.
    NotEncrypted,
    /// It is in a private network.
    Private,
    /// It is the machine itself.
    ThisMachine,
    /// It is link-local, where AWS' own services are, or reserved.
    Reserved,
}

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the public internet.
    Public,
    /// To a private network, or to one that a carrier or cloud shares.
    Private,
    /// To this machine.
    ThisMachine,
    /// To what is linked to this machine, such as AWS' services, to several machines, or to a reserved address.
    Nowhere,
}

impl Reach {
    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(Ipv6Addr::LOCALHOST) => Self::ThisMachine,
            IpAddr::V6(address) => match embedded(address) {
                Some(inner) => Self::of_v4(inner),
                None => Self::of_v6(address),
            },
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [one, two, three, _] = address.octets();
        let is_shared = one == 100 && two & 0xc0 == 64;
        let is_special = address.is_link_local()
            || address.is_multicast()
            || address.is_broadcast()
            || address.is_documentation()
            // "This network", protocol assignments, old relays, benchmarks, reserved.
            || one == 0
            || (one == 192 && two == 0 && three == 0)
            || (one == 192 && two == 88 && three == 99)
            || (one == 198 && two & 0xfe == 18)
            || one >= 240;
        if address.is_loopback() {
            Self::ThisMachine
        } else if address.is_private() || is_shared {
            Self::Private
        } else if is_special {
            Self::Nowhere
        } else {
            Self::Public
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        let segments = address.segments();
        // Global unicast alone, without documentation, Teredo and other protocol assignments.
        let is_global = segments[0] & 0xe000 == 0x2000;
        let is_assigned = segments[0] == 0x2001 && segments[1] < 0x200;
        let is_documentation = (segments[0] == 0x2001 && segments[1] == 0xdb8) || segments[0] == 0x3fff;
        // Under fd00:ec2:: AWS serves metadata, credentials, time and names.
        let is_of_aws = segments[0] == 0xfd00 && segments[1] == 0xec2;
        if is_global && !is_assigned && !is_documentation {
            Self::Public
        } else if address.is_unique_local() && !is_of_aws {
            Self::Private
        } else {
            Self::Nowhere
        }
    }
}

/// The IPv4 address that an IPv6 address embeds: mapped, compatible, translated (RFC 2765 and 6052) or 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| {
        let [one, two] = high.to_be_bytes();
        let [three, four] = low.to_be_bytes();
        Ipv4Addr::new(one, two, three, four)
    };
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INSIDE: [&str; 11] = [
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "fc00::1",
        "fd12:3456::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ];
    const THIS_MACHINE: [&str; 7] = [
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "2002:7f00:1::",
    ];
    const NOWHERE: [&str; 24] = [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.100.1",
        "0.0.0.0",
        "0.0.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "198.18.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "::",
        "fe80::1",
        "fec0::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:a9fe:a9fe::",
        "2001::1",
        "2001:db8::1",
        "100::1",
    ];
    const OUTSIDE: [&str; 5] = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"];

    fn guard(allows_private: bool, is_local: bool) -> Guard {
        Guard {
            allows_private,
            is_local,
        }
    }

    #[test]
    fn an_address_is_judged_by_the_one_it_embeds() {
        for (addresses, wanted) in [
            (&INSIDE[..], Reach::Private),
            (&THIS_MACHINE, Reach::ThisMachine),
            (&NOWHERE, Reach::Nowhere),
            (&OUTSIDE, Reach::Public),
        ] {
            for address in addresses {
                assert_eq!(Reach::of(address.parse().unwrap()), wanted, "{address}");
            }
        }
    }

    #[test]
    fn only_in_the_local_stack_a_private_network_includes_this_machine() {
        for (allows_private, is_local, allowed) in [
            (false, false, &[&OUTSIDE[..]][..]),
            (false, true, &[&OUTSIDE]),
            (true, false, &[&OUTSIDE, &INSIDE]),
            (true, true, &[&OUTSIDE, &INSIDE, &THIS_MACHINE]),
        ] {
            let guard = guard(allows_private, is_local);
            for address in [&OUTSIDE[..], &INSIDE, &THIS_MACHINE, &NOWHERE].concat() {
                let is_allowed = allowed.iter().any(|some| some.contains(&address));
                assert_eq!(
                    guard.allows_address(address.parse().unwrap()),
                    is_allowed,
                    "{guard:?} {address}"
                );
            }
        }
    }

    #[test]
    fn an_address_is_judged_in_every_notation() {
        for url in [
            "http://crm.example/",
            "https://10.0.0.1/",
            "https://0xa.1/",
            "ftp://crm.example/",
        ] {
            assert!(!guard(false, false).allows(&Url::parse(url).unwrap()), "{url}");
        }
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
            "http://0xa9fea9fe/",
            "http://2852039166/",
            "http://0/",
            "http://[::]/",
            "http://[fd00:ec2::254]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://\u{ff11}\u{ff16}\u{ff19}.254.169.254/",
        ] {
            for allows_private in [false, true] {
                assert!(!guard(allows_private, false).allows(&Url::parse(url).unwrap()), "{url}");
            }
        }
        // An address with a zone is not valid in a URL.
        assert!(Url::parse("http://[fe80::1%25eth0]/").is_err());
        assert!(guard(false, false).allows(&Url::parse("https://crm.example/lookup?key=1").unwrap()));
        assert!(guard(true, false).allows(&Url::parse("http://10.0.0.1:8080/").unwrap()));
        assert!(!guard(true, true).allows(&Url::parse("file:///etc/passwd").unwrap()));
    }

    #[test]
    fn a_refusal_says_why() {
        let refusal = |url: &str, allows_private| guard(allows_private, false).refusal(&Url::parse(url).unwrap());
        for (url, at_first, with_private) in [
            ("https://hooks.example/", None, None),
            ("http://hooks.example/", Some(Refusal::NotEncrypted), None),
            ("https://10.0.0.7/", Some(Refusal::Private), None),
            ("https://localhost/", Some(Refusal::ThisMachine), Some(Refusal::ThisMachine)),
            ("https://a.localhost/", Some(Refusal::ThisMachine), Some(Refusal::ThisMachine)),
            ("https://[::1]/", Some(Refusal::ThisMachine), Some(Refusal::ThisMachine)),
            ("https://169.254.169.254/", Some(Refusal::Reserved), Some(Refusal::Reserved)),
        ] {
            assert_eq!((refusal(url, false), refusal(url, true)), (at_first, with_private), "{url}");
        }
        assert!(guard(true, true).allows(&Url::parse("http://localhost:9002/").unwrap()));
    }

    #[tokio::test]
    async fn a_name_is_judged_by_its_addresses() {
        for (allows_private, is_local) in [(false, false), (true, false), (false, true)] {
            let resolved = guard(allows_private, is_local).resolve_dns("localhost").await;
            assert!(resolved.is_err(), "{allows_private} {is_local}");
        }
        assert!(guard(true, true).resolve_dns("localhost").await.is_ok());
    }

    proptest! {
        #[test]
        fn any_embedding_address_is_judged_by_the_embedded_one(bits: u32) {
            let inner = Ipv4Addr::from_bits(bits);
            let wanted = Reach::of(inner.into());
            let [high, low] = [(bits >> 16) as u16, (bits & 0xffff) as u16];
            prop_assert_eq!(Reach::of(inner.to_ipv6_mapped().into()), wanted);
            for other in [
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
            ] {
                prop_assert_eq!(Reach::of(other.into()), wanted, "{}", other);
            }
        }
    }
}
