//! The application under test.

use std::future::Future;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use chrono::{TimeDelta, TimeZone, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use evenbar::access::{Claims, OrgRole};
use evenbar::clock::{Clock, Instant};
use evenbar::db::schema::{organization, sessions, settings_versions, users};
use evenbar::db::types::Document;
use evenbar::db::{Db, Limits, Tx, Url};
use evenbar::http::{Mode, Parts, Proxies, Quotas, State};
use evenbar::identities::SignIn;
use evenbar::ids::{IdSource, OrganizationId, SessionId, SettingsVersionId, UserId};
use evenbar::mail::memory::Memory;
use evenbar::mail::transport::Mailer;
use evenbar::outbound::guard::Reach;
use evenbar::sessions::{DerivedSecrets, Device, Passwords, SignInMethod, Tokens};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use super::promises::{assert_documented, assert_recorded, count_events};
use super::{Reply, postgres};

/// Which database lies under a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of its own.
    Sqlite,
    /// A database of its own in the throw-away cluster.
    Postgres,
}

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Their access token; empty for somebody who never signed in.
    pub token: String,
    /// Their address.
    pub email: String,
}

/// What stands between an application and those who ask.
pub struct Edge {
    /// Which proxies are believed.
    pub proxies: Proxies,
    /// How much one principal may ask for.
    pub quotas: Quotas,
    /// How people sign in.
    pub sign_in: SignIn,
}

impl Default for Edge {
    fn default() -> Self {
        let (proxies, quotas) = (Proxies::default(), Quotas::default());
        Self { proxies, quotas, sign_in: SignIn::local() }
    }
}

type Call = dyn Fn(TestRequest) -> LocalBoxFuture<'static, Reply>;

/// An application in memory over a database of its own.
#[derive(Clone)]
pub struct TestApp {
    /// What requests share.
    pub state: Arc<State>,
    /// The clock of the application, moved by hand.
    pub clock: Clock,
    /// The mailbox.
    pub mails: Arc<Memory>,
    call: Rc<Call>,
    people: Rc<AtomicU64>,
    requests: Rc<AtomicU64>,
}

/// When every test begins: a Monday, at nine in Berlin.
pub fn beginning() -> Instant {
    Instant::from_utc(Utc.with_ymd_and_hms(2026, 11, 23, 8, 0, 0).unwrap())
}

/// Runs a test on an engine; without PostgreSQL its half says so and passes.
pub fn run<F: Future<Output = ()>>(engine: Engine, test: impl FnOnce(TestApp) -> F + 'static) {
    let Some(url) = fresh_database(engine) else {
        return;
    };
    actix_web::rt::System::new().block_on(async {
        test(TestApp::open(&url).await).await;
    });
    if let Url::Sqlite(path) = &url {
        std::fs::remove_dir_all(path.parent().unwrap()).ok();
    }
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A migrated database that nobody else uses.
pub fn fresh_database(engine: Engine) -> Option<Url> {
    Some(Url::parse(&fresh_database_url(engine)?).unwrap())
}

/// The URL of a migrated database that nobody else uses, as settings have it.
pub fn fresh_database_url(engine: Engine) -> Option<String> {
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    match engine {
        Engine::Sqlite => {
            static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
                let path = scratch("template").join("evenbar.sqlite3");
                migrate(&Url::Sqlite(path.clone()));
                path
            });
            let path = scratch(&number.to_string()).join("evenbar.sqlite3");
            std::fs::copy(&*TEMPLATE, &path).unwrap();
            Some(format!("sqlite://{}", path.display()))
        }
        Engine::Postgres => {
            static TEMPLATE: LazyLock<()> = LazyLock::new(|| {
                postgres_admin("CREATE DATABASE evenbar_template");
                migrate(&Url::parse(&postgres::url("evenbar_template").unwrap()).unwrap());
            });
            static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
            postgres::url("postgres")?;
            let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            LazyLock::force(&TEMPLATE);
            let name = format!("test_{number}");
            postgres_admin(&format!(
                "CREATE DATABASE {name} TEMPLATE evenbar_template STRATEGY FILE_COPY"
            ));
            postgres::url(&name)
        }
    }
}

/// A folder of this process alone.
pub fn scratch(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("evenbar-test-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn migrate(url: &Url) {
    let db = Db::open(url, Limits::default(), Clock::system(), IdSource::random()).unwrap();
    let mut conn = db.connect().unwrap();
    evenbar::db::migrate(&mut conn).unwrap();
    if matches!(url, Url::Sqlite(_)) {
        // The file is copied while its connections still close; everything must be in it by then.
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }
}

/// Runs statements in the cluster, outside of every test's database.
pub fn postgres_admin(statement: &str) {
    let mut conn = diesel::PgConnection::establish(&postgres::url("postgres").unwrap()).unwrap();
    conn.batch_execute(statement).unwrap();
}

impl TestApp {
    /// Opens an application over a migrated database.
    pub async fn open(url: &Url) -> Self {
        let clock = Clock::manual(beginning());
        let limits = Limits { connections: 20, ..Limits::default() };
        let db = Db::open(url, limits, clock.clone(), IdSource::counted()).unwrap();
        found(&db);
        Self::over(db, clock, Mode::Production).await
    }

    /// An application over a database that is open and has an organization.
    pub async fn over(db: Db, clock: Clock, mode: Mode) -> Self {
        let (mailer, mails) = Mailer::memory();
        Self::serve(db, clock, mode, (mailer, mails), Edge::default()).await
    }

    /// The same application served anew, over the same database and by the same clock, with another
    /// way out for its mails.
    pub async fn mailing_by(&self, mailer: Mailer) -> Self {
        let (db, clock) = (self.db().clone(), self.clock.clone());
        let mails = (mailer, Arc::clone(&self.mails));
        let served = Self::serve(db, clock, self.state.mode, mails, Edge::default()).await;
        Self { people: Rc::clone(&self.people), ..served }
    }

    /// The same application served anew, over the same database and by the same clock, behind these
    /// proxies and with these quotas.
    pub async fn behind(&self, edge: Edge) -> Self {
        let (db, clock) = (self.db().clone(), self.clock.clone());
        let mails = Mailer::memory();
        let served = Self::serve(db, clock, self.state.mode, mails, edge).await;
        Self { people: Rc::clone(&self.people), ..served }
    }

    /// The same application served anew, with other ways to sign in.
    pub async fn signing_in_by(&self, sign_in: SignIn) -> Self {
        let (db, clock) = (self.db().clone(), self.clock.clone());
        let (mails, edge) = (Mailer::memory(), Edge { sign_in, ..Edge::default() });
        let served = Self::serve(db, clock, self.state.mode, mails, edge).await;
        Self { people: Rc::clone(&self.people), ..served }
    }

    async fn serve(
        db: Db,
        clock: Clock,
        mode: Mode,
        (mailer, mails): (Mailer, Arc<Memory>),
        Edge { proxies, quotas, sign_in }: Edge,
    ) -> Self {
        let state = Arc::new(State::new(Parts {
            tokens: Tokens::load(&db).unwrap(),
            derived: DerivedSecrets::load(&db).unwrap(),
            db,
            passwords: Passwords::new().unwrap(),
            sign_in,
            mailer,
            public_url: "https://hire.example.com".to_owned(),
            proxies,
            quotas,
            mode,
            calendars: Reach::Private,
            metrics: metrics_exporter_prometheus::PrometheusBuilder::new()
                .build_recorder()
                .handle(),
        }));
        let service = Rc::new(init_service(evenbar::app::build(&state)).await);
        let db = state.db.clone();
        let call = move |request: TestRequest| -> LocalBoxFuture<'static, Reply> {
            let (service, db) = (Rc::clone(&service), db.clone());
            Box::pin(async move {
                let request = request.to_request();
                let (method, path) = (request.method().clone(), request.path().to_owned());
                let events = (!method.is_safe()).then(|| count_events(&db));
                let response = match service.call(request).await {
                    Ok(response) => response.into_parts().1,
                    Err(error) => error.error_response(),
                };
                let reply = read(&method, &path, response).await;
                if let Some(before) = events {
                    assert_recorded(&db, before, (&method, &path), &reply);
                }
                reply
            })
        };
        Self {
            state,
            clock,
            mails,
            call: Rc::new(call),
            people: Rc::default(),
            requests: Rc::default(),
        }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.state.db
    }

    /// Sends a request as built.
    pub async fn send(&self, request: TestRequest) -> Reply {
        (self.call)(request).await
    }

    /// A request of a person to a path below `/api/v1`. Requests are numbered, so that the same
    /// history in two applications is the same in every byte.
    pub fn request(&self, person: &Person, method: Method, path: &str) -> TestRequest {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        let request = TestRequest::with_uri(&format!("/api/v1{path}")).method(method);
        let request = request.insert_header(("X-Request-Id", format!("request-{number}")));
        if person.token.is_empty() {
            return request;
        }
        request.insert_header(("Authorization", format!("Bearer {}", person.token)))
    }

    /// GET.
    pub async fn get(&self, person: &Person, path: &str) -> Reply {
        self.send(self.request(person, Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, person: &Person, path: &str, body: Value) -> Reply {
        self.send(self.request(person, Method::POST, path).set_json(body)).await
    }

    /// PUT with a JSON body; null sends none.
    pub async fn put(&self, person: &Person, path: &str, body: Value) -> Reply {
        let request = self.request(person, Method::PUT, path);
        self.send(if body.is_null() { request } else { request.set_json(body) }).await
    }

    /// PUT with `If-Match`; null sends no body.
    pub async fn put_if(&self, person: &Person, path: &str, etag: &str, body: Value) -> Reply {
        let request = self.request(person, Method::PUT, path).insert_header(("If-Match", etag));
        self.send(if body.is_null() { request } else { request.set_json(body) }).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, person: &Person, path: &str, body: Value) -> Reply {
        self.send(self.request(person, Method::PATCH, path).set_json(body)).await
    }

    /// PATCH with `If-Match`.
    pub async fn patch_if(&self, person: &Person, path: &str, etag: &str, body: Value) -> Reply {
        let request = self.request(person, Method::PATCH, path).insert_header(("If-Match", etag));
        self.send(request.set_json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, person: &Person, path: &str) -> Reply {
        self.send(self.request(person, Method::DELETE, path)).await
    }

    /// Somebody who never signed in.
    pub fn anonymous(&self) -> Person {
        let id: UserId = IdSource::counted().batch(self.clock.now()).next_id();
        Person { id, token: String::new(), email: String::new() }
    }

    /// A new person with a role in the organization, signed in.
    pub fn person(&self, name: &str, role: OrgRole) -> Person {
        let number = self.people.fetch_add(1, Ordering::SeqCst);
        let email = format!("{}.{number}@example.com", name.to_lowercase().replace(' ', "."));
        let (name, address) = (name.to_owned(), email.clone());
        let make = move |tx: &mut Tx<'_>| Ok(insert_person(tx, &name, &address, role));
        let (id, session_id) = self.db().write_here(&self.db().unit(), make).unwrap();
        let claims = Claims { user_id: id, session_id };
        let (token, _) = self.state.tokens.issue(claims, self.clock.now()).unwrap();
        Person { id, token, email }
    }

    /// Members of the organization at these addresses, who never sign in.
    pub fn people(&self, emails: &[String]) -> Vec<UserId> {
        let emails = emails.to_vec();
        let make = move |tx: &mut Tx<'_>| {
            let made =
                emails.iter().map(|email| insert_person(tx, email, email, OrgRole::Member).0);
            Ok(made.collect())
        };
        self.db().write_here(&self.db().unit(), make).unwrap()
    }

    /// Another session of somebody; nobody has two by this.
    pub fn session_of(&self, user_id: UserId) -> SessionId {
        let device = Device::without_request(SignInMethod::Password);
        let mut secret_hash = [0; 32];
        secret_hash[..31].copy_from_slice(user_id.to_string().as_bytes());
        let start = move |tx: &mut Tx<'_>| {
            evenbar::sessions::commands::start(tx, user_id, &secret_hash, &device)
        };
        self.db().write_here(&self.db().unit(), start).unwrap()
    }

    /// The same person with a token that works now, after the clock moved.
    pub fn again(&self, person: &Person) -> Person {
        let claims = self.state.tokens.check(&person.token, beginning()).unwrap();
        let (token, _) = self.state.tokens.issue(claims, self.clock.now()).unwrap();
        Person { token, ..person.clone() }
    }

    /// Moves the clock.
    pub fn advance(&self, span: TimeDelta) {
        self.clock.advance(span);
    }

    /// Sends every mail that is due; returns how many deliveries were settled.
    pub fn deliver_mail(&self) -> usize {
        while evenbar::users::password_resets::handle_due(&self.state).unwrap() > 0 {}
        let mut settled = 0;
        loop {
            match evenbar::outbox::run_due(&self.state).unwrap() {
                0 => return settled,
                some => settled += some,
            }
        }
    }

    /// Lets nine o'clock of the next day in Berlin come, in winter, and sends the digests and whatever else
    /// is due. Mails that are due before that go out first.
    pub fn next_morning(&self) {
        evenbar::notifications::digests::arm(self.db()).unwrap();
        self.deliver_mail();
        let now = self.clock.now();
        let tomorrow = now.date_naive().succ_opt().unwrap().and_hms_opt(8, 0, 0).unwrap();
        self.advance(tomorrow.and_utc() - now.utc());
        self.wake_timers();
        self.deliver_mail();
    }

    /// Wakes every timer that is due.
    pub fn wake_timers(&self) {
        while evenbar::timers::run_due(self.db()).unwrap() > 0 {}
    }

    /// How many statements the database ran during something.
    pub async fn statements<T>(&self, something: impl Future<Output = T>) -> (u64, T) {
        let before = self.db().statements();
        let value = something.await;
        (self.db().statements() - before, value)
    }

    /// Seals what PostgreSQL has not sealed yet, and gives the kinds of all events in order.
    pub fn event_kinds(&self) -> Vec<String> {
        use evenbar::db::schema::events;
        self.db().seal().unwrap();
        let load = |conn: &mut evenbar::db::Conn| {
            Ok(events::table.order(events::id).select(events::kind).load::<String>(conn)?)
        };
        self.db().read_here(load).unwrap()
    }
}

/// The organization that every test finds.
fn found(db: &Db) {
    let insert = |tx: &mut Tx<'_>| {
        let (id, settings): (OrganizationId, SettingsVersionId) = (tx.id(), tx.id());
        let now = tx.now();
        diesel::insert_into(organization::table)
            .values((
                organization::id.eq(id),
                organization::name.eq("Example Ltd"),
                organization::locale.eq("en"),
                organization::time_zone.eq("Europe/Berlin"),
                organization::version.eq(1),
                organization::created_at.eq(now),
                organization::updated_at.eq(now),
            ))
            .execute(tx.conn)?;
        diesel::insert_into(settings_versions::table)
            .values((
                settings_versions::id.eq(settings),
                settings_versions::number.eq(1),
                settings_versions::settings.eq(Document(serde_json::json!({}))),
                settings_versions::created_at.eq(now),
            ))
            .execute(tx.conn)?;
        Ok(())
    };
    db.write_here(&db.unit(), insert).unwrap();
}

fn insert_person(tx: &mut Tx<'_>, name: &str, email: &str, role: OrgRole) -> (UserId, SessionId) {
    let (id, session): (UserId, SessionId) = (tx.id(), tx.id());
    let now = tx.now();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::name.eq(name),
            users::email.eq(email),
            users::email_folded.eq(email),
            users::role.eq(role),
            users::state.eq("active"),
            users::time_zone.eq("Europe/Berlin"),
            users::locale.eq("en"),
            users::version.eq(1),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(tx.conn)
        .unwrap();
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session),
            sessions::user_id.eq(id),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(now + TimeDelta::days(30)),
            sessions::method.eq("password"),
        ))
        .execute(tx.conn)
        .unwrap();
    (id, session)
}

async fn read(method: &Method, path: &str, response: HttpResponse) -> Reply {
    let status = response.status().as_u16();
    assert_documented(method, path, status);
    let headers = response.headers().clone();
    let bytes = to_bytes(response.into_body()).await.expect("a body").to_vec();
    let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Reply { status, headers, bytes, json }
}
