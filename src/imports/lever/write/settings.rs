//! Reasons for closing and sources.

use super::unit::{Made, Source, Writer, line};
use crate::access::Permit;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{RejectionReasonId, SourceId};
use crate::imports::kind::Kind;
use crate::imports::lever::plan::Plan;
use crate::imports::lever::plan::settings::ReasonPlan;
use crate::imports::lever::wire::values::{LeverId, Text};
use crate::organization::rejection_reasons::commands::{self as reasons, NewRejectionReason};
use crate::organization::rejection_reasons::{ReasonKind, store as reason_store};
use crate::organization::sources::SourceKind;
use crate::organization::sources::commands::{self as sources, NewSource};
use crate::organization::sources::store as source_store;

/// What reasons are called in external references.
const REASON: &str = "archive_reason";

/// What sources are called in external references; Lever knows them by name only.
const SOURCE: &str = "source";

/// The external id of the reason for closings of which Lever gives none.
const NO_REASON: &str = "none";

/// Writes the reasons of a plan. One that says that the person was hired is none here: a hire says
/// it by itself.
pub(super) fn reasons(writer: &mut Writer<'_>, plan: &Plan) -> Result<()> {
    for reason in &plan.reasons {
        if reason.is_hired {
            let remark = "archive_reasons.type is hired; kept as the hires themselves";
            writer.report.remark(remark, Some(reason.id.as_str()));
        } else {
            let name = reason.name.as_ref();
            let name =
                name.map_or_else(|| "Unknown reason (Lever)".to_owned(), |name| line(name, 120));
            keep_reason(writer, reason, name)?;
        }
        writer.step();
    }
    let closings = plan.pursuits.iter().filter_map(|pursuit| pursuit.closing.as_ref());
    if closings.into_iter().any(|closing| closing.reason.is_none()) {
        let none = ReasonPlan {
            id: LeverId::parse(NO_REASON).ok_or_else(|| Error::internal("no id"))?,
            name: None,
            is_hired: false,
            is_active: false,
            is_placeholder: true,
        };
        keep_reason(writer, &none, "No reason given (Lever)".to_owned())?;
    }
    Ok(())
}

fn keep_reason(writer: &mut Writer<'_>, reason: &ReasonPlan, name: String) -> Result<()> {
    let counted =
        if reason.is_placeholder { Kind::PlaceholderSettings } else { Kind::ArchiveReasons };
    let source = Source {
        counted,
        file: Kind::ArchiveReasons,
        kind: REASON,
        id: reason.id.as_str().to_owned(),
        at: None,
    };
    let is_active = reason.is_active;
    let new = NewRejectionReason { name, kind: ReasonKind::Neutral };
    writer.keep(source, move |tx, permit, id| {
        reasons::add(tx, permit, id, new.clone())?;
        if !is_active {
            archive(tx, permit, id)?;
        }
        Ok(Made::New(id))
    })?;
    Ok(())
}

fn archive(tx: &mut Tx<'_>, permit: &Permit, id: RejectionReasonId) -> Result<()> {
    let mut row = reason_store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    row.archived_at = Some(tx.now());
    reason_store::save(tx, permit, &row)?;
    let event = Event::new(EventKind::RejectionReasonUpdated, id.into()).changed(&["archived"]);
    record(tx, permit, &event)?;
    Ok(())
}

/// The reason that stands for one of Lever's, or for none.
pub(super) fn reason(writer: &Writer<'_>, id: Option<&LeverId>) -> Option<RejectionReasonId> {
    writer.find(REASON, id.map_or(NO_REASON, LeverId::as_str))
}

/// Writes the sources of a plan. One of the same name is the same.
pub(super) fn sources(writer: &mut Writer<'_>, names: &[Text]) -> Result<()> {
    for name in names {
        let name = line(name, 120);
        let source = Source {
            counted: Kind::Sources,
            file: Kind::Sources,
            kind: SOURCE,
            id: name.clone(),
            at: None,
        };
        writer.keep(source, move |tx, permit, id| {
            if let Some(known) = source_store::find_by_name(tx.conn, &name)? {
                return Ok(Made::Linked(known.id));
            }
            sources::add(
                tx,
                permit,
                id,
                NewSource { name: name.clone(), kind: SourceKind::Other },
            )?;
            Ok(Made::New(id))
        })?;
        writer.step();
    }
    Ok(())
}

/// The source of a name.
pub(super) fn source(writer: &Writer<'_>, name: Option<&Text>) -> Option<SourceId> {
    writer.find(SOURCE, &line(name?, 120))
}

/// Settings for which there is no place yet.
pub(super) fn without_home(writer: &mut Writer<'_>, plan: &Plan) {
    for field in &plan.fields {
        writer.report.no_home("requisition_fields", Some(field.id.as_str()));
    }
    if !plan.tags.is_empty() {
        writer.report.remark("tags are kept in the candidates' custom fields", None);
    }
}
