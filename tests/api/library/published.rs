//! Rubrics and loops that companies published, turned into the formats of files.
//!
//! They are no part of the source: `EVENBAR_HIRING_DIR` names their folder, or they lie with the
//! shared data beside the checkout.

use std::path::{Path, PathBuf};

use evenbar::loops::templates::exchange::LoopLibrary;
use evenbar::rubrics::exchange::{self, Form, Library};
use serde_json::{Value, json};

use crate::support::environment::{leave_out, variable};

fn folder() -> Option<PathBuf> {
    let named = variable("EVENBAR_HIRING_DIR").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/hiring");
    let found = named.unwrap_or(beside);
    if found.is_dir() {
        return Some(found);
    }
    let lack = format!("there is no published hiring data in {}", found.display());
    leave_out(
        "EVENBAR_REQUIRE_HIRING_DATA",
        &lack,
        "published rubrics and loops (set EVENBAR_HIRING_DIR)",
    );
    None
}

fn file(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(folder()?.join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// All of them, each with one draft.
pub fn rubrics() -> Option<Library> {
    let rubrics = file("rubrics.json")?;
    let rubrics: Vec<Value> = rubrics.as_array().unwrap().iter().map(rubric).collect();
    let library = json!({ "format": "evenbar-library/1", "rubrics": rubrics });
    Some(exchange::read(&library.to_string(), Form::Json).unwrap())
}

/// A key of the same letters as an id; `before` stands before digits.
fn key(id: &str, before: char) -> String {
    let mut key = id.replace('-', "_");
    if key.starts_with(|first: char| first.is_ascii_digit()) {
        key.insert(0, before);
    }
    key
}

fn rubric(from: &Value) -> Value {
    let word = |key: &str| from[key].as_str().unwrap();
    let key = key(word("id"), 'r');
    let attributes: Vec<Value> =
        from["attributes"].as_array().into_iter().flatten().map(attribute).collect();
    json!({
        "key": key, "name": word("title"),
        "attribution": format!("{}, {}", word("source"), word("licence")),
        "versions": [{ "attributes": attributes }],
    })
}

/// The sources do not say from which level on the bar is met; the upper half stands for it.
fn attribute(from: &Value) -> Value {
    let mut levels: Vec<Value> = from["levels"].as_array().unwrap().iter().map(level).collect();
    levels.sort_by_key(|level| level["value"].as_i64());
    // A scale that names its ends only has the levels between them, too.
    if let [worst, best] = levels.as_slice() {
        let value = |level: &Value| level["value"].as_i64().unwrap();
        let between = (value(worst) + 1..value(best))
            .map(|value| json!({ "value": value, "label": value.to_string() }));
        levels = [vec![worst.clone()], between.collect(), vec![best.clone()]].concat();
    }
    let texts = |key: &str| lines(&from[key]);
    let description = [texts("description"), texts("signals"), texts("questions")].concat();
    json!({
        "name": from["name"], "pass_level": (levels.len() / 2 + 1).min(levels.len()),
        "description": (!description.is_empty()).then(|| description.join("\n")),
        "levels": levels,
    })
}

fn level(from: &Value) -> Value {
    let value = from["score"].as_i64().or_else(|| from["level"].as_i64()).unwrap();
    let label = from["label"].as_str().map_or_else(|| format!("Level {value}"), str::to_owned);
    let parts = ["anchor", "summary", "criteria", "with_examples", "examples"];
    let anchor: Vec<String> = parts.iter().flat_map(|part| lines(&from[*part])).collect();
    json!({
        "value": value, "label": label,
        "anchor": (!anchor.is_empty()).then(|| anchor.join("\n")),
    })
}

/// The texts of a value: itself, its elements, or a criterion with its examples.
fn lines(from: &Value) -> Vec<String> {
    match from {
        Value::String(text) => vec![text.clone()],
        Value::Array(many) => many.iter().flat_map(lines).collect(),
        Value::Object(one) => ["criterion", "examples"]
            .iter()
            .filter_map(|key| one.get(*key))
            .flat_map(lines)
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// All loops, each with one draft.
///
/// What is for an interviewer becomes a kit: an interview `live`, what a candidate hands in beforehand
/// or works on a `work_sample`, what somebody reads alone an `async_review`, and each reference a kit of
/// its own. Breaks, the debrief and the meeting that selects are no interviews. Of a panel the first is
/// the lead and all others second; whoever may shadow or watches has a seat, too. What an interview
/// looks for becomes a must, and waits for a rubric. From which pool people come is left out.
pub fn loops() -> Option<LoopLibrary> {
    let loops = file("loops.json")?;
    let loops: Vec<Value> = loops["loops"].as_array().unwrap().iter().map(template).collect();
    let library = json!({ "format": "evenbar-loops/1", "loop_templates": loops });
    Some(exchange::read(&library.to_string(), Form::Json).unwrap())
}

fn template(from: &Value) -> Value {
    let word = |key: &str| from[key].as_str().unwrap();
    let kits: Vec<Value> = from["stages"].as_array().unwrap().iter().flat_map(kits).collect();
    json!({
        "key": key(word("id"), 'l'), "name": word("id"),
        "attribution": format!("{}, {}", word("source"), word("licence")),
        "versions": [{ "kits": kits }],
    })
}

fn kits(stage: &Value) -> Vec<Value> {
    let (alone, works) = (stage["async"] == true, stage["candidate_work"] == true);
    let panel = stage["panel"].as_u64();
    if panel.is_none() && !alone && !works && stage["minutes"].is_null()
        || stage["break"] == true
        || stage["panel"].is_string()
    {
        return Vec::new();
    }
    let name = stage["name"].as_str().unwrap();
    let count = stage["count"].as_u64();
    let kind = match (works, alone, count) {
        (true, _, _) => "work_sample",
        (false, true, Some(_)) => "reference",
        (false, true, None) => "async_review",
        (false, false, _) => "live",
    };
    // Where the source gives none: an hour of work, half an hour of reading or listening.
    let minutes = stage["minutes"].as_u64().unwrap_or(if works { 60 } else { 30 });
    let mut slots = vec!["lead"];
    slots.extend((1..panel.unwrap_or(1)).map(|_| "second"));
    slots.extend((stage["shadow_allowed"] == true).then_some("shadow"));
    slots.extend((0..stage["observer"].as_u64().unwrap_or(0)).map(|_| "observer"));
    let slots: Vec<Value> = slots.iter().map(|slot| json!({ "slot": slot })).collect();
    let attributes = stage["attributes"].as_array().into_iter().flatten();
    let attribute = |from: &Value| json!({ "attribute": from.as_str().unwrap().replace('-', "_"), "priority": "must" });
    let attributes: Vec<Value> = attributes.map(attribute).collect();
    let kit = |name: String| {
        json!({
            "name": name, "kind": kind, "minutes": minutes, "attributes": attributes,
            "slots": slots,
        })
    };
    match count {
        Some(count) => (1..=count).map(|number| kit(format!("{name}, {number}"))).collect(),
        None => vec![kit(name.to_owned())],
    }
}
