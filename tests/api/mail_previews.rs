//! Looking at every mail before anybody gets one.

use evenbar::access::OrgRole;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;

both! {
    async fn whoever_configures_looks_at_every_mail_before_anybody_gets_it(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let listed = app.get(&admin, "/mail-previews").await;
        let kinds: Vec<&str> = listed.rows().iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, MailKind::ALL.map(MailKind::slug));
        let of = |kind: &str| listed.rows().iter().find(|row| row["kind"] == kind).unwrap().clone();
        assert_eq!(of("scorecard_due")["is_optional"], true);
        assert_eq!(of("password_reset")["is_optional"], false);
        assert_eq!(of("time_asked")["is_for_candidates"], true);
        for kind in MailKind::ALL {
            let path = format!("/mail-previews/{}", kind.slug());
            let whole = app.get(&admin, &path).await;
            let (subject, html) = (whole.ok()["subject"].as_str().unwrap(), whole.json["html"].as_str().unwrap());
            assert_eq!(of(kind.slug())["subject"], subject);
            let shown = app.get(&admin, &format!("{path}?format=html")).await;
            assert_eq!(shown.header("content-type"), Some("text/html; charset=utf-8"));
            assert_eq!(String::from_utf8(shown.bytes.clone()).unwrap(), html);
            let policy = shown.header("content-security-policy").unwrap();
            assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
            let text = app.get(&admin, &format!("{path}?format=text")).await;
            assert_eq!(text.header("content-type"), Some("text/plain; charset=utf-8"));
            assert_eq!(json!(String::from_utf8(text.bytes.clone()).unwrap()), whole.json["text"]);
        }
        assert!(app.mails.mails().is_empty(), "nobody gets one");
        assert_eq!(app.event_kinds(), Vec::<String>::new());
    }

    async fn others_see_none_and_what_is_no_mail_is_none(app) {
        let (admin, recruiter) = (app.person("Ada", OrgRole::Admin), app.person("Rita", OrgRole::Recruiter));
        app.get(&recruiter, "/mail-previews").await.problem(403, "forbidden");
        app.get(&recruiter, "/mail-previews/no_mail").await.problem(403, "forbidden");
        app.get(&admin, "/mail-previews/no_mail").await.problem(404, "not_found");
        app.get(&admin, "/mail-previews/digest?format=pdf").await.field(422, "/format");
        app.get(&admin, "/mail-previews/digest?locale=de").await.field(422, "/locale");
        let preview = app.get(&admin, "/mail-previews/digest").await;
        let known = app.get(&admin, "/mail-previews/digest").await;
        assert_eq!((preview.etag(), &preview.json), (known.etag(), &known.json));
        assert!(preview.ok()["text"].as_str().unwrap().contains("Do without"), "{}", preview.json["text"]);
        assert_ne!(preview.json["html"], Value::Null);
    }
}
