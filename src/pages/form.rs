//! Forms: what was typed, what of it does not fit, and what it means.

use std::borrow::Cow;
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

/// The same for a form whose fields depend on what it is about.
pub(super) struct FieldList(Vec<(Cow<'static, str>, Cow<'static, str>)>);

impl From<Fields> for FieldList {
    fn from(fields: Fields) -> Self {
        Self(fields.iter().map(|(id, label)| ((*id).into(), (*label).into())).collect())
    }
}

impl FieldList {
    /// Of names and labels, in the order of the page.
    pub(super) fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(fields.into_iter().map(|(id, label)| (id.into(), label.into())).collect())
    }

    fn find(&self, name: &str) -> Option<Cow<'static, str>> {
        self.0.iter().find(|(id, _)| id == name).map(|(id, _)| id.clone())
    }
}

/// The longest value that is shown again; longer ones fit nowhere.
const SHOWN_MAX: usize = 1000;

/// A form as it was typed.
pub(super) struct Form {
    fields: FieldList,
    values: BTreeMap<Cow<'static, str>, String>,
    errors: BTreeMap<Cow<'static, str>, String>,
    /// Whether all that was typed is shown again, however long it is.
    keeps_all: bool,
    /// What is wrong with the form as a whole.
    trouble: Option<Cow<'static, str>>,
    /// The proof that it comes from our page; see [`super::safety`].
    pub(super) proof: String,
}

#[derive(Serialize)]
struct View<'f> {
    labels: BTreeMap<&'f str, &'f str>,
    order: Vec<&'f str>,
    values: &'f BTreeMap<Cow<'static, str>, String>,
    errors: &'f BTreeMap<Cow<'static, str>, String>,
    trouble: Option<&'f str>,
    proof: &'f str,
}

impl Form {
    /// A form before anybody typed.
    pub(super) fn empty(fields: impl Into<FieldList>) -> Self {
        let fields = fields.into();
        let values = fields.0.iter().map(|(id, _)| (id.clone(), String::new())).collect();
        let (errors, proof) = (BTreeMap::new(), String::new());
        Self { fields, values, errors, keeps_all: false, trouble: None, proof }
    }

    /// The same form, which shows all that was typed again, however long it is.
    pub(super) fn keeping_all(self) -> Self {
        Self { keeps_all: true, ..self }
    }

    /// A form as a browser sends it; unknown fields are none of its business.
    ///
    /// # Errors
    /// `unsupported_media_type` for anything but what a form without files is sent as.
    pub(super) fn read(
        fields: impl Into<FieldList>,
        req: &HttpRequest,
        body: &[u8],
    ) -> Result<Self> {
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
            } else if let Some(id) = form.fields.find(&key) {
                form.values.insert(id, value.into_owned());
            }
        }
        Ok(form)
    }

    /// Fills a field in for whoever will type.
    pub(super) fn with(mut self, id: &str, value: impl Into<String>) -> Self {
        self.set(id, value);
        self
    }

    /// Puts something else into a field; a name that the form does not know is left out.
    pub(super) fn set(&mut self, id: &str, value: impl Into<String>) {
        if let Some(id) = self.fields.find(id) {
            self.values.insert(id, value.into());
        }
    }

    /// What a field means; none when it does not fit, which is then marked.
    pub(super) fn field<T: FromStr<Err = String>>(&mut self, id: &str) -> Option<T> {
        let typed = self.text(id);
        if typed.trim().is_empty() {
            self.refuse(id, "Fill this in.");
            return None;
        }
        let read = typed.parse().map_err(|why| self.refuse(id, &sentence(why)));
        read.ok()
    }

    /// What a field means that may stay empty; the inner one is none when it does.
    pub(super) fn optional<T: FromStr<Err = String>>(&mut self, id: &str) -> Option<Option<T>> {
        if self.text(id).trim().is_empty() { Some(None) } else { self.field(id).map(Some) }
    }

    /// A password that somebody of this name and address chooses.
    pub(super) fn new_password(
        &mut self,
        id: &str,
        name: &str,
        email: &str,
    ) -> Option<NewPassword> {
        let typed = self.take(id);
        let read = NewPassword::parse(typed).map_err(str::to_owned).and_then(|password| {
            password.check_for("", name, email).map(|()| password).map_err(|why| {
                let detail = why.fields.into_iter().next().map(|field| field.detail);
                detail.unwrap_or_default()
            })
        });
        read.map_err(|why| self.refuse(id, &sentence(why))).ok()
    }

    /// A password that is compared with the one that is known.
    pub(super) fn password(&mut self, id: &str) -> SecretString {
        SecretString::from(self.take(id))
    }

    fn take(&mut self, id: &str) -> String {
        self.values.get_mut(id).map(std::mem::take).unwrap_or_default()
    }

    /// What was typed, as it was typed.
    pub(super) fn text(&self, id: &str) -> &str {
        self.values.get(id).map_or("", String::as_str)
    }

    /// What was typed, field by field, with their labels.
    pub(super) fn typed(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let fields = self.fields.0.iter().map(|(id, label)| (&**id, &**label, self.text(id)));
        fields.filter(|(_, _, text)| !text.trim().is_empty())
    }

    /// Marks a field.
    pub(super) fn refuse(&mut self, id: &str, why: &str) {
        if let Some(id) = self.fields.find(id) {
            self.errors.insert(id, why.to_owned());
        }
    }

    /// Whether anything is marked.
    pub(super) fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }

    /// What is marked, by field.
    pub(super) fn errors(&self) -> BTreeMap<String, String> {
        self.errors.iter().map(|(id, why)| (id.to_string(), why.clone())).collect()
    }

    /// Marks the form as a whole.
    pub(super) fn refuse_all(&mut self, why: impl Into<Cow<'static, str>>) {
        self.trouble = Some(why.into());
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
            let is_too_long = value.len() > SHOWN_MAX && !self.keeps_all;
            if is_too_long || id.ends_with("password") {
                value.clear();
            }
        }
        let view = View {
            labels: self.fields.0.iter().map(|(id, label)| (&**id, &**label)).collect(),
            order: self.fields.0.iter().map(|(id, _)| &**id).collect(),
            values: &self.values,
            errors: &self.errors,
            trouble: self.trouble.as_deref(),
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
