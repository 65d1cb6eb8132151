//! Lists taken along as CSV: what is in them, how cells are written, and that it is recorded.

use evenbar::access::{OrgRole, TeamRole};
use serde_json::json;

use crate::both;
use crate::support::hiring;
use crate::support::{Person, Reply, TestApp};

/// The lines of a file, without the last separator.
#[track_caller]
fn lines(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200);
    let text = String::from_utf8(reply.bytes.clone()).unwrap();
    assert!(text.ends_with("\r\n"));
    text.trim_end_matches("\r\n").split("\r\n").map(str::to_owned).collect()
}

async fn export(app: &TestApp, person: &Person, path: &str) -> Reply {
    app.get(&app.again(person), path).await
}

both! {
    async fn applications_are_exported_as_the_list_shows_them(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let hana = app.person("Hana", OrgRole::Member);
        let (job, other) = (hiring::job(&app), hiring::job(&app));
        hiring::join(&app, &job, &hana, TeamRole::HiringManager);
        let first = hiring::application(&app, &rita, &job).await;
        let second = hiring::application(&app, &rita, &other).await;
        let file = export(&app, &rita, "/applications/export?sort=created_at").await;
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"applications.csv\""));
        assert!(file.header("ratelimit-policy").unwrap().contains("expensive"));
        let found = lines(&file);
        assert!(found[0].starts_with("id,candidate_id,candidate_name,job_id,job_title,"));
        assert_eq!(found.len(), 3);
        assert!(found[1].starts_with(&format!("{first},")) && found[2].starts_with(&format!("{second},")));
        assert_eq!(found[1].split(',').count(), found[0].split(',').count());
        assert_eq!(lines(&export(&app, &rita, "/applications/export?status=hired").await).len(), 1);
        let hers = lines(&export(&app, &hana, "/applications/export").await);
        assert_eq!(hers.len(), 2);
        assert!(hers[1].starts_with(&first));
        let kinds = app.event_kinds();
        assert_eq!(kinds.iter().filter(|kind| *kind == "list.exported").count(), 3);
    }

    async fn no_cell_is_a_formula(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let contacts = json!([{ "kind": "phone", "value": "+49 30 1234567" }]);
        let body = json!({ "name": "=HYPERLINK(\"https://x.example\",\"y\")", "location": "@home, Berlin", "contact_points": contacts });
        app.post(&rita, "/candidates", body).await.created();
        let found = lines(&export(&app, &rita, "/candidates/export").await);
        assert!(found[1].contains(",\"'=HYPERLINK(\"\"https://x.example\"\",\"\"y\"\")\",\"'@home, Berlin\","), "{found:?}");
        assert!(found[1].contains(",'+49 30 1234567,"), "{found:?}");
    }

    async fn a_candidate_is_exported_without_what_the_reader_is_not_shown(app) {
        let (rita, pia) = (app.person("Rita", OrgRole::Recruiter), app.person("Pia", OrgRole::Member));
        let job = hiring::job(&app);
        let contacts = json!([{ "kind": "email", "value": "ada@example.com" }]);
        let ada = app.post(&rita, "/candidates", json!({ "name": "Ada", "contact_points": contacts })).await.id();
        let body = json!({ "candidate_id": ada, "job_id": job.id });
        let application = app.post(&rita, "/applications", body).await.id();
        hiring::seat(&app, &application, &job, &pia, "lead");
        let tag = app.post(&rita, "/tags", json!({ "name": "Alumni" })).await.id();
        app.put(&rita, &format!("/candidates/{ada}/tags"), json!({ "tag_ids": [tag] })).await.ok();
        let all = lines(&export(&app, &rita, "/candidates/export").await);
        assert!(all[1].contains("ada@example.com") && all[1].contains("Alumni"));
        let some = lines(&export(&app, &pia, "/candidates/export").await);
        assert!(some[1].contains("Ada") && !some[1].contains("ada@example.com") && !some[1].contains("Alumni"));
    }

    async fn an_export_is_the_whole_list(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        for query in ["limit=5", "cursor=abc", "fields=id", "expand=job"] {
            let name = query.split('=').next().unwrap();
            export(&app, &rita, &format!("/applications/export?{query}")).await.field(422, &format!("/{name}"));
        }
        export(&app, &rita, "/candidates/export?shoes=red").await.field(422, "/shoes");
        assert!(app.event_kinds().is_empty());
        app.get(&app.anonymous(), "/candidates/export").await.problem(401, "unauthenticated");
        // More than one part.
        for number in 0..1003 {
            hiring::candidate(&app, &rita, &format!("Candidate {number:04}")).await;
        }
        let found = lines(&export(&app, &rita, "/candidates/export?sort=name").await);
        assert_eq!(found.len(), 1004);
        assert!(found[1].contains("Candidate 0000") && found[1003].contains("Candidate 1002"));
        let by_id = lines(&export(&app, &rita, "/candidates/export").await);
        assert!(by_id[1].contains("Candidate 1002") && by_id[1003].contains("Candidate 0000"));
    }
}
