//! Which fields of a thing people are shown, one committed table per schema.
//!
//! Everybody of the scene reads everything about the hire. Those who are shown the same fields share
//! a column; `shown` is a field that anybody finds filled, `null` one that is always empty, `-` one
//! that is not there. A schema has a table when it says how much it shows (`view`), or when not
//! everybody is shown the same. Whatever gives a column another field changes a table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use actix_web::http::Method;
use serde_json::Value;

use super::scene::{Hire, PERSONAS, Scene};
use crate::both;
use crate::support::TestApp;
use crate::support::document::operations;

both! {
    async fn every_view_has_the_fields_that_were_reviewed(app) {
        let scene = Scene::new(&app).await;
        let mut names = Vec::new();
        for (schema, views) in everything_read(&app, &scene).await {
            let columns = columns(views);
            if columns.len() > 1 || columns.iter().any(|column| !column.view.is_empty()) {
                insta::assert_snapshot!(schema.clone(), table(&columns));
                names.push(schema);
            }
        }
        insta::assert_snapshot!("schemas", names.join("\n"));
    }
}

/// Fields by their path, and whether they are filled anywhere.
type Fields = BTreeMap<String, bool>;

/// What people were shown, by schema, and by the view that the thing names and who reads.
type Views = BTreeMap<(String, usize), Fields>;

/// What those who are shown the same fields are shown.
struct Column {
    /// The view that the thing names, if it does.
    view: String,
    readers: Vec<&'static str>,
    fields: Fields,
}

/// Reads everything about the hire as everybody but the outsider, for whom there is nothing.
async fn everything_read(app: &TestApp, scene: &Scene) -> BTreeMap<String, Views> {
    let mut read: BTreeMap<String, Views> = BTreeMap::new();
    for operation in operations().into_iter().filter(|operation| operation.method == Method::GET) {
        let Some(schema) = &operation.schema else { continue };
        let paths: Vec<String> = match &operation.prefix {
            None => vec![super::path(&operation, scene)],
            Some(prefix) => ours(scene, prefix)
                .map(|id| operation.path.replace("{id}", id))
                .map(|path| super::path_with_query(&operation, &path))
                .collect(),
        };
        for path in paths {
            for (number, persona) in PERSONAS.iter().enumerate() {
                if *persona == "outsider" {
                    continue;
                }
                let reply = app.get(scene.who(persona), &path).await;
                if reply.status != 200 {
                    continue;
                }
                for thing in things(scene, operation.prefix.is_some(), &reply.json) {
                    let view = thing["view"].as_str().unwrap_or_default().to_owned();
                    let views = read.entry(schema.clone()).or_default();
                    note(views.entry((view, number)).or_default(), "", thing);
                }
            }
        }
    }
    read
}

/// The things of the hire with ids of a kind.
fn ours<'s>(scene: &'s Scene, prefix: &str) -> impl Iterator<Item = &'s String> {
    let begins = format!("{prefix}_");
    let ours = scene.belongs.iter().filter(|(_, hire)| **hire == Hire::Ours);
    ours.map(|(id, _)| id).filter(move |id| id.starts_with(&begins))
}

/// What of an answer is about the hire: the thing that was asked for, or rows of a list.
fn things<'a>(scene: &Scene, was_asked_for: bool, answer: &'a Value) -> Vec<&'a Value> {
    let is_ours = |thing: &&Value| {
        thing["id"].as_str().is_some_and(|id| scene.belongs.get(id) == Some(&Hire::Ours))
    };
    match answer["data"].as_array() {
        Some(rows) => rows.iter().filter(is_ours).collect(),
        None if was_asked_for => vec![answer],
        None => Vec::new(),
    }
}

/// Adds the fields of a value, named by the way to them.
fn note(fields: &mut Fields, path: &str, value: &Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let dot = if path.is_empty() { "" } else { "." };
                note(fields, &format!("{path}{dot}{name}"), value);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                note(fields, &format!("{path}[]"), item);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            *fields.entry(path.to_owned()).or_default() |= !value.is_null();
        }
    }
}

/// Puts those together who are shown the same.
fn columns(views: Views) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for ((view, number), fields) in views {
        let same = |column: &&mut Column| column.view == view && column.fields == fields;
        match columns.iter_mut().find(same) {
            Some(column) => column.readers.push(PERSONAS[number]),
            None => columns.push(Column { view, readers: vec![PERSONAS[number]], fields }),
        }
    }
    columns
}

fn table(columns: &[Column]) -> String {
    let mut text = String::new();
    for (number, column) in (1..).zip(columns) {
        let view = if column.view.is_empty() { "" } else { &format!(" {}", column.view) };
        writeln!(text, "{number}{view}: {}", column.readers.join(", ")).unwrap();
    }
    let names: BTreeSet<&String> = columns.iter().flat_map(|column| column.fields.keys()).collect();
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let row = |name: &str, cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| format!(" {cell:<6}")).collect();
        format!("{name:<width$}{}", cells.concat()).trim_end().to_owned()
    };
    let numbers = (1..=columns.len()).map(|number| number.to_string()).collect();
    write!(text, "\n{}", row("", numbers)).unwrap();
    for name in names {
        let cell = |column: &Column| match column.fields.get(name) {
            Some(true) => "shown",
            Some(false) => "null",
            None => "-",
        };
        let cells = columns.iter().map(|column| cell(column).to_owned()).collect();
        write!(text, "\n{}", row(name, cells)).unwrap();
    }
    text
}
