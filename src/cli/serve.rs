//! `evenbar serve`.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer};
use futures_util::future::try_join;
use metrics_exporter_prometheus::PrometheusBuilder;

use super::{Failure, open_migrated};
use crate::config::Settings;
use crate::http::{Mode, Parts, State, health};
use crate::organization::setup;
use crate::outbox::Worker;
use crate::sessions::{DerivedSecrets, Passwords, Tokens};
use crate::{app, demo};

/// How long a request that was begun may take after SIGTERM, in seconds.
const DRAIN_SECONDS: u64 = 10;

/// Runs the service until SIGTERM or SIGINT; then finishes what was begun.
pub(super) fn serve(settings: Settings, demo: bool) -> Result<(), Failure> {
    let (mode, settings) =
        if demo { (Mode::Demo, demo::prepare(settings)?) } else { (Mode::Production, settings) };
    let db = open_migrated(&settings)?;
    if !demo && demo::is_demo(&db)? {
        return Err("this is the database of a demo; start it with serve --demo".into());
    }
    let mut out = std::io::stdout();
    let derived = DerivedSecrets::load(&db)?;
    if let Some(link) = setup::issue_link(&db, &derived, &settings.public_url())? {
        writeln!(out, "Nobody is here yet. Set up with this link, within a day: {link}")?;
    }
    let state = Arc::new(State::new(Parts {
        tokens: Tokens::load(&db)?,
        derived,
        passwords: Passwords::new()?,
        sign_in: settings.sign_in()?,
        mailer: settings.mailer()?,
        public_url: settings.public_url(),
        proxies: settings.proxies(),
        quotas: settings.quotas(),
        mode,
        calendars: settings.calendars(),
        metrics: PrometheusBuilder::new().install_recorder()?,
        db,
    }));
    let worker = Worker::start(&state)?;
    let served = actix_web::rt::System::new().block_on(listen(&settings, &state));
    worker.stop();
    Ok(served?)
}

async fn listen(settings: &Settings, state: &Arc<State>) -> std::io::Result<()> {
    let shared = Arc::clone(state);
    let mut server = HttpServer::new(move || app::build(&shared))
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(30))
        .shutdown_timeout(DRAIN_SECONDS);
    if let Some(workers) = settings.workers {
        server = server.workers(workers);
    }
    let server = server.bind(settings.listen)?;
    for address in server.addrs() {
        writeln!(std::io::stdout(), "Evenbar listens on http://{address}")?;
    }
    try_join(server.run(), measure(settings, state)?).await.map(drop)
}

/// Serves the metrics where the settings say so, and nowhere else.
fn measure(
    settings: &Settings,
    state: &Arc<State>,
) -> std::io::Result<impl Future<Output = std::io::Result<()>> + use<>> {
    let shared = Arc::clone(state);
    let server = settings.metrics_listen.map(|address| {
        let app = move || App::new().app_data(Arc::clone(&shared)).configure(health::inside);
        let server = HttpServer::new(app).workers(1).shutdown_timeout(1).bind(address)?;
        for address in server.addrs() {
            writeln!(std::io::stdout(), "Metrics are at http://{address}/metrics")?;
        }
        std::io::Result::Ok(server.run())
    });
    let server = server.transpose()?;
    Ok(async move {
        match server {
            Some(server) => server.await,
            None => Ok(()),
        }
    })
}
