//! Which servers are asked on anybody's word. Pure.
//!
//! Public addresses, over TLS, at the ports of the web. What is refused is everything by which somebody
//! could look into this machine, its network, or the cloud that it runs in.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The ports of the web.
const PORTS: [u16; 2] = [443, 8443];
/// Names that mean this machine or a network of one's own (RFC 6761, RFC 6762, RFC 8375, and what clouds
/// answer to).
const OWN_NAMES: [&str; 8] =
    ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "corp"];
/// What Azure answers on, in the middle of public addresses.
const AZURE: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// How far we may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// The public network.
    #[default]
    Public,
    /// Private addresses as well, and this machine without TLS: for tests, and for who keeps their
    /// calendars in a network of their own.
    Private,
}

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not `https`.
    Scheme,
    /// It names a user or a password.
    UserInfo,
    /// It names another port than those of the web.
    Port,
    /// It leads to this machine or to a network that is not public.
    Address,
}

impl Refusal {
    /// A sentence for whoever wrote the address.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Scheme => "It begins with https://.",
            Self::UserInfo => "It names no user and no password.",
            Self::Port => "Only ports 443 and 8443 are asked.",
            Self::Address => "It does not lead to a server on the public network.",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail())
    }
}

impl std::error::Error for Refusal {}

impl Reach {
    /// Whether an address as somebody wrote it may be asked. Its name is looked up later, and what it
    /// means is asked again then.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn check(self, url: &Url) -> Result<(), Refusal> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(name)) if self == Self::Public && is_own_name(name) => {
                return Err(Refusal::Address);
            }
            Some(Host::Domain("localhost")) => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            Some(Host::Domain(_)) => None,
            None => return Err(Refusal::Address),
        };
        let loopback = address.is_some_and(|address| address.is_loopback());
        if self == Self::Private && loopback && matches!(url.scheme(), "http" | "https") {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(Refusal::Scheme);
        }
        if !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
            return Err(Refusal::Port);
        }
        match address {
            Some(address) if !self.allows(address) => Err(Refusal::Address),
            _ => Ok(()),
        }
    }

    /// Whether a machine may be connected to.
    pub fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Private => !address.is_unspecified() && !address.is_multicast(),
            Self::Public => is_public(address),
        }
    }
}

/// Whether a name is one of a network of its own: it has no dot, or one of the endings.
fn is_own_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let within = |own: &&str| {
        name.strip_suffix(*own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || OWN_NAMES.iter().any(within)
}

/// Whether an address is one of the public network (the registries of RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        // This network; private; loopback; multicast, reserved, broadcast.
        (0 | 10 | 127 | 224..=255, ..)
        // Carriers' own (RFC 6598), in which a cloud's metadata lies as well.
        | (100, 64..=127, _)
        // Link-local, with most clouds' metadata.
        | (169, 254, _)
        // Private.
        | (172, 16..=31, _)
        | (192, 168, _)
        // Protocol assignments, documentation, the relays of 6to4.
        | (192, 0, 0 | 2)
        | (192, 88, 99)
        // Benchmarks; documentation.
        | (198, 18 | 19, _)
        | (198, 51, 100)
        | (203, 0, 113)
    );
    !special && address != AZURE
}

/// Only global unicast is public, and of it nothing that carries another address inside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [a, b, ..] = address.segments();
    // 2000::/3 without the protocols' own (2001::/23, with Teredo), documentation and 6to4.
    let global = (0x2000..=0x3fff).contains(&a);
    let special =
        matches!((a, b), (0x2001, 0..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0..=0x0fff));
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reach: Reach, text: &str) -> Result<(), Refusal> {
        reach.check(&Url::parse(text).unwrap())
    }

    #[test]
    fn what_lies_on_the_public_network_is_asked() {
        for text in [
            "https://calendar.example.com/ical/secret.ics",
            "https://calendar.example.com:8443/x",
            "https://8.8.8.8/x",
            "https://1.1.1.1:443/",
            "https://[2606:4700::1111]/x",
            "https://100.63.255.255/",
            "https://100.128.0.1/",
            "https://172.15.0.1/",
            "https://172.32.0.1/",
            "https://169.253.0.1/",
            "https://192.1.0.1/",
            "https://198.17.0.1/",
            "https://223.255.255.255/",
            "https://bücher.example/x.ics",
            "https://localhost.example.com/",
            "https://[::ffff:8.8.8.8]/",
        ] {
            assert_eq!(check(Reach::Public, text), Ok(()), "{text}");
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
    fn what_is_not_public_is_refused_however_it_is_written() {
        use Refusal::{Address, Port, Scheme, UserInfo};
        for (text, why) in [
            ("http://calendar.example.com/", Scheme),
            ("ftp://calendar.example.com/", Scheme),
            ("https://calendar.example.com:80/", Port),
            ("https://calendar.example.com:22/", Port),
            ("https://calendar.example.com:0/", Port),
            ("https://ada@calendar.example.com/", UserInfo),
            ("https://ada:secret@calendar.example.com/", UserInfo),
            ("https://:secret@calendar.example.com/", UserInfo),
            // This machine, in every way to write it.
            ("https://127.0.0.1/", Address),
            ("https://127.1/", Address),
            ("https://2130706433/", Address),
            ("https://0x7f000001/", Address),
            ("https://0x7f.1/", Address),
            ("https://0177.0.0.1/", Address),
            ("https://017700000001/", Address),
            ("https://127.255.255.254/", Address),
            ("https://%31%32%37.0.0.1/", Address),
            ("https://１２７.0.0.1/", Address),
            ("https://127。0。0。1/", Address),
            ("https://0.0.0.0/", Address),
            ("https://0/", Address),
            ("https://localhost/", Address),
            ("https://LOCALHOST/", Address),
            ("https://localhost./", Address),
            ("https://a.localhost/", Address),
            ("https://[::1]/", Address),
            ("https://[::]/", Address),
            ("https://[0:0:0:0:0:0:0:1]/", Address),
            ("https://[::ffff:127.0.0.1]/", Address),
            ("https://[::ffff:7f00:1]/", Address),
            ("https://[::127.0.0.1]/", Address),
            // Private and carriers' networks.
            ("https://10.0.0.1/", Address),
            ("https://10.255.255.255/", Address),
            ("https://172.16.0.1/", Address),
            ("https://172.31.255.255/", Address),
            ("https://192.168.1.1/", Address),
            ("https://0xc0a80101/", Address),
            ("https://100.64.0.1/", Address),
            ("https://100.127.255.255/", Address),
            ("https://[::ffff:10.0.0.1]/", Address),
            ("https://[fc00::1]/", Address),
            ("https://[fd12:3456::1]/", Address),
            ("https://printer/", Address),
            ("https://nas.local/", Address),
            ("https://server.lan/", Address),
            ("https://wiki.corp/", Address),
            ("https://router.home.arpa/", Address),
            // Link-local, and the metadata of clouds.
            ("https://169.254.169.254/", Address),
            ("https://2852039166/", Address),
            ("https://169.254.0.1/", Address),
            ("https://100.100.100.200/", Address),
            ("https://192.0.0.192/", Address),
            ("https://168.63.129.16/", Address),
            ("https://metadata.google.internal/", Address),
            ("https://[fe80::1]/", Address),
            ("https://[fd00:ec2::254]/", Address),
            ("https://[::ffff:169.254.169.254]/", Address),
            // Addresses that carry another one.
            ("https://[64:ff9b::7f00:1]/", Address),
            ("https://[64:ff9b:1::7f00:1]/", Address),
            ("https://[2002:7f00:1::]/", Address),
            ("https://[2001:0:7f00:1::]/", Address),
            // Documentation, benchmarks, multicast, reserved.
            ("https://192.0.2.1/", Address),
            ("https://198.51.100.1/", Address),
            ("https://203.0.113.1/", Address),
            ("https://198.18.0.1/", Address),
            ("https://198.19.255.255/", Address),
            ("https://192.88.99.1/", Address),
            ("https://224.0.0.1/", Address),
            ("https://239.255.255.255/", Address),
            ("https://240.0.0.1/", Address),
            ("https://255.255.255.255/", Address),
            ("https://[2001:db8::1]/", Address),
            ("https://[3fff::1]/", Address),
            ("https://[ff02::1]/", Address),
            ("https://[fec0::1]/", Address),
            ("https://[100::1]/", Address),
        ] {
            assert_eq!(check(Reach::Public, text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_private_reach_lets_this_machine_be_asked_without_tls_and_nothing_else() {
        for text in
            ["http://127.0.0.1:9/x", "http://localhost:9/x", "http://[::1]:9/", "https://10.0.0.1/"]
        {
            assert_eq!(check(Reach::Private, text), Ok(()), "{text}");
        }
        for text in [
            "http://10.0.0.1/",
            "http://calendar.example.com/",
            "https://10.0.0.1:22/",
            "https://a@10.0.0.1/",
        ] {
            assert!(check(Reach::Private, text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_address_in_one_piece_is_judged_as_in_four(bits: u32) {
            let address = Ipv4Addr::from(bits);
            let four = check(Reach::Public, &format!("https://{address}/"));
            for one in [format!("https://{bits}/"), format!("https://{bits:#x}/")] {
                proptest::prop_assert_eq!(check(Reach::Public, &one), four);
            }
            let mapped = format!("https://[{}]/", address.to_ipv6_mapped());
            proptest::prop_assert_eq!(check(Reach::Public, &mapped), four);
        }
    }
}
