//! Asking other servers over HTTP: the one client of this service.
//!
//! Whoever is asked was named by an administrator (the identity provider) or by anybody who works here
//! (the address of a calendar or a chat). For the latter [`guard`] says which addresses may be asked at
//! all, once for what was written and once more for what a name turned out to mean: the address that is
//! connected to is the one that was checked. No redirect is followed, no proxy of the environment is used, nothing is
//! unpacked, and every exchange has an end.

pub mod guard;

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::Url;

use guard::{Reach, Refusal};

/// How long one exchange may take, from resolving the name to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);

fn config(authorities: Vec<Certificate<'static>>) -> Config {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let roots =
        if authorities.is_empty() { RootCerts::WebPki } else { RootCerts::from(authorities) };
    let tls =
        TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(TIMEOUT))
        // An address that answers with another address is not the one that was checked.
        .max_redirects(0)
        .max_redirects_will_error(true)
        .http_status_as_error(false)
        // Settings come from `config` alone, and what is said here is not for others to relay.
        .proxy(None)
        .user_agent("evenbar")
        .build()
}

/// A client for addresses that an administrator configured; it trusts these authorities alone, or without
/// any the well-known ones.
pub fn trusted(authorities: Vec<Certificate<'static>>) -> Agent {
    config(authorities).new_agent()
}

/// A client for addresses that anybody wrote down; it connects to nothing that [`guard`] refuses.
pub fn guarded(reach: Reach) -> Agent {
    let guarded = Guarded { reach, names: DefaultResolver::default() };
    Agent::with_parts(config(Vec::new()), DefaultConnector::default(), guarded)
}

/// The longest address.
const ADDRESS_MAX: usize = 2_000;
/// How many characters of its end are shown.
const ENDING: usize = 4;

/// An address that anybody wrote down, checked, and what is shown of it.
pub struct Written {
    /// The address, without a fragment: a secret.
    pub url: Url,
    /// The server.
    pub host: String,
    /// Its last four characters.
    pub ending: String,
}

impl Written {
    /// Reads an address that is to be asked.
    ///
    /// # Errors
    /// A sentence for whoever wrote it.
    pub fn read(text: &str, reach: Reach) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() || text.len() > ADDRESS_MAX {
            return Err("At most 2000 characters.");
        }
        let mut url = Url::parse(text).map_err(|_| "It is an address such as https://….")?;
        reach.check(&url).map_err(Refusal::detail)?;
        url.set_fragment(None);
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut ending: Vec<char> = url.as_str().chars().rev().take(ENDING).collect();
        ending.reverse();
        Ok(Self { url, host, ending: ending.into_iter().collect() })
    }
}

/// Looks names up and refuses them when one of their addresses is not for us to ask.
#[derive(Debug)]
struct Guarded {
    reach: Reach,
    names: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        if found.iter().all(|address| self.reach.allows(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::Other(Box::new(Refusal::Address)))
    }
}

/// Whether an exchange failed because of what [`guard`] refuses.
pub fn was_refused(error: &ureq::Error) -> bool {
    if let ureq::Error::Other(cause) = error { cause.is::<Refusal>() } else { false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_means_this_machine_is_not_asked() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        // What the guard of addresses would refuse anyway gets as far as the resolver here.
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let error = guarded(Reach::Public).get(format!("http://{host}:{port}/")).call();
            assert!(was_refused(&error.unwrap_err()), "{host}");
        }
    }
}
