//! Who applies at the sample company, and how far each has come.

/// One step of a story; each happens about a day and a half after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Applies.
    Apply,
    /// Is invited to a first conversation.
    Screen,
    /// Moves to the interviews, and the loop is started.
    Plan,
    /// The interviews get panels and times.
    Schedule,
    /// The interviews took place, and the first card is in.
    FirstCard,
    /// The second card is in; one person still owes theirs.
    SecondCard,
    /// The last card is in, and the debrief is revealed.
    LastCard,
    /// The decider decides to hire.
    Decide,
    /// An offer is drafted.
    Draft,
    /// The offer is submitted for approval.
    Submit,
    /// Both approval steps approve.
    Approve,
    /// The offer is extended.
    Extend,
    /// The candidate accepts.
    Accept,
    /// The candidate is rejected, with a reason.
    Reject,
    /// The candidate withdraws.
    Withdraw,
    /// A rejection is taken back, with a reason.
    Reopen,
}

use Step::{
    Accept, Apply, Approve, Decide, Draft, Extend, FirstCard, LastCard, Plan, Reject, Reopen,
    Schedule, Screen, SecondCard, Submit, Withdraw,
};

/// The whole way; most stories are a beginning of it.
const WAY: [Step; 13] = [
    Apply, Screen, Plan, Schedule, FirstCard, SecondCard, LastCard, Decide, Draft, Submit, Approve,
    Extend, Accept,
];

/// How long the longest story is.
pub(super) const ROUNDS: usize = WAY.len();

/// How a story goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Course {
    /// The first so many steps of the way.
    Way(usize),
    /// Its own steps.
    Own(&'static [Step]),
}

impl Course {
    /// The steps of the story.
    pub(super) fn steps(self) -> &'static [Step] {
        match self {
            Self::Way(length) => WAY.get(..length).unwrap_or(&WAY),
            Self::Own(steps) => steps,
        }
    }
}

/// A candidate.
pub(super) struct Applicant {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) location: &'static str,
    pub(super) time_zone: &'static str,
    /// Which of the jobs.
    pub(super) job: usize,
    /// Which of the sources.
    pub(super) source: usize,
    pub(super) course: Course,
}

/// Where candidates come from.
pub(super) const SOURCES: [(&str, &str); 3] =
    [("Own careers page", "applied"), ("Referral", "referred"), ("Harbour conference", "sourced")];

const fn applicant(
    name: &'static str,
    email: &'static str,
    place: (&'static str, &'static str),
    (job, source): (usize, usize),
    course: Course,
) -> Applicant {
    let (location, time_zone) = place;
    Applicant { name, email, location, time_zone, job, source, course }
}

const PORTO: (&str, &str) = ("Porto", "Europe/Lisbon");
const GDANSK: (&str, &str) = ("Gdańsk", "Europe/Warsaw");
const ACCRA: (&str, &str) = ("Accra", "Africa/Accra");
const PUNE: (&str, &str) = ("Pune", "Asia/Kolkata");
const BERGEN: (&str, &str) = ("Bergen", "Europe/Oslo");
const VERACRUZ: (&str, &str) = ("Veracruz", "America/Mexico_City");

/// The candidates, one in each state that is worth a look.
pub(super) const APPLICANTS: &[Applicant] = &[
    applicant("Marit Solheim", "marit@solheim.example", BERGEN, (0, 0), Course::Way(1)),
    applicant("Kwame Mensah", "kwame@mensah.example", ACCRA, (2, 2), Course::Way(2)),
    applicant("Beatriz Falcão", "beatriz@falcao.example", PORTO, (0, 1), Course::Way(3)),
    applicant("Piotr Zawadzki", "piotr@zawadzki.example", GDANSK, (1, 0), Course::Way(4)),
    applicant("Neha Kulkarni", "neha@kulkarni.example", PUNE, (0, 0), Course::Way(5)),
    applicant("Esteban Rojas", "esteban@rojas.example", VERACRUZ, (2, 1), Course::Way(6)),
    applicant("Ola Nyström", "ola@nystroem.example", BERGEN, (1, 2), Course::Way(7)),
    applicant("Abena Owusu", "abena@owusu.example", ACCRA, (0, 1), Course::Way(8)),
    applicant("Jakub Lis", "jakub@lis.example", GDANSK, (1, 1), Course::Way(9)),
    applicant("Rita Sequeira", "rita@sequeira.example", PORTO, (2, 0), Course::Way(10)),
    applicant("Sanjay Deshmukh", "sanjay@deshmukh.example", PUNE, (0, 2), Course::Way(12)),
    applicant("Carmen Villalobos", "carmen@villalobos.example", VERACRUZ, (0, 1), Course::Way(13)),
    applicant(
        "Ingrid Haugen",
        "ingrid@haugen.example",
        BERGEN,
        (2, 0),
        Course::Own(&[Apply, Screen, Reject]),
    ),
    applicant(
        "Filip Nowak",
        "filip@nowak.example",
        GDANSK,
        (1, 0),
        Course::Own(&[Apply, Screen, Reject, Reopen]),
    ),
    applicant(
        "Efua Boateng",
        "efua@boateng.example",
        ACCRA,
        (0, 0),
        Course::Own(&[Apply, Screen, Plan, Withdraw]),
    ),
];
