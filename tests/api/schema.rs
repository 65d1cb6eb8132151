//! The two catalogues and the hand-written tables agree; every migration goes up, down and up.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use evenbar::clock::Clock;
use evenbar::db::{self, Conn, Db, Limits};
use evenbar::ids::IdSource;

use crate::support::{Engine, fresh_database};

/// Table → column → (type, may be null).
type Catalogue = BTreeMap<String, BTreeMap<String, (String, bool)>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

// The search index is of another kind on each; `db/dialect.rs` alone knows it.
const SQLITE: &str = r#"
    SELECT m.name AS table_name, c.name AS column_name, c.type AS data_type, c."notnull" = 0 AS nullable
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '__diesel_schema_migrations'
      AND m.name NOT LIKE 'search\_index%' ESCAPE '\'"#;
const POSTGRES: &str = "
    SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' AS nullable
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT IN ('__diesel_schema_migrations', 'search_index')";

fn catalogue(conn: &mut Conn) -> Catalogue {
    let columns: Vec<Column> = match conn {
        Conn::Sqlite(conn) => diesel::sql_query(SQLITE).load(conn).unwrap(),
        Conn::Pg(conn) => diesel::sql_query(POSTGRES).load(conn).unwrap(),
    };
    let mut tables = Catalogue::new();
    for column in columns {
        let table = tables.entry(column.table_name).or_default();
        table.insert(column.column_name, (column.data_type, column.nullable));
    }
    // Lists of states have no rows in `schema.rs`: they are one column that others refer to.
    tables.retain(|_, columns| !(columns.len() == 1 && columns.contains_key("name")));
    tables
}

/// What `schema.rs` says, with the types of one engine.
fn written(types: impl Fn(&str) -> &'static str) -> Catalogue {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs")).unwrap();
    let (mut tables, mut table) = (Catalogue::new(), String::new());
    let mut renamed = None;
    for line in text.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name.to_owned();
        } else if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            renamed = Some(name.trim_end_matches("\"]").to_owned());
        } else if let Some((name, sql)) =
            line.strip_suffix(',').and_then(|line| line.split_once(" -> "))
        {
            let (sql, nullable) = match sql.strip_prefix("Nullable<") {
                Some(inner) => (inner.trim_end_matches('>'), true),
                None => (sql, false),
            };
            let name = renamed.take().unwrap_or_else(|| name.to_owned());
            tables
                .entry(table.clone())
                .or_default()
                .insert(name, (types(sql).to_owned(), nullable));
        }
    }
    tables
}

fn open(engine: Engine) -> Option<Db> {
    let url = fresh_database(engine)?;
    Some(Db::open(&url, Limits::default(), Clock::system(), IdSource::random()).unwrap())
}

#[test]
fn sqlite_has_the_tables_of_the_schema() {
    let db = open(Engine::Sqlite).unwrap();
    let expected = written(|sql| match sql {
        "DbUuid" | "Binary" => "BLOB",
        "DbTs" | "BigInt" | "Integer" | "Bool" => "INTEGER",
        _ => "TEXT",
    });
    assert!(expected.len() > 50);
    assert_eq!(catalogue(&mut db.connect().unwrap()), expected);
}

#[test]
fn postgres_has_the_tables_of_the_schema() {
    let Some(db) = open(Engine::Postgres) else {
        return;
    };
    let expected = written(|sql| match sql {
        "DbUuid" => "uuid",
        "Binary" => "bytea",
        "DbTs" => "timestamp with time zone",
        "BigInt" => "bigint",
        "Integer" => "integer",
        "Bool" => "boolean",
        "Date" => "date",
        "DbJson" => "jsonb",
        _ => "text",
    });
    assert_eq!(catalogue(&mut db.connect().unwrap()), expected);
}

#[test]
fn every_migration_goes_up_and_down_and_up() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(db) = open(engine) else { continue };
        let mut conn = db.connect().unwrap();
        let before = catalogue(&mut conn);
        db::revert_all(&mut conn).unwrap();
        assert!(catalogue(&mut conn).is_empty(), "{engine:?}");
        assert!(!db::is_current(&mut conn).unwrap());
        db::migrate(&mut conn).unwrap();
        assert_eq!(catalogue(&mut conn), before);
        assert!(db::migrate(&mut conn).unwrap().is_empty());
    }
}
