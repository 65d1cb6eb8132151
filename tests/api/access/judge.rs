//! What an answer gives away that the rows do not: found in its bytes, by the words and ids of two
//! hires on one job, and by nothing that the service itself knows of access.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use serde_json::Value;

use super::rows::{Row, found, reviewed};
use super::scene::{CONTACT, Hire, JUDGEMENT, NAME, PAY, PERSONAS, Scene, TAG, THEIRS, TITLE};
use crate::support::document::operations;
use crate::support::walk::collect;

/// What happened, and what somebody would hand over, is told by ids to those whom the row gives
/// everything.
const TELL_ALL_IDS: [&str; 6] = [
    "listEvents",
    "listAudit",
    "exportApplications",
    "exportAudit",
    "exportCandidates",
    "listObligations",
];
/// What names a thing that the reader may not open, by its prefix: an application, its approval and
/// its offer belong to a job, an offer fills an opening, what everybody reads of a post names it, and whoever sees
/// to retention names people whom they may not read.
const TELL_IDS: [(&str, &[&str]); 12] = [
    ("listRetentionHolds", &["cand"]),
    ("getRetentionHold", &["cand"]),
    ("getBoard", &["job"]),
    ("listApplications", &["job"]),
    ("getApplication", &["job"]),
    ("listApprovalRuns", &["job"]),
    ("getApprovalRun", &["job"]),
    ("listOffers", &["opening"]),
    ("getOffer", &["job", "opening"]),
    ("listPublicJobPosts", &["jobpost"]),
    ("getPublicJobPost", &["jobpost"]),
    ("explainPublicEligibility", &["jobpost"]),
];

/// Knows the rows, and what belongs to which hire.
pub struct Judge {
    rows: BTreeMap<String, Row>,
    belongs: BTreeMap<String, Hire>,
    /// The operation that shows one thing of a kind, by the prefix of its id.
    shown_by: BTreeMap<String, String>,
    /// The account of each persona.
    accounts: BTreeMap<&'static str, String>,
}

/// What somebody asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// Who.
    pub persona: &'q str,
    /// The operation.
    pub operation: &'q str,
    /// The path with its query.
    pub path: &'q str,
}

/// Whose row holds for somebody towards a hire: on the other one whoever sits on a panel of ours, or
/// approves our offer, has no part, and the other way round.
fn stands_as(persona: &str, hire: Hire) -> &str {
    match (hire, persona) {
        (Hire::Theirs, "elsewhere") => "done",
        (Hire::Theirs, "owing" | "done") => "elsewhere",
        (Hire::Theirs, "approver") => "stranger",
        (Hire::Theirs, "broker") => "agency",
        (Hire::Ours | Hire::Theirs, _) => persona,
    }
}

fn prefix(id: &str) -> &str {
    id.rsplit_once('_').map_or("", |(prefix, _)| prefix)
}

impl Judge {
    /// For a scene.
    pub fn of(scene: &Scene) -> Self {
        let people = PERSONAS.into_iter().zip(&scene.people);
        let accounts = people.map(|(persona, person)| (persona, person.id.to_string()));
        Self { accounts: accounts.collect(), ..Self::new(scene.belongs.clone()) }
    }

    fn new(belongs: BTreeMap<String, Hire>) -> Self {
        let gets = operations().into_iter().filter(|operation| operation.method == Method::GET);
        let shows = gets.filter(|operation| {
            operation.path.ends_with("/{id}") && operation.path.matches('/').count() == 2
        });
        let shown_by = shows.filter_map(|operation| Some((operation.prefix?, operation.id)));
        let accounts = BTreeMap::new();
        Self { rows: reviewed(), belongs, shown_by: shown_by.collect(), accounts }
    }

    /// Everything that an answer gives away.
    pub fn leaks(&self, question: Question<'_>, status: u16, text: &str) -> Vec<String> {
        let mut leaks = Vec::new();
        leaks.extend(self.opened(question, status));
        for hire in [Hire::Ours, Hire::Theirs] {
            leaks.extend(self.told(question, hire, status, text));
        }
        leaks.extend(self.named(question, text));
        // What somebody owes and lends is told to them, by ids.
        if status == 200 && !self.is_about_oneself(question) {
            leaks.extend(self.listed(question, text));
            leaks.extend(self.mentioned(question, text));
        }
        let Question { persona, path, .. } = question;
        leaks.into_iter().map(|leak| format!("{persona} GET {path}: {status}, {leak}")).collect()
    }

    fn is_about_oneself(&self, question: Question<'_>) -> bool {
        let own = self.accounts.get(question.persona);
        own.is_some_and(|id| question.path.starts_with(&format!("/users/{id}/")))
    }

    fn row(&self, operation: &str) -> &Row {
        self.rows.get(operation).unwrap_or_else(|| panic!("no row for {operation}"))
    }

    /// A thing that answers somebody who may not open it, or not know of it.
    fn opened(&self, question: Question<'_>, status: u16) -> Option<String> {
        let mut ids = BTreeSet::new();
        collect(question.path.split('?').next()?, &mut ids);
        let hire = ids.iter().find_map(|id| self.belongs.get(id))?;
        let cell = self.row(question.operation).cell(stands_as(question.persona, *hire));
        let more = (status == 200 && !cell.starts_with("200")) || (cell == "404" && status != 404);
        more.then(|| format!("but the row says {cell}"))
    }

    /// Judgements, pay, contact points and tags.
    fn told(&self, question: Question<'_>, hire: Hire, status: u16, text: &str) -> Vec<String> {
        let row = self.row(question.operation);
        let may = row.shows(stands_as(question.persona, hire));
        let more =
            found(hire, text).into_iter().filter(|class| status != 200 || !may.contains(class));
        more.map(|class| format!("{class:?} of {hire:?}")).collect()
    }

    /// Who applied, and for what.
    fn named(&self, question: Question<'_>, text: &str) -> Vec<String> {
        let gives = |operation: &str, hire: Hire| {
            self.row(operation).gives(stands_as(question.persona, hire))
        };
        let both = [(Hire::Ours, NAME), (Hire::Theirs, THEIRS.name)];
        let mut leaks: Vec<String> = both
            .into_iter()
            .filter(|(hire, name)| text.contains(name) && !gives("getCandidate", *hire))
            .map(|(_, name)| format!("the name {name}"))
            .collect();
        let knows_job =
            both.iter().any(|(hire, _)| gives("getJob", *hire) || gives("getApplication", *hire));
        if text.contains(TITLE) && !knows_job {
            leaks.push("the title of the job".to_owned());
        }
        leaks
    }

    /// Rows of a list on which they may not stand.
    fn listed(&self, question: Question<'_>, text: &str) -> Vec<String> {
        let answer: Value = serde_json::from_str(text).unwrap_or_default();
        let rows = answer["data"].as_array().cloned().unwrap_or_default();
        let hidden = |row: &Value| {
            let (id, row) = (row["id"].as_str()?, self.row(question.operation));
            let hire = self.belongs.get(id)?;
            (!row.gives(stands_as(question.persona, *hire))).then(|| format!("the row {id}"))
        };
        rows.iter().filter_map(hidden).collect()
    }

    /// Ids of things of which somebody may not know.
    fn mentioned(&self, question: Question<'_>, text: &str) -> Vec<String> {
        let Question { persona, operation, .. } = question;
        if TELL_ALL_IDS.contains(&operation) && self.row(operation).cell(persona) == "200/full" {
            return Vec::new();
        }
        let told = TELL_IDS.iter().find(|(tells, _)| *tells == operation);
        let told = told.map_or(&[][..], |(_, prefixes)| prefixes);
        let mut ids = BTreeSet::new();
        collect(text, &mut ids);
        let hidden = |id: &String| {
            let hire = self.belongs.get(id)?;
            let row = self.row(self.shown_by.get(prefix(id))?);
            let is_told = told.contains(&prefix(id))
                && [Hire::Ours, Hire::Theirs]
                    .iter()
                    .any(|hire| self.row(operation).gives(stands_as(persona, *hire)));
            let cell = row.cell(stands_as(persona, *hire));
            (cell == "404" && !is_told).then(|| format!("the id {id}"))
        };
        ids.iter().filter_map(hidden).collect()
    }
}

/// Two hires by a few ids.
fn planted() -> Judge {
    let ids = [
        ("job", Hire::Ours),
        ("app", Hire::Ours),
        ("cand", Hire::Ours),
        ("card", Hire::Ours),
        ("opening", Hire::Ours),
        ("offer", Hire::Ours),
    ];
    Judge::new(ids.into_iter().map(|(prefix, hire)| (id(prefix), hire)).chain([theirs()]).collect())
}

fn id(prefix: &str) -> String {
    format!("{prefix}_01jd3z3z3z3z3z3z3z3z3z3z3z")
}

/// The other application.
fn theirs() -> (String, Hire) {
    ("app_01jd4444444444444444444444".to_owned(), Hire::Theirs)
}

/// What is found in an answer.
fn leaks(persona: &str, operation: &str, path: &str, (status, text): (u16, &str)) -> Vec<String> {
    planted().leaks(Question { persona, operation, path }, status, text)
}

/// Who asks which operation, the status and the text of the answer, and what must be found in it.
type Planted<'p> = (&'p str, &'p str, &'p str, (u16, &'p str), &'p str);

#[track_caller]
fn assert_noticed(planted: &[Planted<'_>]) {
    for (persona, operation, path, answer, leak) in planted {
        let found = leaks(persona, operation, path, *answer);
        assert!(found.iter().any(|found| found.ends_with(leak)), "{persona} {path}: {found:?}");
    }
}

#[test]
fn what_is_told_to_the_wrong_reader_is_noticed() {
    let (ours, theirs) = ((200, JUDGEMENT), (200, THEIRS.judgement));
    let card = format!("/scorecards/{}", id("card"));
    let candidate = format!("/candidates/{}", id("cand"));
    assert_noticed(&[
        ("owing", "getScorecard", &card, ours, "Judgement of Ours"),
        ("elsewhere", "getScorecard", "/scorecards/card_9", ours, "Judgement of Ours"),
        ("done", "listScorecards", "/scorecards", theirs, "Judgement of Theirs"),
        ("owing", "getLoop", "/loops/loop_9", ours, "Judgement of Ours"),
        ("teammate", "getJob", "/jobs/job_9", (200, PAY[1]), "Pay of Ours"),
        ("key", "getCandidate", &candidate, (200, CONTACT), "Contact of Ours"),
        ("done", "getCandidate", "/candidates/9", (200, THEIRS.contact), "Contact of Theirs"),
        ("broker", "getCandidate", &candidate, (200, TAG), "Tag of Ours"),
        ("stranger", "getCandidate", &candidate, (404, CONTACT), "Contact of Ours"),
        ("admin", "listAudit", "/audit", (200, NAME), "the name Kim Candidate"),
        ("done", "listUsers", "/users", (200, THEIRS.name), "the name Nia Nextdoor"),
        ("outsider", "listEvents", "/events", (200, TITLE), "the title of the job"),
    ]);
}

#[test]
fn what_is_there_for_the_wrong_reader_is_noticed() {
    let application = format!("/applications/{}", id("app"));
    let other = format!("/applications/{}", theirs().0);
    let opening = format!("/openings/{}", id("opening"));
    let naming = |id: &str| format!(r#"{{ "data": [{{ "id": "{id}" }}] }}"#);
    let (app, offer) = (naming(&id("app")), naming(&id("offer")));
    let row = format!("the row {}", id("app"));
    let (the_app, the_offer) = (format!("the id {}", id("app")), format!("the id {}", id("offer")));
    assert_noticed(&[
        ("agency", "getApplication", &application, (200, "{}"), "but the row says 404"),
        ("agency", "getApplication", &application, (403, "{}"), "but the row says 404"),
        ("owing", "getApplication", &other, (200, "{}"), "but the row says 404"),
        ("admin", "listApplications", "/applications?status=hired", (200, &app), &row),
        ("agency", "getOpening", &opening, (200, &app), &the_app),
        ("outsider", "listEvents", "/events", (200, &app), &the_app),
        ("done", "getApplication", &application, (200, &offer), &the_offer),
    ]);
}

#[test]
fn what_the_rows_allow_is_no_leak() {
    let (app, card, cand) = (id("app"), id("card"), id("cand"));
    let allowed = [
        ("done", "getScorecard", format!("/scorecards/{card}"), 200, JUDGEMENT.to_owned()),
        ("elsewhere", "listScorecards", "/scorecards".to_owned(), 200, THEIRS.judgement.to_owned()),
        ("broker", "getCandidate", format!("/candidates/{cand}"), 200, format!("{NAME} {CONTACT}")),
        ("approver", "listOffers", "/offers".to_owned(), 200, format!("{NAME} {app}")),
        ("teammate", "getJob", format!("/jobs/{}", id("job")), 200, TITLE.to_owned()),
        ("stranger", "getApplication", format!("/applications/{app}"), 404, String::new()),
    ];
    for (persona, operation, path, status, text) in allowed {
        assert_eq!(leaks(persona, operation, &path, (status, &text)), Vec::<String>::new());
    }
}
