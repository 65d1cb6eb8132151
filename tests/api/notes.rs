//! Notes about candidates: who reads them, and who changes them.

use evenbar::access::{OrgRole, TeamRole};
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp, hiring};

fn note(visibility: &str, body: &str) -> Value {
    json!({ "visibility": visibility, "body": body })
}

/// What the notes say that somebody reads, newest first.
async fn read(app: &TestApp, person: &Person, candidate: &str) -> Vec<String> {
    let list = app.get(person, &format!("/candidates/{candidate}/notes")).await;
    list.rows().iter().map(|row| row["body"].as_str().unwrap().to_owned()).collect()
}

async fn candidate_of(app: &TestApp, onsite: &Onsite) -> String {
    let path = format!("/applications/{}", onsite.application);
    app.get(&onsite.recruiter, &path).await.ok()["candidate_id"].as_str().unwrap().to_owned()
}

both! {
    async fn a_public_note_is_for_those_who_recruit_and_a_private_one_for_its_author_and_recruiters(app) {
        let onsite = Onsite::new(&app, 1).await;
        let candidate = candidate_of(&app, &onsite).await;
        let path = format!("/candidates/{candidate}/notes");
        let made = app.post(&onsite.recruiter, &path, note("public", "Would rather work from Lisbon.")).await;
        assert_eq!(made.header("location").unwrap(), format!("/api/v1/notes/{}", made.id()));
        assert_eq!(made.created()["author_id"], json!(onsite.recruiter.id));
        app.post(&onsite.recruiter, &path, note("private", "Has an offer elsewhere.")).await.created();
        let theirs = app.post(&onsite.manager, &path, note("private", "I worked with her brother.")).await;
        theirs.created();
        let rolf = app.person("Rolf", OrgRole::Recruiter);
        let cora = app.person("Cora", OrgRole::Coordinator);
        assert_eq!(read(&app, &rolf, &candidate).await.len(), 3);
        assert_eq!(read(&app, &cora, &candidate).await, ["Would rather work from Lisbon."]);
        let managers = ["I worked with her brother.", "Would rather work from Lisbon."];
        assert_eq!(read(&app, &onsite.manager, &candidate).await, managers);
        app.get(&cora, &format!("/notes/{}", theirs.id())).await.problem(404, "not_found");
        for person in [&onsite.decider, &onsite.driver] {
            app.get(person, &path).await.problem(403, "forbidden");
            app.get(person, &format!("/notes/{}", made.id())).await.problem(404, "not_found");
        }
        let (statements, list) = app.statements(app.get(&rolf, &path)).await;
        assert_eq!((statements, list.rows().len()), (4, 3));
        assert_eq!(app.event_kinds().iter().filter(|kind| *kind == "note.added").count(), 3);
    }

    async fn who_owes_a_card_reads_no_note_of_others_until_it_is_in(app) {
        let onsite = Onsite::new(&app, 2).await;
        let candidate = candidate_of(&app, &onsite).await;
        let path = format!("/candidates/{candidate}/notes");
        onsite.seat(&app, 0, &onsite.manager, "lead").await;
        let made = app.post(&onsite.recruiter, &path, note("public", "Ben says strong no.")).await;
        made.created();
        let mine = app.post(&onsite.manager, &path, note("public", "Ask about the outage.")).await;
        assert_eq!(read(&app, &onsite.manager, &candidate).await, ["Ask about the outage."]);
        app.get(&onsite.manager, &format!("/notes/{}", made.id())).await.problem(404, "not_found");
        app.patch(&onsite.manager, &format!("/notes/{}", made.id()), json!({ "body": "Mine." })).await.problem(404, "not_found");
        assert_eq!(app.get(&onsite.manager, &format!("/notes/{}", mine.id())).await.ok()["body"], "Ask about the outage.");
        onsite.submit(&app, 0, &onsite.manager, "yes").await;
        assert_eq!(read(&app, &onsite.manager, &candidate).await, ["Ask about the outage.", "Ben says strong no."]);
    }

    async fn its_author_alone_changes_and_removes_a_note(app) {
        let onsite = Onsite::new(&app, 1).await;
        let candidate = candidate_of(&app, &onsite).await;
        let made = app.post(&onsite.manager, &format!("/candidates/{candidate}/notes"), note("public", "Likes tea.")).await;
        let path = format!("/notes/{}", made.id());
        app.patch(&onsite.recruiter, &path, json!({ "body": "Likes coffee." })).await.problem(403, "forbidden");
        app.delete(&onsite.recruiter, &path).await.problem(403, "forbidden");
        let changed = app.patch_if(&onsite.manager, &path, &made.etag(), json!({ "body": "Likes coffee.", "visibility": "private" })).await;
        assert_eq!((&changed.ok()["body"], &changed.json["visibility"]), (&json!("Likes coffee."), &json!("private")));
        app.patch_if(&onsite.manager, &path, &made.etag(), json!({ "body": "Late." })).await.problem(412, "stale");
        app.delete(&onsite.manager, &path).await.expect(204);
        app.get(&onsite.manager, &path).await.problem(404, "not_found");
        assert_eq!(read(&app, &onsite.manager, &candidate).await, Vec::<String>::new());
    }

    async fn whom_a_note_names_is_told_once_if_they_may_read_it(app) {
        let onsite = Onsite::new(&app, 1).await;
        let candidate = candidate_of(&app, &onsite).await;
        let ana = app.person("Ana", OrgRole::Member);
        for person in [&onsite.manager, &onsite.driver] {
            let at_once = json!([{ "mail": "note_mentioned", "way": "immediate" }]);
            let choice = json!({ "digest": true, "digest_at": null, "quiet_hours": true, "mails": at_once });
            app.put(person, "/me/notification-preferences", choice).await.ok();
        }
        let mut input = note("public", "@Hanna @Dario @Ana, she said strong no.");
        input["mention_ids"] = json!([onsite.manager.id, onsite.driver.id, ana.id, onsite.recruiter.id]);
        let made = app.post(&onsite.recruiter, &format!("/candidates/{candidate}/notes"), input).await;
        made.created();
        app.deliver_mail();
        app.patch(&onsite.recruiter, &format!("/notes/{}", made.id()), json!({ "body": "She said no." })).await.ok();
        app.deliver_mail();
        let mails = app.mails.mails();
        let told: Vec<_> = mails.iter().filter(|mail| mail.kind == MailKind::NoteMentioned).collect();
        assert_eq!(told.iter().map(|mail| mail.to.name.as_str()).collect::<Vec<_>>(), ["Hanna Manager"]);
        assert_eq!(told[0].subject, "Rita Recruiter named you in a note about Ada Lovelace");
        assert!(!told[0].text.contains("strong no"));
        follow(&app, &mails, MailKind::NoteMentioned).await;
    }

    async fn the_mail_of_a_mention_leads_to_no_job_that_its_reader_may_not_know(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (first, second) = (hiring::job(&app), hiring::job(&app));
        let hugo = app.person("Hugo", OrgRole::Member);
        hiring::join(&app, &second, &hugo, TeamRole::HiringManager);
        let candidate = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        for job in [&first, &second] {
            let body = json!({ "candidate_id": candidate, "job_id": job.id });
            app.post(&rita, "/applications", body).await.created();
        }
        let at_once = json!([{ "mail": "note_mentioned", "way": "immediate" }]);
        let choice = json!({ "digest": true, "digest_at": null, "quiet_hours": true, "mails": at_once });
        app.put(&hugo, "/me/notification-preferences", choice).await.ok();
        let mut input = note("public", "@Hugo, she would fit yours better.");
        input["mention_ids"] = json!([hugo.id]);
        app.post(&rita, &format!("/candidates/{candidate}/notes"), input).await.created();
        app.deliver_mail();
        let mail = app.mails.mails().into_iter().find(|mail| mail.kind == MailKind::NoteMentioned).unwrap();
        let leads_to = |job: &hiring::Job| mail.text.contains(&format!("/jobs/{}/board", job.id));
        assert_eq!([leads_to(&first), leads_to(&second)], [false, true], "{}", mail.text);
    }

    async fn a_note_names_people_who_can_act_here_each_once(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let hugo = app.person("Hugo", OrgRole::Member);
        hiring::join(&app, &job, &hugo, TeamRole::HiringManager);
        let candidate = hiring::candidate(&app, &rita, "Ada Lovelace").await;
        let path = format!("/candidates/{candidate}/notes");
        let mut input = note("public", "@Hugo, what do you think?");
        input["mention_ids"] = json!([hugo.id, hugo.id]);
        app.post(&rita, &path, input.clone()).await.field(422, "/mention_ids/1");
        input["mention_ids"] = json!([hugo.id]);
        let made = app.post(&rita, &path, input).await;
        assert_eq!(made.created()["mention_ids"], json!([hugo.id]));
        let nobody = app.patch(&rita, &format!("/notes/{}", made.id()), json!({ "mention_ids": [] })).await;
        assert_eq!(nobody.ok()["mention_ids"], json!([]));
        app.post(&rita, &path, note("public", "  ")).await.field(422, "/body");
        app.post(&rita, &path, note("secret", "Psst.")).await.field(422, "/visibility");
    }
}
