//! The defence of every form against being sent by another site.
//!
//! Two independent proofs are asked for. The browser's own word comes first: `Sec-Fetch-Site`, or an
//! `Origin` that is another host, refuses at once. Then a value that only our page can know must come
//! back with the form: for somebody who signed in, one derived from their session; for everybody
//! else, the hash of a cookie that the page set (a double submit), which also keeps another site from
//! signing a browser in as somebody else.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{HOST, ORIGIN};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Rendered;
use super::form::Form;
use crate::error::{Code, Error, Result};
use crate::http::Ctx;
use crate::ids::SessionId;
use crate::sessions::{Purpose, new_secret, secret_hash};

/// The cookie behind the forms of people who have not signed in.
const FORM_COOKIE: &str = "__Host-evenbar-form";

/// What a form for somebody who has not signed in must bring back, and the cookie to set if the
/// browser has none.
#[derive(Clone)]
pub(super) struct Guest {
    secret: String,
    fresh: bool,
}

impl Guest {
    /// By the cookie of the request.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub(super) fn of(req: &HttpRequest) -> Result<Self> {
        let known = req.cookie(FORM_COOKIE);
        match known.map(|cookie| cookie.value().to_owned()).filter(|value| value.len() == 43) {
            Some(secret) => Ok(Self { secret, fresh: false }),
            None => Ok(Self { secret: new_secret()?, fresh: true }),
        }
    }

    /// The proof that the form carries.
    pub(super) fn proof(&self) -> String {
        URL_SAFE_NO_PAD.encode(secret_hash(&self.secret))
    }

    /// Which browser it is, for a link that is bound to one.
    pub(super) fn hash(&self) -> Vec<u8> {
        secret_hash(&self.secret)
    }

    /// Refuses a form that does not come from our page in this browser.
    ///
    /// # Errors
    /// `forbidden`.
    pub(super) fn check(&self, req: &HttpRequest, form: &Form) -> Result<()> {
        check_site(req)?;
        if self.fresh || !equal(&form.proof, &self.proof()) { Err(refused()) } else { Ok(()) }
    }

    /// Sets the cookie where the browser has none.
    pub(super) fn keep(&self, page: &mut Rendered) {
        if self.fresh {
            page.0.cookie(cookie(FORM_COOKIE, self.secret.clone()));
        }
    }
}

/// The proof that forms of a session carry.
pub(super) fn proof_of(ctx: &Ctx, session_id: SessionId) -> String {
    ctx.state().derived.secret(Purpose::Form, session_id)
}

/// Refuses a form that does not come from a page of this session.
///
/// # Errors
/// `forbidden`.
pub(super) fn check(
    ctx: &Ctx,
    req: &HttpRequest,
    form: &Form,
    session_id: SessionId,
) -> Result<()> {
    check_site(req)?;
    if equal(&form.proof, &proof_of(ctx, session_id)) { Ok(()) } else { Err(refused()) }
}

/// What the browser itself says about where a form comes from. `none` is a person: a page that was
/// loaded again. Pages send no referrer, which makes browsers say `Origin: null`: that alone tells
/// nothing.
fn check_site(req: &HttpRequest) -> Result<()> {
    let header = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    let ours = match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) if origin != "null" => {
            origin.split_once("://").map(|(_, authority)| authority) == header(HOST.as_str())
        }
        (None, _) => true,
    };
    if ours { Ok(()) } else { Err(refused()) }
}

fn refused() -> Error {
    Error::new(Code::Forbidden, "The form does not come from its page.")
}

/// Compared in constant time.
pub(super) fn equal(given: &str, known: &str) -> bool {
    let (given, known) = (given.as_bytes(), known.as_bytes());
    aws_lc_rs::constant_time::verify_slices_are_equal(given, known).is_ok()
}

/// A cookie that scripts cannot read, other sites do not send with forms, and no other host and no
/// plain connection can set. Browsers take it over plain HTTP from this very machine; elsewhere the
/// pages need TLS.
pub(super) fn cookie(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .http_only(true)
        .secure(true)
        .same_site(SameSite::Lax)
        .path("/")
        .finish()
}
