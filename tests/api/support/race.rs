//! Requests that meet.

use std::sync::{Arc, Barrier};

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use serde_json::Value;

use super::{Person, TestApp};

/// A request: who, how, where, with which tag and body.
pub type Call = (Person, Method, String, Option<String>, Option<Value>);

/// Sends every request at the same moment, each from a thread of its own, and gives the statuses.
pub fn at_once(app: &TestApp, calls: impl Iterator<Item = Call>) -> Vec<u16> {
    answers_at_once(app, calls).into_iter().map(|(status, _)| status).collect()
}

/// The same with the bodies.
pub fn answers_at_once(app: &TestApp, calls: impl Iterator<Item = Call>) -> Vec<(u16, Value)> {
    let calls: Vec<Call> = calls.collect();
    let barrier = Arc::new(Barrier::new(calls.len()));
    let threads = calls.into_iter().map(|(person, method, path, etag, body)| {
        let (state, barrier) = (Arc::clone(&app.state), Arc::clone(&barrier));
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let service = init_service(evenbar::app::build(&state)).await;
                let mut request = TestRequest::with_uri(&format!("/api/v1{path}")).method(method);
                if !person.token.is_empty() {
                    let bearer = format!("Bearer {}", person.token);
                    request = request.insert_header(("Authorization", bearer));
                }
                if let Some(etag) = etag {
                    request = request.insert_header(("If-Match", etag));
                }
                if let Some(body) = body {
                    request = request.set_json(body);
                }
                barrier.wait();
                let reply = service.call(request.to_request()).await;
                let Ok(reply) = reply else { return (500, Value::Null) };
                let status = reply.status().as_u16();
                let body = to_bytes(reply.into_body()).await.expect("a body");
                (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
            })
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}
