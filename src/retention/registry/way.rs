//! How the rows of a table lead to a candidate.

/// How the rows of a table lead to a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The candidate's own row.
    Own,
    /// By `candidate_id`.
    Candidate,
    /// By `application_id`.
    Application,
    /// By `interview_id`.
    Interview,
    /// By `scorecard_id`.
    Scorecard,
    /// By `assessment_result_id`.
    Result,
    /// By `debrief_id`.
    Debrief,
    /// By `response_id`.
    Response,
    /// By `offer_id`.
    Offer,
    /// By `approval_run_id`.
    Run,
    /// By `note_id`.
    Note,
    /// By `prospect_id`.
    Prospect,
    /// By `subject_id`, which is the id of the candidate or of anything about them.
    Part,
    /// Through the files that have it; shared with others, so it goes with the last one.
    Content,
}

/// The applications of a candidate; `$1` is the candidate in all that is said here.
macro_rules! applications {
    () => {
        "SELECT id FROM applications WHERE candidate_id = $1"
    };
}

/// Rows of a table whose column is one of what an inner query finds.
macro_rules! those {
    ($column:literal, $inner:expr) => {
        concat!($column, " IN (", $inner, ")")
    };
}

/// The rows of a table that belong to the candidate's applications.
macro_rules! of_applications {
    ($table:literal) => {
        concat!("SELECT id FROM ", $table, " WHERE application_id IN (", applications!(), ")")
    };
}

/// The candidate and everything about them, by id.
const PARTS: &str = concat!(
    "subject_id IN (SELECT id FROM candidates WHERE id = $1",
    " UNION ALL ",
    applications!(),
    " UNION ALL SELECT id FROM prospects WHERE candidate_id = $1",
    " UNION ALL SELECT id FROM notes WHERE candidate_id = $1",
    " UNION ALL SELECT id FROM attachments WHERE candidate_id = $1",
    " UNION ALL ",
    of_applications!("loops"),
    " UNION ALL ",
    of_applications!("interviews"),
    " UNION ALL ",
    of_applications!("panelists"),
    " UNION ALL ",
    of_applications!("scorecards"),
    " UNION ALL ",
    of_applications!("assessment_results"),
    " UNION ALL ",
    of_applications!("debriefs"),
    " UNION ALL ",
    of_applications!("decisions"),
    " UNION ALL ",
    of_applications!("offers"),
    " UNION ALL ",
    of_applications!("approval_runs"),
    " UNION ALL ",
    of_applications!("application_moves"),
    " UNION ALL ",
    of_applications!("rejections"),
    " UNION ALL ",
    of_applications!("withdrawals"),
    " UNION ALL ",
    of_applications!("reopenings"),
    " UNION ALL SELECT id FROM time_requests WHERE ",
    those!("interview_id", of_applications!("interviews")),
    " UNION ALL SELECT id FROM offer_versions WHERE ",
    those!("offer_id", of_applications!("offers")),
    ")"
);

impl Way {
    /// The condition on the rows of the table; `$1` is the candidate.
    pub const fn condition(self) -> &'static str {
        match self {
            Self::Own => "id = $1",
            Self::Candidate => "candidate_id = $1",
            Self::Application => those!("application_id", applications!()),
            Self::Interview => those!("interview_id", of_applications!("interviews")),
            Self::Scorecard => those!("scorecard_id", of_applications!("scorecards")),
            Self::Result => those!("assessment_result_id", of_applications!("assessment_results")),
            Self::Debrief => those!("debrief_id", of_applications!("debriefs")),
            Self::Response => concat!(
                "response_id IN (SELECT id FROM responses WHERE debrief_id IN (",
                of_applications!("debriefs"),
                "))"
            ),
            Self::Offer => those!("offer_id", of_applications!("offers")),
            Self::Run => those!("approval_run_id", of_applications!("approval_runs")),
            Self::Note => "note_id IN (SELECT id FROM notes WHERE candidate_id = $1)",
            Self::Prospect => "prospect_id IN (SELECT id FROM prospects WHERE candidate_id = $1)",
            Self::Part => PARTS,
            Self::Content => {
                "sha256 IN (SELECT sha256 FROM attachments WHERE candidate_id = $1 AND sha256 IS NOT NULL)"
            }
        }
    }
}
