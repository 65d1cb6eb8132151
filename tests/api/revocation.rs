//! What was taken from somebody is gone with the next request, also while they are at it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::JoinHandle;

use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Person, TestApp};

/// How many threads write at once.
const WRITERS: usize = 3;
/// How often each of them writes at most; the one that takes the right away is far quicker.
const WRITES: usize = 500;

/// What became of a write, and whether it began after the right was gone.
type Outcome = (u16, bool);

/// Writes from a thread of its own until it is refused.
fn writing(
    app: &TestApp,
    person: &Person,
    gone: &Arc<AtomicBool>,
    start: &Arc<Barrier>,
) -> JoinHandle<Vec<Outcome>> {
    let (state, token) = (Arc::clone(&app.state), person.token.clone());
    let (gone, start) = (Arc::clone(gone), Arc::clone(start));
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let service = init_service(evenbar::app::build(&state)).await;
            let mut outcomes = Vec::new();
            start.wait();
            for _ in 0..WRITES {
                let request = TestRequest::with_uri("/api/v1/jobs").method(Method::POST);
                let request = request.insert_header(("Authorization", format!("Bearer {token}")));
                let late = gone.load(Ordering::SeqCst);
                let request = request.set_json(json!({ "title": "Engineer" })).to_request();
                let status =
                    service.call(request).await.map_or(500, |reply| reply.status().as_u16());
                outcomes.push((status, late));
                if status != 201 {
                    break;
                }
            }
            outcomes
        })
    })
}

/// Takes a right away while somebody uses it as fast as they can. What began before the answer may
/// still have happened, and then the caller may not see it any more; nothing that began after it has
/// any effect.
async fn race(
    app: &TestApp,
    writer: &Person,
    by: &Person,
    (method, path, body): (Method, String, Value),
    refused: u16,
) {
    let (gone, start) = (Arc::new(AtomicBool::new(false)), Arc::new(Barrier::new(WRITERS + 1)));
    let writers: Vec<_> = (0..WRITERS).map(|_| writing(app, writer, &gone, &start)).collect();
    start.wait();
    let request = app.request(by, method, &path);
    let reply = app.send(if body.is_null() { request } else { request.set_json(body) }).await;
    assert!((200..300).contains(&reply.status), "{}", reply.status);
    gone.store(true, Ordering::SeqCst);
    let outcomes: Vec<Vec<Outcome>> =
        writers.into_iter().map(|writer| writer.join().unwrap()).collect();
    let (mut successes, mut in_doubt) = (0, 0);
    for outcomes in &outcomes {
        let (last, earlier) = outcomes.split_last().unwrap();
        assert!(earlier.iter().all(|outcome| *outcome == (201, false)), "{outcomes:?}");
        // Done, and out of sight by the time of the answer, is a 404.
        let (status, late) = *last;
        assert!(status == refused || (status == 404 && !late), "{outcomes:?}");
        successes += earlier.len();
        in_doubt += usize::from(!late);
    }
    let made = jobs(app);
    assert!((successes..=successes + in_doubt).contains(&made), "{made} {outcomes:?}");
    let late = app.post(writer, "/jobs", json!({ "title": "Engineer" })).await;
    assert_eq!(late.status, refused);
    assert_eq!(jobs(app), made);
}

/// How many jobs were made.
fn jobs(app: &TestApp) -> usize {
    app.event_kinds().iter().filter(|kind| *kind == "job.created").count()
}

both! {
    async fn a_key_that_is_revoked_while_it_writes_writes_no_more(app) {
        let rea = app.person("Rea", OrgRole::Recruiter);
        let program = app.key(&rea, &["jobs:write"], &[]).await;
        let accounts = app.get(&rea, "/service-accounts").await;
        let keys = format!("/service-accounts/{}/keys", accounts.rows()[0]["id"].as_str().unwrap());
        let id = app.get(&rea, &keys).await.rows()[0]["id"].as_str().unwrap().to_owned();
        let revoke = (Method::DELETE, format!("/api-keys/{id}"), Value::Null);
        race(&app, &program, &rea, revoke, 401).await;
    }

    async fn a_person_who_is_demoted_while_they_write_writes_no_more(app) {
        let (ada, rea) = (app.person("Ada", OrgRole::Admin), app.person("Rea", OrgRole::Recruiter));
        let demote = (Method::PATCH, format!("/users/{}", rea.id), json!({ "role": "member" }));
        race(&app, &rea, &ada, demote, 403).await;
    }

    async fn a_person_who_is_deactivated_while_they_write_writes_no_more(app) {
        let (ada, rea) = (app.person("Ada", OrgRole::Admin), app.person("Rea", OrgRole::Recruiter));
        let shut_out = (Method::PUT, format!("/users/{}/deactivation", rea.id), Value::Null);
        race(&app, &rea, &ada, shut_out, 401).await;
    }

    async fn a_program_loses_what_its_owner_loses_while_it_writes(app) {
        let (ada, rea) = (app.person("Ada", OrgRole::Admin), app.person("Rea", OrgRole::Recruiter));
        let program = app.key(&rea, &["jobs:write"], &[]).await;
        let demote = (Method::PATCH, format!("/users/{}", rea.id), json!({ "role": "member" }));
        race(&app, &program, &ada, demote, 403).await;
    }
}
