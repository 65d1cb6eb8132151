//! The hire itself, and another one on the same job.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use super::{CONTACT, Hire, JUDGEMENT, NAME, Scene, TAG, THEIRS, TITLE, text};
use crate::rubrics;
use crate::support::{Person, TestApp, onsite};

/// A loop that was started, with its one interview and its external assessment.
struct Started {
    id: String,
    debrief: String,
    interview: String,
    assessment: String,
}

impl Scene {
    /// What a job is put together from.
    pub(super) async fn configure(&mut self, app: &TestApp) {
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
    }

    pub(super) async fn open_the_job(&mut self, app: &TestApp) {
        let job = json!({
            "title": TITLE, "description": "Keeps the light.", "requisition_code": "R-7",
            "location": "Berlin", "openings": 3,
            "department_id": self.id("dept"), "office_ids": [self.id("office")],
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
        self.publish_a_post(app).await;
        // Both agencies may bring people in; one does.
        let mut agencies = Vec::new();
        for agency in app.get(self.who("admin"), "/agencies").await.rows() {
            agencies.push(text(&agency["id"]));
        }
        let open = json!({ "agency_ids": agencies });
        app.put(&recruiter, &format!("{job}/agencies"), open).await.ok();
        let team = app.get(&recruiter, &format!("{job}/hiring-team")).await;
        self.note(team.rows(), Hire::Ours);
        let openings = app.get(&recruiter, &format!("{job}/openings")).await;
        self.keep("opening", &openings.rows()[0]);
        self.note(openings.rows(), Hire::Ours);
        let pipeline = app.get(&recruiter, &format!("{job}/pipeline")).await;
        self.stage = text(&pipeline.ok()["stages"][0]["id"]);
    }

    /// What everybody reads of the job, which is neither its title nor its band.
    async fn publish_a_post(&mut self, app: &TestApp) {
        let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
        let band = json!({ "from_minutes": -60, "to_minutes": 180 });
        let body = json!({
            "title": "Somebody who stays awake", "text": "By the sea.", "language": "en",
            "location": {
                "workplace": "remote", "countries": ["DE"], "time_zones": { "utc_band": band },
            },
            "pay_range": { "minimum": euros("71000.00"), "maximum": euros("92000.00"), "period": "year" },
            "questions": [{ "key": "why", "kind": "long_text", "text": "Why?", "help": "Briefly." }],
        });
        let posts = format!("/jobs/{}/job-posts", self.id("job"));
        self.make(app, "recruiter", &posts, body).await;
        let publication = format!("/job-posts/{}/publication", self.id("jobpost"));
        app.put(self.who("recruiter"), &publication, Value::Null).await.ok();
    }

    pub(super) async fn add_the_candidate(&mut self, app: &TestApp) {
        let candidate = json!({
            "name": NAME, "contact_points": [{ "kind": "email", "value": CONTACT }],
            "location": "Potsdam", "time_zone": "Europe/Berlin", "locale": "de",
        });
        self.make(app, "broker", "/candidates", candidate).await;
        self.make(app, "recruiter", "/tags", json!({ "name": TAG })).await;
        let candidate = format!("/candidates/{}", self.id("cand"));
        let resume = ("kim.txt", b"Kept lights since 2011.".as_slice());
        let resume = app.attach(self.who("recruiter"), &candidate, "resume", resume).await;
        self.keep("att", resume.created());
        let tags = format!("/candidates/{}/tags", self.id("cand"));
        let tag = json!({ "tag_ids": [self.id("tag")] });
        app.put(self.who("recruiter"), &tags, tag).await.ok();
        let notes = format!("/candidates/{}/notes", self.id("cand"));
        let note = json!({ "visibility": "public", "body": "Would rather work from Lisbon.", "mention_ids": [self.who("manager").id] });
        self.make(app, "recruiter", &notes, note).await;
        let holds = format!("/candidates/{}/retention-holds", self.id("cand"));
        self.make(app, "recruiter", &holds, json!({ "reason": "A claim." })).await;
        let prospects = format!("/candidates/{}/prospects", self.id("cand"));
        self.make(app, "recruiter", &prospects, json!({ "stage_name": "Talked" })).await;
        let application = json!({
            "candidate_id": self.id("cand"), "job_id": self.id("job"),
            "source_id": self.id("source"),
        });
        self.make(app, "broker", "/applications", application).await;
        let template = json!({
            "purpose": "update", "name": "Patience", "language": "en", "subject": "Soon",
            "body": "Dear {{candidate.first_name}}, you will hear from us.",
        });
        let template =
            self.make(app, "recruiter", "/message-templates", template).await["id"].clone();
        let message = json!({ "template_id": template, "send_at": "candidate_morning" });
        let messages = format!("/applications/{}/messages", self.id("app"));
        self.make(app, "recruiter", &messages, message).await;
        let recruiter = self.who("recruiter").clone();
        let known = json!({
            "user_id": app.person("Kim Colleague", OrgRole::Member).id,
            "custom": { "notice_period": "Three months" },
        });
        app.patch(&recruiter, &format!("/candidates/{}", self.id("cand")), known).await.ok();
        let nobody = json!({
            "application_ids": ["app_01jd3z3z3z3z3z3z3z3z3z3z3z"], "atomic": false,
            "rejection": { "reason_id": self.id("reason") },
        });
        let batch = app.post(&recruiter, "/application-batches", nobody).await;
        self.keep("batch", &batch.json);
        let owned = json!({ "owner_id": recruiter.id });
        app.patch(&recruiter, &format!("/applications/{}", self.id("app")), owned).await.ok();
        let moves = format!("/applications/{}/moves", self.id("app"));
        let pipeline = format!("/jobs/{}/pipeline", self.id("job"));
        let stages = app.get(&recruiter, &pipeline).await.ok()["stages"].clone();
        for (from, to) in [(0, 1), (1, 0)] {
            let body =
                json!({ "from_stage_id": stages[from]["id"], "to_stage_id": stages[to]["id"] });
            self.make(app, "recruiter", &moves, body).await;
        }
    }

    pub(super) async fn prepare_the_loop(&mut self, app: &TestApp) {
        let recruiter = self.who("recruiter").clone();
        let rubric = rubrics::published(app, &recruiter).await;
        self.keep("rubricver", &rubric);
        self.things.insert("rubric".to_owned(), text(&rubric["rubric_id"]));
        let attributes =
            json!([{ "attribute_id": rubric["attributes"][0]["id"], "priority": "must" }]);
        self.things.insert("attr".to_owned(), text(&rubric["attributes"][0]["id"]));
        let question = json!({ "kind": "question", "text": "What broke?" });
        self.make(app, "recruiter", "/questions", question).await;
        let kit = json!({
            "name": "Debugging", "kind": "live", "minutes": 60, "attributes": attributes,
            "rubric_version_id": rubric["id"], "slots": [{ "slot": "lead" }],
        });
        let test = json!({
            "name": "Coding test", "kind": "external_assessment", "minutes": 30, "attributes": attributes,
            "rubric_version_id": rubric["id"], "slots": [],
        });
        let template = json!({ "name": "Onsite", "version": { "kits": [kit, test] } });
        let template = self.make(app, "recruiter", "/loop-templates", template).await;
        self.keep("looptplver", &template["versions"][0]);
        let version = format!("/loop-template-versions/{}", self.id("looptplver"));
        app.put(&recruiter, &format!("{version}/publication"), Value::Null).await.ok();
    }

    /// Starts a loop about an application, and gives what it consists of.
    async fn start(&mut self, app: &TestApp, application: &str, hire: Hire) -> Started {
        let body = json!({
            "loop_template_version_id": self.id("looptplver"),
            "decider_id": self.who("manager").id, "driver_id": self.who("recruiter").id,
        });
        let loops = format!("/applications/{application}/loops");
        let started = app.post(self.who("recruiter"), &loops, body).await.created().clone();
        let started = Started {
            id: text(&started["id"]),
            debrief: text(&started["debrief_id"]),
            interview: text(&started["interview_ids"][0]),
            assessment: text(&started["interview_ids"][1]),
        };
        for id in [&started.id, &started.debrief, &started.interview, &started.assessment] {
            self.belongs.insert(id.clone(), hire);
        }
        started
    }

    /// Seats somebody on the panel of an interview; gives the seat.
    async fn seat(&mut self, app: &TestApp, on: &Started, person: &Person, slot: &str) -> String {
        let panel = format!("/interviews/{}/panel", on.interview);
        let seat = json!({ "user_id": person.id, "slot": slot });
        let seat = app.post(self.who("recruiter"), &panel, seat).await.id();
        self.belongs.insert(seat.clone(), self.belongs[&on.id]);
        seat
    }

    /// Holds an interview within two hours.
    async fn hold(&self, app: &TestApp, on: &Started) {
        let starts_at = app.clock.now() + TimeDelta::hours(1);
        let ends_at = starts_at + TimeDelta::hours(1);
        let time = json!({
            "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin",
            "meeting_url": "https://meet.example.com/a", "location": "Room 3", "dial_in": "+49 30 1",
            "override": { "reason": "Everybody agreed to an evening." },
        });
        let interview = format!("/interviews/{}", on.interview);
        app.put(self.who("recruiter"), &format!("{interview}/schedule"), time).await.ok();
        app.put(self.who("recruiter"), &format!("{interview}/completion"), Value::Null).await.ok();
    }

    /// Writes somebody's card, full of words, and hands it in; gives its id.
    async fn hand_in(
        &mut self,
        app: &TestApp,
        on: &Started,
        author: &Person,
        (recommendation, words): (&str, &str),
    ) -> String {
        let cards = format!("/interviews/{}/scorecards", on.interview);
        let draft = app.send(app.request(author, Method::POST, &cards)).await;
        let card = format!("/scorecards/{}", draft.id());
        let judgement = json!({
            "recommendation": recommendation, "recommendation_reason": words, "summary": words,
            "level_signal_id": self.id("level"),
            "ratings": [{ "attribute_id": self.id("attr"), "level": 3, "evidence": words }],
        });
        let written = app.patch_if(author, &card, &draft.etag(), judgement).await;
        let sketch = app.attach(author, &card, "work_sample", ("sketch.txt", b"A sketch.")).await;
        self.belongs.insert(sketch.id(), self.belongs[&on.id]);
        let submission = format!("{card}/submission");
        app.put_if(author, &submission, &written.etag(), Value::Null).await.ok();
        self.belongs.insert(draft.id(), self.belongs[&on.id]);
        draft.id()
    }

    /// Says what the external assessment yielded.
    async fn assess(&self, app: &TestApp, on: &Started, words: &str) {
        let result = json!({
            "provider": "Tests", "url": "https://tests.example.com/1", "score": "61.5",
            "max_score": "80", "percentile": "40", "completed_at": app.clock.now(), "summary": words,
            "ratings": [{ "attribute_id": self.id("attr"), "level": 3, "evidence": words }],
        });
        let path = format!("/interviews/{}/assessment-result", on.assessment);
        app.put(self.who("recruiter"), &path, result).await.ok();
    }

    /// A working day passes, after which a decision stands; everybody signs in again.
    fn pass_a_day(&mut self, app: &TestApp) {
        app.advance(TimeDelta::hours(9));
        app.wake_timers();
        for person in &mut self.people {
            if app.state.tokens.check(&person.token, app.clock.now() + TimeDelta::hours(-9)).is_ok()
            {
                *person = app.again(person);
            }
        }
    }

    /// Those who judged answer what is put to them, one changes their mind, and all of them meet.
    async fn discuss(&self, app: &TestApp, debrief: &str, authors: [&Person; 2], because: &str) {
        for author in authors {
            let seen = app.get(author, debrief).await;
            let said = json!({
                "answers": onsite::answers(seen.ok(), author, JUDGEMENT), "comment": JUDGEMENT,
            });
            app.post(author, &format!("{debrief}/responses"), said).await.ok();
        }
        let moved = json!({
            "recommendation": "strong_yes", "reason": JUDGEMENT,
            "because_of": { "scorecard_id": because },
        });
        app.post(authors[1], &format!("{debrief}/ballots"), moved).await.ok();
        for (what, body) in [
            ("meeting", json!({ "reason": JUDGEMENT })),
            ("meeting-notes", json!({ "notes": JUDGEMENT })),
        ] {
            let etag = app.get(self.who("manager"), debrief).await.etag();
            let path = format!("{debrief}/{what}");
            app.put_if(self.who("manager"), &path, &etag, body).await.ok();
        }
    }

    /// Somebody has to agree to what the decider proposes, and does.
    async fn agree(&self, app: &TestApp, debrief: &str, person: &Person, because: &str) {
        let manager = self.who("manager");
        let hire = json!({ "outcome": "hire", "level_id": self.id("level"), "reason": JUDGEMENT });
        for (what, body) in
            [("agree-required", json!({ "user_ids": [person.id] })), ("proposal", hire)]
        {
            let etag = app.get(manager, debrief).await.etag();
            app.put_if(manager, &format!("{debrief}/{what}"), &etag, body).await.ok();
        }
        let agrees = json!({
            "agrees": true, "reason": JUDGEMENT, "because_of": { "scorecard_id": because },
        });
        app.put(person, &format!("{debrief}/agreement"), agrees).await.ok();
    }

    /// One who judges agrees with the decision, one does not, and one was let off.
    pub(super) async fn judge(&mut self, app: &TestApp) {
        let application = self.id("app").to_owned();
        let on = self.start(app, &application, Hire::Ours).await;
        let (nora, walt) =
            (app.person("Nora No", OrgRole::Member), app.person("Walt Waived", OrgRole::Member));
        let done = self.who("done").clone();
        let seated = self.seat(app, &on, &done, "lead").await;
        self.seat(app, &on, &nora, "second").await;
        let waived = self.seat(app, &on, &walt, "bar_raiser").await;
        let times = format!("/interviews/{}/offered-slots", on.interview);
        let offer = json!({
            "starts": [app.clock.now() + TimeDelta::days(1)],
            "expires_at": app.clock.now() + TimeDelta::hours(20),
        });
        app.put(self.who("recruiter"), &times, offer).await.ok();
        let starts_at = app.clock.now() + TimeDelta::hours(1);
        let time = json!({
            "starts_at": starts_at, "ends_at": starts_at + TimeDelta::hours(1),
            "time_zone": "Europe/Berlin", "reason": JUDGEMENT,
        });
        let interview = format!("/interviews/{}", on.interview);
        app.put(self.who("recruiter"), &format!("{interview}/schedule"), time).await.ok();
        let yes = json!({ "response": "accepted", "reason": JUDGEMENT });
        app.put(&done, &format!("/panelists/{seated}/response"), yes).await.ok();
        app.put(self.who("recruiter"), &format!("{interview}/completion"), Value::Null).await.ok();
        let probe = json!({ "attribute_id": self.id("attr") });
        self.make(app, "recruiter", &format!("/loops/{}/probes", on.id), probe).await;
        let waiver = format!("/panelists/{waived}/waiver");
        app.put(self.who("recruiter"), &waiver, json!({ "reason": JUDGEMENT })).await.ok();
        self.assess(app, &on, JUDGEMENT).await;
        let no = self.hand_in(app, &on, &nora, ("strong_no", JUDGEMENT)).await;
        let card = self.hand_in(app, &on, &done, ("yes", JUDGEMENT)).await;
        let debrief = format!("/debriefs/{}", on.debrief);
        self.discuss(app, &debrief, [&nora, &done], &no).await;
        self.agree(app, &debrief, &done, &no).await;
        let etag = app.get(self.who("manager"), &debrief).await.etag();
        let memo = json!({
            "for": [{ "text": JUDGEMENT }], "against": [{ "text": JUDGEMENT }],
            "summary": JUDGEMENT.repeat(7), "set_up_for_success": JUDGEMENT,
            "concerns_answered": [{ "scorecard_id": no, "answer": JUDGEMENT }],
        });
        let hire = json!({ "outcome": "hire", "level_id": self.id("level"), "memo": memo });
        app.put_if(self.who("manager"), &format!("{debrief}/decision"), &etag, hire).await.ok();
        let said = json!({ "statement": JUDGEMENT });
        app.put(&nora, &format!("{debrief}/dissent"), said).await.ok();
        self.pass_a_day(app);
        for (prefix, id) in [
            ("loop", on.id),
            ("debrief", on.debrief),
            ("int", on.interview),
            ("assessed", on.assessment),
            ("panelist", waived),
            ("card", card),
        ] {
            self.things.insert(prefix.to_owned(), id);
        }
    }

    /// The things of the first loop stay the ones that are asked for.
    pub(super) async fn owe_a_card(&mut self, app: &TestApp) {
        let application = self.id("app").to_owned();
        let on = self.start(app, &application, Hire::Ours).await;
        let owing = self.who("owing").clone();
        self.seat(app, &on, &owing, "lead").await;
        self.hold(app, &on).await;
    }

    /// Nobody owes a card for what did not take place.
    pub(super) async fn cancel_an_interview(&mut self, app: &TestApp) {
        let application = self.id("app").to_owned();
        let on = self.start(app, &application, Hire::Ours).await;
        let panel = format!("/interviews/{}/panel", on.interview);
        let seat = json!({ "user_id": self.who("done").id, "slot": "lead", "reason": JUDGEMENT });
        let seat = app.post(self.who("recruiter"), &panel, seat).await.id();
        self.belongs.insert(seat, Hire::Ours);
        for interview in [&on.interview, &on.assessment] {
            let cancellation = format!("/interviews/{interview}/cancellation");
            let reason = json!({ "reason": JUDGEMENT });
            app.put(self.who("recruiter"), &cancellation, reason).await.ok();
        }
    }

    /// Somebody else applied, was interviewed and judged by `elsewhere` alone.
    pub(super) async fn hire_next_door(&mut self, app: &TestApp) {
        let recruiter = self.who("recruiter").clone();
        let candidate = json!({
            "name": THEIRS.name, "contact_points": [{ "kind": "email", "value": THEIRS.contact }],
        });
        let candidate = app.post(&recruiter, "/candidates", candidate).await.id();
        let application = json!({ "candidate_id": candidate, "job_id": self.id("job") });
        let application = app.post(&recruiter, "/applications", application).await.id();
        let on = self.start(app, &application, Hire::Theirs).await;
        let elsewhere = self.who("elsewhere").clone();
        self.seat(app, &on, &elsewhere, "lead").await;
        self.hold(app, &on).await;
        self.assess(app, &on, THEIRS.judgement).await;
        self.hand_in(app, &on, &elsewhere, ("no", THEIRS.judgement)).await;
        let moves = app.get(&recruiter, &format!("/applications/{application}/moves")).await;
        self.note(moves.rows(), Hire::Theirs);
        self.belongs.extend([(candidate, Hire::Theirs), (application, Hire::Theirs)]);
    }

    /// Remembers to which hire rows belong.
    fn note(&mut self, rows: &[Value], hire: Hire) {
        self.belongs.extend(rows.iter().map(|row| (text(&row["id"]), hire)));
    }

    pub(super) async fn offer(&mut self, app: &TestApp) {
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

    /// Terms within the band.
    pub fn terms(&self) -> Value {
        json!({
            "base": { "amount": "98765.00", "currency": "EUR" }, "period": "year",
            "level_id": self.id("level"), "title": "Senior Engineer", "location": "Berlin",
            "employment_type": "permanent", "start_on": "2027-02-01",
        })
    }
}
