//! Forms: what was typed, what of it does not fit, and what it means.

use std::collections::BTreeMap;
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use minijinja::value::Serde;
use minijinja::{Value, context};
use secrecy::SecretString;
use serde::Serialize;

use super::{Rendered, render};
use crate::error::{Code, Error, Result};
use crate::sessions::NewPassword;

/// The fields of a form with their labels, in the order of the page. One whose name ends with
/// `password` is never sent back to the browser.
pub(super) type Fields = &'static [(&'static str, &'static str)];

/// The longest value that is shown again; longer ones fit nowhere.
const SHOWN_MAX: usize = 1000;

/// A form as it was typed.
pub(super) struct Form {
    fields: Fields,
    values: BTreeMap<&'static str, String>,
    errors: BTreeMap<&'static str, String>,
    /// What is wrong with the form as a whole.
    trouble: Option<&'static str>,
    /// The proof that it comes from our page; see [`super::safety`].
    pub(super) proof: String,
}

#[derive(Serialize)]
struct View<'f> {
    labels: BTreeMap<&'static str, &'static str>,
    order: Vec<&'static str>,
    values: &'f BTreeMap<&'static str, String>,
    errors: &'f BTreeMap<&'static str, String>,
    trouble: Option<&'static str>,
    proof: &'f str,
}

impl Form {
    /// A form before anybody typed.
    pub(super) fn empty(fields: Fields) -> Self {
        let values = fields.iter().map(|(id, _)| (*id, String::new())).collect();
        let (errors, proof) = (BTreeMap::new(), String::new());
        Self { fields, values, errors, trouble: None, proof }
    }

    /// A form as a browser sends it; unknown fields are none of its business.
    ///
    /// # Errors
    /// `unsupported_media_type` for anything but what a form without files is sent as.
    pub(super) fn read(fields: Fields, req: &HttpRequest, body: &[u8]) -> Result<Self> {
        let given =
            req.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let media_type = given.split(';').next().unwrap_or("").trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let detail = "Send application/x-www-form-urlencoded.";
            return Err(Error::new(Code::UnsupportedMediaType, detail));
        }
        let mut form = Self::empty(fields);
        for (key, value) in url::form_urlencoded::parse(body) {
            if key == "proof" {
                form.proof = value.into_owned();
            } else if let Some((id, _)) = fields.iter().find(|(id, _)| *id == key) {
                form.values.insert(id, value.into_owned());
            }
        }
        Ok(form)
    }

    /// Fills a field in for whoever will type.
    pub(super) fn with(mut self, id: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(id, value.into());
        self
    }

    /// What a field means; none when it does not fit, which is then marked.
    pub(super) fn field<T: FromStr<Err = String>>(&mut self, id: &'static str) -> Option<T> {
        let typed = self.values.get(id).map_or("", String::as_str);
        if typed.trim().is_empty() {
            self.refuse(id, "Fill this in.");
            return None;
        }
        let read = typed.parse().map_err(|why| self.refuse(id, &sentence(why)));
        read.ok()
    }

    /// A password that somebody of this name and address chooses.
    pub(super) fn new_password(
        &mut self,
        id: &'static str,
        name: &str,
        email: &str,
    ) -> Option<NewPassword> {
        let typed = self.values.insert(id, String::new()).unwrap_or_default();
        let read = NewPassword::parse(typed).map_err(str::to_owned).and_then(|password| {
            password.check_for("", name, email).map(|()| password).map_err(|why| {
                let detail = why.fields.into_iter().next().map(|field| field.detail);
                detail.unwrap_or_default()
            })
        });
        read.map_err(|why| self.refuse(id, &sentence(why))).ok()
    }

    /// A password that is compared with the one that is known.
    pub(super) fn password(&mut self, id: &'static str) -> SecretString {
        SecretString::from(self.values.insert(id, String::new()).unwrap_or_default())
    }

    /// What was typed, as it was typed.
    pub(super) fn text(&self, id: &'static str) -> &str {
        self.values.get(id).map_or("", String::as_str)
    }

    /// Marks a field.
    pub(super) fn refuse(&mut self, id: &'static str, why: &str) {
        self.errors.insert(id, why.to_owned());
    }

    /// Whether anything is marked.
    pub(super) fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Marks the form as a whole.
    pub(super) fn refuse_all(&mut self, why: &'static str) {
        self.trouble = Some(why);
    }

    /// The page with the form, and the values that it shows beside it.
    ///
    /// # Errors
    /// `internal` when the template is broken.
    pub(super) fn render(
        &mut self,
        status: StatusCode,
        template: &str,
        proof: &str,
        beside: &impl Serialize,
    ) -> Result<Rendered> {
        for (id, value) in &mut self.values {
            if value.len() > SHOWN_MAX || id.ends_with("password") {
                value.clear();
            }
        }
        let view = View {
            labels: self.fields.iter().copied().collect(),
            order: self.fields.iter().map(|(id, _)| *id).collect(),
            values: &self.values,
            errors: &self.errors,
            trouble: self.trouble,
            proof,
        };
        let zones: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
        let f = Value::from(Serde(&view));
        render(status, template, &context! { f, zones, ..Value::from(Serde(beside)) })
    }
}

/// What a type of field says, as a sentence.
fn sentence(why: String) -> String {
    let mut letters = why.chars();
    let begun = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters);
    let sentence: String = begun.collect();
    if sentence.ends_with('.') { sentence } else { sentence + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_says_becomes_a_sentence() {
        assert_eq!(sentence("not an e-mail address".to_owned()), "Not an e-mail address.");
        assert_eq!(sentence("At most 5.".to_owned()), "At most 5.");
        assert_eq!(sentence(String::new()), ".");
    }
}
