//! One hire under way, with somebody of every kind around it, and words to look for in answers.

mod hire;

use std::collections::BTreeMap;

use actix_web::http::Method;
use diesel::prelude::*;
use evenbar::access::{Claims, OrgRole};
use evenbar::db::Tx;
use evenbar::db::schema::identities;
use evenbar::ids::IdentityId;
use serde_json::{Value, json};

use crate::support::{Person, TestApp};

/// Stands in everything that judges: evidence, reasons, memo.
pub const JUDGEMENT: &str = "Bisected the log without being asked";
/// Stand in everything that is pay: of the offer, and of the band.
pub const PAY: [&str; 3] = ["98765.00", "81234.00", "123456.00"];
/// Stands among the contact points.
pub const CONTACT: &str = "kim.private@candidate.example";
/// Stands among the tags.
pub const TAG: &str = "Nearly hired in spring";
/// The name of the candidate.
pub const NAME: &str = "Kim Candidate";
/// The title of the job; the offer has another one.
pub const TITLE: &str = "Keeper of the quiet lighthouse";

/// The same words of the other hire, which has no pay and no tags.
pub struct Theirs {
    /// Stands in the other card.
    pub judgement: &'static str,
    /// Stands among the contact points of the other candidate.
    pub contact: &'static str,
    /// The name of the other candidate.
    pub name: &'static str,
}

/// Of the candidate next door.
pub const THEIRS: Theirs = Theirs {
    judgement: "Drew the boundary in the wrong place",
    contact: "nia.private@candidate.example",
    name: "Nia Nextdoor",
};

/// The kinds of people, in the order of the columns.
pub const PERSONAS: [&str; 16] = [
    "anonymous",
    "deactivated",
    "stranger",
    "elsewhere",
    "owing",
    "done",
    "teammate",
    "manager",
    "coordinator",
    "recruiter",
    "outsider",
    "admin",
    "approver",
    "agency",
    "broker",
    "key",
];

/// Of two hires on one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hire {
    /// The one that the rows are about.
    Ours,
    /// The one on whose panel `elsewhere` sits.
    Theirs,
}

/// Everybody, and what there is by the prefix of its id.
pub struct Scene {
    /// In the order of [`PERSONAS`].
    pub people: Vec<Person>,
    /// One thing of each kind, which belongs to the hire.
    pub things: BTreeMap<String, String>,
    /// The stage on which the candidate stands.
    pub stage: String,
    /// To which hire things belong, by id. Those of the job and of `things` count as ours.
    pub belongs: BTreeMap<String, Hire>,
}

impl Scene {
    /// A first loop is done, revealed and decided; an offer waits for its first approval; in a
    /// second loop of the same application somebody still owes a card; the interview of a third one
    /// was cancelled. Somebody else applied to the same job, whose only interview is judged.
    pub async fn new(app: &TestApp) -> Self {
        let (people, things) = gather(app).await;
        let mut scene = Self { people, things, stage: String::new(), belongs: BTreeMap::new() };
        scene.keep_calendars(app).await;
        scene.configure(app).await;
        scene.open_the_job(app).await;
        scene.add_the_candidate(app).await;
        scene.prepare_the_loop(app).await;
        scene.judge(app).await;
        scene.owe_a_card(app).await;
        scene.cancel_an_interview(app).await;
        scene.offer(app).await;
        scene.hire_next_door(app).await;
        scene.make_a_key(app).await;
        // Of somebody who approves nothing: what anybody sees does not change with it.
        let delegation = json!({
            "delegate_id": scene.who("teammate").id, "starts_on": "2026-11-23",
            "ends_on": "2026-11-27",
        });
        scene.make(app, "stranger", "/me/delegations", delegation).await;
        let stranger = scene.who("stranger").clone();
        app.send(app.request(&stranger, Method::POST, "/me/calendar-link")).await.ok();
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
        let leaver = format!("/users/{}/deactivation", scene.who("deactivated").id);
        app.put(scene.who("admin"), &leaver, Value::Null).await.ok();
        app.db().seal().unwrap();
        let ours = scene.things.values().map(|id| (id.clone(), Hire::Ours));
        scene.belongs.extend(ours);
        scene
    }

    /// Makes the job confidential, as it is while the outsider asks, or open again.
    pub async fn make_confidential(&self, app: &TestApp, confidential: bool) {
        let job = format!("/jobs/{}", self.id("job"));
        let change = json!({ "confidential": confidential });
        app.patch(self.who("recruiter"), &job, change).await.ok();
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

    /// Two programs of the recruiter: one to ask about, and the one that asks.
    async fn make_a_key(&mut self, app: &TestApp) {
        self.make(app, "recruiter", "/service-accounts", json!({ "name": "Script" })).await;
        let keys = format!("/service-accounts/{}/keys", self.id("svc"));
        let key = json!({ "name": "Host", "scopes": ["jobs:read"] });
        self.make(app, "recruiter", &keys, key).await;
        let scopes = ["jobs:read", "candidates:write", "interviews:read", "scorecards:read"];
        let key = app.key(self.who("recruiter"), &scopes, &[self.id("job")]).await;
        *self.people.last_mut().unwrap() = key;
    }

    /// What belongs to the stranger, and what everybody goes by.
    async fn keep_calendars(&mut self, app: &TestApp) {
        let region = json!({ "name": "Portugal", "region": "PT" });
        self.make(app, "admin", "/holiday-calendars", region).await;
        let days = json!({ "starts_on": "2027-03-01", "ends_on": "2027-03-05" });
        self.make(app, "stranger", "/me/time-off", days).await;
        let elsewhere = json!({ "address": "https://127.0.0.1:9/busy.ics" });
        app.put(self.who("stranger"), "/me/busy-calendar", elsewhere).await.ok();
        let chat = json!({ "url": "https://chat.example.com/services/T0/7pQx", "format": "slack" });
        app.put(self.who("stranger"), "/me/chat-address", chat).await.ok();
        let view = json!({
            "name": "Waiting", "noun": "applications", "query": "status=active", "shared_with": "me",
        });
        self.make(app, "recruiter", "/saved-views", view).await;
        self.make(app, "admin", "/pools", json!({ "name": "Keepers" })).await;
        let member = json!({ "user_id": self.who("stranger").id, "qualification": "shadowing" });
        self.make(app, "admin", &format!("/pools/{}/members", self.id("pool")), member).await;
    }

    /// Somebody who is signed in on two devices and asks nothing.
    fn add_a_bystander(&mut self, app: &TestApp) {
        let bystander = app.person("Bea Bystander", OrgRole::Member).id;
        self.things.insert("user".to_owned(), bystander.to_string());
        self.things.insert("sess".to_owned(), app.session_of(bystander).to_string());
    }
}

/// Everybody but the key, in whose place stands nobody yet, and the agency of the broker.
async fn gather(app: &TestApp) -> (Vec<Person>, BTreeMap<String, String>) {
    let member = |name| app.person(name, OrgRole::Member);
    let admin = app.person("Ada Admin", OrgRole::Admin);
    let (_, agent) = of_an_agency(app, &admin, "Head & Hunters").await;
    let (agency, broker) = of_an_agency(app, &admin, "Search & Sons").await;
    let people = vec![
        app.anonymous(),
        app.person("Dora Deactivated", OrgRole::Recruiter),
        member("Sam Stranger"),
        member("Ella Elsewhere"),
        member("Omar Owing"),
        member("Dina Done"),
        member("Tia Teammate"),
        member("Mia Manager"),
        app.person("Cora Coordinator", OrgRole::Coordinator),
        app.person("Rea Recruiter", OrgRole::Recruiter),
        app.person("Otis Outsider", OrgRole::Recruiter),
        admin,
        member("Abe Approver"),
        agent,
        broker,
        app.anonymous(),
    ];
    (people, BTreeMap::from([("agency".to_owned(), agency)]))
}

/// A new agency, and somebody who works for it.
async fn of_an_agency(app: &TestApp, admin: &Person, name: &str) -> (String, Person) {
    let agency = app.post(admin, "/agencies", json!({ "name": name })).await.id();
    let email = format!("{}@agency.example", name.split(' ').next().unwrap().to_lowercase());
    let user = json!({
        "name": format!("Agent of {name}"), "email": email, "role": "external", "agency_id": agency,
        "time_zone": "Europe/Berlin", "locale": "en",
    });
    let id = text(&app.post(admin, "/users", user).await.created()["id"]).parse().unwrap();
    let claims = Claims { user_id: id, session_id: app.session_of(id) };
    let (token, _) = app.state.tokens.issue(claims, app.clock.now()).unwrap();
    (agency, Person { id, token, email })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text in {value}")).to_owned()
}
