//! Which operations are open to API keys, and under which scope. What is not listed is closed: a new
//! operation is for people until somebody says otherwise here.
//!
//! This is the door; `access` asks the scope of every action again, so that an operation shows a key
//! no more than its scopes say.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::openapi;
use crate::access::{KeyGrant, KeyScope, NO_KEY};
use crate::error::{Code, Denial, Error, Result};

use KeyScope as S;

/// What an operation asks of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Any key passes.
    Open,
    /// A key with this scope passes.
    Scope(KeyScope),
    /// No key passes.
    Closed,
}

/// The operations that are open to keys, alphabetical.
const OPEN: &[(&str, Gate)] = &[
    ("acceptOffer", Gate::Scope(S::OffersWrite)),
    ("addHiringTeamMember", Gate::Scope(S::JobsWrite)),
    ("addOpenings", Gate::Scope(S::JobsWrite)),
    ("askForAvailability", Gate::Scope(S::InterviewsWrite)),
    ("askLoopProbe", Gate::Scope(S::InterviewsWrite)),
    ("assignPanelist", Gate::Scope(S::InterviewsWrite)),
    ("attachToCandidate", Gate::Scope(S::AttachmentsWrite)),
    ("cancelInterview", Gate::Scope(S::InterviewsWrite)),
    ("cancelMessage", Gate::Scope(S::MessagesWrite)),
    ("closeJob", Gate::Scope(S::JobsWrite)),
    ("closeOpening", Gate::Scope(S::JobsWrite)),
    ("completeInterview", Gate::Scope(S::InterviewsWrite)),
    ("createAgency", Gate::Scope(S::OrganizationWrite)),
    ("createApplication", Gate::Scope(S::CandidatesWrite)),
    ("createApplicationBatch", Gate::Scope(S::CandidatesWrite)),
    ("createApplicationMove", Gate::Scope(S::CandidatesWrite)),
    ("createApprovalChain", Gate::Scope(S::ApprovalChainsWrite)),
    ("createCandidate", Gate::Scope(S::CandidatesWrite)),
    ("createDepartment", Gate::Scope(S::OrganizationWrite)),
    ("createJob", Gate::Scope(S::JobsWrite)),
    ("createJobPost", Gate::Scope(S::JobsWrite)),
    ("createLevel", Gate::Scope(S::OrganizationWrite)),
    ("createLoopTemplate", Gate::Scope(S::RubricsWrite)),
    ("createLoopTemplateVersion", Gate::Scope(S::RubricsWrite)),
    ("createMessage", Gate::Scope(S::MessagesWrite)),
    ("createMessagePreview", Gate::Scope(S::MessagesWrite)),
    ("createMessageTemplate", Gate::Scope(S::OrganizationWrite)),
    ("createNote", Gate::Scope(S::NotesWrite)),
    ("createOffer", Gate::Scope(S::OffersWrite)),
    ("createOfferVersion", Gate::Scope(S::OffersWrite)),
    ("createPayBand", Gate::Scope(S::PayBandsWrite)),
    ("createPool", Gate::Scope(S::InterviewsWrite)),
    ("createQuestion", Gate::Scope(S::RubricsWrite)),
    ("createRejectionReason", Gate::Scope(S::OrganizationWrite)),
    ("createRubric", Gate::Scope(S::RubricsWrite)),
    ("createRubricVersion", Gate::Scope(S::RubricsWrite)),
    ("createSource", Gate::Scope(S::OrganizationWrite)),
    ("declineOffer", Gate::Scope(S::OffersWrite)),
    ("diffLoopTemplateVersion", Gate::Scope(S::RubricsRead)),
    ("diffRubricVersion", Gate::Scope(S::RubricsRead)),
    ("explainEligibility", Gate::Scope(S::JobsRead)),
    ("exportAudit", Gate::Scope(S::AuditRead)),
    ("exportMemo", Gate::Scope(S::ScorecardsRead)),
    ("extendOffer", Gate::Scope(S::OffersWrite)),
    ("getAgency", Gate::Scope(S::OrganizationRead)),
    ("getApplication", Gate::Scope(S::CandidatesRead)),
    ("getApplicationAnswers", Gate::Scope(S::AttachmentsRead)),
    ("getApplicationBatch", Gate::Scope(S::CandidatesWrite)),
    ("getApplicationMove", Gate::Scope(S::CandidatesRead)),
    ("getApprovalChain", Gate::Scope(S::ApprovalChainsRead)),
    ("getApprovalRun", Gate::Scope(S::OffersRead)),
    ("getAssessmentResult", Gate::Scope(S::InterviewsRead)),
    ("getAttachment", Gate::Scope(S::AttachmentsRead)),
    ("getAttachmentContent", Gate::Scope(S::AttachmentsRead)),
    ("getBoard", Gate::Scope(S::CandidatesRead)),
    ("getBusy", Gate::Scope(S::UsersRead)),
    ("getCandidate", Gate::Scope(S::CandidatesRead)),
    ("getDebrief", Gate::Scope(S::ScorecardsRead)),
    ("getDelivery", Gate::Scope(S::DeliveriesWrite)),
    ("getDepartment", Gate::Scope(S::OrganizationRead)),
    ("getHiringTeamMember", Gate::Scope(S::JobsRead)),
    ("getHolidayCalendar", Gate::Scope(S::OrganizationRead)),
    ("getIndependence", Gate::Scope(S::ScorecardsRead)),
    ("getInterview", Gate::Scope(S::InterviewsRead)),
    ("getJob", Gate::Scope(S::JobsRead)),
    ("getJobPost", Gate::Scope(S::JobsRead)),
    ("getLevel", Gate::Scope(S::OrganizationRead)),
    ("getLoop", Gate::Scope(S::InterviewsRead)),
    ("getLoopCoverage", Gate::Scope(S::InterviewsRead)),
    ("getLoopProbe", Gate::Scope(S::InterviewsWrite)),
    ("getLoopTemplate", Gate::Scope(S::RubricsRead)),
    ("getLoopTemplateVersion", Gate::Scope(S::RubricsRead)),
    ("getLoopTemplateVersionCost", Gate::Scope(S::RubricsRead)),
    ("getMe", Gate::Open),
    ("getMessage", Gate::Scope(S::MessagesRead)),
    ("getMessageTemplate", Gate::Scope(S::OrganizationRead)),
    ("getMyPermissions", Gate::Open),
    ("getNote", Gate::Scope(S::NotesRead)),
    ("getOffer", Gate::Scope(S::OffersRead)),
    ("getOfferVersion", Gate::Scope(S::OffersRead)),
    ("getOpening", Gate::Scope(S::JobsRead)),
    ("getOrganization", Gate::Scope(S::OrganizationRead)),
    ("getPanelist", Gate::Scope(S::InterviewsRead)),
    ("getPayBand", Gate::Scope(S::PayBandsRead)),
    ("getPipeline", Gate::Scope(S::JobsRead)),
    ("getPool", Gate::Scope(S::InterviewsRead)),
    ("getProspect", Gate::Scope(S::ContactPointsRead)),
    ("getQuestion", Gate::Scope(S::RubricsRead)),
    ("getRejectionReason", Gate::Scope(S::OrganizationRead)),
    ("getRubric", Gate::Scope(S::RubricsRead)),
    ("getRubricVersion", Gate::Scope(S::RubricsRead)),
    ("getScorecard", Gate::Scope(S::ScorecardsRead)),
    ("getScorecardHistory", Gate::Scope(S::ScorecardsRead)),
    ("getSettings", Gate::Scope(S::OrganizationRead)),
    ("getSource", Gate::Scope(S::OrganizationRead)),
    ("getTimeRequest", Gate::Scope(S::InterviewsWrite)),
    ("getUser", Gate::Scope(S::UsersRead)),
    ("lintLoopTemplateVersion", Gate::Scope(S::RubricsRead)),
    ("lintRubricVersion", Gate::Scope(S::RubricsRead)),
    ("listAgencies", Gate::Scope(S::OrganizationRead)),
    ("listApplicationMessages", Gate::Scope(S::MessagesRead)),
    ("listApplicationMoves", Gate::Scope(S::CandidatesRead)),
    ("listApplications", Gate::Scope(S::CandidatesRead)),
    ("listApprovalChains", Gate::Scope(S::ApprovalChainsRead)),
    ("listApprovalRuns", Gate::Scope(S::OffersRead)),
    ("listAskedQuestions", Gate::Scope(S::InterviewsRead)),
    ("listAudit", Gate::Scope(S::AuditRead)),
    ("listCandidateAttachments", Gate::Scope(S::AttachmentsRead)),
    ("listCandidateMessages", Gate::Scope(S::MessagesRead)),
    ("listCandidates", Gate::Scope(S::CandidatesRead)),
    ("listDebriefs", Gate::Scope(S::ScorecardsRead)),
    ("listDeliveries", Gate::Scope(S::DeliveriesWrite)),
    ("listDepartments", Gate::Scope(S::OrganizationRead)),
    ("listDuplicateHints", Gate::Scope(S::ContactPointsRead)),
    ("listEvents", Gate::Scope(S::EventsRead)),
    ("listExternalRefs", Gate::Scope(S::ExternalRefsRead)),
    ("listHiringTeam", Gate::Scope(S::JobsRead)),
    ("listHolidayCalendars", Gate::Scope(S::OrganizationRead)),
    ("listHolidays", Gate::Scope(S::OrganizationRead)),
    ("listInterviews", Gate::Scope(S::InterviewsRead)),
    ("listJobPosts", Gate::Scope(S::JobsRead)),
    ("listJobs", Gate::Scope(S::JobsRead)),
    ("listLevels", Gate::Scope(S::OrganizationRead)),
    ("listLoopProbes", Gate::Scope(S::InterviewsWrite)),
    ("listLoopTemplates", Gate::Scope(S::RubricsRead)),
    ("listLoops", Gate::Scope(S::InterviewsRead)),
    ("listMessageTemplates", Gate::Scope(S::OrganizationRead)),
    ("listNotes", Gate::Scope(S::NotesRead)),
    ("listOffers", Gate::Scope(S::OffersRead)),
    ("listOpenings", Gate::Scope(S::JobsRead)),
    ("listPayBands", Gate::Scope(S::PayBandsRead)),
    ("listPools", Gate::Scope(S::InterviewsRead)),
    ("listProspects", Gate::Scope(S::ContactPointsRead)),
    ("listQuestionVersions", Gate::Scope(S::RubricsRead)),
    ("listQuestions", Gate::Scope(S::RubricsRead)),
    ("listRejectionReasons", Gate::Scope(S::OrganizationRead)),
    ("listRubrics", Gate::Scope(S::RubricsRead)),
    ("listScorecards", Gate::Scope(S::ScorecardsRead)),
    ("listSources", Gate::Scope(S::OrganizationRead)),
    ("listUsers", Gate::Scope(S::UsersRead)),
    ("markInterviewNoShow", Gate::Scope(S::InterviewsWrite)),
    ("offerSlots", Gate::Scope(S::InterviewsWrite)),
    ("pauseJob", Gate::Scope(S::JobsWrite)),
    ("publishJob", Gate::Scope(S::JobsWrite)),
    ("publishJobPost", Gate::Scope(S::JobsWrite)),
    ("publishLoopTemplateVersion", Gate::Scope(S::RubricsWrite)),
    ("publishRubricVersion", Gate::Scope(S::RubricsWrite)),
    ("recordAssessmentResult", Gate::Scope(S::InterviewsWrite)),
    ("rejectApplication", Gate::Scope(S::CandidatesWrite)),
    ("removeAttachment", Gate::Scope(S::AttachmentsWrite)),
    ("removeHiringTeamMember", Gate::Scope(S::JobsWrite)),
    ("removeNote", Gate::Scope(S::NotesWrite)),
    ("removePanelist", Gate::Scope(S::InterviewsWrite)),
    ("reopenApplication", Gate::Scope(S::CandidatesWrite)),
    ("replaceLoopTemplateVersion", Gate::Scope(S::RubricsWrite)),
    ("replacePanelist", Gate::Scope(S::InterviewsWrite)),
    ("replacePipeline", Gate::Scope(S::JobsWrite)),
    ("replaceRubricVersion", Gate::Scope(S::RubricsWrite)),
    ("replaceSettings", Gate::Scope(S::OrganizationWrite)),
    ("resumeJob", Gate::Scope(S::JobsWrite)),
    ("retryDelivery", Gate::Scope(S::DeliveriesWrite)),
    ("scheduleInterview", Gate::Scope(S::InterviewsWrite)),
    ("searchCandidates", Gate::Scope(S::CandidatesRead)),
    ("startLoop", Gate::Scope(S::InterviewsWrite)),
    ("submitOffer", Gate::Scope(S::OffersWrite)),
    ("unpublishJobPost", Gate::Scope(S::JobsWrite)),
    ("updateAgency", Gate::Scope(S::OrganizationWrite)),
    ("updateApplication", Gate::Scope(S::CandidatesWrite)),
    ("updateApprovalChain", Gate::Scope(S::ApprovalChainsWrite)),
    ("updateCandidate", Gate::Scope(S::CandidatesWrite)),
    ("updateDepartment", Gate::Scope(S::OrganizationWrite)),
    ("updateJob", Gate::Scope(S::JobsWrite)),
    ("updateJobPost", Gate::Scope(S::JobsWrite)),
    ("updateLevel", Gate::Scope(S::OrganizationWrite)),
    ("updateLoopTemplate", Gate::Scope(S::RubricsWrite)),
    ("updateMessageTemplate", Gate::Scope(S::OrganizationWrite)),
    ("updateNote", Gate::Scope(S::NotesWrite)),
    ("updateOrganization", Gate::Scope(S::OrganizationWrite)),
    ("updatePayBand", Gate::Scope(S::PayBandsWrite)),
    ("updatePool", Gate::Scope(S::InterviewsWrite)),
    ("updateQuestion", Gate::Scope(S::RubricsWrite)),
    ("updateRejectionReason", Gate::Scope(S::OrganizationWrite)),
    ("updateRubric", Gate::Scope(S::RubricsWrite)),
    ("updateSource", Gate::Scope(S::OrganizationWrite)),
    ("withdrawApplication", Gate::Scope(S::CandidatesWrite)),
    ("withdrawLoopProbe", Gate::Scope(S::InterviewsWrite)),
];

/// What an operation of the document asks of a key.
pub fn gate_of(operation_id: &str) -> Gate {
    OPEN.iter().find(|(id, _)| *id == operation_id).map_or(Gate::Closed, |(_, gate)| *gate)
}

/// What the operation of a route asks of a key; anything outside of the document is closed.
pub(super) fn gate(method: &str, route: &str) -> Gate {
    static GATES: LazyLock<HashMap<(&str, &str), Gate>> = LazyLock::new(|| {
        let operations = openapi::operations();
        operations.map(|(method, path, id)| ((method, path), gate_of(id))).collect()
    });
    GATES.get(&(method, route)).copied().unwrap_or(Gate::Closed)
}

impl Gate {
    /// Lets a key through, or not.
    ///
    /// # Errors
    /// `forbidden`, with what lacked.
    pub(super) fn pass(self, grant: &KeyGrant) -> Result<()> {
        match self {
            Self::Open => Ok(()),
            Self::Scope(scope) if scope.is_in(&grant.scopes) => Ok(()),
            Self::Scope(_) | Self::Closed => Err(self.refusal()),
        }
    }

    /// The refusal of a key that may not pass.
    pub(super) fn refusal(self) -> Error {
        let (detail, lacking) = match self {
            Self::Scope(scope) => {
                ("This API key has no scope for it.".to_owned(), format!("scope: {scope}"))
            }
            Self::Open | Self::Closed => {
                let detail = "No API key may do this; people do it, in a session.";
                (detail.to_owned(), NO_KEY.to_owned())
            }
        };
        let denial = Some(Box::new(Denial { action: None, lacking }));
        Error { denial, ..Error::new(Code::Forbidden, detail) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_to_keys_is_listed_once_and_is_in_the_document() {
        assert!(OPEN.is_sorted_by_key(|(id, _)| *id));
        for (id, _) in OPEN {
            assert!(openapi::operations().any(|(_, _, known)| known == *id), "{id}");
            assert_eq!(OPEN.iter().filter(|(other, _)| other == id).count(), 1, "{id}");
        }
    }
}
