//! Settings: defaults, then one optional TOML file, then the environment (`EVENBAR_…`), then
//! flags. A secret may come from a file that `EVENBAR_…_FILE` names. Read once, at the start.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::db::{Limits, Url};
use crate::http::{AddressHeader, Networks, Proxies, Quota, Quotas};
use crate::identities::SignIn;
use crate::mail::Address;
use crate::mail::smtp::{Security, SmtpSettings};
use crate::mail::transport::Mailer;
use crate::outbound::guard::Reach;

mod sign_in;

pub use sign_in::{Roles, Switch, Words};

/// What the environment's names begin with.
const PREFIX: &str = "EVENBAR_";

/// The settings as they are written; every one has a default or may be left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// `sqlite://PATH` or `postgres://…`.
    pub database_url: String,
    /// Connections to PostgreSQL, or threads for long reads on SQLite: 1 to 200.
    pub database_connections: u32,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address and port where the metrics are served; without it they are not.
    pub metrics_listen: Option<SocketAddr>,
    /// Where people reach this service; the root of links in mails.
    pub public_url: Option<String>,
    /// Addresses and networks of the proxies that are believed about who asks; by default none.
    pub trusted_proxies: Networks,
    /// The header that they write: `x-forwarded-for` or `forwarded`.
    pub client_address_header: AddressHeader,
    /// How many reads one person, key or address may ask for: `REQUESTS/SECONDS`, or `off`.
    pub rate_limit_read: Quota,
    /// The same of changes.
    pub rate_limit_write: Quota,
    /// The same of what reads much or computes long.
    pub rate_limit_expensive: Quota,
    /// The same of attempts to sign in; by address.
    pub rate_limit_sign_in: Quota,
    /// HTTP workers: 1 to 64; by default one per core.
    pub workers: Option<usize>,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// Which log lines, as `tracing_subscriber::EnvFilter` reads it.
    pub log_filter: String,
    /// Host of the mail server; without it mails go to `mail_folder`.
    pub smtp_host: Option<String>,
    /// Port of the mail server.
    pub smtp_port: u16,
    /// `tls`, `starttls` or (loopback only) `none`.
    pub smtp_security: String,
    /// Account at the mail server.
    pub smtp_username: Option<String>,
    /// Its password; better in the file that `EVENBAR_SMTP_PASSWORD_FILE` names.
    #[serde(skip_serializing)]
    pub smtp_password: Option<SecretString>,
    /// PEM file of authorities to trust besides the well-known ones.
    pub smtp_authorities: Option<PathBuf>,
    /// Sender of mails.
    pub mail_from: String,
    /// Name of the sender.
    pub mail_from_name: String,
    /// Where mails go without a mail server.
    pub mail_folder: PathBuf,
    /// The identity provider's issuer identifier; without it people sign in with passwords.
    pub oidc_issuer: Option<String>,
    /// Who we are to the provider.
    pub oidc_client_id: Option<String>,
    /// How we prove it; better in the file that `EVENBAR_OIDC_CLIENT_SECRET_FILE` names.
    #[serde(skip_serializing)]
    pub oidc_client_secret: Option<SecretString>,
    /// What people call the provider.
    pub oidc_name: String,
    /// What we ask the provider for.
    pub oidc_scopes: Words,
    /// Domains of addresses that may come in; none for all.
    pub oidc_domains: Words,
    /// The claim that lists a person's groups.
    pub oidc_groups_claim: String,
    /// Groups, each with the role in the organization that it gives.
    pub oidc_roles: Roles,
    /// PEM file of the authorities that vouch for the provider, instead of the well-known ones.
    pub oidc_authorities: Option<PathBuf>,
    /// Whether people sign in with passwords: `on` or `off`.
    pub local_passwords: Switch,
    /// Address of the owner whose password works all the same.
    pub break_glass_owner: Option<String>,
    /// Whether people's calendars may lie at private addresses: `on` or `off`.
    pub private_calendars: Switch,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        let quotas = Quotas::default();
        Self {
            database_url: "sqlite://evenbar-data/evenbar.sqlite3".to_owned(),
            database_connections: 8,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: None,
            public_url: None,
            trusted_proxies: Networks::default(),
            client_address_header: AddressHeader::default(),
            rate_limit_read: quotas.read,
            rate_limit_write: quotas.write,
            rate_limit_expensive: quotas.expensive,
            rate_limit_sign_in: quotas.sign_in,
            workers: None,
            log_format: LogFormat::Text,
            log_filter: "info".to_owned(),
            smtp_host: None,
            smtp_port: 587,
            smtp_security: "starttls".to_owned(),
            smtp_username: None,
            smtp_password: None,
            smtp_authorities: None,
            mail_from: "evenbar@localhost.localdomain".to_owned(),
            mail_from_name: "Evenbar".to_owned(),
            mail_folder: PathBuf::from("evenbar-data/mail"),
            oidc_issuer: None,
            oidc_client_id: None,
            oidc_client_secret: None,
            oidc_name: "single sign-on".to_owned(),
            oidc_scopes: Words::of(&["openid", "email", "profile"]),
            oidc_domains: Words::default(),
            oidc_groups_claim: "groups".to_owned(),
            oidc_roles: Roles::default(),
            oidc_authorities: None,
            local_passwords: Switch::On,
            break_glass_owner: None,
            private_calendars: Switch::Off,
        }
    }
}

/// A setting that cannot be used: which one, and why. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// The setting's name.
    pub setting: String,
    /// A sentence.
    pub reason: String,
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.setting, self.reason)
    }
}

impl std::error::Error for Unusable {}

fn unusable(setting: &str, reason: impl std::fmt::Display) -> Unusable {
    Unusable { setting: setting.to_owned(), reason: reason.to_string() }
}

/// Settings that flags give; absent ones leave the rest to file and environment.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Flags {
    /// `--database-url`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// `--listen`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// `--public-url`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// Names the setting, and the file or variable that it came from.
    pub fn read(file: Option<&Path>, flags: &Flags) -> Result<Self, Unusable> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(unusable("config", format!("there is no file {}", path.display())));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        figment =
            figment.merge(Env::prefixed(PREFIX).only(SETTINGS)).merge(Serialized::globals(flags));
        for name in ["database_url", "smtp_password", "oidc_client_secret"] {
            let variable = format!("{PREFIX}{}_FILE", name.to_uppercase());
            #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
            let path = std::env::var_os(&variable);
            if let Some(path) = path {
                let secret = std::fs::read_to_string(&path).map_err(|error| {
                    unusable(&variable, format!("cannot be read: {}", error.kind()))
                })?;
                figment = figment.merge((name, secret.trim_end_matches(['\r', '\n'])));
            }
        }
        let settings: Self = figment.extract().map_err(|error| {
            let name = error.path.join(".");
            unusable(if name.is_empty() { "settings" } else { &name }, error.kind.to_string())
        })?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Unusable> {
        self.url()?;
        if !(1..=200).contains(&self.database_connections) {
            return Err(unusable("database_connections", "between 1 and 200"));
        }
        if self.workers.is_some_and(|workers| !(1..=64).contains(&workers)) {
            return Err(unusable("workers", "between 1 and 64"));
        }
        if let Some(text) = &self.public_url {
            let fits = url::Url::parse(text)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none());
            if !fits || text.ends_with('/') {
                return Err(unusable(
                    "public_url",
                    "an http or https address without a trailing slash",
                ));
            }
        }
        self.sign_in()?;
        self.mailer().map(drop)
    }

    /// The database.
    ///
    /// # Errors
    /// Another scheme than `sqlite` or `postgres`.
    pub fn url(&self) -> Result<Url, Unusable> {
        Url::parse(&self.database_url).map_err(|reason| unusable("database_url", reason))
    }

    /// How much of the database may be used at once.
    pub fn limits(&self) -> Limits {
        Limits { connections: self.database_connections, ..Limits::default() }
    }

    /// The root of links in mails, without a trailing slash.
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// How far people's calendars may lie.
    pub fn calendars(&self) -> Reach {
        match self.private_calendars {
            Switch::On => Reach::Private,
            Switch::Off => Reach::Public,
        }
    }

    /// Which proxies are believed, and what they write.
    pub fn proxies(&self) -> Proxies {
        Proxies { trusted: self.trusted_proxies.clone(), header: self.client_address_header }
    }

    /// How much one principal may ask for.
    pub fn quotas(&self) -> Quotas {
        Quotas {
            read: self.rate_limit_read,
            write: self.rate_limit_write,
            expensive: self.rate_limit_expensive,
            sign_in: self.rate_limit_sign_in,
        }
    }

    /// How people sign in.
    ///
    /// # Errors
    /// A setting of the identity provider, or of passwords, that does not fit.
    pub fn sign_in(&self) -> Result<SignIn, Unusable> {
        sign_in::read(self)
    }

    /// The way mails leave.
    ///
    /// # Errors
    /// An address, a security or a certificate that does not fit.
    pub fn mailer(&self) -> Result<Mailer, Unusable> {
        let from = Address { name: self.mail_from_name.clone(), email: self.mail_from.clone() };
        let Some(host) = &self.smtp_host else {
            return Mailer::folder(self.mail_folder.clone(), &from)
                .map_err(|error| unusable("mail_from", error));
        };
        let security: Security =
            self.smtp_security.parse().map_err(|e| unusable("smtp_security", e))?;
        let authorities_pem = self
            .smtp_authorities
            .as_ref()
            .map(std::fs::read_to_string)
            .transpose()
            .map_err(|error| unusable("smtp_authorities", error.kind()))?;
        let settings = SmtpSettings {
            host: host.clone(),
            port: self.smtp_port,
            security,
            username: self.smtp_username.clone(),
            password: self.smtp_password.clone(),
            authorities_pem,
            from,
        };
        Mailer::smtp(&settings).map_err(|error| unusable("smtp_host", error))
    }
}

/// The names that the environment may set, in lower case as figment compares them. Others that
/// begin with the prefix belong to the machine around us.
const SETTINGS: &[&str] = &[
    "database_url",
    "database_connections",
    "listen",
    "metrics_listen",
    "public_url",
    "trusted_proxies",
    "client_address_header",
    "rate_limit_read",
    "rate_limit_write",
    "rate_limit_expensive",
    "rate_limit_sign_in",
    "workers",
    "log_format",
    "log_filter",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_username",
    "smtp_password",
    "smtp_authorities",
    "mail_from",
    "mail_from_name",
    "mail_folder",
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_name",
    "oidc_scopes",
    "oidc_domains",
    "oidc_groups_claim",
    "oidc_roles",
    "oidc_authorities",
    "local_passwords",
    "break_glass_owner",
    "private_calendars",
];

/// The program that runs, for what runs in a process of its own.
///
/// # Errors
/// When the system does not say.
pub fn this_program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_can_be_used() {
        let settings = Settings::default();
        assert_eq!(settings.check(), Ok(()));
        assert_eq!(settings.public_url(), "http://127.0.0.1:8080");
    }

    #[test]
    fn flags_win_over_a_file() {
        let file = std::env::temp_dir().join(format!("evenbar-config-{}.toml", std::process::id()));
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\nworkers = 3\n").unwrap();
        let flags = Flags { listen: Some(([127, 0, 0, 1], 2).into()), ..Flags::default() };
        let settings = Settings::read(Some(&file), &flags).unwrap();
        assert_eq!((settings.listen.port(), settings.workers), (2, Some(3)));
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn an_unusable_setting_is_named_without_its_value() {
        let flags = Flags {
            database_url: Some("mysql://root:secret@host/db".to_owned()),
            ..Flags::default()
        };
        let error = Settings::read(None, &flags).unwrap_err();
        assert_eq!(error.setting, "database_url");
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn every_setting_can_come_from_the_environment() {
        let written = serde_json::to_value(Settings::default()).unwrap();
        let mut names: Vec<&str> =
            written.as_object().unwrap().keys().map(String::as_str).collect();
        names.extend(["smtp_password", "oidc_client_secret"]);
        names.sort_unstable();
        let mut known = SETTINGS.to_vec();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
