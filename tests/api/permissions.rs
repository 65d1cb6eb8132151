//! What a client may ask beforehand, and what a denial says.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Reply, hiring};

/// What an answer says of an action.
fn of(reply: &Reply, action: &str) -> Value {
    let actions = reply.ok()["actions"].as_array().unwrap();
    actions.iter().find(|row| row["action"] == action).unwrap().clone()
}

both! {
    async fn a_person_learns_what_they_may_everywhere_and_on_which_jobs(app) {
        let (rea, mia) = (app.person("Rea", OrgRole::Recruiter), app.person("Mia", OrgRole::Member));
        let job = app.post(&rea, "/jobs", json!({ "title": "Engineer" })).await.id();
        let member = json!({ "user_id": mia.id, "role": "hiring_manager" });
        app.post(&rea, &format!("/jobs/{job}/hiring-team"), member).await.created();
        let all = app.get(&rea, "/me/permissions").await;
        assert_eq!(of(&all, "manage_this_job")["everywhere"], true);
        assert_eq!(of(&all, "manage_this_job")["here"], Value::Null);
        assert_eq!(of(&all, "manage_the_organization")["everywhere"], false);
        let own = app.get(&mia, "/me/permissions").await;
        assert_eq!(own.ok()["teams"], json!([{ "job_id": job, "role": "hiring_manager" }]));
        assert_eq!(own.json["scopes"], Value::Null);
        assert_eq!(of(&own, "read_this_job")["everywhere"], false);
        let roles = of(&own, "read_this_job")["team_roles"].clone();
        assert!(roles.as_array().unwrap().contains(&json!("hiring_manager")));
        let there = app.get(&mia, &format!("/me/permissions?job_id={job}")).await;
        assert_eq!(of(&there, "read_this_job")["here"], true);
        assert_eq!(of(&there, "manage_this_job")["here"], false);
        let stranger = app.person("Sam", OrgRole::Member);
        let hidden = app.get(&stranger, &format!("/me/permissions?job_id={job}")).await;
        hidden.problem(404, "not_found");
    }

    async fn a_program_learns_what_its_scopes_leave(app) {
        let rea = app.person("Rea", OrgRole::Recruiter);
        let job = app.post(&rea, "/jobs", json!({ "title": "Engineer" })).await.id();
        let program = app.key(&rea, &["jobs:read"], &[]).await;
        let there = app.get(&program, &format!("/me/permissions?job_id={job}")).await;
        assert_eq!(there.ok()["scopes"], json!(["jobs:read"]));
        assert_eq!(of(&there, "read_this_job")["here"], true);
        for beyond in ["manage_this_job", "read_this_candidate", "vote"] {
            let row = of(&there, beyond);
            assert_eq!((&row["everywhere"], &row["here"]), (&json!(false), &json!(false)), "{beyond}");
            assert_eq!((&row["team_roles"], &row["relations"]), (&json!([]), &json!([])), "{beyond}");
        }
    }

    async fn a_client_asks_what_is_allowed_on_one_application(app) {
        let (rea, ben) = (app.person("Rea", OrgRole::Recruiter), app.person("Ben", OrgRole::Member));
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rea, &job).await;
        let path = format!("/me/permissions?application_id={application}");
        let there = app.get(&rea, &path).await;
        assert_eq!(of(&there, "move_this_application")["here"], true);
        assert_eq!(of(&there, "write_a_scorecard")["here"], false);
        app.get(&ben, &path).await.problem(404, "not_found");
        hiring::seat(&app, &application, &job, &ben, "lead");
        let seated = app.get(&ben, &path).await;
        assert_eq!(of(&seated, "write_a_scorecard")["here"], true);
        assert_eq!(of(&seated, "move_this_application")["here"], false);
        let program = app.key(&ben, &["candidates:read"], &[]).await;
        let narrower = app.get(&program, &path).await;
        assert_eq!(of(&narrower, "read_this_application")["here"], true);
        assert_eq!(of(&narrower, "write_a_scorecard")["here"], false);
        let elsewhere = app.key(&rea, &["candidates:read"], &[&hiring::job(&app).id.to_string()]).await;
        app.get(&elsewhere, &path).await.problem(404, "not_found");
        let both = format!("{path}&job_id={}", job.id);
        app.get(&rea, &both).await.expect(422);
    }

    async fn a_denial_names_what_lacked_where_the_thing_may_be_known(app) {
        let (rea, mia) = (app.person("Rea", OrgRole::Recruiter), app.person("Mia", OrgRole::Member));
        let job = app.post(&rea, "/jobs", json!({ "title": "Engineer" })).await.id();
        let refused = app.post(&mia, "/departments", json!({ "name": "Sales" })).await;
        let problem = refused.problem(403, "forbidden");
        assert_eq!(problem["action"], "manage_the_organization");
        assert_eq!(problem["lacking"], "role: owner or admin");
        let path = format!("/jobs/{job}");
        let hidden = app.patch(&mia, &path, json!({ "title": "Mine" })).await;
        let problem = hidden.problem(404, "not_found");
        assert_eq!((&problem["action"], &problem["lacking"]), (&Value::Null, &Value::Null));
        let member = json!({ "user_id": mia.id, "role": "interviewer" });
        app.post(&rea, &format!("{path}/hiring-team"), member).await.created();
        let refused = app.patch(&mia, &path, json!({ "title": "Mine" })).await;
        let problem = refused.problem(403, "forbidden");
        assert_eq!(problem["action"], "manage_this_job");
        let lacking = problem["lacking"].as_str().unwrap();
        assert!(lacking.starts_with("reach: recruiter on the team of this job"), "{lacking}");
    }
}
