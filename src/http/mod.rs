//! The house's side of HTTP: extractors, problems, paging, `ETag`s, idempotency, the route list and
//! the OpenAPI document. Nouns own their handlers; this folder owns what all of them share.

mod answers;
mod body;
mod client_address;
mod context;
mod csv;
pub mod dev_mails;
mod door;
pub(crate) mod etag;
pub mod fields;
mod filters;
pub mod health;
pub mod idempotency;
pub mod keys;
mod limits;
mod list;
mod middleware;
pub mod openapi;
mod operations;
mod page;
pub mod problem;
mod public;
pub mod routes;
mod shown;
mod state;
mod upload;

pub use body::{BODY_LIMIT, Body, NoBody, OptionalBody, Params, PathId, read_query};
pub use client_address::{AddressHeader, Networks, Proxies};

pub use context::{Ctx, Open};
pub use csv::CsvRow;
pub(crate) use etag::etag_of;
pub use filters::{Many, Row, Span, Sparse, VALUES_MAX, names_in};
pub use limits::{Limiter, Quota, Quotas};
pub use list::{Listed, Order, Place, SortKey, SortValue, SortedPage, SortedRequest};
pub use middleware::{guard, is_request_id};
pub use operations::Operations;
pub use page::{LIMIT_DEFAULT, LIMIT_MAX, Page, PageOf, PageRequest, Paged};
pub use shown::{Done, Shown};
pub use state::{Mode, Parts, State};
pub use upload::{FILE_LIMIT, SentFile, Upload, WithFile};
