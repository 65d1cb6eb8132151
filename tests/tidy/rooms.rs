//! What the files of a noun's folder may import, by their names.

use super::{Rule, hold, unless};

/// The words that follow `crate::access::`, each with its place, groups taken apart.
fn taken_from_access(code: &str) -> Vec<(usize, &str)> {
    let of_name = |c: char| !(c.is_alphanumeric() || c == '_');
    let after = code
        .match_indices("crate::access::")
        .map(|(place, path)| (place, &code[place + path.len()..]));
    after
        .flat_map(|(place, rest)| {
            let group = rest.strip_prefix('{').and_then(|group| group.split_once('}'));
            let names =
                group.map_or_else(|| rest.split(of_name).next().unwrap_or(""), |(names, _)| names);
            names.split(of_name).filter(|name| !name.is_empty()).map(move |name| (place, name))
        })
        .collect()
}

#[test]
fn a_model_is_pure() {
    let rule: Rule = |file| {
        let outside = [
            "actix_web",
            "diesel::",
            "crate::db",
            "crate::clock::Clock",
            "crate::events",
            "Permit",
        ];
        unless(!file.is("model"), file.lines_with(&outside))
    };
    let planted =
        ["use actix_web::web;", "use diesel::prelude::*;", "fn f(c: &mut crate::db::Conn) {}"];
    hold(
        rule,
        &planted.map(|text| ("src/jobs/model.rs", text)),
        &[
            ("src/jobs/model.rs", "//! No diesel::query here.\nuse crate::clock::Instant;"),
            ("src/jobs/store.rs", "use diesel::prelude::*;"),
        ],
    );
}

#[test]
fn a_store_knows_neither_http_nor_policy() {
    const POLICY: [&str; 8] = [
        "Action",
        "Holder",
        "Scope",
        "everywhere",
        "may",
        "permit",
        "permit_known",
        "require_everywhere",
    ];
    let rule: Rule = |file| {
        let mut lines = file.lines_with(&["actix_web", "HttpResponse"]);
        let policy =
            taken_from_access(&file.code).into_iter().filter(|(_, name)| POLICY.contains(name));
        lines.extend(policy.map(|(place, _)| file.line_of(place)));
        unless(!file.is("store"), lines)
    };
    let planted =
        ["use actix_web::web;", "use crate::access::{Permit, permit};", "crate::access::may(c)"];
    let fine = "use crate::access::{Condition, OrgRole, Permit, visible_jobs};";
    hold(rule, &planted.map(|text| ("src/jobs/store.rs", text)), &[("src/jobs/store.rs", fine)]);
}

#[test]
fn a_command_knows_no_http() {
    let rule: Rule =
        |file| unless(!file.is("commands"), file.lines_with(&["actix_web", "HttpResponse"]));
    let planted = [
        ("src/jobs/commands.rs", "use actix_web::web;"),
        ("src/jobs/commands/open.rs", "HttpResponse::Ok()"),
    ];
    hold(rule, &planted, &[("src/jobs/api.rs", "use actix_web::web;")]);
}

#[test]
fn an_api_knows_no_diesel() {
    let rule: Rule = |file| unless(!file.is("api"), file.lines_with(&["diesel", "db::schema"]));
    let planted = [
        ("src/jobs/api.rs", "use diesel::prelude::*;"),
        ("src/jobs/api/list.rs", "crate::db::schema::jobs"),
    ];
    hold(rule, &planted, &[("src/jobs/api.rs", "/// Not a diesel.\nuse crate::db::Conn;")]);
}
