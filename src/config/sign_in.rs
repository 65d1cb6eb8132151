//! The settings of signing in: the identity provider, and whether passwords work.

use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Settings, Unusable, unusable};
use crate::access::OrgRole;
use crate::http::fields::{Email, Line};
use crate::identities::{Rules, SignIn};
use crate::oidc::client::authorities;
use crate::oidc::{Provider, ProviderSettings, is_safe_url};

/// Where the provider sends browsers back to, below `public_url`.
pub const CALLBACK: &str = "/sign-in/oidc/callback";

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// It works.
    On,
    /// It does not.
    Off,
}

/// Several words: a list, or one text with commas or spaces between them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(Vec<String>);

impl Words {
    pub(super) fn of(words: &[&str]) -> Self {
        Self(words.iter().map(|word| (*word).to_owned()).collect())
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of words, or words with commas between them")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Words, E> {
                let words = text.split([',', ' ']).filter(|word| !word.is_empty());
                Ok(Words(words.map(str::to_owned).collect()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Groups with the role that each gives: a table, or one text such as `hr=recruiter, it=admin`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles(Vec<(String, OrgRole)>);

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(group, role)| (group, role.as_str())))
    }
}

fn role<E: de::Error>(word: &str) -> Result<OrgRole, E> {
    // Whoever works for an agency is named by hand, with the agency.
    let given = OrgRole::ALL.iter().filter(|role| **role != OrgRole::External);
    let known = given.into_iter().find(|role| role.as_str() == word);
    known.copied().ok_or_else(|| E::custom(format!("there is no role {word}")))
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Roles;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of groups and roles, or group=role with commas between them")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Roles, E> {
                let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
                let read = |pair: &str| {
                    let (group, word) = pair
                        .rsplit_once('=')
                        .ok_or_else(|| E::custom("expected group=role with commas between them"))?;
                    Ok((group.trim().to_owned(), role(word.trim())?))
                };
                pairs.map(read).collect::<Result<_, E>>().map(Roles)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Roles, A::Error> {
                let mut roles = Vec::new();
                while let Some((group, word)) = table.next_entry::<String, String>()? {
                    roles.push((group, role(&word)?));
                }
                Ok(Roles(roles))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Reads how people sign in.
pub(super) fn read(settings: &Settings) -> Result<SignIn, Unusable> {
    let local_passwords = settings.local_passwords == Switch::On;
    let break_glass_owner = match &settings.break_glass_owner {
        None => None,
        Some(text) => {
            let email: Result<Email, String> = text.parse();
            Some(email.map_err(|reason| unusable("break_glass_owner", reason))?.folded())
        }
    };
    let provider = provider(settings)?;
    if provider.is_none() && !local_passwords {
        let reason = "without oidc_issuer nobody could sign in";
        return Err(unusable("local_passwords", reason));
    }
    let domains = settings.oidc_domains.0.iter().map(|domain| {
        let domain = domain.trim_start_matches('@').to_lowercase();
        let address: Result<Email, String> = format!("a@{domain}").parse();
        address.map(|_| domain).map_err(|_odd| unusable("oidc_domains", "domains of addresses"))
    });
    let rules = Rules {
        domains: domains.collect::<Result<_, _>>()?,
        roles: settings.oidc_roles.0.clone(),
        local_passwords,
        break_glass_owner,
    };
    Ok(SignIn { provider, rules })
}

fn provider(settings: &Settings) -> Result<Option<Provider>, Unusable> {
    let Some(issuer) = &settings.oidc_issuer else { return Ok(None) };
    let url = url::Url::parse(issuer).ok().filter(is_safe_url);
    if !url.is_some_and(|url| url.query().is_none() && url.fragment().is_none()) {
        let reason = "an https address without a query, as the provider writes it";
        return Err(unusable("oidc_issuer", reason));
    }
    let client_id = settings.oidc_client_id.clone().filter(|id| !id.is_empty());
    let client_id = client_id
        .ok_or_else(|| unusable("oidc_client_id", "the provider's name for this service"))?;
    let name: Line<60> =
        settings.oidc_name.parse().map_err(|reason: String| unusable("oidc_name", reason))?;
    let scopes = &settings.oidc_scopes.0;
    if !scopes.iter().any(|scope| scope == "openid") {
        return Err(unusable("oidc_scopes", "openid must be among them"));
    }
    // The cookies of signing in are for encrypted connections, or this machine.
    if !url::Url::parse(&settings.public_url()).is_ok_and(|url| is_safe_url(&url)) {
        let reason = "an identity provider needs https, or an address of this machine";
        return Err(unusable("public_url", reason));
    }
    let authorities = match &settings.oidc_authorities {
        None => Vec::new(),
        Some(path) => {
            let pem =
                std::fs::read(path).map_err(|error| unusable("oidc_authorities", error.kind()))?;
            authorities(&pem).map_err(|reason| unusable("oidc_authorities", reason))?
        }
    };
    let maps_groups = !settings.oidc_roles.0.is_empty();
    Ok(Some(Provider::new(ProviderSettings {
        issuer: issuer.clone(),
        client_id,
        client_secret: settings.oidc_client_secret.clone(),
        name: name.to_text(),
        scopes: scopes.join(" "),
        groups_claim: maps_groups.then(|| settings.oidc_groups_claim.clone()),
        redirect_uri: format!("{}{CALLBACK}", settings.public_url()),
        authorities,
    })))
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Serialized, Toml};

    use super::*;

    fn settings(toml: &str) -> Result<Settings, String> {
        let figment = Figment::from(Serialized::defaults(Settings::default()));
        figment.merge(Toml::string(toml)).extract().map_err(|error| error.to_string())
    }

    fn refused(toml: &str) -> String {
        settings(toml).unwrap().sign_in().err().expect("a refusal").setting
    }

    #[test]
    fn words_and_roles_are_written_as_lists_or_as_one_text() {
        let lists = settings(
            "oidc_domains = [\"example.com\", \"example.org\"]\n[oidc_roles]\n\"cn=hr,dc=x\" = \"recruiter\"\n",
        );
        let lists = lists.unwrap();
        assert_eq!(lists.oidc_domains, Words::of(&["example.com", "example.org"]));
        assert_eq!(lists.oidc_roles, Roles(vec![("cn=hr,dc=x".to_owned(), OrgRole::Recruiter)]));
        let texts = settings(
            "oidc_domains = \"example.com, example.org\"\noidc_roles = \"hr=recruiter, a b=admin\"",
        );
        let texts = texts.unwrap();
        assert_eq!(texts.oidc_domains, lists.oidc_domains);
        let roles = [("hr", OrgRole::Recruiter), ("a b", OrgRole::Admin)];
        assert_eq!(
            texts.oidc_roles,
            Roles(roles.map(|(group, role)| (group.to_owned(), role)).into())
        );
        assert!(
            settings("oidc_roles = \"hr=boss\"").unwrap_err().contains("there is no role boss")
        );
    }

    #[test]
    fn what_would_lock_people_out_or_expose_them_is_refused_by_name() {
        let provider = "oidc_issuer = \"https://id.example.com\"\n";
        let client = "oidc_client_id = \"evenbar\"\n";
        assert_eq!(refused("local_passwords = \"off\""), "local_passwords");
        assert_eq!(refused(provider), "oidc_client_id");
        assert_eq!(
            refused(&format!("oidc_issuer = \"http://id.example.com\"\n{client}")),
            "oidc_issuer"
        );
        assert_eq!(refused(&format!("{provider}{client}oidc_scopes = \"email\"")), "oidc_scopes");
        assert_eq!(refused(&format!("{provider}{client}oidc_domains = \"a b\"")), "oidc_domains");
        assert_eq!(
            refused(&format!("{provider}{client}public_url = \"http://hire.example.com\"")),
            "public_url"
        );
        assert_eq!(
            refused(&format!("{provider}{client}break_glass_owner = \"me\"")),
            "break_glass_owner"
        );
        assert_eq!(
            refused(&format!("{provider}{client}oidc_authorities = \"/no/such/file\"")),
            "oidc_authorities"
        );
    }

    #[test]
    fn a_provider_can_be_the_only_way_in() {
        let text = "oidc_issuer = \"https://id.example.com\"\noidc_client_id = \"evenbar\"\n\
            oidc_domains = \"@Example.com\"\nlocal_passwords = \"off\"\nbreak_glass_owner = \"Olga@example.com\"\n";
        let sign_in = settings(text).unwrap().sign_in().unwrap();
        assert_eq!(
            sign_in.provider.map(|provider| provider.name().to_owned()).as_deref(),
            Some("single sign-on")
        );
        assert_eq!(sign_in.rules.domains, ["example.com"]);
        assert!(sign_in.rules.password_works("olga@example.com"));
        assert!(!sign_in.rules.password_works("ada@example.com"));
    }
}
