//! The OpenAPI document, as the tests that ask every operation read it.

use std::sync::LazyLock;

use actix_web::http::Method;
use serde_json::Value;

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its operation id.
    pub id: String,
    /// How it is asked.
    pub method: Method,
    /// Below `/api/v1`, with `{id}` where an id stands.
    pub path: String,
    /// What the id in the path begins with.
    pub prefix: Option<String>,
    /// Filters, and the values that the document allows.
    pub filters: Vec<(String, Values)>,
    /// A parameter of the query that must be there.
    pub asks: Option<String>,
    /// Whether it gives a list of which a part can be asked.
    pub is_paged: bool,
    /// The schema of what it shows, or of each row of what it lists.
    pub schema: Option<String>,
}

/// What a filter takes.
#[derive(Debug, Clone)]
pub enum Values {
    /// Ids that begin with this.
    Ids(String),
    /// One of these words.
    Words(Vec<String>),
}

/// Every operation that the document describes.
pub fn operations() -> Vec<Operation> {
    static DESCRIBED: LazyLock<Vec<Operation>> = LazyLock::new(described);
    DESCRIBED.clone()
}

fn described() -> Vec<Operation> {
    let document = evenbar::http::openapi::as_json().unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            found.push(operation(&document, method, path, described));
        }
    }
    found
}

fn operation(document: &Value, method: &str, path: &str, described: &Value) -> Operation {
    let none = Vec::new();
    let parameters = described["parameters"].as_array().unwrap_or(&none);
    let of =
        |place: &'static str| parameters.iter().filter(move |parameter| parameter["in"] == place);
    let filter = |parameter: &Value| {
        let name = parameter["name"].as_str().unwrap().to_owned();
        Some((name, values(document, &parameter["schema"])?))
    };
    let required = |parameter: &Value| {
        let name = parameter["name"].as_str().unwrap().to_owned();
        parameter["required"].as_bool().unwrap_or(false).then_some(name)
    };
    Operation {
        id: described["operationId"].as_str().unwrap().to_owned(),
        method: method.to_uppercase().parse().unwrap(),
        path: path.strip_prefix("/api/v1").unwrap().to_owned(),
        prefix: of("path").find_map(|parameter| prefix(document, &parameter["schema"])),
        filters: of("query").filter_map(filter).collect(),
        asks: of("query").find_map(required),
        is_paged: of("query").any(|parameter| parameter["name"] == "limit"),
        schema: ["schema/$ref", "schema/anyOf/0/$ref"]
            .iter()
            .find_map(|at| {
                described.pointer(&format!("/responses/200/content/application~1json/{at}"))
            })
            .and_then(|reference| Some(reference.as_str()?.rsplit_once('/')?.1))
            .map(|name| name.trim_start_matches("PageOf_").to_owned()),
    }
}

fn values(document: &Value, schema: &Value) -> Option<Values> {
    if let Some(prefix) = prefix(document, schema) {
        return Some(Values::Ids(prefix));
    }
    let words =
        resolved(document, schema).into_iter().find_map(|schema| schema["enum"].as_array())?;
    Some(Values::Words(words.iter().filter_map(|word| Some(word.as_str()?.to_owned())).collect()))
}

/// What the ids of a schema begin with.
fn prefix(document: &Value, schema: &Value) -> Option<String> {
    let pattern =
        resolved(document, schema).into_iter().find_map(|schema| schema["pattern"].as_str())?;
    Some(pattern.strip_prefix('^')?.split_once("_[0-7]")?.0.to_owned())
}

/// A schema, and those that it refers to or chooses from.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> Vec<&'d Value> {
    let mut found = vec![schema];
    if let Some(reference) = schema["$ref"].as_str() {
        found.extend(document.pointer(reference.trim_start_matches('#')));
    }
    if schema["items"].is_object() {
        found.extend(resolved(document, &schema["items"]));
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for schema in schema[choice].as_array().into_iter().flatten() {
            found.extend(resolved(document, schema));
        }
    }
    found
}
