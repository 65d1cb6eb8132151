//! What stands in an entry. Pure.

use chrono_tz::Tz;

use crate::clock::Instant;
use crate::interviews::store::Interview;

/// What a mail asks a calendar to do with an entry (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Enter it, or change what stands there.
    Request,
    /// Take it out.
    Cancel,
}

impl Method {
    /// As iCalendar and MIME write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// An interview as it stands in a calendar.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Stays the same for as long as there is the interview, and differs between panel and candidate.
    pub uid: String,
    /// Rises with every change; calendars keep what has the highest.
    pub sequence: i64,
    /// Whether it is off.
    pub cancelled: bool,
    /// When it starts.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// The zone that its time was chosen in.
    pub zone: Tz,
    /// Its title.
    pub summary: String,
    /// What is said below it, a line each.
    pub notes: Vec<String>,
    /// Where it takes place.
    pub location: Option<String>,
    /// Where a click leads.
    pub url: Option<String>,
    /// Whether others who see the calendar should see only that its owner is busy.
    pub private: bool,
    /// When this was written.
    pub stamp: Instant,
}

/// Entries hold names of candidates, which nothing that is printed by accident may hold.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("uid", &self.uid)
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

/// An entry on its way to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// What the calendar is to do.
    pub method: Method,
    /// With what.
    pub entry: Entry,
}

/// What the panel's entry says beside time and place.
#[derive(Debug, Clone, Copy)]
pub struct ForPanel<'a> {
    /// Whom it is about.
    pub candidate_name: &'a str,
    /// For which job.
    pub job_title: &'a str,
    /// What the interview is called here.
    pub kit_name: &'a str,
    /// The page of the reader's own card.
    pub link: &'a str,
}

/// What the candidate's entry says beside time and place.
#[derive(Debug, Clone, Copy)]
pub struct ForCandidate<'a> {
    /// For which job.
    pub job_title: &'a str,
    /// With whom.
    pub organization_name: &'a str,
    /// Whom the candidate meets, where the policy lets them know.
    pub panel: &'a [String],
}

/// The entry of somebody on the panel; none while there is no time.
pub fn for_panel(interview: &Interview, says: ForPanel<'_>, stamp: Instant) -> Option<Entry> {
    let ForPanel { candidate_name, job_title, kit_name, link } = says;
    let mut notes = vec![format!("Job: {job_title}")];
    notes.extend(ways_in(interview));
    notes.push(format!("Kit and scorecard: {link}"));
    let summary = format!("{kit_name}: {candidate_name}");
    let entry =
        Entry { url: Some(link.to_owned()), private: true, ..bare(interview, "panel", stamp)? };
    Some(Entry { summary, notes, ..entry })
}

/// The entry of the candidate; none while there is no time.
pub fn for_candidate(
    interview: &Interview,
    says: ForCandidate<'_>,
    stamp: Instant,
) -> Option<Entry> {
    let ForCandidate { job_title, organization_name, panel } = says;
    let mut notes = ways_in(interview);
    if !panel.is_empty() {
        notes.push(format!("You meet: {}", panel.join(", ")));
    }
    let summary = format!("Interview with {organization_name}: {job_title}");
    let entry = bare(interview, "candidate", stamp)?;
    Some(Entry { summary, notes, url: interview.meeting_url.clone(), ..entry })
}

/// The same entry, called off; it keeps its title and says nothing else.
pub fn called_off(entry: Entry) -> Invitation {
    let entry = Entry { cancelled: true, notes: Vec::new(), url: None, location: None, ..entry };
    Invitation { method: Method::Cancel, entry }
}

/// How one takes part.
fn ways_in(interview: &Interview) -> Vec<String> {
    let online = interview.meeting_url.as_ref().map(|url| format!("Meeting: {url}"));
    let phone = interview.dial_in.as_ref().map(|number| format!("By phone: {number}"));
    online.into_iter().chain(phone).collect()
}

/// Everything but the words. The version of the interview is what rises with each of its changes.
fn bare(interview: &Interview, side: &str, stamp: Instant) -> Option<Entry> {
    let zone = interview.time_zone.as_deref().and_then(|zone| zone.parse().ok());
    let place = interview.location.as_ref().or(interview.meeting_url.as_ref());
    Some(Entry {
        uid: format!("{}-{side}@evenbar", interview.id),
        sequence: interview.version,
        cancelled: false,
        starts_at: interview.starts_at?,
        ends_at: interview.ends_at?,
        zone: zone.unwrap_or(Tz::UTC),
        summary: String::new(),
        notes: Vec::new(),
        location: place.cloned(),
        url: None,
        private: false,
        stamp,
    })
}
