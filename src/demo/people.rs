//! Who works at the sample company.

/// Somebody at the company.
pub(super) struct Persona {
    /// What the story calls them.
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    /// Role in the organization.
    pub(super) role: &'static str,
    pub(super) time_zone: &'static str,
}

/// The founder, who is there before the API can be used.
pub(super) const OWNER: Persona = Persona {
    key: "ines",
    name: "Ines Duarte",
    email: "owner@evenbar.example",
    role: "owner",
    time_zone: "Europe/Lisbon",
};

/// Everybody else: eight people in five time zones, the founder included.
pub(super) const COLLEAGUES: &[Persona] = &[
    Persona {
        key: "tomasz",
        name: "Tomasz Wilk",
        email: "tomasz.wilk@evenbar.example",
        role: "recruiter",
        time_zone: "Europe/Warsaw",
    },
    Persona {
        key: "amara",
        name: "Amara Okafor",
        email: "amara.okafor@evenbar.example",
        role: "coordinator",
        time_zone: "Africa/Lagos",
    },
    Persona {
        key: "hanna",
        name: "Hanna Kowalczyk",
        email: "hanna.kowalczyk@evenbar.example",
        role: "member",
        time_zone: "Europe/Warsaw",
    },
    Persona {
        key: "priya",
        name: "Priya Raman",
        email: "priya.raman@evenbar.example",
        role: "member",
        time_zone: "Asia/Kolkata",
    },
    Persona {
        key: "arjun",
        name: "Arjun Mehta",
        email: "arjun.mehta@evenbar.example",
        role: "member",
        time_zone: "Asia/Kolkata",
    },
    Persona {
        key: "luis",
        name: "Luis Herrera",
        email: "luis.herrera@evenbar.example",
        role: "member",
        time_zone: "America/Mexico_City",
    },
    Persona {
        key: "graca",
        name: "Graça Antunes",
        email: "graca.antunes@evenbar.example",
        role: "member",
        time_zone: "Europe/Lisbon",
    },
];
