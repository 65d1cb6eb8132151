//! What the table says to a question.

use super::{Action, Holder, Relation, TeamRole, table};

/// Whether any of the holders may do it.
pub(in crate::access) fn allows(holders: &[Holder], action: Action) -> bool {
    table().iter().any(|(holder, actions)| holders.contains(holder) && actions.contains(&action))
}

/// Through what somebody may do it.
pub fn holders_of(action: Action) -> Vec<Holder> {
    let holding = table().iter().filter(|(_, actions)| actions.contains(&action));
    holding.map(|(holder, _)| *holder).collect()
}

/// What would have allowed it: a role in the organization where nothing else counts, else a reach.
pub(in crate::access) fn lacking(action: Action) -> String {
    let (mut roles, mut team, mut relations) = (Vec::new(), Vec::new(), Vec::new());
    for holder in holders_of(action) {
        match holder {
            Holder::Organization(role) => roles.push(role.as_str()),
            Holder::Team(role) => team.push(role.as_str()),
            Holder::Relation(relation) => relations.push(relation.as_str()),
        }
    }
    if team.is_empty() && relations.is_empty() {
        return format!("role: {}", roles.join(" or "));
    }
    let parts = [
        (team, " on the team of this job"),
        (relations, " of this"),
        (roles, " of the organization"),
    ];
    let named = parts.into_iter().filter(|(words, _)| !words.is_empty());
    let parts: Vec<String> = named.map(|(words, of)| words.join(" or ") + of).collect();
    format!("reach: {}", parts.join(", or "))
}

/// The roles on a job through which an action reaches it.
pub(in crate::access) fn team_roles(action: Action) -> Vec<TeamRole> {
    let of_team = |holder| match holder {
        Holder::Team(role) => Some(role),
        Holder::Organization(_) | Holder::Relation(_) => None,
    };
    holders_of(action).into_iter().filter_map(of_team).collect()
}

/// Whether a relation to a subject gives this action.
pub(in crate::access) fn grants(relation: Relation, action: Action) -> bool {
    allows(&[Holder::Relation(relation)], action)
}
