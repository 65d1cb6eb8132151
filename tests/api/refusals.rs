//! What follows when the mail server takes no mail to a candidate. Without a mail server on this machine
//! these tests say so and pass.

use evenbar::access::{OrgRole, TeamRole};
use evenbar::mail::MailKind;
use evenbar::mail::transport::{Mailer, SendError};
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::mail_server::MailServer;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp, hiring};

const CANDIDATE: &str = "ada@candidate.example";

/// An onsite with a recruiter and a coordinator on its team, whose candidate has an address, in an application
/// that mails through the server.
struct House {
    app: TestApp,
    server: MailServer,
    onsite: Onsite,
    team: [Person; 2],
    /// Where the candidate is.
    candidate: String,
}

impl House {
    async fn new(app: &TestApp) -> Option<Self> {
        let server = MailServer::plain()?;
        server.listen();
        let app = app.mailing_by(Mailer::smtp(&server.settings()).unwrap()).await;
        let onsite = Onsite::new(&app, 2).await;
        let team = ["Cora", "Rex"].map(|name| app.person(name, OrgRole::Member));
        hiring::join(&app, &onsite.job, &team[0], TeamRole::Coordinator);
        hiring::join(&app, &onsite.job, &team[1], TeamRole::Recruiter);
        let application =
            app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let candidate =
            format!("/candidates/{}", application.ok()["candidate_id"].as_str().unwrap());
        let house = Self { app, server, onsite, team, candidate };
        house.reach_at(&[CANDIDATE]).await;
        Some(house)
    }

    /// Gives the candidate these addresses in place of the ones before.
    async fn reach_at(&self, emails: &[&str]) -> Value {
        let points: Vec<Value> =
            emails.iter().map(|email| json!({ "kind": "email", "value": email })).collect();
        let points = json!({ "contact_points": points });
        self.app.patch(&self.onsite.recruiter, &self.candidate, points).await.ok()["contact_points"]
            .clone()
    }

    /// Schedules an interview, which the candidate is told, and lets mails go out.
    async fn schedule(&self, interview: usize, hours: i64) {
        self.onsite.schedule(&self.app, interview, hours).await.ok();
        self.app.deliver_mail();
    }

    /// State and reason of the mails to the candidate, newest first.
    async fn to_candidate(&self) -> Vec<(String, Value)> {
        let owner = self.app.person("Olga", OrgRole::Owner);
        let page = self.app.get(&owner, "/deliveries").await;
        let theirs = page.rows().iter().filter(|row| row["recipient_kind"] == "candidate");
        theirs
            .map(|row| (row["state"].as_str().unwrap().to_owned(), row["last_error"].clone()))
            .collect()
    }

    /// Who was told that the candidate cannot be written to.
    fn told(&self) -> Vec<String> {
        let mails = self.server.received();
        let told = mails.iter().filter(|mail| mail.header("x-evenbar-kind") == "address_refused");
        let mut told: Vec<String> = told.map(|mail| mail.recipient.clone()).collect();
        told.sort();
        told
    }

    fn received_by(&self, email: &str) -> usize {
        self.server.received().iter().filter(|mail| mail.recipient == email).count()
    }
}

both! {
    async fn the_mail_about_an_address_that_is_refused_leads_to_the_candidate_and_changes_nothing(app) {
        let onsite = Onsite::new(&app, 1).await;
        let application =
            app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let candidate = application.ok()["candidate_id"].as_str().unwrap().to_owned();
        let points = json!({ "contact_points": [{ "kind": "email", "value": CANDIDATE }] });
        app.patch(&onsite.recruiter, &format!("/candidates/{candidate}"), points).await.ok();
        let rex = app.person("Rex", OrgRole::Member);
        hiring::join(&app, &onsite.job, &rex, TeamRole::Recruiter);
        app.mails.fail_next(1, &SendError::Refused { detail: "550 no such user".to_owned() });
        onsite.schedule(&app, 0, 24).await.ok();
        app.deliver_mail();
        let mails = app.mails.mails();
        assert!(mails.iter().any(|mail| mail.to.email == rex.email));
        follow(&app, &mails, MailKind::AddressRefused).await;
    }

    async fn an_address_that_is_refused_is_marked_and_those_who_recruit_are_told_once(app) {
        let Some(house) = House::new(&app).await else { return };
        house.server.answer("RCPT", CANDIDATE, &format!("550 5.1.1 <{CANDIDATE}>: no such user"));
        house.schedule(0, 24).await;
        let known = house.app.get(&house.onsite.recruiter, &house.candidate).await;
        let point = &known.ok()["contact_points"][0];
        assert_eq!(point["refused_at"], json!(house.app.clock.now()));
        let reason = point["refused_reason"].as_str().unwrap();
        assert!(reason.contains("no such user") && !reason.contains(CANDIDATE), "{reason}");
        assert_eq!(house.to_candidate().await, [("dead".to_owned(), json!(reason))]);
        let recruiting = [0, 1].map(|who| house.team[who].email.clone());
        assert_eq!(house.told(), recruiting);
        // The next mail is not tried, though it would be taken, and nobody is told again.
        house.server.accept(CANDIDATE);
        house.schedule(1, 26).await;
        let dead = ("dead".to_owned(), json!(reason));
        assert_eq!(house.to_candidate().await, [dead.clone(), dead]);
        assert_eq!((house.received_by(CANDIDATE), house.told()), (0, recruiting.to_vec()));
        let refused = |kind: &&String| *kind == "candidate.address_refused";
        assert_eq!(house.app.event_kinds().iter().filter(refused).count(), 1);
    }

    async fn another_address_has_no_mark_and_one_that_stays_keeps_it(app) {
        let Some(house) = House::new(&app).await else { return };
        house.server.answer("RCPT", CANDIDATE, "550 5.1.1 no such user");
        house.schedule(0, 24).await;
        let points = house.reach_at(&["ada@new.example", CANDIDATE]).await;
        assert_eq!(points[0]["refused_at"], Value::Null);
        assert_ne!(points[1]["refused_at"], Value::Null);
        house.schedule(1, 26).await;
        assert_eq!(house.to_candidate().await[0].0, "sent");
        assert_eq!(house.received_by("ada@new.example"), 1);
        house.reach_at(&[]).await;
        assert_eq!(house.reach_at(&[CANDIDATE]).await[0]["refused_at"], Value::Null);
    }

    async fn a_mail_that_is_refused_for_what_it_says_marks_no_address(app) {
        let Some(house) = House::new(&app).await else { return };
        house.server.answer("DATA", CANDIDATE, "554 5.7.1 looks like spam");
        house.schedule(0, 24).await;
        assert_eq!(house.to_candidate().await[0].0, "dead");
        let known = house.app.get(&house.onsite.recruiter, &house.candidate).await;
        assert_eq!(known.ok()["contact_points"][0]["refused_at"], Value::Null);
        assert_eq!(house.told(), Vec::<String>::new());
    }
}
