//! What a request costs.

use actix_web::http::Method;

use crate::text_enum;

text_enum! {
    /// Requests that are counted together.
    pub enum Class {
        /// Reads of a page or of one thing.
        Read => "read",
        /// Changes.
        Write => "write",
        /// What reads much or computes long.
        Expensive => "expensive",
        /// Signing in and what else checks a secret before anybody is known; by address.
        SignIn => "sign_in",
    }
}

/// What the machine itself asks, as often as it likes.
const UNCOUNTED: [&str; 2] = ["/livez", "/readyz"];

/// Where a secret is checked, within the API.
const SIGN_IN: [(&str, &str); 3] =
    [("POST", "/api/v1/sessions"), ("POST", "/api/v1/setup"), ("POST", "/api/v1/slot-choices")];

/// What reads much or computes long.
const EXPENSIVE: [(&str, &str); 9] = [
    ("GET", "/api/v1/applications/export"),
    ("GET", "/api/v1/attachments/{id}/content"),
    ("GET", "/api/v1/audit/export"),
    ("GET", "/api/v1/candidates/export"),
    ("GET", "/api/v1/people-metrics"),
    ("POST", "/api/v1/candidates/{id}/attachments"),
    ("POST", "/api/v1/public/job-posts/{id}/application-forms"),
    ("POST", "/api/v1/public/job-posts/{id}/applications"),
    ("POST", "/api/v1/scorecards/{id}/attachments"),
];

impl Class {
    /// The class of a request by its method and route; `None` where nothing is counted.
    pub(super) fn of(method: &Method, route: &str) -> Option<Self> {
        if UNCOUNTED.contains(&route) {
            return None;
        }
        let is_one_of = |routes: &[(&str, &str)]| routes.contains(&(method.as_str(), route));
        // The forms of pages are where people without a session come in.
        let is_form = *method == Method::POST && is_page(route);
        Some(if is_form || is_one_of(&SIGN_IN) {
            Self::SignIn
        } else if is_one_of(&EXPENSIVE) {
            Self::Expensive
        } else if method.is_safe() {
            Self::Read
        } else {
            Self::Write
        })
    }
}

/// Whether a route is a page. A demo signs people in without a secret, and no route is none.
fn is_page(route: &str) -> bool {
    let others = ["/api/", "/demo/"];
    !route.is_empty() && !others.iter().any(|begin| route.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::openapi;

    #[test]
    fn a_class_names_only_operations_that_there_are() {
        for (method, route) in SIGN_IN.iter().chain(&EXPENSIVE) {
            assert!(openapi::methods_of(route).contains(method), "{method} {route}");
        }
    }

    #[test]
    fn reading_changing_and_signing_in_are_told_apart() {
        let of = |method: Method, route: &str| Class::of(&method, route);
        assert_eq!(of(Method::GET, "/api/v1/jobs"), Some(Class::Read));
        assert_eq!(of(Method::GET, ""), Some(Class::Read));
        assert_eq!(of(Method::PUT, "/api/v1/jobs/{id}/closing"), Some(Class::Write));
        assert_eq!(of(Method::POST, ""), Some(Class::Write));
        assert_eq!(of(Method::POST, "/api/v1/sessions"), Some(Class::SignIn));
        assert_eq!(of(Method::POST, "/setup"), Some(Class::SignIn));
        assert_eq!(of(Method::GET, "/readyz"), None);
    }
}
