//! Sending through a mail server.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Code;
use lettre::{SmtpTransport, Transport};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::line::without_addresses;
use super::transport::SendError;
use super::{Address, Mail, message};

/// How long each step may take: connecting, and every answer of the server.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Mails handed over at the same time, and connections kept open between them; servers dislike both
/// many of them and one per mail.
pub(super) const AT_ONCE: u8 = 4;
/// Servers drop idle clients after about a minute; leaving first saves a failed attempt.
const IDLE: Duration = Duration::from_secs(45);

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Not at all; only for a server on this machine.
    None,
    /// Upgraded by STARTTLS before anything is said, usually port 587; a server without it is
    /// refused.
    Starttls,
    /// Encrypted from the first byte, usually port 465.
    Tls,
}

impl FromStr for Security {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        match text {
            "none" => Ok(Self::None),
            "starttls" => Ok(Self::Starttls),
            "tls" => Ok(Self::Tls),
            _ => Err(SettingsError::new("SMTP security is one of none, starttls, tls")),
        }
    }
}

/// What is needed to reach the mail server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Name or address; with TLS the certificate must be for it.
    pub host: String,
    /// 25, 465 or 587, usually.
    pub port: u16,
    /// See [`Security`].
    pub security: Security,
    /// Goes together with the password.
    pub username: Option<String>,
    /// Goes together with the user name.
    pub password: Option<SecretString>,
    /// PEM text of further certificate authorities to trust, for a relay with a private one; those
    /// of the web are always trusted.
    pub authorities_pem: Option<String>,
    /// The sender of every mail.
    pub from: Address,
}

/// Settings of mail that cannot work, told at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    detail: String,
}

impl SettingsError {
    pub(super) fn new(detail: &str) -> Self {
        Self { detail: detail.to_owned() }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Error for SettingsError {}

/// The connection pool to one mail server and the sender that it stands for.
#[derive(Clone)]
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Smtp {
    pub(super) fn new(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        let tls = match settings.security {
            Security::None if is_loopback(&settings.host) => Tls::None,
            Security::None => {
                return Err(SettingsError::new(
                    "SMTP without TLS is only allowed to a server on this machine",
                ));
            }
            Security::Starttls => Tls::Required(tls_parameters(settings)?),
            Security::Tls => Tls::Wrapper(tls_parameters(settings)?),
        };
        let mut builder = SmtpTransport::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(tls)
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(AT_ONCE.into()).idle_timeout(IDLE));
        match (&settings.username, &settings.password) {
            (Some(user), Some(password)) => {
                let password = password.expose_secret().to_owned();
                builder = builder.credentials(Credentials::new(user.clone(), password));
            }
            (None, None) => {}
            _ => {
                return Err(SettingsError::new("SMTP user name and password go together"));
            }
        }
        Ok(Self { transport: builder.build(), from: sender(&settings.from)? })
    }

    pub(super) fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = message::build(mail, &self.from)?;
        let plain = message.envelope().to().iter().all(|to| AsRef::<str>::as_ref(to).is_ascii());
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) => Err(classify(&error, plain)),
        }
    }
}

/// The sender as a mailbox, or why it cannot be one.
pub(super) fn sender(from: &Address) -> Result<Mailbox, SettingsError> {
    message::mailbox(from)
        .map_err(|_not_an_address| SettingsError::new("the sender of mails is not a mail address"))
}

/// Sorts a failure by whose fault it is.
///
/// 5xx condemns the mail, with one exception: a server that does not let *us* in (RFC 4954 §6) says
/// so with 5xx too, and a mistyped password must not kill the mails that wait behind it.
fn classify(error: &lettre::transport::smtp::Error, plain_address: bool) -> SendError {
    let detail = if timed_out(error) {
        "the mail server did not answer in time".to_owned()
    } else {
        without_addresses(&error.to_string())
    };
    // The only refusal of lettre's own that is about the mail: the server lacks SMTPUTF8.
    let address_too_new = error.is_client() && !plain_address;
    match error.status() {
        _ if address_too_new => SendError::Refused { detail },
        Some(code) if !error.is_permanent() || is_about_sign_in(code) => {
            SendError::Temporary { detail }
        }
        Some(code) if is_about_address(u16::from(code), &detail) => SendError::Refused { detail },
        Some(_) => SendError::Permanent { detail },
        None => SendError::Temporary { detail },
    }
}

/// Whether a permanent refusal condemns the address and not the mail: by the server's enhanced code
/// (RFC 3463: `5.1.x` is about the address, but for `5.1.7` and `5.1.8`, about the sender's; `5.2.1` about a
/// mailbox that is closed), or by the plain one (RFC 5321 §4.2.3) of a server that gives no other.
fn is_about_address(code: u16, said: &str) -> bool {
    match said.split(' ').find_map(enhanced) {
        Some((subject, detail)) => match subject {
            1 => !matches!(detail, 7 | 8),
            2 => detail == 1,
            _ => false,
        },
        None => matches!(code, 550 | 551 | 553),
    }
}

/// Subject and detail of a permanent enhanced code.
fn enhanced(word: &str) -> Option<(u16, u16)> {
    let numbers: Option<Vec<u16>> = word.split('.').map(|part| part.parse().ok()).collect();
    match numbers?.as_slice() {
        [5, subject, detail] => Some((*subject, *detail)),
        _ => None,
    }
}

/// A read that ran into its time limit is `WouldBlock` on Unix, whose own words would puzzle anyone.
fn timed_out(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<io::Error>() {
            return matches!(io.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        }
        cause = current.source();
    }
    false
}

fn is_about_sign_in(code: Code) -> bool {
    matches!(u16::from(code), 530 | 534 | 535 | 538)
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(bare_host(&settings.host).to_owned());
    if let Some(pem) = &settings.authorities_pem {
        let authorities = Certificate::from_pem(pem.as_bytes())
            .map_err(|_unreadable| SettingsError::new("the SMTP certificates are not PEM"))?;
        builder = builder.add_root_certificate(authorities);
    }
    builder.build().map_err(|error| SettingsError::new(&format!("SMTP: {error}")))
}

fn is_loopback(host: &str) -> bool {
    let host = bare_host(host).to_ascii_lowercase();
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Without the brackets of an IPv6 address.
fn bare_host(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::is_about_address;

    #[test]
    fn an_address_is_condemned_by_what_is_said_of_it_and_by_nothing_else() {
        let of_the_address = [
            (550, "permanent error (550): 5.1.1 [address] no such user"),
            (550, "permanent error (550): 5.2.1 the mailbox is closed"),
            (550, "permanent error (550): no such user here"),
            (553, "permanent error (553): the name is not allowed"),
        ];
        let of_the_mail = [
            (550, "permanent error (550): 5.7.1 looks like spam"),
            (550, "permanent error (550): 5.1.8 your domain is not known"),
            (552, "permanent error (552): 5.2.2 the mailbox is full"),
            (554, "permanent error (554): looks like spam"),
        ];
        assert!(of_the_address.iter().all(|(code, said)| is_about_address(*code, said)));
        assert!(!of_the_mail.iter().any(|(code, said)| is_about_address(*code, said)));
    }
}
