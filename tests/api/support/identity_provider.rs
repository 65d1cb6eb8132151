//! An identity provider on the loopback that a test tells what to say, and what to forge.
//!
//! It holds us to the protocol: what of a request does not fit fails the test. That a provider whom
//! nobody here wrote agrees is shown by `.ci/oidc`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use evenbar::clock::Clock;
use evenbar::digest::sha256;
use evenbar::identities::{Rules, SignIn};
use evenbar::oidc::{Provider, ProviderSettings};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// What we are to it.
const CLIENT: &str = "evenbar at example";
/// How we prove it.
const SECRET: &str = "a secret: with + and %";
/// Where it sends browsers back to.
const CALLBACK: &str = "https://hire.example.com/sign-in/oidc/callback";

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// With the provider's key.
    Right,
    /// With another key under the same name.
    Wrong,
    /// With a key that the provider does not publish.
    Unpublished,
    /// Not at all.
    None,
    /// As a MAC, under what everybody can read: the published key.
    PublicKeyAsSecret,
}

/// Somebody at the provider, and what it does with what it says of them.
#[derive(Debug, Clone)]
pub struct Told {
    /// The claims beside those of the protocol; they win over those.
    pub claims: Value,
    /// How the token is signed.
    pub signature: Signature,
}

/// A provider; its port refuses connections once it is dropped.
pub struct IdentityProvider {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    serving: Option<JoinHandle<()>>,
}

#[expect(clippy::struct_excessive_bools, reason = "independent ways to misbehave")]
struct Shared {
    issuer: String,
    clock: Clock,
    key: Key,
    codes: BTreeMap<String, Code>,
    takes_codes_twice: bool,
    announces_issuer: bool,
    tells_elsewhere: bool,
    asked: BTreeMap<String, usize>,
    stopping: bool,
}

struct Key {
    kid: String,
    algorithm: Algorithm,
    signs: EncodingKey,
    public: Jwk,
}

struct Code {
    nonce: String,
    challenge: String,
    told: Told,
    used: bool,
}

impl IdentityProvider {
    /// A provider that signs with ES256 and has the application's clock.
    pub fn start(clock: &Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared {
            issuer: format!("http://{address}/realm"),
            clock: clock.clone(),
            key: Key::new(Algorithm::ES256, "first"),
            codes: BTreeMap::new(),
            takes_codes_twice: false,
            announces_issuer: false,
            tells_elsewhere: false,
            asked: BTreeMap::new(),
            stopping: false,
        }));
        let serves = Arc::clone(&shared);
        let serving = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serves.lock().unwrap_or_else(PoisonError::into_inner).stopping {
                    return;
                }
                serve(stream.unwrap(), &serves);
            }
        });
        Self { address, shared, serving: Some(serving) }
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        self.with(|shared| shared.issuer.clone())
    }

    /// Signing in there, by these rules.
    pub fn sign_in(&self, rules: Rules) -> SignIn {
        let provider = Provider::new(ProviderSettings {
            issuer: self.issuer(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.to_owned().into()),
            name: "Example ID".to_owned(),
            scopes: "openid email profile".to_owned(),
            groups_claim: (!rules.roles.is_empty()).then(|| "groups".to_owned()),
            redirect_uri: CALLBACK.to_owned(),
            authorities: Vec::new(),
        });
        SignIn { provider: Some(provider), rules }
    }

    /// From now on it signs with a new key of this algorithm, and publishes that one alone.
    pub fn rotate(&self, algorithm: Algorithm, kid: &str) {
        let key = Key::new(algorithm, kid);
        self.with(|shared| shared.key = key);
    }

    /// From now on it takes a code as often as it comes, which no provider should.
    pub fn take_codes_twice(&self) {
        self.with(|shared| shared.takes_codes_twice = true);
    }

    /// From now on it says that its answers carry its name (RFC 9207).
    pub fn announce_issuer(&self) {
        self.with(|shared| shared.announces_issuer = true);
    }

    /// From now on address and groups are not in the token but at the userinfo endpoint.
    pub fn tell_elsewhere(&self) {
        self.with(|shared| shared.tells_elsewhere = true);
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.with(|shared| shared.asked.get(path).copied().unwrap_or_default())
    }

    /// Somebody signs in there: where the browser then goes to, with a code and the state.
    pub fn authorize(&self, location: &str, told: Told) -> String {
        let url = url::Url::parse(location).unwrap();
        let issuer = self.issuer();
        assert!(location.starts_with(&format!("{issuer}/authorize?")), "{location}");
        let given: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(given["response_type"], "code");
        assert_eq!(given["client_id"], CLIENT);
        assert_eq!(given["redirect_uri"], CALLBACK);
        assert_eq!(given["code_challenge_method"], "S256");
        assert!(given["scope"].split(' ').any(|scope| scope == "openid"));
        let unguessable = [&given["state"], &given["nonce"], &given["code_challenge"]];
        assert!(unguessable.iter().all(|value| value.len() == 43), "{location}");
        self.with(|shared| {
            let code = format!("code-{}", shared.codes.len());
            let (nonce, challenge) = (given["nonce"].clone(), given["code_challenge"].clone());
            shared.codes.insert(code.clone(), Code { nonce, challenge, told, used: false });
            format!("/sign-in/oidc/callback?code={code}&state={}", given["state"])
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Shared) -> T) -> T {
        // A test that fails in here shall be told of that, and not of the lock.
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.with(|shared| shared.stopping = true);
        drop(TcpStream::connect(self.address));
        if let Some(serving) = self.serving.take() {
            serving.join().ok();
        }
    }
}

impl Key {
    fn new(algorithm: Algorithm, kid: &str) -> Self {
        let random = SystemRandom::new();
        let of = |signs: &EncodingKey| Jwk::from_encoding_key(signs, algorithm).unwrap();
        let (signs, mut public) = if algorithm == Algorithm::ES256 {
            let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
            let signs = EncodingKey::from_ec_der(der.unwrap().as_ref());
            let public = of(&signs);
            (signs, public)
        } else if algorithm == Algorithm::EdDSA {
            let der = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
            let pair = Ed25519KeyPair::from_pkcs8(der.as_ref()).unwrap();
            let x = URL_SAFE_NO_PAD.encode(pair.public_key());
            let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
            (EncodingKey::from_ed_der(der.as_ref()), serde_json::from_value(public).unwrap())
        } else {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
            let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
            // Within PKCS #8, after 26 bytes that say what it is, lies PKCS #1.
            let signs = EncodingKey::from_rsa_der(&der.as_ref()[26..]);
            let public = of(&signs);
            (signs, public)
        };
        public.common.key_id = Some(kid.to_owned());
        Self { kid: kid.to_owned(), algorithm, signs, public }
    }

    fn sign(&self, claims: &Value, signature: Signature) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.clone());
        let signed_by =
            |key: &EncodingKey, header: &Header| jsonwebtoken::encode(header, claims, key).unwrap();
        match signature {
            Signature::Right => signed_by(&self.signs, &header),
            Signature::Wrong => signed_by(&Self::new(self.algorithm, &self.kid).signs, &header),
            Signature::Unpublished => {
                header.kid = Some("unpublished".to_owned());
                signed_by(&Self::new(self.algorithm, "unpublished").signs, &header)
            }
            Signature::None => {
                let header = json!({ "alg": "none", "kid": self.kid }).to_string();
                let parts = [header, claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part));
                format!("{}.{}.", parts[0], parts[1])
            }
            Signature::PublicKeyAsSecret => {
                let public = serde_json::to_vec(&self.public).unwrap();
                header.alg = Algorithm::HS256;
                signed_by(&EncodingKey::from_secret(&public), &header)
            }
        }
    }
}

/// Answers one request.
fn serve(stream: TcpStream, shared: &Mutex<Shared>) {
    let mut reader = BufReader::new(&stream);
    let (mut first, mut length, mut authorization) = (String::new(), 0, String::new());
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => value.clone_into(&mut authorization),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, answer) = shared.lock().unwrap().answer(path, &authorization, &body);
    let answer = answer.to_string();
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    (&stream).write_all(format!("{head}{answer}").as_bytes()).ok();
}

impl Shared {
    fn answer(&mut self, path: &str, authorization: &str, body: &[u8]) -> (u16, Value) {
        *self.asked.entry(path.to_owned()).or_default() += 1;
        let issuer = self.issuer.clone();
        match path {
            "/realm/.well-known/openid-configuration" => {
                let document = json!({
                    "issuer": issuer,
                    "authorization_endpoint": format!("{issuer}/authorize"),
                    "token_endpoint": format!("{issuer}/token"),
                    "userinfo_endpoint": format!("{issuer}/me"),
                    "jwks_uri": format!("{issuer}/keys"),
                    "authorization_response_iss_parameter_supported": self.announces_issuer,
                });
                (200, document)
            }
            "/realm/keys" => (200, json!({ "keys": [self.key.public] })),
            "/realm/token" => self.token(authorization, body),
            "/realm/me" => {
                let code = authorization.strip_prefix("Bearer access-").unwrap_or_default();
                self.codes
                    .get(code)
                    .map_or((401, json!({})), |code| (200, code.told.claims.clone()))
            }
            _ => (404, json!({})),
        }
    }

    fn token(&mut self, authorization: &str, body: &[u8]) -> (u16, Value) {
        let encode = |text: &str| -> String {
            url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
        };
        let expected = STANDARD.encode(format!("{}:{}", encode(CLIENT), encode(SECRET)));
        if authorization != format!("Basic {expected}") {
            return (401, json!({ "error": "invalid_client" }));
        }
        let form: BTreeMap<String, String> =
            url::form_urlencoded::parse(body).into_owned().collect();
        let refused = (400, json!({ "error": "invalid_grant" }));
        let again = self.takes_codes_twice;
        let Some(code) = self.codes.get_mut(&form["code"]).filter(|code| !code.used || again)
        else {
            return refused;
        };
        code.used = true;
        let challenge = URL_SAFE_NO_PAD.encode(sha256(form["code_verifier"].as_bytes()));
        let fits = form["grant_type"] == "authorization_code" && form["redirect_uri"] == CALLBACK;
        if !fits || challenge != code.challenge {
            return refused;
        }
        let access_token = format!("access-{}", form["code"]);
        let now = self.clock.now().timestamp();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "ada-1", "nonce": code.nonce,
            "iat": now, "exp": now + 300,
        });
        let silent: &[&str] =
            if self.tells_elsewhere { &["email", "email_verified", "groups"] } else { &[] };
        for (name, value) in code.told.claims.as_object().unwrap() {
            if !silent.contains(&name.as_str()) {
                claims[name] = value.clone();
            }
        }
        let id_token = self.key.sign(&claims, code.told.signature);
        (200, json!({ "access_token": access_token, "token_type": "Bearer", "id_token": id_token }))
    }
}
