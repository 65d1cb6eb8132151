//! Who may do what, asked of every operation of the OpenAPI document as somebody of every kind.
//!
//! The expected rows stand in `access/rows.txt`, written and reviewed as what people may expect;
//! they know nothing of the policy table. A cell is the status of the answer. A GET that succeeds
//! adds its view:
//!
//! - `full`: everything sensitive that anybody gets from the operation;
//! - `sealed`: all but judgements (evidence, reasons, memo);
//! - `no_pay`: all but pay (offers, bands);
//! - `public`: without contact points and tags, or without more than one of the others;
//! - `none`: a list on which the hire does not stand.
//!
//! What is sensitive is found in the bytes of the answers, by words that only judgements, pay, contact
//! points and tags contain. A request that changes something names a version that never was, so
//! that 412 says `you may, but not on what you saw` and nothing happens. Where there is no version
//! the body names something that does not exist, or the creation succeeds.

mod bodies;
mod scene;

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;

use crate::both;
use crate::support::document::{Operation, operations};
use crate::support::{Reply, TestApp};
use bodies::body;
use scene::{CONTACT, JUDGEMENT, PAY, PERSONAS, Scene, TAG};

/// A version that nothing ever had.
const NEVER: &str = "\"999999-0123456789abcdef\"";

/// An id of a kind that belongs to nothing.
fn unknown(prefix: &str) -> String {
    format!("{prefix}_01jd3z3z3z3z3z3z3z3z3z3z3z")
}

both! {
    async fn every_operation_answers_everybody_as_the_rows_say(app) {
        let scene = Scene::new(&app).await;
        let mut rows = BTreeMap::new();
        for operation in in_order(operations()) {
            let cells = if operation.method == Method::GET {
                views(&app, &scene, &operation).await
            } else {
                statuses(&app, &scene, &operation).await
            };
            rows.insert(operation.id.clone(), cells);
        }
        assert_rows(&rows);
    }
}

/// Where an operation is asked about what belongs to the hire.
fn path(operation: &Operation, scene: &Scene) -> String {
    let id = operation.prefix.as_deref().map(|prefix| match prefix {
        // Whoever is signed out by it asks nothing.
        "user" if operation.id == "revokeUserSessions" => scene.id("user").to_owned(),
        // Somebody of the scene who is none of those who ask.
        "user" => scene.who("stranger").id.to_string(),
        prefix => scene.id(prefix).to_owned(),
    });
    let path = id.map_or(operation.path.clone(), |id| operation.path.replace("{id}", &id));
    match operation.id.as_str() {
        "placeInPayBand" => format!("{path}?amount=90000.00&currency=EUR&period=year"),
        _ => path,
    }
}

/// What reads comes first, while nothing has changed, and what ends a session comes last.
fn in_order(mut operations: Vec<Operation>) -> Vec<Operation> {
    let rank = |operation: &Operation| match operation.id.as_str() {
        "endSession" => 2,
        _ if operation.method == Method::GET => 0,
        _ => 1,
    };
    operations.sort_by_key(|operation| (rank(operation), operation.id.clone()));
    operations
}

/// What of an answer is sensitive.
fn sensitive(reply: &Reply) -> BTreeSet<&'static str> {
    let text = String::from_utf8_lossy(&reply.bytes);
    let mut found = BTreeSet::new();
    if reply.status != 200 {
        return found;
    }
    if text.contains(JUDGEMENT) {
        found.insert("judgement");
    }
    if PAY.iter().any(|pay| text.contains(pay)) {
        found.insert("pay");
    }
    if text.contains(CONTACT) {
        found.insert("contact");
    }
    if text.contains(TAG) {
        found.insert("tag");
    }
    found
}

/// The cells of an operation that reads.
async fn views(app: &TestApp, scene: &Scene, operation: &Operation) -> Vec<String> {
    let mut replies = Vec::new();
    for person in &scene.people {
        replies.push(app.get(person, &path(operation, scene)).await);
    }
    let widest: BTreeSet<&str> = replies.iter().flat_map(sensitive).collect();
    let has_rows =
        |reply: &&Reply| reply.json["data"].as_array().is_some_and(|rows| !rows.is_empty());
    let is_list = replies.iter().any(|reply| has_rows(&reply));
    let cell = |reply: &Reply| {
        if reply.status != 200 {
            return reply.status.to_string();
        }
        let seen = sensitive(reply);
        let missing: Vec<&str> = widest.difference(&seen).copied().collect();
        let view = match missing[..] {
            _ if is_list && !has_rows(&reply) => "none",
            [] => "full",
            ["judgement"] => "sealed",
            ["pay"] => "no_pay",
            _ => "public",
        };
        format!("200/{view}")
    };
    replies.iter().map(cell).collect()
}

/// The cells of an operation that changes something.
async fn statuses(app: &TestApp, scene: &Scene, operation: &Operation) -> Vec<String> {
    let mut cells = Vec::new();
    for (persona, person) in PERSONAS.iter().zip(&scene.people) {
        let mut request = app.request(person, operation.method.clone(), &path(operation, scene));
        if operation.id != "endSession" {
            request = request.insert_header(("If-Match", NEVER));
        }
        if let Some(body) = body(scene, &operation.id, persona, person) {
            request = request.set_json(body);
        }
        cells.push(app.send(request).await.status.to_string());
    }
    cells
}

/// The rows that were reviewed, by operation.
fn reviewed() -> BTreeMap<String, Vec<String>> {
    let rows = include_str!("access/rows.txt").lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let mut words = row.split_whitespace().map(str::to_owned);
        (words.next().unwrap(), words.collect())
    })
    .collect()
}

/// Compares all rows at once, so that one run shows everything that changed.
#[track_caller]
fn assert_rows(actual: &BTreeMap<String, Vec<String>>) {
    let expected = reviewed();
    let operations: BTreeSet<&String> = actual.keys().chain(expected.keys()).collect();
    let mut wrong = Vec::new();
    for operation in operations {
        let (answers, row) = (actual.get(operation), expected.get(operation));
        if answers != row {
            let show = |cells: Option<&Vec<String>>| {
                cells.map_or("-".to_owned(), |cells| row_of(operation, cells))
            };
            wrong.push(format!("answers {}\n   rows {}", show(answers), show(row)));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", row_of("", &PERSONAS.map(str::to_owned)), wrong.join("\n"));
}

fn row_of(operation: &str, cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:<12}")).collect();
    format!("{operation:<27} {}", cells.concat()).trim_end().to_owned()
}
