//! What the sample company hires for, and by which bar.

/// A rubric attribute: its levels from the lowest, each with what one sees.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) anchors: [&'static str; 4],
}

/// The words for the four levels, the same everywhere.
pub(super) const LABELS: [&str; 4] = ["Not yet", "Getting there", "Solid", "Exemplary"];
/// The level from which a must-have is met.
pub(super) const PASS_LEVEL: i32 = 3;

/// A bar and the two interviews that find out about it.
pub(super) struct Bar {
    pub(super) name: &'static str,
    pub(super) attributes: [Attribute; 3],
    /// Name and minutes of the two interviews.
    pub(super) kits: [(&'static str, i32); 2],
}

/// A job.
pub(super) struct Job {
    pub(super) title: &'static str,
    pub(super) department: &'static str,
    pub(super) location: &'static str,
    /// Which of [`OFFICES`]; none for work from anywhere.
    pub(super) office: Option<usize>,
    pub(super) description: &'static str,
    pub(super) code: &'static str,
    pub(super) openings: i32,
    /// Name and track of its level.
    pub(super) level: (&'static str, &'static str, i32),
    /// Lowest and highest pay a year, in euros.
    pub(super) band: (&'static str, &'static str),
    /// What is offered, a year.
    pub(super) offer: &'static str,
    /// Which of [`BARS`].
    pub(super) bar: usize,
}

/// The stages of every job.
pub(super) const STAGES: [(&str, &str, &str); 4] = [
    ("Application review", "review", "none"),
    ("First conversation", "screen", "none"),
    ("Interviews", "onsite", "debrief"),
    ("Offer", "offer", "none"),
];

/// The bars.
pub(super) const BARS: &[Bar] = &[
    Bar {
        name: "Building instruments that last",
        attributes: [
            Attribute {
                name: "Design under real limits",
                description: "Finds a design that fits power, bandwidth and the people who run it.",
                anchors: [
                    "Names technologies, no limits; the design would not survive the first storm.",
                    "Sees the limits when told; fixes one and breaks another.",
                    "Asks for the limits first, and shows what each costs in the design.",
                    "Finds the limit nobody mentioned, and a design that gives way gently when it is hit.",
                ],
            },
            Attribute {
                name: "Reading code with care",
                description: "Finds what matters in code they did not write.",
                anchors: [
                    "Comments on style; the lost reading goes unnoticed.",
                    "Finds the fault with hints, cannot say when it shows.",
                    "Finds the fault, and says under which conditions it shows.",
                    "Finds the fault and the reason it could be written, and changes that.",
                ],
            },
            Attribute {
                name: "Explaining to others",
                description: "Others can act on what they say and write.",
                anchors: [
                    "One has to guess what is proposed.",
                    "Clear in speech, lost in writing, or the other way round.",
                    "A colleague could start from the page they wrote.",
                    "Brings people with different aims to one written decision.",
                ],
            },
        ],
        kits: [("Design conversation", 60), ("Reading code together", 60)],
    },
    Bar {
        name: "Standing by a harbour at three in the morning",
        attributes: [
            Attribute {
                name: "Calm diagnosis",
                description: "Gets from a complaint to a cause without guessing.",
                anchors: [
                    "Tries remedies until one seems to help.",
                    "Has a plan, and drops it at the first surprise.",
                    "Halves the problem again and again, and writes down what was ruled out.",
                    "Leaves the next person a path, so that the same call never takes as long again.",
                ],
            },
            Attribute {
                name: "Care for the caller",
                description: "The harbour master knows where things stand at every moment.",
                anchors: [
                    "Talks about the ticket, not the ship that waits.",
                    "Friendly, but promises what others must keep.",
                    "Says what is known, what is not, and when the next word comes.",
                    "Callers ask for them by name, and are taught not to need them.",
                ],
            },
            Attribute {
                name: "Judgement about urgency",
                description: "Wakes the right people for the right things.",
                anchors: [
                    "Wakes everybody, or nobody.",
                    "Follows the list, also where it plainly does not fit.",
                    "Weighs harm against noise, and says so in one sentence.",
                    "Changes the list afterwards, with the evidence of the night.",
                ],
            },
        ],
        kits: [("A night on call, replayed", 60), ("Three letters to a harbour", 45)],
    },
];

/// The offices: name, time zone, country, currency and zone of pay.
pub(super) const OFFICES: [(&str, &str, &str, &str, &str); 2] = [
    ("Lisbon", "Europe/Lisbon", "PT", "EUR", "Portugal"),
    ("Gdańsk", "Europe/Warsaw", "PL", "PLN", "Poland"),
];

/// The jobs.
pub(super) const JOBS: &[Job] = &[
    Job {
        title: "Senior Backend Engineer, Tide Data",
        department: "Engineering",
        location: "Lisbon, or remote within three hours of it",
        office: Some(0),
        description: "Four hundred gauges send a reading every six seconds over links that drop. You \
            make sure that none is lost, and that a harbour sees the tide turn before the pilot does.",
        code: "ENG-14",
        openings: 2,
        level: ("Senior", "engineering", 4),
        band: ("62000.00", "84000.00"),
        offer: "74500.00",
        bar: 0,
    },
    Job {
        title: "Firmware Engineer, Gauges",
        department: "Engineering",
        location: "Gdańsk",
        office: Some(1),
        description: "A gauge lives ten years on one battery below the waterline. You write the code \
            that decides when it wakes, and prove that it does.",
        code: "ENG-15",
        openings: 1,
        level: ("Engineer", "engineering", 3),
        band: ("48000.00", "66000.00"),
        offer: "57000.00",
        bar: 0,
    },
    Job {
        title: "Support Lead, Harbours",
        department: "Customer care",
        location: "Remote, overlapping with Lisbon's day",
        office: None,
        description: "Harbour masters call when a reading looks wrong and a ship is waiting. You lead \
            the four people who answer, and you answer some of the calls yourself.",
        code: "CARE-3",
        openings: 1,
        level: ("Lead", "support", 4),
        band: ("44000.00", "60000.00"),
        offer: "53000.00",
        bar: 1,
    },
];
