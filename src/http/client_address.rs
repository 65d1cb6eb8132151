//! The address that a request comes from: the peer's, or, behind a proxy that the settings trust, the
//! one that this proxy names. Nothing else of a request is believed, for anybody can send any header.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, X_FORWARDED_FOR};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Where the proxies stand: addresses and networks such as `10.0.0.0/8`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Vec<String>")]
pub struct Networks(Vec<IpNet>);

/// A list, or one text with commas, as the environment has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<String>),
    Text(String),
}

impl TryFrom<Written> for Networks {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let parts = match written {
            Written::List(parts) => parts,
            Written::Text(text) => text.split(',').map(str::to_owned).collect(),
        };
        let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    let wrong = |_| format!("{text} is neither an address nor a network such as 10.0.0.0/8");
    text.parse::<IpNet>().or_else(|_| address()).map(|net| net.trunc()).map_err(wrong)
}

impl From<Networks> for Vec<String> {
    fn from(networks: Networks) -> Self {
        networks.0.iter().map(ToString::to_string).collect()
    }
}

impl Networks {
    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// The header in which proxies name who they speak for. A proxy writes one of them and passes the
/// other on as the client sent it, so exactly one is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressHeader {
    /// `X-Forwarded-For`, what nearly every proxy writes.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Which proxies are believed, and what they write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Where they stand.
    pub trusted: Networks,
    /// What they write.
    pub header: AddressHeader,
}

impl Proxies {
    /// Who asks: the right-most address that is not a trusted proxy's. Where what a proxy wrote cannot
    /// be read, the proxy itself is all that is known. Without a peer, as over a socket of the file
    /// system, it is the unspecified address.
    pub fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> IpAddr {
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let mut known = peer.map_or(unknown, |peer| peer.ip().to_canonical());
        let (name, address): (HeaderName, fn(&str) -> Option<IpAddr>) = match self.header {
            AddressHeader::XForwardedFor => (X_FORWARDED_FOR, node),
            AddressHeader::Forwarded => (FORWARDED, forwarded_for),
        };
        let lines: Vec<_> = headers.get_all(name).collect();
        // A line that is no text is one step that cannot be read.
        let lines = lines.into_iter().rev().map(|line| line.to_str().unwrap_or("?"));
        for step in lines.flat_map(|line| line.rsplit(',')) {
            if !self.trusted.contain(known) {
                return known;
            }
            let Some(next) = address(step.trim()) else { return known };
            known = next;
        }
        known
    }
}

/// An address as `X-Forwarded-For` has it, with or without a port.
fn node(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let found = text.parse::<IpAddr>().ok().or_else(with_port).or_else(bracketed)?;
    Some(found.to_canonical())
}

/// The `for` of one element of `Forwarded`. The whole element must be well-formed: what a client put
/// into another parameter of it, commas included, can then not pass for an element of its own.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in element.split(';') {
        let (name, value) = pair.trim().split_once('=')?;
        let value = match value.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"').filter(|inside| !inside.contains(['"', '\\']))?,
            None => Some(value).filter(|token| token.bytes().all(is_token))?,
        };
        if name.eq_ignore_ascii_case("for") && found.replace(node(value)?).is_some() {
            return None;
        }
    }
    found
}

/// A character of a token (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn client(proxies: &Proxies, peer: &str, name: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append(name.parse().unwrap(), value);
        }
        proxies.client(peer.parse().ok(), &headers).to_string()
    }

    fn behind(networks: &str, header: AddressHeader) -> Proxies {
        let trusted = Networks::try_from(Written::Text(networks.to_owned())).unwrap();
        Proxies { trusted, header }
    }

    #[test]
    fn whoever_is_not_trusted_says_what_they_like_and_is_not_believed() {
        for proxies in [Proxies::default(), behind("10.0.0.0/8", AddressHeader::XForwardedFor)] {
            for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
                let claims = ["203.0.113.9", "for=203.0.113.9", "10.0.0.1"];
                assert_eq!(client(&proxies, "198.51.100.7:40000", name, &claims), "198.51.100.7");
            }
        }
    }

    #[test]
    fn of_what_came_through_trusted_proxies_the_right_most_foreign_address_counts() {
        let proxies = behind("10.0.0.0/8, fd00::1", AddressHeader::XForwardedFor);
        let of = |lines: &[&str]| client(&proxies, "10.0.0.1:40000", "x-forwarded-for", lines);
        assert_eq!(of(&["203.0.113.9"]), "203.0.113.9");
        assert_eq!(of(&["6.6.6.6, 203.0.113.9, 10.2.2.2"]), "203.0.113.9");
        assert_eq!(of(&["6.6.6.6", "203.0.113.9,fd00::1"]), "203.0.113.9");
        assert_eq!(of(&["10.0.0.9, 10.0.0.8"]), "10.0.0.9");
        assert_eq!(of(&[]), "10.0.0.1");
        let other = client(&proxies, "10.0.0.1:40000", "forwarded", &["for=6.6.6.6"]);
        assert_eq!(other, "10.0.0.1", "the proxy passes this header on as it came");
    }

    #[test]
    fn what_cannot_be_read_leaves_the_proxy_that_wrote_it() {
        let proxies = behind("10.0.0.0/8", AddressHeader::XForwardedFor);
        let of = |lines: &[&str]| client(&proxies, "10.0.0.1:40000", "x-forwarded-for", lines);
        for lines in [&["unknown"][..], &["6.6.6.6, "], &["6.6.6.6,\u{e9}"], &["203.0.113.9; x"]] {
            assert_eq!(of(lines), "10.0.0.1", "{lines:?}");
        }
        assert_eq!(of(&["6.6.6.6, garbage, 10.2.2.2"]), "10.2.2.2");
    }

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        let proxies = behind("10.0.0.0/8", AddressHeader::XForwardedFor);
        let of =
            |line: &str| client(&proxies, "[::ffff:10.0.0.1]:40000", "x-forwarded-for", &[line]);
        let ways = ["203.0.113.9", "::ffff:203.0.113.9", "203.0.113.9:51234", "[::ffff:cb00:7109]"];
        for way in ways {
            assert_eq!(of(way), "203.0.113.9");
        }
        for way in ["2001:db8::1", "2001:0DB8:0::1", "[2001:db8::1]", "[2001:db8::1]:51234"] {
            assert_eq!(of(way), "2001:db8::1");
        }
        assert_eq!(client(&proxies, "nowhere", "x-forwarded-for", &["6.6.6.6"]), "0.0.0.0");
    }

    #[test]
    fn forwarded_is_read_where_the_settings_say_so() {
        let proxies = behind("10.0.0.0/8", AddressHeader::Forwarded);
        let of = |lines: &[&str]| client(&proxies, "10.0.0.1:40000", "forwarded", lines);
        assert_eq!(of(&["for=203.0.113.9;proto=https;by=10.0.0.1"]), "203.0.113.9");
        assert_eq!(of(&["For=\"[2001:db8::1]:4711\""]), "2001:db8::1");
        assert_eq!(
            of(&["for=6.6.6.6, for=203.0.113.9", "proto=https;for=10.2.2.2"]),
            "203.0.113.9"
        );
        let attempts = [
            "for=_hidden",
            "proto=https",
            "for=6.6.6.6;for=7.7.7.7",
            "for=\"6.6.6.6",
            "host=\"a, for=6.6.6.6\"",
            "host=\"a, for=6.6.6.6;x=\"",
        ];
        for attempt in attempts {
            assert_eq!(of(&[attempt]), "10.0.0.1", "{attempt}");
        }
    }

    #[test]
    fn networks_are_written_as_a_list_or_with_commas() {
        let read = |json: &str| serde_json::from_str::<Networks>(json);
        let both = read("\"10.0.0.0/8, ::1\"").unwrap();
        assert_eq!(both, read("[\"10.1.2.3/8\", \"::1/128\"]").unwrap());
        assert_eq!(serde_json::to_string(&both).unwrap(), "[\"10.0.0.0/8\",\"::1/128\"]");
        assert_eq!(read("\"\"").unwrap(), Networks::default());
        for wrong in ["\"10.0.0.0/33\"", "[\"proxy.example\"]", "7"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
