//! The application, built the same for `main` and for tests.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::http::{BODY_LIMIT, State, guard, routes};

/// Builds the application of one worker.
pub fn build(
    state: &Arc<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    // A form may be as long as a body of the API.
    let forms = web::PayloadConfig::new(BODY_LIMIT);
    let mut app = App::new().app_data(Arc::clone(state)).app_data(forms);
    match state.db.local_reader() {
        Ok(Some(reader)) => app = app.app_data(Rc::new(reader)),
        Ok(None) => {}
        // The worker then reads through the pool of long reads, which opens a connection each time.
        Err(error) => tracing::error!(error = %error, "A worker has no reader of its own."),
    }
    app.configure(routes::before)
        .service(web::scope("/api/v1").configure(routes::api))
        .configure(routes::outside)
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")))
        .default_service(web::to(routes::fallback))
        .wrap(from_fn(guard))
}
