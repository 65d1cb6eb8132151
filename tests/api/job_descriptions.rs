//! Drafts of jobs with posts from a file of descriptions.

use std::path::Path;

use evenbar::access::OrgRole;
use evenbar::imports::job_descriptions::{JobDescriptions, import};
use evenbar::imports::kind::Kind;
use evenbar::imports::report::Report;
use serde_json::{Value, json};

use crate::both;
use crate::support::TestApp;

/// A file by hand, with what such files hold beside what is taken.
fn by_hand() -> Value {
    json!({
        "source": "By hand", "licence": "CC0-1.0",
        "positions": [
            {
                "file": "positions/keeper.md", "title": "Keeper of lights", "opens": "2024-04-18",
                "sections": [
                    { "heading": "Role summary", "text": "Keeps the *light*.\n\nAt night." },
                    { "heading": "Location", "text": "Anywhere (remote)" },
                ],
            },
            { "file": "positions/painter.md", "title": "Painter", "sections": [], "frontmatter": "gs: 15" },
            { "file": "positions/nobody.md", "title": "Nobody", "sections": [] },
            { "file": "positions/long.md", "title": "x".repeat(201), "sections": [] },
        ],
    })
}

fn run(app: &TestApp, file: Value) -> Report {
    let descriptions: JobDescriptions = serde_json::from_value(file).unwrap();
    import(app.db(), &descriptions).unwrap()
}

both! {
    async fn a_description_becomes_a_draft_of_a_job_with_a_draft_of_a_post(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let report = run(&app, by_hand());
        assert_eq!((report.counts(Kind::Jobs).created, report.counts(Kind::JobPosts).created), (2, 2));
        assert_eq!((report.counts(Kind::Postings).read, report.skipped_count()), (4, 2));
        let jobs = app.get(&rita, "/jobs").await;
        let titles: Vec<_> = jobs.rows().iter().map(|job| job["title"].as_str().unwrap()).collect();
        assert_eq!(titles, ["Painter", "Keeper of lights"]);
        assert!(jobs.rows().iter().all(|job| job["state"] == "draft"));
        let job = format!("/jobs/{}", jobs.rows()[1]["id"].as_str().unwrap());
        let posts = app.get(&rita, &format!("{job}/job-posts")).await;
        let post = &posts.rows()[0];
        assert_eq!((&post["title"], &post["state"]), (&json!("Keeper of lights"), &json!("draft")));
        let text = "## Role summary\n\nKeeps the *light*.\n\nAt night.\n\n## Location\n\nAnywhere (remote)";
        assert_eq!((&post["text"], &post["location"]["workplace"]), (&json!(text), &json!("remote")));
        let pipeline = app.get(&rita, &format!("{job}/pipeline")).await;
        assert_eq!(pipeline.ok()["stages"].as_array().unwrap().len(), 4);
        // What was drafted goes on like every draft.
        app.put(&rita, &format!("{job}/publication"), Value::Null).await.ok();
        let publication = format!("/job-posts/{}/publication", post["id"].as_str().unwrap());
        assert_eq!(app.put(&rita, &publication, Value::Null).await.ok()["is_public"], true);
    }

    async fn a_second_run_leaves_alone_what_is_there(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        run(&app, by_hand());
        let before = app.event_kinds();
        let report = run(&app, by_hand());
        assert_eq!((report.counts(Kind::Jobs).created, report.counts(Kind::Jobs).unchanged), (0, 2));
        assert_eq!(app.event_kinds(), before);
        assert_eq!(app.get(&rita, "/jobs").await.rows().len(), 2);
        assert!(!report.to_string().contains("Keeper"), "a report holds no words of a description");
    }

    /// With the shared data beside the checkout; it is not part of the source.
    async fn every_published_description_fits(app) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/hiring/job-descriptions.json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("SKIPPED: no descriptions at {}.", path.display());
            return;
        };
        let report = run(&app, serde_json::from_str(&text).unwrap());
        assert_eq!((report.counts(Kind::JobPosts).created, report.skipped_count()), (59, 0));
    }
}
