//! The versions of the policy: who stated what, and when.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Policy;
use super::api::Settings;
use super::store::{self, SettingsVersion};
use crate::access::{Action, require_everywhere};
use crate::db::types::Document;
use crate::error::Result;
use crate::http::{Ctx, Page, PageOf, Params};

/// A field in which a version differs from the one before it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingChange {
    /// Its name in the settings.
    #[schema(example = "scorecard_due_working_hours")]
    field: String,
    /// What it was.
    before: Value,
    /// What it became.
    after: Value,
}

/// A version of the policy, and what it changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsRevision {
    #[serde(flatten)]
    settings: Settings,
    /// In which fields it differs from the version before it; none for the first.
    changes: Vec<SettingChange>,
}

/// Which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SettingsVersionFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(SettingsVersionFilter);

/// List versions of the settings
///
/// Every version of the policy, newest first: who stated it, when, and what it changed. Everybody who
/// signed in reads it.
#[utoipa::path(
    operation_id = "listSettingsVersions", tag = "organization", params(SettingsVersionFilter),
    responses((status = 200, description = "One page of versions.", body = PageOf<SettingsRevision>)),
)]
#[get("/settings/versions")]
pub async fn list_settings_versions(
    ctx: Ctx,
    Params(filter): Params<SettingsVersionFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::versions(conn, page)?;
        // One more row than is shown was loaded, so that each shown one has the one before it.
        let before = rows.iter().skip(1).map(Some).chain([None]);
        let shown = rows.iter().zip(before).map(|(row, before)| {
            let changes = changes(row, before)?;
            Ok((row.id.any(), SettingsRevision { settings: Settings::of(row)?, changes }))
        });
        Ok(Page::new(shown.collect::<Result<_>>()?))
    })
    .await
}

/// The fields of a version as they are read today, defaults included.
fn fields(row: &SettingsVersion) -> Result<BTreeMap<String, Value>> {
    let policy: Policy = row.settings.read()?;
    let mut fields: BTreeMap<String, Value> = Document::of(&policy)?.read()?;
    let reason = row.people_metrics_reason.clone().map_or(Value::Null, Value::String);
    fields.insert("people_metrics_reason".to_owned(), reason);
    Ok(fields)
}

fn changes(row: &SettingsVersion, before: Option<&SettingsVersion>) -> Result<Vec<SettingChange>> {
    let Some(before) = before else { return Ok(Vec::new()) };
    let mut was = fields(before)?;
    let now = fields(row)?.into_iter();
    let changes = now.map(|(field, after)| {
        let before = was.remove(&field).unwrap_or(Value::Null);
        SettingChange { field, before, after }
    });
    Ok(changes.filter(|change| change.before != change.after).collect())
}
