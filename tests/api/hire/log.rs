//! What the log says about a hire and about everything that goes wrong: nothing about anybody.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

use actix_web::http::Method;
use evenbar::access::OrgRole;
use serde_json::json;

use super::{CONFIDENTIAL, PASSWORD, text};
use crate::both;
use crate::support::TestApp;
use crate::support::mail_server::MailServer;
use crate::support::onsite::Onsite;

/// Every line that the service logs in this process from now on, in full.
static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps everything that our own code logs, at the finest level.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = tracing_subscriber::fmt().with_env_filter("evenbar=trace").with_ansi(false);
        tracing::subscriber::set_global_default(log.with_writer(|| Lines).finish()).unwrap();
    });
}

/// Whether a line has a word; a figure not as a part of a duration, an id or a hash.
fn tells(line: &str, word: &str) -> bool {
    let is_figure = word.bytes().all(|byte| byte.is_ascii_digit());
    let goes_on = |c: char| c.is_alphanumeric() || c == '.';
    line.match_indices(word).any(|(place, _)| {
        let (before, rest) = line.split_at(place);
        let (_, after) = rest.split_at(word.len());
        !is_figure || !(before.ends_with(goes_on) || after.starts_with(char::is_alphanumeric))
    })
}

#[track_caller]
fn assert_silent_about(words: &[&str]) {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let lines = String::from_utf8(lines).unwrap();
    assert!(lines.contains("A request was answered."), "nothing was listened to");
    for line in lines.lines() {
        let told = words.iter().find(|word| tells(line, word));
        assert_eq!(told, None, "{line}");
    }
}

/// Names, addresses, places, notes and secrets of the hire.
const OF_THE_HIRE: [&str; 17] = [
    "Lindgren",
    "Uppsala",
    "@mail.example",
    "@evenbar.example",
    "Olive",
    "Rosa",
    "Hugo",
    "Ines",
    "Ivan",
    "By telephone",
    "Asked for the limits",
    "Has not yet led",
    "Senior Backend Engineer",
    PASSWORD,
    "correct-horse",
    "Bearer",
    "eyJ", // what every access token begins with
];

/// Everything that somebody can get wrong, with a name in every place where one fits.
async fn go_wrong(app: &TestApp) -> Vec<String> {
    let rita = app.person("Wanda Wrong", OrgRole::Recruiter);
    let nobody = app.anonymous();
    let wrong = json!({ "email": "wanda.wrong@example.com", "password": "wandas wrong secret" });
    app.post(&nobody, "/sessions", wrong).await.problem(401, "unauthenticated");
    for body in [
        json!({ "name": { "Wanda Wrong": 1 } }),
        json!({ "name": "Wanda Wrong", "Wanda Wrong": true }),
        json!({ "name": "Wanda Wrong", "time_zone": "Europe/Wanda Wrong" }),
        json!({ "name": "Wanda Wrong".repeat(1000) }),
    ] {
        app.post(&rita, "/candidates", body).await.expect(422);
    }
    let torn = app.request(&rita, Method::POST, "/candidates");
    let torn = torn.insert_header(("content-type", "application/json"));
    app.send(torn.set_payload("{\"name\":\"Wanda Wrong\"")).await.problem(400, "malformed_json");
    for path in ["/people/Wanda-Wrong?name=Wanda+Wrong", "/candidates/Wanda%20Wrong"] {
        app.get(&rita, path).await.problem(404, "not_found");
    }
    app.get(&rita, "/candidates?name=Wanda%20Wrong").await.expect(422);
    app.get(&rita, "/candidates?cursor=Wanda%20Wrong").await.problem(400, "invalid_cursor");
    let page = actix_web::test::TestRequest::get().uri("/setup?token=wandas-wrong-token");
    app.send(page).await;
    for (name, value) in [
        ("Authorization", "Bearer Wanda.Wrong.token"),
        ("If-Match", "\"Wanda Wrong\""),
        ("X-Request-Id", "Wanda Wrong"),
        ("User-Agent", "Wanda Wrong's telephone"),
        ("Referer", "https://example.com/Wanda-Wrong"),
        ("X-Forwarded-For", "Wanda Wrong"),
    ] {
        app.send(app.request(&rita, Method::GET, "/me").insert_header((name, value))).await;
    }
    vec![rita.token, text(&json!("wandas-wrong-token"))]
}

const OF_WHAT_WENT_WRONG: [&str; 8] =
    ["Wanda", "wanda", "Wrong'", "Wrong\"", "wrong secret", "example.com", "telephone", "Bearer"];

both! {
    async fn no_line_of_the_log_tells_of_a_person_a_judgement_a_figure_or_a_secret(app) {
        listen();
        super::a_hire_goes_from_signing_in_to_an_accepted_offer(app).await;
        assert_silent_about(&OF_THE_HIRE);
        // Of pay and judgement a line may hold no word either; the sign of a currency is in none.
        assert_silent_about(&CONFIDENTIAL);
    }

    async fn no_line_of_the_log_repeats_what_somebody_got_wrong(app) {
        listen();
        let secrets = go_wrong(&app).await;
        assert_silent_about(&OF_WHAT_WENT_WRONG);
        assert_silent_about(&secrets.iter().map(String::as_str).collect::<Vec<_>>());
    }

    async fn no_line_of_the_log_holds_the_secret_of_a_key(app) {
        listen();
        let ada = app.person("Ada", OrgRole::Admin);
        let account = app.post(&ada, "/service-accounts", json!({ "name": "Script" })).await.id();
        let keys = format!("/service-accounts/{account}/keys");
        let key = json!({
            "name": "Host", "scopes": ["jobs:read"], "allowed_addresses": ["203.0.113.9"],
        });
        let made = app.post(&ada, &keys, key).await;
        let secret = text(&made.created()["secret"]);
        let program = crate::support::Person { token: secret.clone(), ..ada.clone() };
        let from = |address: &str| {
            let peer = std::net::SocketAddr::new(address.parse().unwrap(), 4711);
            app.send(app.request(&program, Method::GET, "/jobs").peer_addr(peer))
        };
        from("203.0.113.9").await.ok();
        from("203.0.113.10").await.problem(401, "unauthenticated");
        let path = format!("/api-keys/{}", made.id());
        let rotated = app.post(&ada, &format!("{path}/rotation"), json!({})).await;
        let renewed = text(&rotated.created()["secret"]);
        from("203.0.113.9").await.problem(401, "unauthenticated");
        app.delete(&ada, &path).await.expect(204);
        evenbar::api_keys::write_uses(app.db(), &app.state.key_uses).unwrap();
        assert_silent_about(&[&secret, &renewed, "203.0.113.9"]);
    }

    async fn no_line_of_the_log_names_whose_mail_bounced(app) {
        let Some(server) = MailServer::plain() else { return };
        server.listen();
        listen();
        let app = app.mailing_by(evenbar::mail::transport::Mailer::smtp(&server.settings()).unwrap()).await;
        let onsite = Onsite::new(&app, 1).await;
        let lead = app.person("Bea Bounce", OrgRole::Member);
        onsite.seat(&app, 0, &lead, "lead").await;
        server.answer("RCPT", &lead.email, &format!("550 5.1.1 <{}>: no such user", lead.email));
        assert_eq!(app.deliver_mail(), 1);
        assert_silent_about(&["Bounce", "bounce", "no such user"]);
    }
}
