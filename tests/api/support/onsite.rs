//! A loop that was started for an application, with the people around it.

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use super::hiring::{self, Job};
use super::{Person, Reply, TestApp};
use crate::rubrics;

/// A running loop. Nobody sits on its panels yet.
pub struct Onsite {
    /// Recruits in the whole organization; started the loop.
    pub recruiter: Person,
    /// The hiring manager of the job.
    pub manager: Person,
    /// Decides the debrief, and nothing else.
    pub decider: Person,
    /// Drives the debrief, and nothing else.
    pub driver: Person,
    /// The job.
    pub job: Job,
    /// A level to hire at.
    pub level: String,
    /// The published version that loops are started with.
    pub version: String,
    /// The attributes that every kit judges: a must-have of three levels, and one of four that is good to
    /// have.
    pub attributes: Vec<String>,
    /// The application.
    pub application: String,
    /// The loop.
    pub id: String,
    /// Its interviews, one per kit.
    pub interviews: Vec<String>,
    /// Its debrief.
    pub debrief: String,
}

impl Onsite {
    /// A loop of so many interviews.
    pub async fn new(app: &TestApp, interviews: usize) -> Self {
        Self::of(app, interviews, false).await
    }

    /// A loop of so many interviews, and an external assessment as the last one.
    pub async fn with_assessment(app: &TestApp, interviews: usize) -> Self {
        Self::of(app, interviews, true).await
    }

    async fn of(app: &TestApp, interviews: usize, assessed: bool) -> Self {
        let recruiter = app.person("Rita Recruiter", OrgRole::Recruiter);
        let manager = app.person("Hanna Manager", OrgRole::Member);
        let decider = app.person("Dana Decider", OrgRole::Member);
        let driver = app.person("Dario Driver", OrgRole::Member);
        let job = hiring::job(app);
        hiring::join(app, &job, &manager, TeamRole::HiringManager);
        let admin = app.person("Ada Admin", OrgRole::Admin);
        let level = json!({ "name": "Senior", "track": admin.email, "rank": 5 });
        let level = app.post(&admin, "/levels", level).await.id();
        let rubric = rubrics::published(app, &recruiter).await;
        let attribute = |attribute: &Value| attribute["id"].as_str().unwrap().to_owned();
        let attributes: Vec<String> =
            rubric["attributes"].as_array().unwrap().iter().map(attribute).collect();
        let version = template(app, &recruiter, &rubric, (interviews, assessed)).await;
        let application = hiring::application(app, &recruiter, &job).await;
        let mut onsite = Self {
            recruiter,
            manager,
            decider,
            driver,
            job,
            level,
            version,
            attributes,
            application,
            id: String::new(),
            interviews: Vec::new(),
            debrief: String::new(),
        };
        let started = onsite.start(app, &onsite.recruiter).await;
        let ids = started.created()["interview_ids"].as_array().unwrap();
        onsite.interviews = ids.iter().map(text).collect();
        onsite.debrief = text(&started.json["debrief_id"]);
        onsite.id = started.id();
        onsite
    }

    /// What a loop is started with.
    pub fn input(&self) -> Value {
        json!({
            "loop_template_version_id": self.version,
            "decider_id": self.decider.id,
            "driver_id": self.driver.id,
        })
    }

    /// Starts another loop for the application.
    pub async fn start(&self, app: &TestApp, person: &Person) -> Reply {
        let path = format!("/applications/{}/loops", self.application);
        app.post(person, &path, self.input()).await
    }

    /// Puts somebody on the panel of an interview; gives the seat.
    pub async fn seat(
        &self,
        app: &TestApp,
        interview: usize,
        person: &Person,
        slot: &str,
    ) -> String {
        let body = json!({ "user_id": person.id, "slot": slot });
        let path = format!("/interviews/{}/panel", self.interviews[interview]);
        let seat = app.post(&self.recruiter, &path, body).await;
        seat.created();
        seat.id()
    }

    /// Gives an interview the hour after the one that begins in so many hours.
    pub async fn schedule(&self, app: &TestApp, interview: usize, hours: i64) -> Reply {
        let starts_at = app.clock.now() + TimeDelta::hours(hours);
        let ends_at = starts_at + TimeDelta::hours(1);
        let body =
            json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin" });
        let path = format!("/interviews/{}/schedule", self.interviews[interview]);
        app.put(&self.recruiter, &path, body).await
    }

    /// Holds an interview: gives it a time and says that it took place.
    pub async fn hold(&self, app: &TestApp, interview: usize) {
        self.schedule(app, interview, 1).await.ok();
        let path = format!("/interviews/{}/completion", self.interviews[interview]);
        app.put(&self.recruiter, &path, Value::Null).await.ok();
    }

    /// Begins somebody's card.
    pub async fn begin(&self, app: &TestApp, interview: usize, person: &Person) -> Reply {
        let path = format!("/interviews/{}/scorecards", self.interviews[interview]);
        app.send(app.request(person, actix_web::http::Method::POST, &path)).await
    }

    /// A complete card with this recommendation.
    pub fn judgement(&self, recommendation: &str) -> Value {
        json!({
            "recommendation": recommendation,
            "recommendation_reason": "As the ratings say.",
            "level_signal_id": self.level,
            "summary": "Asked before building, and built what was asked.",
            "ratings": [
                { "attribute_id": self.attributes[0], "level": 3, "evidence": "Bisected the log." },
                { "attribute_id": self.attributes[1], "level": null, "evidence": null },
            ],
        })
    }

    /// Begins a card and writes it; gives the draft.
    pub async fn write(
        &self,
        app: &TestApp,
        interview: usize,
        person: &Person,
        judgement: Value,
    ) -> Reply {
        let draft = self.begin(app, interview, person).await;
        let path = format!("/scorecards/{}", draft.id());
        let written = app.patch_if(person, &path, &draft.etag(), judgement).await;
        written.ok();
        written
    }

    /// Writes a card and hands it in; gives its id.
    pub async fn submit(
        &self,
        app: &TestApp,
        interview: usize,
        person: &Person,
        recommendation: &str,
    ) -> String {
        let written = self.write(app, interview, person, self.judgement(recommendation)).await;
        let path = format!("/scorecards/{}/submission", written.id());
        app.put_if(person, &path, &written.etag(), Value::Null).await.ok();
        written.id()
    }

    /// What the external assessment yielded.
    pub fn result(&self, score: &str, level: Option<i32>, words: &str) -> Value {
        json!({
            "provider": "Coderbyte", "url": "https://assess.example.com/r/1", "score": score,
            "max_score": "100", "percentile": "62.5", "completed_at": "2026-11-22T10:00:00Z",
            "summary": words,
            "ratings": [{ "attribute_id": self.attributes[0], "level": level, "evidence": words }],
        })
    }

    /// Where the result of the last interview is.
    pub fn result_path(&self) -> String {
        format!("/interviews/{}/assessment-result", self.interviews.last().unwrap())
    }

    /// The debrief as somebody sees it.
    pub async fn debrief(&self, app: &TestApp, person: &Person) -> Reply {
        app.get(person, &format!("/debriefs/{}", self.debrief)).await
    }

    /// Lets time pass, after which everybody around it signs in again, and wakes what became due.
    pub fn later(&mut self, app: &TestApp, span: TimeDelta) {
        app.advance(span);
        for person in [&mut self.recruiter, &mut self.manager, &mut self.decider, &mut self.driver]
        {
            *person = app.again(person);
        }
        app.wake_timers();
    }

    /// Brings a debrief that is discussed before its decider, by a meeting.
    pub async fn take_up(&self, app: &TestApp) {
        let driver = app.again(&self.driver);
        let seen = self.debrief(app, &driver).await;
        if seen.ok()["state"] != "discussing" {
            return;
        }
        let path = format!("/debriefs/{}", self.debrief);
        let reason = json!({ "reason": "We are all in today." });
        let called = app.put_if(&driver, &format!("{path}/meeting"), &seen.etag(), reason).await;
        called.ok();
        let notes = json!({ "notes": "Everybody said what their card says." });
        let path = format!("{path}/meeting-notes");
        app.put_if(&driver, &path, &called.etag(), notes).await.ok();
    }

    /// Decides to hire with a memo.
    pub async fn decide(&self, app: &TestApp, person: &Person, etag: &str, memo: Value) -> Reply {
        let body = json!({ "outcome": "hire", "level_id": self.level, "memo": memo });
        app.put_if(person, &format!("/debriefs/{}/decision", self.debrief), etag, body).await
    }
}

/// A published version with so many kits, each with all attributes of the rubric, and perhaps an
/// external assessment without a panel behind them.
pub async fn template(
    app: &TestApp,
    person: &Person,
    rubric: &Value,
    (kits, assessed): (usize, bool),
) -> String {
    let attributes: Vec<Value> = rubric["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .zip(["must", "nice"])
        .map(|(attribute, priority)| json!({ "attribute_id": attribute["id"], "priority": priority }))
        .collect();
    let kit = |number: usize| {
        json!({
            "name": format!("Interview {number}"), "kind": "live", "minutes": 60,
            "rubric_version_id": rubric["id"],
            "attributes": attributes,
            "slots": [{ "slot": "lead" }],
        })
    };
    let mut kits: Vec<Value> = (1..=kits).map(kit).collect();
    if assessed {
        let mut last = kit(0);
        last["name"] = json!("Coding test");
        last["kind"] = json!("external_assessment");
        last["slots"] = json!([]);
        kits.push(last);
    }
    let body = json!({ "name": "Onsite", "version": { "kits": kits } });
    let made = app.post(person, "/loop-templates", body).await;
    let version = text(&made.created()["versions"][0]["id"]);
    let path = format!("/loop-template-versions/{version}/publication");
    app.put(person, &path, Value::Null).await.ok();
    version
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text in {value}")).to_owned()
}

/// A memo that says what one must at least.
pub fn memo() -> Value {
    json!({ "for": [{ "text": "Asked before building." }], "summary": "Meets the bar." })
}

/// An answer to every open question that is put to somebody.
pub fn answers(debrief: &Value, person: &Person, text: &str) -> Value {
    let findings = debrief["findings"].as_array().unwrap().iter();
    let mine = findings.filter(|finding| {
        let people = finding["user_ids"].as_array().unwrap();
        let asked = finding["discussion"] == debrief["discussions"];
        asked && people.contains(&json!(person.id))
    });
    mine.map(|finding| json!({ "finding_id": finding["id"], "answer": text })).collect()
}

/// An answer to every must-have that was missed, for a memo.
pub fn missed(debrief: &Value, text: &str) -> Value {
    let findings = debrief["findings"].as_array().unwrap().iter();
    let newest = findings.filter(|finding| finding["reveal"] == debrief["reveals"]);
    let missed =
        newest.filter(|finding| finding["kind"] == "below_the_line" || finding["kind"] == "gap");
    missed.map(|finding| json!({ "finding_id": finding["id"], "answer": text })).collect()
}
