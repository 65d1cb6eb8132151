//! The OpenAPI document, collected from the handlers and finished here: what every operation has in
//! common is written once.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use actix_web::App;
use utoipa::OpenApi;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};

use super::keys::{self, Gate};
use super::problem::{MEDIA_TYPE, Problem};
use super::routes;
use crate::access::KeyScope;
use crate::applications::listing::ApplicationExpansion;

/// What is not collected from handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Evenbar",
        version = "1.0.0",
        description = "Hiring pipeline, interview scorecards, written debriefs and offer approvals. \
            Every error is a problem (RFC 9457) with a code to branch on. Lists are newest first and \
            paged by cursor. Every mutating operation takes an Idempotency-Key.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        contact(name = "Evenbar", url = "https://example.com/evenbar"),
    ),
    servers((url = "/", description = "This deployment.")),
    components(schemas(Problem, ApplicationExpansion)),
    tags(
        (name = "administration", description = "Looking after a deployment."),
        (name = "agencies", description = "Firms whose recruiters bring candidates in."),
        (name = "applications", description = "One candidate for one job: moves, rejection, withdrawal, reopening."),
        (name = "approvals", description = "Chains of ordered steps, runs and votes bound to a hash of the terms."),
        (name = "audit", description = "Who did what, with its place in the chain."),
        (name = "candidates", description = "People, once each."),
        (name = "debriefs", description = "The written decision: gathering, reveal at quorum, decision with a memo."),
        (name = "deliveries", description = "What is owed to the outside, and what became of it."),
        (name = "events", description = "What happened, in order."),
        (name = "imports", description = "What other systems call things here."),
        (name = "interviews", description = "Interviews of a loop: panel, time, completion."),
        (name = "jobs", description = "Jobs, openings, hiring teams and pipelines."),
        (name = "loops", description = "Loop templates with versions, and loops started for an application."),
        (name = "messages", description = "Mail to candidates: templates, what was written, what became of it."),
        (name = "offers", description = "Offers with immutable versions against the pay band."),
        (name = "organization", description = "The organization and its configuration."),
        (name = "retention", description = "How long candidates are kept, holding them, and erasing them."),
        (name = "rubrics", description = "Versioned rubrics with behavioural anchors."),
        (name = "saved_views", description = "Questions that people keep and share."),
        (name = "scorecards", description = "One person's judgement of one interview, sealed until everyone's is in."),
        (name = "service_accounts", description = "Programs that act with their owner's reach, and their API keys."),
        (name = "sessions", description = "Signing in and out."),
        (name = "users", description = "The people who sign in."),
    ),
)]
struct Base;

/// The document, made once.
static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .service(scope("/api/v1").configure(|cfg: &mut ServiceConfig<'_>| routes::api(cfg)))
        .split_for_parts();
    finish(&mut document);
    prune(&mut document);
    document
});

/// Leaves out schemas that nothing refers to: generic ones are written where they are used.
fn prune(document: &mut utoipa::openapi::OpenApi) {
    loop {
        // A document that has no JSON form has nothing to prune either; see `as_json`.
        let text = serde_json::to_string(document).unwrap_or_default();
        let referred: BTreeSet<&str> = text
            .split("/schemas/")
            .skip(1)
            .filter_map(|after| after.split_once('"').map(|(name, _)| name))
            .collect();
        let Some(components) = document.components.as_mut() else { return };
        let before = components.schemas.len();
        components.schemas.retain(|name, _| referred.contains(name.as_str()));
        if components.schemas.len() == before {
            return;
        }
    }
}

/// The document.
pub fn document() -> &'static utoipa::openapi::OpenApi {
    &DOCUMENT
}

/// The document as it stands in `openapi/evenbar-v1.json`.
///
/// # Errors
/// Never in practice; the document has a JSON form.
pub fn as_json() -> crate::error::Result<String> {
    let mut text =
        serde_json::to_string_pretty(document()).map_err(crate::error::Error::internal)?;
    text.push('\n');
    Ok(text)
}

/// The methods that the document knows for a concrete path, HEAD with GET.
pub fn methods_of(path: &str) -> BTreeSet<&'static str> {
    let methods = items_of(path).flat_map(operations_of);
    let mut methods: BTreeSet<_> = methods.map(|(method, _)| method).collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods
}

/// What the document has at a concrete path. One that is written out goes before patterns:
/// `/sessions/renewals` is none of `/sessions/{id}`.
fn items_of(path: &str) -> impl Iterator<Item = &'static utoipa::openapi::PathItem> {
    let (paths, written) = (&DOCUMENT.paths.paths, DOCUMENT.paths.paths.get(path));
    let patterns =
        paths.iter().filter(move |(known, _)| written.is_none() && is_path_of(path, known));
    written.into_iter().chain(patterns.map(|(_, item)| item))
}

/// Paths that are written out and that a pattern would take as well, such as `/sessions/renewals`.
pub fn written_paths() -> impl Iterator<Item = &'static str> {
    let paths = &DOCUMENT.paths.paths;
    let is_taken = |path: &str| paths.keys().any(|known| known != path && is_path_of(path, known));
    paths.keys().map(String::as_str).filter(move |path| !path.contains('{') && is_taken(path))
}

fn is_path_of(path: &str, pattern: &str) -> bool {
    let (mut given, mut known) = (path.split('/'), pattern.split('/'));
    loop {
        match (given.next(), known.next()) {
            (None, None) => return true,
            (Some(g), Some(k)) if g == k || (k.starts_with('{') && !g.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The statuses that the document promises for a method on a concrete path.
pub fn statuses_of(method: &str, path: &str) -> Option<BTreeSet<String>> {
    items_of(path).find_map(|item| {
        let (_, operation) = operations_of(item).into_iter().find(|(known, _)| *known == method)?;
        Some(operation.responses.responses.keys().cloned().collect())
    })
}

/// Method, path and operation id of everything in the document.
pub fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    DOCUMENT.paths.paths.iter().flat_map(|(path, item)| {
        operations_of(item).into_iter().map(move |(method, operation)| {
            (method, path.as_str(), operation.operation_id.as_deref().unwrap_or_default())
        })
    })
}

fn operations_of(item: &utoipa::openapi::PathItem) -> Vec<(&'static str, &Operation)> {
    [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
    .collect()
}

fn finish(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer = bearer.description(Some("The access token of a session; see createSession."));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("evenbar");
    let described =
        "The secret of an API key, with the scopes that an operation asks of it; see createApiKey.";
    let key = key.description(Some(described));
    components.add_security_scheme("api_key", SecurityScheme::Http(key.build()));
    for item in document.paths.paths.values_mut() {
        let slots = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, slot) in slots {
            if let Some(operation) = slot {
                finish_operation(method, operation);
            }
        }
    }
}

/// One tag of ours; a proxy that compresses makes it a weak one.
const ETAG: &str = r#"^(W/)?"[0-9]{1,18}-[0-9a-f]{16}"$"#;

/// One tag of ours, or any version.
const ETAG_OR_ANY: &str = r#"^(\*|(W/)?"[0-9]{1,18}-[0-9a-f]{16}")$"#;

/// What neither a session nor a delivery has is a version that callers read.
const WITHOUT_VERSION: [&str; 6] = [
    "changePassword",
    "endOtherSessions",
    "endSession",
    "retryDelivery",
    "revokeSession",
    "revokeUserSessions",
];

/// Nothing is kept of a body with passwords, not even a fingerprint.
const WITHOUT_KEY: &str = "changePassword";

/// The readings that wait until their reader owes no scorecard.
const CONFLICTING_READS: [&str; 2] = ["exportAudit", "exportPersonalData"];

/// Printable ASCII that begins and ends with something to see.
const IDEMPOTENCY_KEY: &str = "^[!-~]([ -~]*[!-~])?$";

/// Names the scope that an API key needs, for people and for programs. Scopes in `security` itself are
/// those of OAuth alone to most readers of a document.
fn name_scope(operation: &mut Operation, scope: KeyScope) {
    let extension = ExtensionsBuilder::new().add("x-scope", scope.to_string()).build();
    operation.extensions.get_or_insert_default().merge(extension);
    let said = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{said}\n\nAn API key needs the scope `{scope}`."));
}

fn finish_operation(method: &str, operation: &mut Operation) {
    let open = operation.security.is_some();
    if !open {
        let bearer = SecurityRequirement::new("bearer", Vec::<String>::new());
        let id = operation.operation_id.as_deref().unwrap_or_default();
        let gate = keys::gate_of(id);
        if let Gate::Scope(scope) = &gate {
            name_scope(operation, *scope);
        }
        let key = SecurityRequirement::new("api_key", Vec::<String>::new());
        let key = (gate != Gate::Closed).then_some(key);
        operation.security = Some([bearer].into_iter().chain(key).collect());
    }
    if operation.operation_id.as_deref().is_some_and(|id| id.starts_with("export")) {
        for part in ["cursor", "expand", "fields", "limit"] {
            take_parameter(operation, part);
        }
    }
    if has_parameter(operation, "fields") {
        allow_chosen_fields(operation);
    }
    let writes = method != "GET";
    add_request_headers(method, open, operation);
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            add_answer_headers(status, response);
        }
    }
    let common: &[(&str, &str)] = &[
        ("400", "The body is not JSON, or the cursor is not of this list."),
        ("401", "No token, or one that does not hold."),
        ("403", "You may not do this."),
        ("404", "There is nothing here that you can see."),
        ("422", "Some fields do not fit."),
        ("429", "Too much at once; try again after Retry-After."),
        ("500", "Something failed on our side."),
        ("503", "The database is not available."),
    ];
    let writing: &[(&str, &str)] = &[
        ("409", "It conflicts with how things stand."),
        ("412", "It changed since you read it."),
        ("413", "The body is too large."),
        ("415", "The content type is not read here."),
        ("428", "Send If-Match."),
    ];
    let conflicts =
        operation.operation_id.as_deref().is_some_and(|id| CONFLICTING_READS.contains(&id));
    let reached = |(status, _): &&(&str, &str)| writes || (conflicts && *status == "409");
    for (status, description) in common.iter().chain(writing.iter().filter(reached)) {
        let mut response = problem_response(description);
        if let ("429", RefOr::T(response)) = (*status, &mut response) {
            add_limit_headers(response);
            let seconds = "Seconds until the window ends.";
            response.headers.insert("Retry-After".to_owned(), answer_header(seconds).into());
        }
        operation.responses.responses.entry((*status).to_owned()).or_insert(response);
    }
}

fn is_named(parameter: &RefOr<Parameter>, name: &str) -> bool {
    match parameter {
        RefOr::T(parameter) => parameter.name == name,
        RefOr::Ref(_) => false,
    }
}

fn has_parameter(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().flatten().any(|parameter| is_named(parameter, name))
}

/// A page of a list whose fields can be chosen: of whole rows, or of rows with what was asked for by `fields`.
fn allow_chosen_fields(operation: &mut Operation) {
    let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") else { return };
    let content = answer.content.get_mut("application/json");
    let Some(RefOr::T(content)) = content else { return };
    let Some(whole) = content.schema.take() else { return };
    let text = |kind: Type| ObjectBuilder::new().schema_type(kind);
    let row = text(Type::Object)
        .description(Some("The fields that were asked for, as they are in a whole row."))
        .property("id", text(Type::String))
        .required("id");
    let cursor = text(Type::String).schema_type(SchemaType::from_iter([Type::String, Type::Null]));
    let chosen = text(Type::Object)
        .description(Some("One page with the fields that were asked for by `fields`."))
        .property("data", ArrayBuilder::new().items(row).max_items(Some(100)))
        .required("data")
        .property("has_more", text(Type::Boolean))
        .required("has_more")
        .property("next_cursor", cursor);
    content.schema = Some(AnyOfBuilder::new().item(whole).item(chosen).into());
}

/// The headers that every operation of a kind takes. A handler that demands `If-Match`, or takes it
/// although it creates, names it among its parameters.
fn add_request_headers(method: &str, open: bool, operation: &mut Operation) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    if method == "GET" {
        let none_match = header("If-None-Match", "Answers 304 when nothing changed.", text());
        add_parameter(operation, none_match);
        let nothing = ResponseBuilder::new().description("Nothing changed.").build();
        operation.responses.responses.insert("304".to_owned(), RefOr::T(nothing));
        return;
    }
    let described = "The ETag that you read: 412 when it changed meanwhile.";
    match take_parameter(operation, "If-Match") {
        Some(Required::True) => {
            let tag = header("If-Match", described, text().pattern(Some(ETAG)));
            add_parameter(operation, tag.required(Required::True));
        }
        named if named.is_some() || takes_version(method, operation) => {
            let tag = text().pattern(Some(ETAG_OR_ANY));
            add_parameter(operation, header("If-Match", described, tag));
        }
        _ => {}
    }
    if !open && operation.operation_id.as_deref() != Some(WITHOUT_KEY) {
        let key = text().pattern(Some(IDEMPOTENCY_KEY)).max_length(Some(255));
        let described = "Does the work once, however often it is sent.";
        add_parameter(operation, header("Idempotency-Key", described, key));
    }
}

fn header(name: &str, description: &str, schema: ObjectBuilder) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
}

fn add_parameter(operation: &mut Operation, parameter: ParameterBuilder) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter.build()));
}

/// Whether it changes something that has versions.
fn takes_version(method: &str, operation: &Operation) -> bool {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    method != "POST" && !WITHOUT_VERSION.contains(&id)
}

/// Removes a parameter by its name; whether it was required, if it was there.
fn take_parameter(operation: &mut Operation, name: &str) -> Option<Required> {
    let parameters = operation.parameters.get_or_insert_default();
    let place = parameters.iter().position(|parameter| is_named(parameter, name))?;
    match parameters.remove(place) {
        RefOr::T(parameter) => Some(parameter.required),
        RefOr::Ref(_) => None,
    }
}

fn add_answer_headers(status: &str, response: &mut Response) {
    let id = answer_header("The id of this request.");
    response.headers.insert("X-Request-Id".to_owned(), id.into());
    if status == "201" {
        let location = answer_header("Where the new thing is.");
        response.headers.insert("Location".to_owned(), location.into());
    }
    add_limit_headers(response);
}

/// How the caller stands, on every answer.
fn add_limit_headers(response: &mut Response) {
    let described = [
        ("RateLimit", "What is left: requests `r`, and seconds `t` until the window ends."),
        ("RateLimit-Policy", "The quota: requests `q` in a window of `w` seconds."),
    ];
    for (name, description) in described {
        response.headers.insert(name.to_owned(), answer_header(description).into());
    }
}

fn answer_header(description: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(Some(text)).description(Some(description)).build()
}

fn problem_response(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build().into()
}
