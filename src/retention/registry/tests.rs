//! The registry against the tables and the list that people read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{APART, Erased, TABLES, Table};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Each table of the schema with its columns, and whether each is free: text, a document or bytes.
fn schema(text: &str) -> BTreeMap<String, BTreeMap<String, bool>> {
    let (mut name, mut tables) = (String::new(), BTreeMap::<_, BTreeMap<_, _>>::new());
    for line in text.lines().map(str::trim) {
        if let Some((table, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table.clone_into(&mut name);
            tables.insert(name.clone(), BTreeMap::new());
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            let free = ["Text", "DbJson", "Binary"].iter().any(|free| kind.contains(free));
            tables.get_mut(&name).unwrap().insert(column.to_owned(), free);
        }
    }
    tables
}

/// What is in the schema and neither in the registry nor apart, and what is in them and not there.
fn unlisted(
    schema: &BTreeMap<String, BTreeMap<String, bool>>,
    listed: &[Table],
    apart: &[&str],
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, columns) in schema {
        let Some(table) = listed.iter().find(|table| table.name == name) else {
            if !apart.contains(&name.as_str()) {
                wrong.push(format!("{name} is not listed"));
            }
            continue;
        };
        let named: BTreeSet<&str> = table.columns.iter().map(|column| column.name).collect();
        let free = columns.iter().filter(|(_, free)| **free).map(|(column, _)| column.as_str());
        wrong.extend(
            free.filter(|column| !named.contains(column)).map(|column| format!("{name}.{column}")),
        );
        let there = named.iter().chain(&table.by).chain(&table.at);
        let gone = there.filter(|column| !columns.contains_key(**column));
        wrong.extend(gone.map(|column| format!("{name}.{column} is gone")));
    }
    let names = listed.iter().map(|table| table.name).chain(apart.iter().copied());
    wrong.extend(
        names.filter(|name| !schema.contains_key(*name)).map(|name| format!("{name} is gone")),
    );
    wrong
}

#[test]
fn every_free_column_of_every_table_is_in_the_registry_or_apart() {
    let planted = "notes (id) {\n id -> DbUuid,\n visibility -> Text,\n author_id -> DbUuid,\n created_at -> DbTs,\n body -> Text,\n color -> Nullable<DbJson>,\n}\nletters (id) {\n id -> DbUuid,\n}";
    let notes = *TABLES.iter().find(|table| table.name == "notes").unwrap();
    let found = unlisted(&schema(planted), &[notes], &["users"]);
    assert_eq!(found, ["letters is not listed", "notes.color", "users is gone"]);
    let found = unlisted(&schema(&read("src/db/schema.rs")), TABLES, APART);
    assert_eq!(
        found,
        Vec::<String>::new(),
        "say in src/retention/registry what erasure does to it"
    );
}

/// What the list for people says of erasure.
const fn said(erased: Erased) -> &'static str {
    match erased {
        Erased::Kept => "kept",
        Erased::Null => "set to null",
        Erased::Shell => "replaced by `Anonymized candidate`",
        Erased::Emptied => "emptied",
        Erased::Object => "replaced by `{}`",
        Erased::Row => "row deleted",
        Erased::File => "",
    }
}

#[test]
fn what_the_list_for_people_says_is_what_the_registry_does() {
    let list = read("docs/personal-data.md");
    let rows = list.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        let (what, how) = rest.rsplit_once(" | ")?;
        Some((name, (what, how.trim_end_matches(" |").trim())))
    });
    let rows: BTreeMap<&str, (&str, &str)> = rows.collect();
    let schema = schema(&read("src/db/schema.rs"));
    let mut wrong = Vec::new();
    for table in TABLES {
        let columns = schema.get(table.name).unwrap();
        for column in table.columns.iter().filter(|column| columns.get(column.name) == Some(&true))
        {
            let name = format!("{}.{}", table.name, column.name);
            let Some((what, how)) = rows.get(name.as_str()) else {
                wrong.push(format!("{name} is not in the list"));
                continue;
            };
            // What goes with somebody who works here stays when a candidate goes.
            let of_user = column.erased == Erased::Kept && what.starts_with("user");
            if !of_user && !how.starts_with(said(column.erased)) {
                wrong.push(format!("{name}: {how}"));
            }
            if column.erased == Erased::Kept && what.contains("candidate:") {
                wrong.push(format!("{name} tells of the candidate and stays"));
            }
        }
    }
    for (name, (what, _)) in rows {
        let listed = |table: &Table| {
            name.split_once('.').is_some_and(|(own, column)| {
                own == table.name && table.columns.iter().any(|one| one.name == column)
            })
        };
        if what.starts_with("candidate") && !TABLES.iter().any(listed) {
            wrong.push(format!("{name} is not in the registry"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
