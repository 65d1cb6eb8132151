//! What the provider says about itself (`OpenID` Connect Discovery 1.0 §3), and its keys.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::Fault;
use super::client::is_safe_url;

/// The part of the document that we use.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    #[serde(default)]
    pub(super) userinfo_endpoint: Option<Url>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether answers carry `iss` (RFC 9207 §3).
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Reads the document of this issuer.
    pub(super) fn read(document: Value, issuer: &str) -> Result<Self, Fault> {
        let metadata: Self = serde_json::from_value(document)
            .map_err(|_words| Fault::Wrong("its discovery document lacks something"))?;
        if metadata.issuer != issuer {
            return Err(Fault::Wrong("its discovery document is another issuer's"));
        }
        let Self { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint, .. } =
            &metadata;
        let endpoints = [authorization_endpoint, token_endpoint, jwks_uri];
        if !endpoints.into_iter().chain(userinfo_endpoint).all(is_safe_url) {
            return Err(Fault::Wrong("its discovery document names an address without TLS"));
        }
        Ok(metadata)
    }

    /// Whether the client's secret goes into the form: only when Basic, which every server must
    /// support (RFC 6749 §2.3.1), is said not to do.
    pub(super) fn takes_secret_in_form(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        let takes = |name: &str| methods.iter().any(|method| method == name);
        takes("client_secret_post") && !takes("client_secret_basic")
    }
}

/// Where an issuer's document lies (Discovery §4.1).
pub(super) fn document_url(issuer: &str) -> Result<Url, Fault> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    Url::parse(&url).map_err(|_words| Fault::Wrong("the issuer is no address"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "issuer": "https://id.example.com",
            "authorization_endpoint": "https://id.example.com/auth",
            "token_endpoint": "https://id.example.com/token",
            "jwks_uri": "https://id.example.com/jwks",
        })
    }

    #[test]
    fn a_document_is_the_issuer_s_own_and_names_safe_addresses_only() {
        let read = |document: Value| Metadata::read(document, "https://id.example.com").is_ok();
        assert!(read(document()));
        let other = Metadata::read(document(), "https://id.example.com/");
        assert_eq!(other.err(), Some(Fault::Wrong("its discovery document is another issuer's")));
        let mut clear = document();
        clear["userinfo_endpoint"] = json!("http://id.example.com/me");
        assert!(!read(clear));
        let mut lacking = document();
        lacking["jwks_uri"] = Value::Null;
        assert!(!read(lacking));
    }

    #[test]
    fn the_secret_goes_into_the_form_only_where_basic_is_not_taken() {
        let asks = |methods: Value| {
            let mut document = document();
            document["token_endpoint_auth_methods_supported"] = methods;
            Metadata::read(document, "https://id.example.com").unwrap().takes_secret_in_form()
        };
        assert!(!asks(Value::Null));
        assert!(!asks(json!(["client_secret_post", "client_secret_basic"])));
        assert!(asks(json!(["client_secret_post"])));
    }
}
