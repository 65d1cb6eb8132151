//! The form: what was typed, what of it does not fit, and what it means.

use std::collections::BTreeMap;
use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use secrecy::SecretString;
use serde::Serialize;

use crate::error::Result;
use crate::organization::setup::api::{FirstOrganization, FirstOwner, SetUpOrganization};
use crate::pages::page;
use crate::sessions::NewPassword;

/// The fields with their labels, in the order of the page.
const FIELDS: [(&str, &str); 6] = [
    ("organization_name", "Its name"),
    ("time_zone", "Time zone"),
    ("locale", "Language"),
    ("name", "Your name"),
    ("email", "Your e-mail address"),
    ("password", "A password"),
];

/// The longest value that is shown again; longer ones fit nowhere.
const SHOWN_MAX: usize = 1000;

/// The form as it was typed.
pub(super) struct Form {
    token: String,
    values: BTreeMap<&'static str, String>,
    errors: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct View<'f> {
    token: &'f str,
    labels: BTreeMap<&'static str, &'static str>,
    order: [&'static str; 6],
    zones: Vec<&'static str>,
    values: &'f BTreeMap<&'static str, String>,
    errors: &'f BTreeMap<&'static str, String>,
}

impl Form {
    /// The form before anybody typed.
    pub(super) fn empty(token: String) -> Self {
        let mut values: BTreeMap<_, _> = FIELDS.map(|(id, _)| (id, String::new())).into();
        values.insert("locale", "en".to_owned());
        Self { token, values, errors: BTreeMap::new() }
    }

    /// The form as a browser sends it; unknown fields are none of its business.
    pub(super) fn of(body: &[u8]) -> Self {
        let mut form = Self::empty(String::new());
        for (key, value) in url::form_urlencoded::parse(body) {
            if key == "token" {
                form.token = value.into_owned();
            } else if let Some((id, _)) = FIELDS.iter().find(|(id, _)| *id == key) {
                form.values.insert(id, value.into_owned());
            }
        }
        form
    }

    /// What it asks for; none when something does not fit, which is then marked, all of it at once.
    pub(super) fn read(&mut self) -> Option<SetUpOrganization> {
        let (organization_name, time_zone) =
            (self.field("organization_name"), self.field("time_zone"));
        let (locale, name, email) = (self.field("locale"), self.field("name"), self.field("email"));
        let password = self.password();
        let time_zone: crate::http::fields::Zone = time_zone?;
        let locale: crate::http::fields::Locale = locale?;
        Some(SetUpOrganization {
            token: SecretString::from(self.token.clone()),
            organization: FirstOrganization {
                name: organization_name?,
                locale: locale.clone(),
                time_zone: time_zone.clone(),
            },
            owner: FirstOwner {
                name: name?,
                email: email?,
                password: password?,
                time_zone,
                locale,
            },
        })
    }

    fn field<T: FromStr<Err = String>>(&mut self, id: &'static str) -> Option<T> {
        let typed = self.values.get(id).map_or("", String::as_str).parse();
        self.keep(id, typed)
    }

    fn password(&mut self) -> Option<NewPassword> {
        // A password is never sent back to the browser.
        let typed = self.values.insert("password", String::new()).unwrap_or_default();
        self.keep("password", NewPassword::parse(typed).map_err(str::to_owned))
    }

    fn keep<T>(&mut self, id: &'static str, read: std::result::Result<T, String>) -> Option<T> {
        read.map_err(|sentence| self.errors.insert(id, sentence)).ok()
    }

    /// The page with the form.
    ///
    /// # Errors
    /// `internal` when the template is broken.
    pub(super) fn render(&mut self, status: StatusCode) -> Result<HttpResponse> {
        for value in self.values.values_mut() {
            if value.len() > SHOWN_MAX {
                value.clear();
            }
        }
        let view = View {
            token: &self.token,
            labels: FIELDS.into(),
            order: FIELDS.map(|(id, _)| id),
            zones: chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect(),
            values: &self.values,
            errors: &self.errors,
        };
        page(status, "setup_form.html", &view)
    }
}
