//! What a session was started with.

use std::net::IpAddr;

use crate::text_enum;

text_enum! {
    /// How somebody signed in.
    pub enum SignInMethod {
        /// On the machine of the deployment, with the command line.
        Cli => "cli",
        /// With one click, in a demo.
        Demo => "demo",
        /// With a link that was mailed.
        Link => "link",
        /// At an identity provider.
        Oidc => "oidc",
        /// With the password of a local account.
        Password => "password",
    }
}

/// How much of a user agent is kept.
const USER_AGENT_MAX: usize = 300;

/// With what, and from where, a session was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// How its owner signed in.
    pub method: SignInMethod,
    /// What the device calls itself: at most 300 characters, none of them a control character.
    pub user_agent: Option<String>,
    /// From which address, if that is known.
    pub address: Option<IpAddr>,
}

impl Device {
    /// A device as a request tells of it.
    pub fn new(method: SignInMethod, user_agent: Option<&str>, address: IpAddr) -> Self {
        let kept = |text: &str| {
            let shown = text.chars().filter(|c| !c.is_control()).take(USER_AGENT_MAX);
            shown.collect::<String>().trim().to_owned()
        };
        let user_agent = user_agent.map(kept).filter(|text| !text.is_empty());
        let address = Some(address).filter(|address| !address.is_unspecified());
        Self { method, user_agent, address }
    }

    /// For sessions that no request starts.
    pub fn without_request(method: SignInMethod) -> Self {
        Self { method, user_agent: None, address: None }
    }
}

/// The part of an address that one subscriber holds: all of an IPv4 address, the first 64 bits of
/// an IPv6 address, of which a household is given all the rest to choose from.
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_kept_short_and_on_one_line() {
        let nowhere = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let kept = |text: &str| Device::new(SignInMethod::Password, Some(text), nowhere).user_agent;
        assert_eq!(kept(" Fire\r\nfox\u{7}/1 "), Some("Firefox/1".to_owned()));
        assert_eq!(kept(&"é".repeat(400)).map(|text| text.chars().count()), Some(300));
        assert_eq!(kept(" \n"), None);
    }

    #[test]
    fn a_network_is_what_one_subscriber_holds() {
        let network = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    }
}
