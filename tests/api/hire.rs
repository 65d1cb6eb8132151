//! One hire from end to end, as `examples/hire.sh` tells it: through the API alone, from signing in
//! to an accepted offer. Whoever changes one of the two changes the other.

mod log;

use chrono::TimeDelta;
use evenbar::mail::{Mail, MailKind};
use evenbar::organization::setup::admin::{NewOwner, create_owner};
use evenbar::sessions::NewPassword;
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::{Person, Reply, TestApp};

const PASSWORD: &str = "a long password for the tour";

/// Words of a judgement or of pay that were written somewhere on the way, and belong in no mail.
const CONFIDENTIAL: [&str; 15] = [
    "strong_yes",
    "strong yes",
    "Strong yes",
    "recommend",
    "84000",
    "84,000",
    "84.000",
    "70000",
    "95000",
    // Beside an amount: three letters alone come up in secrets of links.
    " EUR",
    "EUR ",
    "€",
    "Asked for the limits",
    "Named the limit",
    "Both saw the same strength",
];

/// Signs in with a password; gives the person, and what renews their session.
async fn sign_in(app: &TestApp, email: &str, password: &str) -> (Person, Value) {
    let credentials = json!({ "email": email, "password": password });
    let session = app.post(&app.anonymous(), "/sessions", credentials).await;
    let token = text(&session.created()["access_token"]);
    let nobody = app.anonymous();
    let me = app.get(&Person { token: token.clone(), ..nobody }, "/me").await;
    let person =
        Person { id: text(&me.ok()["id"]).parse().unwrap(), token, email: email.to_owned() };
    (person, session.json["refresh_token"].clone())
}

/// The first person, made from the machine itself, signs in.
async fn owner(app: &TestApp) -> Person {
    let new = NewOwner {
        organization_name: "Example Ltd".parse().unwrap(),
        name: "Olive Owner".parse().unwrap(),
        email: "owner@evenbar.example".parse().unwrap(),
        password: NewPassword::parse("correct-horse-battery-staple".to_owned()).unwrap(),
        time_zone: "UTC".parse().unwrap(),
        locale: "en".parse().unwrap(),
    };
    create_owner(app.db(), &new).unwrap();
    let (owner, _) = sign_in(app, "owner@evenbar.example", "correct-horse-battery-staple").await;
    assert_eq!(app.get(&owner, "/me").await.ok()["role"], "owner");
    owner
}

/// Whoever takes part.
struct People {
    recruiter: Person,
    manager: Person,
    first: Person,
    second: Person,
    finance: Person,
    head: Person,
    /// What renews their sessions, in that order.
    refresh_tokens: Vec<Value>,
}

impl People {
    /// The owner adds them, and each signs in.
    async fn join(app: &TestApp, owner: &Person) -> Self {
        let mut people = Vec::new();
        let mut refresh_tokens = Vec::new();
        for (name, role, zone) in [
            ("Rosa", "recruiter", "Europe/Berlin"),
            ("Hugo", "member", "Europe/Berlin"),
            ("Ines", "member", "Europe/Lisbon"),
            ("Ivan", "member", "Asia/Tokyo"),
            ("Fay", "member", "America/New_York"),
            ("Nina", "member", "Europe/Berlin"),
        ] {
            let email = format!("{}@evenbar.example", name.to_lowercase());
            let new = json!({
                "name": name, "email": email, "role": role, "time_zone": zone, "locale": "en",
                "password": PASSWORD,
            });
            app.post(owner, "/users", new).await.created();
            let (person, refresh_token) = sign_in(app, &email, PASSWORD).await;
            people.push(person);
            refresh_tokens.push(refresh_token);
        }
        let [recruiter, manager, first, second, finance, head] = people.try_into().unwrap();
        Self { recruiter, manager, first, second, finance, head, refresh_tokens }
    }

    /// Renews their sessions after a while, as a client does by itself.
    async fn renew(&mut self, app: &TestApp) {
        let Self { recruiter, manager, first, second, finance, head, refresh_tokens } = self;
        let people = [recruiter, manager, first, second, finance, head];
        for (person, refresh_token) in people.into_iter().zip(refresh_tokens) {
            let body = json!({ "refresh_token": refresh_token });
            let renewed = app.post(&app.anonymous(), "/sessions/renewals", body).await;
            person.token = text(&renewed.created()["access_token"]);
            *refresh_token = renewed.json["refresh_token"].clone();
        }
    }
}

/// What the organization decides once.
struct House {
    department: String,
    level: String,
    band: String,
    chain: String,
}

impl House {
    async fn furnish(app: &TestApp, owner: &Person, people: &People) -> Self {
        let department =
            app.post(owner, "/departments", json!({ "name": "Engineering" })).await.id();
        let level = json!({ "name": "Senior", "track": "engineering", "rank": 4 });
        let level = app.post(owner, "/levels", level).await.id();
        let band = json!({
            "name": "Senior engineer, Germany", "level_id": level, "location": "Berlin",
            "period": "year", "minimum": { "amount": "70000.00", "currency": "EUR" },
            "maximum": { "amount": "95000.00", "currency": "EUR" }, "effective_on": "2026-01-01",
        });
        let band = app.post(owner, "/pay-bands", band).await.id();
        let chain = json!({ "name": "Offers in engineering", "steps": [
            { "name": "Finance", "mode": "all", "member_ids": [people.finance.id] },
            { "name": "Head of engineering", "mode": "all", "member_ids": [people.head.id] },
        ] });
        let chain = app.post(owner, "/approval-chains", chain).await.id();
        Self { department, level, band, chain }
    }
}

/// A published job with a team and one opening.
struct Job {
    id: String,
    stages: Vec<Value>,
    opening: String,
}

impl Job {
    async fn open(app: &TestApp, house: &House, people: &People) -> Self {
        let recruiter = &people.recruiter;
        let job = json!({
            "title": "Senior Backend Engineer", "department_id": house.department,
            "level_id": house.level, "pay_band_id": house.band, "approval_chain_id": house.chain,
            "location": "Berlin", "openings": 1, "stages": [
                { "name": "Review", "kind": "review", "decision": "none" },
                { "name": "Screening", "kind": "screen", "decision": "none" },
                { "name": "Interviews", "kind": "onsite", "decision": "debrief" },
                { "name": "Offer", "kind": "offer", "decision": "none" },
            ],
        });
        let id = app.post(recruiter, "/jobs", job).await.id();
        let team = [
            (&people.manager, "hiring_manager"),
            (&people.first, "interviewer"),
            (&people.second, "interviewer"),
        ];
        for (person, role) in team {
            let member = json!({ "user_id": person.id, "role": role });
            app.post(recruiter, &format!("/jobs/{id}/hiring-team"), member).await.created();
        }
        let published = app.put(recruiter, &format!("/jobs/{id}/publication"), Value::Null).await;
        assert_eq!(published.ok()["state"], "open");
        let pipeline = app.get(recruiter, &format!("/jobs/{id}/pipeline")).await;
        let stages = pipeline.ok()["stages"].as_array().unwrap().clone();
        let openings = app.get(recruiter, &format!("/jobs/{id}/openings")).await;
        Self { id, stages, opening: text(&openings.rows()[0]["id"]) }
    }

    fn stage(&self, name: &str) -> Value {
        let stage = self.stages.iter().find(|stage| stage["name"] == name);
        stage.unwrap_or_else(|| panic!("no stage {name}"))["id"].clone()
    }

    /// A move names the stage it starts from.
    async fn advance(
        &self,
        app: &TestApp,
        recruiter: &Person,
        application: &str,
        steps: [&str; 2],
    ) {
        let [from, to] = steps.map(|name| self.stage(name));
        let body = json!({ "from_stage_id": from, "to_stage_id": to });
        app.post(recruiter, &format!("/applications/{application}/moves"), body).await.created();
    }
}

/// The bar, written down before anybody is judged.
struct Bar {
    design: String,
    explaining: String,
    template_version: String,
}

impl Bar {
    async fn write_down(app: &TestApp, recruiter: &Person) -> Self {
        let level = |label: &str, anchor: &str| json!({ "label": label, "anchor": anchor });
        let rubric = json!({ "name": "Senior backend engineering", "version": { "attributes": [
            { "name": "System design", "pass_level": 3, "levels": [
                level("Not yet", "Names technologies, no limits."),
                level("Getting there", "Sees a limit when told."),
                level("Solid", "Asks for the limits first and shows what each costs."),
                level("Exemplary", "Finds the limit that nobody mentioned."),
            ] },
            { "name": "Explaining to others", "pass_level": 2, "levels": [
                level("Not yet", "One has to guess what is proposed."),
                level("Solid", "A colleague could start from what was said."),
                level("Exemplary", "Brings different aims to one written decision."),
            ] },
        ] } });
        let rubric = app.post(recruiter, "/rubrics", rubric).await;
        let version = text(&rubric.created()["versions"][0]["id"]);
        let path = format!("/rubric-versions/{version}/publication");
        let published = app.put(recruiter, &path, Value::Null).await;
        let [design, explaining] = [0, 1].map(|n| text(&published.ok()["attributes"][n]["id"]));
        let template = json!({ "name": "Backend loop", "version": { "kits": [{
            "name": "Design conversation", "kind": "live", "minutes": 60,
            "rubric_version_id": version, "slots": [{ "slot": "lead" }, { "slot": "second" }],
            "attributes": [
                { "attribute_id": design, "priority": "must" },
                { "attribute_id": explaining, "priority": "nice" },
            ],
        }] } });
        let template = app.post(recruiter, "/loop-templates", template).await;
        let template_version = text(&template.created()["versions"][0]["id"]);
        let path = format!("/loop-template-versions/{template_version}");
        let lint = app.get(recruiter, &format!("{path}/lint")).await;
        let findings = lint.ok()["findings"].as_array().unwrap();
        assert!(findings.iter().all(|finding| finding["severity"] != "error"), "{findings:?}");
        app.put(recruiter, &format!("{path}/publication"), Value::Null).await.ok();
        Self { design, explaining, template_version }
    }
}

/// A candidate applies, and is moved on to the interviews.
async fn apply(app: &TestApp, recruiter: &Person, job: &Job) -> String {
    let candidate = json!({
        "name": "Ada Lindgren", "location": "Uppsala", "time_zone": "Europe/Stockholm",
        "contact_points": [{ "kind": "email", "value": "ada@mail.example" }],
    });
    let candidate = app.post(recruiter, "/candidates", candidate).await.id();
    let application = json!({ "candidate_id": candidate, "job_id": job.id });
    let application = app.post(recruiter, "/applications", application).await.id();
    job.advance(app, recruiter, &application, ["Review", "Interviews"]).await;
    application
}

/// A loop with its decider and driver named before the first interview, and both seats taken.
async fn start_loop(app: &TestApp, people: &People, bar: &Bar, application: &str) -> [String; 2] {
    let recruiter = &people.recruiter;
    let body = json!({
        "loop_template_version_id": bar.template_version, "decider_id": people.manager.id,
        "driver_id": recruiter.id,
    });
    let made = app.post(recruiter, &format!("/applications/{application}/loops"), body).await;
    let interview = text(&made.created()["interview_ids"][0]);
    for (person, slot) in [(&people.first, "lead"), (&people.second, "second")] {
        let seat = json!({ "user_id": person.id, "slot": slot });
        app.post(recruiter, &format!("/interviews/{interview}/panel"), seat).await.created();
    }
    let now = app.clock.now();
    let times = json!({
        "starts_at": now + TimeDelta::seconds(60), "ends_at": now + TimeDelta::seconds(3660),
        "time_zone": "Europe/Berlin", "override": { "reason": "Both agreed to an evening." },
    });
    app.put(recruiter, &format!("/interviews/{interview}/schedule"), times).await.ok();
    [interview, text(&made.json["debrief_id"])]
}

/// Drafts a card, saves what was typed, and hands it in.
async fn hand_in(app: &TestApp, person: &Person, bar: &Bar, interview: &str, says: (&str, i32)) {
    let path = format!("/interviews/{interview}/scorecards");
    let draft = app.send(app.request(person, actix_web::http::Method::POST, &path)).await;
    let card = format!("/scorecards/{}", draft.id());
    let judgement = json!({
        "recommendation": says.0, "summary": "Asked for the limits before drawing anything.",
        "ratings": [
            { "attribute_id": bar.design, "level": says.1,
              "evidence": "Named the limit of the link without being asked." },
            { "attribute_id": bar.explaining, "level": 2,
              "evidence": "I could have written it down as it was said." },
        ],
    });
    let etag = app.get(person, &card).await.etag();
    app.patch_if(person, &card, &etag, judgement).await.ok();
    assert_eq!(
        change(app, person, &card, "submission", Value::Null).await.ok()["state"],
        "submitted"
    );
}

/// Two judgements, independent of each other.
async fn judge(app: &TestApp, people: &People, bar: &Bar, interview: &str) {
    let cards = format!("/scorecards?interview_id={interview}");
    hand_in(app, &people.first, bar, interview, ("strong_yes", 4)).await;
    let seen = app.get(&people.second, &cards).await;
    assert!(!seen.rows().is_empty());
    for card in seen.rows() {
        assert_eq!((&card["view"], &card["recommendation"]), (&json!("sealed"), &Value::Null));
    }
    hand_in(app, &people.second, bar, interview, ("yes", 3)).await;
    let seen = app.get(&people.second, &cards).await;
    let said = seen.rows().iter().map(|card| text(&card["recommendation"]));
    let mut said: Vec<String> = said.collect();
    said.sort();
    assert_eq!(said, ["strong_yes", "yes"]);
}

/// The decision, by the one person who was named for it.
async fn decide(app: &TestApp, people: &People, house: &House, bar: &Bar, debrief: &str) {
    let debrief = format!("/debriefs/{debrief}");
    assert_eq!(app.get(&people.manager, &debrief).await.ok()["state"], "deciding");
    let decision = json!({ "outcome": "hire", "level_id": house.level, "memo": {
        "for": [{ "text": "Asks for the limits before the design.", "attribute_id": bar.design }],
        "against": [{ "text": "Has not yet led a migration of this size." }],
        "summary": "Both saw the same strength from two sides; the gap can be closed here.",
        "set_up_for_success": "Pair on the first migration.",
    } });
    let decided = change(app, &people.manager, &debrief, "decision", decision).await;
    assert_eq!(decided.ok()["decision"]["outcome"], "hire");
}

/// An offer, measured against the pay band and handed to those who approve it.
async fn offer(app: &TestApp, recruiter: &Person, house: &House, at: (&Job, &str)) -> [String; 2] {
    let (job, application) = at;
    job.advance(app, recruiter, application, ["Interviews", "Offer"]).await;
    let body = json!({ "opening_id": job.opening, "terms": {
        "base": { "amount": "84000.00", "currency": "EUR" }, "period": "year",
        "level_id": house.level, "title": "Senior Backend Engineer", "location": "Berlin",
        "employment_type": "permanent", "start_on": "2027-02-01",
    } });
    let made = app.post(recruiter, &format!("/applications/{application}/offers"), body).await;
    assert_eq!(made.created()["current_version"]["band"]["placement"]["position"], "within");
    let path = format!("/offers/{}", made.id());
    let submitted = change(app, recruiter, &path, "submission", Value::Null).await;
    let run = text(&submitted.ok()["approval_run"]["id"]);
    [path, format!("/approval-runs/{run}")]
}

/// Reads the terms and approves what was read; gives how the steps then stand.
async fn vote(app: &TestApp, person: &Person, offer: &str, run: &str) -> Vec<String> {
    let read = app.get(person, offer).await;
    let terms_hash = &read.ok()["current_version"]["terms_hash"];
    let vote = json!({ "decision": "approve", "terms_hash": terms_hash });
    app.post(person, &format!("{run}/votes"), vote).await.created();
    let run = app.get(person, run).await;
    run.ok()["steps"].as_array().unwrap().iter().map(|step| text(&step["state"])).collect()
}

/// Changes what was just read, only if nobody else changed it meanwhile.
async fn change(app: &TestApp, person: &Person, resource: &str, below: &str, body: Value) -> Reply {
    let etag = app.get(person, resource).await.etag();
    app.put_if(person, &format!("{resource}/{below}"), &etag, body).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text in {value}")).to_owned()
}

/// Who got which mail, sorted.
fn told(mails: &[Mail]) -> Vec<(&str, &str)> {
    let told = mails.iter().map(|mail| (mail.kind.slug(), mail.to.email.as_str()));
    let mut told: Vec<(&str, &str)> = told.collect();
    told.sort_unstable();
    told
}

both! {
    async fn a_hire_goes_from_signing_in_to_an_accepted_offer(app) {
        let owner = owner(&app).await;
        let mut people = People::join(&app, &owner).await;
        let house = House::furnish(&app, &owner, &people).await;
        let job = Job::open(&app, &house, &people).await;
        let bar = Bar::write_down(&app, &people.recruiter).await;
        let application = apply(&app, &people.recruiter, &job).await;
        let [interview, debrief] = start_loop(&app, &people, &bar, &application).await;
        assert_eq!(app.deliver_mail(), 5);
        app.advance(TimeDelta::seconds(3660));
        people.renew(&app).await;
        let completion = format!("/interviews/{interview}/completion");
        assert_eq!(app.put(&people.recruiter, &completion, Value::Null).await.ok()["state"], "completed");
        assert_eq!(app.deliver_mail(), 2);
        judge(&app, &people, &bar, &interview).await;
        assert_eq!(app.deliver_mail(), 4);
        decide(&app, &people, &house, &bar, &debrief).await;
        assert_eq!(app.deliver_mail(), 3);
        let at = (&job, application.as_str());
        let [offer, run] = offer(&app, &people.recruiter, &house, at).await;
        assert_eq!(app.deliver_mail(), 1);
        assert_eq!(vote(&app, &people.finance, &offer, &run).await, ["approved", "pending"]);
        assert_eq!(app.deliver_mail(), 1);
        assert_eq!(vote(&app, &people.head, &offer, &run).await, ["approved", "approved"]);
        assert_eq!(app.deliver_mail(), 1);
        let at_once = json!([{ "mail": "set_up_for_success", "way": "immediate" }]);
        let choice = json!({ "digest": true, "digest_at": null, "quiet_hours": true, "mails": at_once });
        app.put(&people.manager, "/me/notification-preferences", choice).await.ok();
        let expiry = json!({ "expires_at": app.clock.now() + TimeDelta::days(10) });
        let extended = change(&app, &people.recruiter, &offer, "extension", expiry).await;
        assert_eq!(extended.ok()["state"], "extended");
        let note = json!({ "note": "By telephone." });
        let accepted = change(&app, &people.recruiter, &offer, "acceptance", note).await;
        assert_eq!(accepted.ok()["state"], "accepted");

        let path = format!("/applications/{application}");
        assert_eq!(app.get(&people.recruiter, &path).await.ok()["status"], "hired");
        let path = format!("/openings/{}", job.opening);
        assert_eq!(app.get(&people.recruiter, &path).await.ok()["state"], "filled");
        assert_eq!(app.deliver_mail(), 1, "what the memo says for the first days");
        assert_mails(&app).await;
        let mails = app.mails.mails();
        let mail = mails.iter().find(|mail| mail.kind == MailKind::SetUpForSuccess).unwrap();
        assert!(mail.text.contains("#set-up-for-success") && !mail.text.contains("first migration"));
        follow(&app, &mails, MailKind::SetUpForSuccess).await;
    }
}

/// Everybody got what they were owed, never for what they did themselves, and nothing confidential.
async fn assert_mails(app: &TestApp) {
    assert_eq!(app.deliver_mail(), 0);
    let mails = app.mails.mails();
    follow(app, &mails, MailKind::ApprovalAsked).await;
    follow(app, &mails, MailKind::OfferApproved).await;
    follow(app, &mails, MailKind::DecisionMade).await;
    assert_eq!(
        told(&mails),
        [
            ("approval_asked", "nina@evenbar.example"),
            ("candidate_interview_scheduled", "ada@mail.example"),
            ("decision_awaited", "hugo@evenbar.example"),
            ("decision_made", "rosa@evenbar.example"),
            ("interview_assigned", "ines@evenbar.example"),
            ("interview_assigned", "ivan@evenbar.example"),
            ("interview_scheduled", "ines@evenbar.example"),
            ("interview_scheduled", "ivan@evenbar.example"),
            ("offer_approved", "rosa@evenbar.example"),
            ("scorecard_due", "ines@evenbar.example"),
            ("scorecard_due", "ivan@evenbar.example"),
            ("set_up_for_success", "hugo@evenbar.example"),
        ]
    );
    for Mail { subject, text, html, .. } in &mails {
        for part in [subject, text, html] {
            let leak = CONFIDENTIAL.into_iter().find(|word| part.contains(word));
            assert_eq!(leak, None, "{part}");
        }
    }
}
