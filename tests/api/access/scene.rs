//! One hire under way, with somebody of every kind around it, and words to look for in answers.

use std::collections::BTreeMap;

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::Tx;
use evenbar::db::schema::identities;
use evenbar::ids::IdentityId;
use serde_json::{Value, json};

use crate::rubrics;
use crate::support::{Person, TestApp};

/// Stands in everything that judges: evidence, reasons, memo.
pub const JUDGEMENT: &str = "Bisected the log without being asked";
/// Stand in everything that is pay: of the offer, and of the band.
pub const PAY: [&str; 3] = ["98765.00", "81234.00", "123456.00"];
/// Stands among the contact points.
pub const CONTACT: &str = "kim.private@candidate.example";
/// Stands among the tags.
pub const TAG: &str = "Nearly hired in spring";

/// The kinds of people, in the order of the columns.
pub const PERSONAS: [&str; 10] = [
    "anonymous",
    "stranger",
    "owing",
    "done",
    "teammate",
    "manager",
    "coordinator",
    "recruiter",
    "admin",
    "approver",
];

/// Everybody, and what there is by the prefix of its id.
pub struct Scene {
    /// In the order of [`PERSONAS`].
    pub people: Vec<Person>,
    /// One thing of each kind, which belongs to the hire.
    pub things: BTreeMap<String, String>,
    /// The stage on which the candidate stands.
    pub stage: String,
}

impl Scene {
    /// A first loop is done, revealed and decided; an offer waits for its first approval; in a
    /// second loop of the same application somebody still owes a card.
    pub async fn new(app: &TestApp) -> Self {
        let member = |name| app.person(name, OrgRole::Member);
        let people = vec![
            app.anonymous(),
            member("Sam Stranger"),
            member("Omar Owing"),
            member("Dina Done"),
            member("Tia Teammate"),
            member("Mia Manager"),
            app.person("Cora Coordinator", OrgRole::Coordinator),
            app.person("Rea Recruiter", OrgRole::Recruiter),
            app.person("Ada Admin", OrgRole::Admin),
            member("Abe Approver"),
        ];
        let mut scene = Self { people, things: BTreeMap::new(), stage: String::new() };
        scene.keep_calendars(app).await;
        scene.open_the_job(app).await;
        scene.add_the_candidate(app).await;
        scene.prepare_the_loop(app).await;
        scene.judge(app).await;
        scene.owe_a_card(app).await;
        scene.offer(app).await;
        scene.make_a_key(app).await;
        // Somebody beside the personas, because whoever looks sees more.
        let owner = app.person("Olga Owner", OrgRole::Owner);
        let look = json!({ "job_id": scene.id("job"), "reason": "Its recruiter is ill." });
        let look = app.post(&owner, "/break-glass", look).await;
        scene.keep("glass", look.created());
        app.deliver_mail();
        scene.add_a_bystander(app);
        let deliveries = app.get(scene.who("admin"), "/deliveries?limit=1").await;
        scene.keep("dlv", &deliveries.rows()[0]);
        scene.connect_an_identity(app);
        scene
    }

    /// Somebody beside the personas signs in at an identity provider.
    fn connect_an_identity(&mut self, app: &TestApp) {
        let user_id = app.person("Ida Identity", OrgRole::Member).id;
        let connect = move |tx: &mut Tx<'_>| {
            let (id, now): (IdentityId, _) = (tx.id(), tx.now());
            let row = (
                identities::id.eq(id),
                identities::user_id.eq(user_id),
                identities::issuer.eq("https://id.example.com"),
                identities::subject.eq("sam-1"),
                identities::created_at.eq(now),
                identities::last_used_at.eq(now),
            );
            diesel::insert_into(identities::table).values(row).execute(tx.conn)?;
            Ok(id)
        };
        let id = app.db().write_here(&app.db().unit(), connect).unwrap();
        self.things.insert("identity".to_owned(), id.to_string());
    }

    /// Somebody by kind.
    pub fn who(&self, persona: &str) -> &Person {
        &self.people[PERSONAS.iter().position(|name| *name == persona).unwrap()]
    }

    /// The id of the thing of a kind.
    pub fn id(&self, prefix: &str) -> &str {
        self.things.get(prefix).unwrap_or_else(|| panic!("the scene has no {prefix}"))
    }

    fn keep(&mut self, prefix: &str, thing: &Value) {
        self.things.insert(prefix.to_owned(), thing["id"].as_str().unwrap().to_owned());
    }

    /// Creates a thing as somebody and keeps its id.
    async fn make(&mut self, app: &TestApp, by: &str, path: &str, body: Value) -> Value {
        let made = app.post(self.who(by), path, body).await.created().clone();
        let prefix = made["id"].as_str().unwrap().split('_').next().unwrap().to_owned();
        self.keep(&prefix, &made);
        made
    }

    /// A program of the recruiter.
    async fn make_a_key(&mut self, app: &TestApp) {
        self.make(app, "recruiter", "/service-accounts", json!({ "name": "Script" })).await;
        let keys = format!("/service-accounts/{}/keys", self.id("svc"));
        let key = json!({ "name": "Host", "scopes": ["jobs:read"] });
        self.make(app, "recruiter", &keys, key).await;
    }

    /// What belongs to the stranger, and what everybody goes by.
    async fn keep_calendars(&mut self, app: &TestApp) {
        let region = json!({ "name": "Portugal", "region": "PT" });
        self.make(app, "admin", "/holiday-calendars", region).await;
        let days = json!({ "starts_on": "2027-03-01", "ends_on": "2027-03-05" });
        self.make(app, "stranger", "/me/time-off", days).await;
    }

    async fn open_the_job(&mut self, app: &TestApp) {
        let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
        self.make(app, "admin", "/departments", json!({ "name": "Engineering" })).await;
        self.make(app, "admin", "/pay-zones", json!({ "name": "Germany" })).await;
        let office = json!({
            "name": "Berlin", "time_zone": "Europe/Berlin", "country": "DE", "currency": "EUR",
            "pay_zone_id": self.id("payzone"),
        });
        self.make(app, "admin", "/offices", office).await;
        let field = json!({
            "noun": "candidate", "key": "notice_period", "name": "Notice period", "type": "text",
            "audience": "recruiting",
        });
        self.make(app, "admin", "/field-definitions", field).await;
        self.make(app, "admin", "/agencies", json!({ "name": "Search & Sons" })).await;
        self.make(app, "admin", "/sources", json!({ "name": "Referral" })).await;
        let reason = json!({ "name": "Too early", "kind": "ours" });
        self.make(app, "admin", "/rejection-reasons", reason).await;
        let invitation = json!({
            "name": "Ines Invited", "email": "ines@example.com", "role": "member",
            "time_zone": "Europe/Berlin", "locale": "en",
        });
        self.make(app, "admin", "/invitations", invitation).await;
        let level = json!({ "name": "Senior", "track": "engineering", "rank": 5 });
        self.make(app, "admin", "/levels", level).await;
        let band = json!({
            "name": "Senior, Germany", "period": "year", "effective_on": "2026-01-01",
            "minimum": euros("81234.00"), "maximum": euros("123456.00"),
        });
        self.make(app, "admin", "/pay-bands", band).await;
        let steps =
            json!([{ "name": "Finance", "mode": "any", "member_ids": [self.who("approver").id] }]);
        let chain = json!({ "name": "Offers", "steps": steps });
        self.make(app, "admin", "/approval-chains", chain).await;
        let job = json!({
            "title": "Senior Engineer", "department_id": self.id("dept"), "office_ids": [self.id("office")], "openings": 3,
            "level_id": self.id("level"), "pay_band_id": self.id("band"),
            "approval_chain_id": self.id("chain"),
            "stages": [
                { "name": "Onsite", "kind": "onsite", "decision": "debrief" },
                { "name": "Offer", "kind": "offer", "decision": "none" },
            ],
        });
        self.make(app, "recruiter", "/jobs", job).await;
        let job = format!("/jobs/{}", self.id("job"));
        let recruiter = self.who("recruiter").clone();
        app.put(&recruiter, &format!("{job}/publication"), Value::Null).await.ok();
        for (persona, role) in [("teammate", "interviewer"), ("manager", "hiring_manager")] {
            let member = json!({ "user_id": self.who(persona).id, "role": role });
            self.make(app, "recruiter", &format!("{job}/hiring-team"), member).await;
        }
        let openings = app.get(&recruiter, &format!("{job}/openings")).await;
        self.keep("opening", &openings.rows()[0]);
        let pipeline = app.get(&recruiter, &format!("{job}/pipeline")).await;
        self.stage = text(&pipeline.ok()["stages"][0]["id"]);
    }

    async fn add_the_candidate(&mut self, app: &TestApp) {
        let candidate = json!({
            "name": "Kim Candidate", "contact_points": [{ "kind": "email", "value": CONTACT }],
        });
        self.make(app, "recruiter", "/candidates", candidate).await;
        self.make(app, "recruiter", "/tags", json!({ "name": TAG })).await;
        let tags = format!("/candidates/{}/tags", self.id("cand"));
        let tag = json!({ "tag_ids": [self.id("tag")] });
        app.put(self.who("recruiter"), &tags, tag).await.ok();
        let prospects = format!("/candidates/{}/prospects", self.id("cand"));
        self.make(app, "recruiter", &prospects, json!({ "stage_name": "Talked" })).await;
        let application = json!({
            "candidate_id": self.id("cand"), "job_id": self.id("job"),
            "source_id": self.id("source"),
        });
        self.make(app, "recruiter", "/applications", application).await;
        let moves = format!("/applications/{}/moves", self.id("app"));
        let pipeline = format!("/jobs/{}/pipeline", self.id("job"));
        let recruiter = self.who("recruiter").clone();
        let stages = app.get(&recruiter, &pipeline).await.ok()["stages"].clone();
        for (from, to) in [(0, 1), (1, 0)] {
            let body =
                json!({ "from_stage_id": stages[from]["id"], "to_stage_id": stages[to]["id"] });
            self.make(app, "recruiter", &moves, body).await;
        }
    }

    async fn prepare_the_loop(&mut self, app: &TestApp) {
        let recruiter = self.who("recruiter").clone();
        let rubric = rubrics::published(app, &recruiter).await;
        self.keep("rubricver", &rubric);
        self.things.insert("rubric".to_owned(), text(&rubric["rubric_id"]));
        let question = json!({ "kind": "question", "text": "What broke?" });
        self.make(app, "recruiter", "/questions", question).await;
        let attributes =
            json!([{ "attribute_id": rubric["attributes"][0]["id"], "priority": "must" }]);
        self.things.insert("attr".to_owned(), text(&rubric["attributes"][0]["id"]));
        let kit = json!({
            "name": "Debugging", "kind": "live", "minutes": 60, "attributes": attributes,
            "rubric_version_id": rubric["id"], "slots": [{ "slot": "lead" }],
        });
        let template = json!({ "name": "Onsite", "version": { "kits": [kit] } });
        let template = self.make(app, "recruiter", "/loop-templates", template).await;
        self.keep("looptplver", &template["versions"][0]);
        let version = format!("/loop-template-versions/{}", self.id("looptplver"));
        app.put(&recruiter, &format!("{version}/publication"), Value::Null).await.ok();
    }

    /// Starts a loop and seats somebody as its only lead.
    async fn start(&mut self, app: &TestApp, lead: &str) {
        let recruiter = self.who("recruiter").clone();
        let manager = self.who("manager").id;
        let body = json!({
            "loop_template_version_id": self.id("looptplver"), "decider_id": manager,
            "driver_id": recruiter.id,
        });
        let loops = format!("/applications/{}/loops", self.id("app"));
        let started = app.post(&recruiter, &loops, body).await.created().clone();
        for (prefix, id) in [
            ("loop", &started["id"]),
            ("debrief", &started["debrief_id"]),
            ("int", &started["interview_ids"][0]),
        ] {
            self.things.insert(prefix.to_owned(), text(id));
        }
        let panel = format!("/interviews/{}/panel", self.id("int"));
        let seat = json!({ "user_id": self.who(lead).id, "slot": "lead" });
        let seat = app.post(&recruiter, &panel, seat).await.created().clone();
        self.keep("panelist", &seat);
        let starts_at = app.clock.now() + TimeDelta::hours(1);
        let ends_at = starts_at + TimeDelta::hours(1);
        let time =
            json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin" });
        let interview = format!("/interviews/{}", self.id("int"));
        app.put(&recruiter, &format!("{interview}/schedule"), time).await.ok();
        app.put(&recruiter, &format!("{interview}/completion"), Value::Null).await.ok();
    }

    async fn judge(&mut self, app: &TestApp) {
        self.start(app, "done").await;
        let done = self.who("done").clone();
        let cards = format!("/interviews/{}/scorecards", self.id("int"));
        let draft = app.send(app.request(&done, Method::POST, &cards)).await;
        self.keep("card", draft.created());
        let card = format!("/scorecards/{}", self.id("card"));
        let judgement = json!({
            "recommendation": "yes", "recommendation_reason": JUDGEMENT, "summary": JUDGEMENT,
            "ratings": [{ "attribute_id": self.id("attr"), "level": 3, "evidence": JUDGEMENT }],
        });
        let written = app.patch_if(&done, &card, &draft.etag(), judgement).await;
        let submission = format!("{card}/submission");
        app.put_if(&done, &submission, &written.etag(), Value::Null).await.ok();
        let debrief = format!("/debriefs/{}", self.id("debrief"));
        let etag = app.get(self.who("manager"), &debrief).await.etag();
        let memo = json!({ "for": [{ "text": JUDGEMENT }], "summary": JUDGEMENT });
        let hire = json!({ "outcome": "hire", "level_id": self.id("level"), "memo": memo });
        app.put_if(self.who("manager"), &format!("{debrief}/decision"), &etag, hire).await.ok();
    }

    /// The things of the first loop stay the ones that are asked for.
    async fn owe_a_card(&mut self, app: &TestApp) {
        let first = self.things.clone();
        self.start(app, "owing").await;
        self.things = first;
    }

    async fn offer(&mut self, app: &TestApp) {
        let recruiter = self.who("recruiter").clone();
        let offers = format!("/applications/{}/offers", self.id("app"));
        let offer = self.make(app, "recruiter", &offers, json!({ "terms": self.terms() })).await;
        self.things.insert("offerver".to_owned(), text(&offer["current_version"]["id"]));
        let offer = format!("/offers/{}", self.id("offer"));
        let etag = app.get(&recruiter, &offer).await.etag();
        let submission = format!("{offer}/submission");
        let pending = app.put_if(&recruiter, &submission, &etag, Value::Null).await.ok().clone();
        self.keep("run", &pending["approval_run"]);
        self.things.insert("opening".to_owned(), text(&pending["opening_id"]));
    }

    /// Somebody who is signed in on two devices and asks nothing.
    fn add_a_bystander(&mut self, app: &TestApp) {
        let bystander = app.person("Bea Bystander", OrgRole::Member).id;
        self.things.insert("user".to_owned(), bystander.to_string());
        self.things.insert("sess".to_owned(), app.session_of(bystander).to_string());
    }

    /// Terms within the band.
    pub fn terms(&self) -> Value {
        json!({
            "base": { "amount": "98765.00", "currency": "EUR" }, "period": "year",
            "level_id": self.id("level"), "title": "Senior Engineer", "location": "Berlin",
            "employment_type": "permanent", "start_on": "2027-02-01",
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text in {value}")).to_owned()
}
