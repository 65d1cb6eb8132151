//! Who may do what, asked of every operation of the OpenAPI document as somebody of every kind.
//!
//! The expected rows stand in `access/rows.txt`, written and reviewed as what people may expect;
//! they know nothing of the policy table. A cell is the status of the answer. A GET that succeeds
//! adds its view:
//!
//! - `full`: everything sensitive that anybody gets from the operation;
//! - `sealed`: all but judgements (evidence, reasons, memo);
//! - `no_pay`: all but pay (offers, bands);
//! - `no_tags`: all but tags;
//! - `public`: all but contact points and tags;
//! - `none`: a list on which the hire does not stand.
//!
//! What is sensitive is found in the bytes of the answers, by words that only judgements, pay, contact
//! points and tags contain; the letters before the cells say which of them anybody gets at all. A
//! request that changes something names a version that never was, so that 412 says `you may, but not
//! on what you saw` and nothing happens. Where there is no version the body names something that does
//! not exist, or the creation succeeds.
//!
//! The outsider asks while the job is confidential, everybody else while it is not.

mod bodies;
mod fields;
mod judge;
mod replay;
mod rows;
pub mod scene;

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use serde_json::Value;

use crate::both;
use crate::support::document::{Operation, operations};
use crate::support::files::form;
use crate::support::{Reply, TestApp};
use bodies::body;
use rows::{Class, Row, assert_rows, found, view};
use scene::{Hire, PERSONAS, Scene};

/// A version that nothing ever had.
const NEVER: &str = "\"999999-0123456789abcdef\"";

/// An id of a kind that belongs to nothing.
fn unknown(prefix: &str) -> String {
    format!("{prefix}_01jd3z3z3z3z3z3z3z3z3z3z3z")
}

both! {
    async fn every_operation_answers_everybody_as_the_rows_say(app) {
        let scene = Scene::new(&app).await;
        let outside = |persona: &str| persona == "outsider";
        let (last, others): (Vec<Operation>, Vec<Operation>) =
            in_order(operations()).into_iter().partition(|operation| operation.id == "endSession");
        let mut replies = BTreeMap::new();
        ask(&app, &scene, &others, |persona| !outside(persona), &mut replies).await;
        scene.make_confidential(&app, true).await;
        ask(&app, &scene, &others, outside, &mut replies).await;
        ask(&app, &scene, &last, |_| true, &mut replies).await;
        let row = |(operation, replies): (Operation, BTreeMap<usize, Reply>)| {
            (operation.id.clone(), row(&scene, &operation, &replies.into_values().collect::<Vec<_>>()))
        };
        assert_rows(&replies.into_values().map(row).collect());
    }
}

/// The answers to an operation, by the number of the persona.
type Replies = BTreeMap<String, (Operation, BTreeMap<usize, Reply>)>;

/// Asks operations as some.
async fn ask(
    app: &TestApp,
    scene: &Scene,
    operations: &[Operation],
    asks: impl Fn(&str) -> bool,
    replies: &mut Replies,
) {
    for operation in operations {
        let of = replies.entry(operation.id.clone());
        let (_, of) = of.or_insert_with(|| (operation.clone(), BTreeMap::new()));
        for (number, persona) in PERSONAS.iter().enumerate().filter(|(_, name)| asks(name)) {
            of.insert(number, reply(app, scene, operation, persona).await);
        }
    }
}

/// Where an operation is asked about what belongs to the hire.
fn path(operation: &Operation, scene: &Scene) -> String {
    let id = operation.prefix.as_deref().map(|prefix| match prefix {
        // Whoever is signed out by it asks nothing.
        "user" if operation.id == "revokeUserSessions" => scene.id("user").to_owned(),
        // Somebody of the scene who is none of those who ask.
        "user" => scene.who("stranger").id.to_string(),
        "int" if operation.id.ends_with("AssessmentResult") => scene.id("assessed").to_owned(),
        prefix => scene.id(prefix).to_owned(),
    });
    let path = id.map_or(operation.path.clone(), |id| operation.path.replace("{id}", &id));
    path_with_query(operation, &path.replace("{kind}", "scorecard_due"))
}

/// A path with what must be asked, and as much of a list as can be.
fn path_with_query(operation: &Operation, path: &str) -> String {
    match query(&operation.id) {
        Some(query) => format!("{path}?{query}"),
        None if operation.is_paged => format!("{path}?limit=100"),
        None => path.to_owned(),
    }
}

/// What an operation must be asked beside its path.
fn query(operation: &str) -> Option<&'static str> {
    match operation {
        "placeInPayBand" => Some("amount=90000.00&currency=EUR&period=year"),
        "getBusy" => Some("from=2026-11-23T08:00:00Z&to=2026-11-24T08:00:00Z"),
        "explainEligibility" | "explainPublicEligibility" => Some("time_zone=Europe/Berlin"),
        "searchCandidates" => Some("q=kim"),
        "listSuggestedPanelists" => Some("slot=lead"),
        _ => None,
    }
}

/// What reads comes first, while nothing has changed.
fn in_order(mut operations: Vec<Operation>) -> Vec<Operation> {
    let changes = |operation: &Operation| operation.method != Method::GET;
    operations.sort_by_key(|operation| (changes(operation), operation.id.clone()));
    operations
}

/// What somebody is answered.
async fn reply(app: &TestApp, scene: &Scene, operation: &Operation, persona: &str) -> Reply {
    let person = scene.who(persona);
    let mut request = app.request(person, operation.method.clone(), &path(operation, scene));
    if operation.method != Method::GET && operation.id != "endSession" {
        request = request.insert_header(("If-Match", NEVER));
    }
    if operation.id.starts_with("attachTo") {
        let file = Some(("of-them.txt", persona.as_bytes()));
        return app.send(form(request, 1, &[("kind", "other")], file)).await;
    }
    if operation.id == "applyToJobPostByForm" {
        let body = body(scene, "applyToJobPost", persona, person).unwrap().to_string();
        return app.send(form(request, 1, &[("application", &body)], None)).await;
    }
    if let Some(body) = body(scene, &operation.id, persona, person) {
        request = request.set_json(body);
    }
    app.send(request).await
}

/// The row of an operation, as it was answered.
fn row(scene: &Scene, operation: &Operation, replies: &[Reply]) -> Row {
    if operation.method != Method::GET {
        let cells = replies.iter().map(|reply| reply.status.to_string()).collect();
        return Row { holds: BTreeSet::new(), cells };
    }
    let sensitive = |reply: &Reply| found(Hire::Ours, &String::from_utf8_lossy(&reply.bytes));
    let holds: BTreeSet<Class> = replies.iter().flat_map(sensitive).collect();
    let stands = how_it_stands(scene, replies);
    let cell = |reply: &Reply| match reply.status {
        200 if stands.is_some_and(|stands| !stands(scene, reply)) => "200/none".to_owned(),
        200 => format!("200/{}", view(&holds, &sensitive(reply))),
        status => status.to_string(),
    };
    let cells = replies.iter().map(cell).collect();
    Row { holds, cells }
}

/// Whether something about the hire stands on a list.
type Stands = fn(&Scene, &Reply) -> bool;

/// By what something about the hire is found on a list: a row that is a thing of the scene, else one
/// that names the application, else any.
fn how_it_stands(scene: &Scene, replies: &[Reply]) -> Option<Stands> {
    let ways: [Stands; 3] = [
        |scene, reply| {
            let is_ours = |row: &Value| scene.things.values().any(|id| row["id"] == id.as_str());
            rows_of(reply).iter().any(is_ours)
        },
        |scene, reply| rows_of(reply).iter().any(|row| row.to_string().contains(scene.id("app"))),
        |_, reply| !rows_of(reply).is_empty(),
    ];
    ways.into_iter().find(|stands| replies.iter().any(|reply| stands(scene, reply)))
}

/// The rows of an answer, if it is a list.
fn rows_of(reply: &Reply) -> &[Value] {
    reply.json["data"].as_array().map_or(&[], Vec::as_slice)
}
