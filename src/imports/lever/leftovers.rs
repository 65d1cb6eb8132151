//! Which fields of each record have no home, by path.
//!
//! A field that no type declares is named here with the path of the object it stands in. Fields of
//! a form are left to `plan::rubrics`, because whether they have a home depends on their type.

use super::wire::extra::Extra;
use super::wire::jobs::{Band, Posting, Requisition, RequisitionField};
use super::wire::opportunities::{Opportunity, Panel};
use super::wire::settings::{
    ArchiveReason, DispositionStages, FeedbackTemplate, Label, Stage, User,
};
use super::wire::values::LeverId;

/// Takes the path of an object within its record, and the object's fields without a home.
pub(super) type See<'a> = dyn FnMut(&'static str, &Extra) + 'a;

/// A record that stands in a file of its kind.
pub(super) trait Record {
    /// The id, if records of the kind have one.
    fn id(&self) -> Option<&LeverId>;

    /// Shows the fields without a home.
    fn leftovers(&self, see: &mut See<'_>);
}

impl Record for User {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
    }
}

impl Record for Stage {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
    }
}

impl Record for ArchiveReason {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
    }
}

impl Record for RequisitionField {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
    }
}

impl Record for Label {
    fn id(&self) -> Option<&LeverId> {
        None
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
    }
}

impl Record for DispositionStages {
    fn id(&self) -> Option<&LeverId> {
        None
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
        for stage in &self.stages {
            see(".stages[]", &stage.extra);
        }
        for reason in &self.archive_reasons {
            see(".archiveReasons[]", &reason.extra);
        }
    }
}

impl Record for FeedbackTemplate {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
        if let Some(group) = &self.group {
            see(".group", &group.extra);
        }
    }
}

impl Record for Panel {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    /// Nothing: a panel has no home as a whole.
    fn leftovers(&self, _: &mut See<'_>) {}
}

impl Record for Posting {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
        if let Some(categories) = &self.categories {
            see(".categories", &categories.extra);
        }
        if let Some(content) = &self.content {
            see(".content", &content.extra);
        }
        if let Some(Band { extra, .. }) = &self.salary_range {
            see(".salaryRange", extra);
        }
    }
}

impl Record for Requisition {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
        if let Some(Band { extra, .. }) = &self.compensation_band {
            see(".compensationBand", extra);
        }
        let Some(approval) = &self.approval else {
            return;
        };
        see(".approval", &approval.extra);
        for step in &approval.steps {
            see(".approval.steps[]", &step.extra);
            for approver in &step.approvers {
                see(".approval.steps[].approvers[]", &approver.extra);
            }
        }
    }
}

impl Record for Opportunity {
    fn id(&self) -> Option<&LeverId> {
        Some(&self.id)
    }

    fn leftovers(&self, see: &mut See<'_>) {
        see("", &self.extra);
        for phone in &self.phones {
            see(".phones[]", &phone.extra);
        }
        for change in &self.stage_changes {
            see(".stageChanges[]", &change.extra);
        }
        for application in &self.applications {
            see(".applications[]", &application.extra);
        }
        if let Some(archived) = &self.archived {
            see(".archived", &archived.extra);
        }
    }
}
