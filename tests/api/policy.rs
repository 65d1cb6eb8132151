//! The policy as a committed table: reviewers read its diff.

use evenbar::access::{Action, Holder, KeyScope, table};
use evenbar::http::keys::{Gate, gate_of};
use evenbar::http::openapi;

#[test]
fn the_policy_is_the_one_that_was_reviewed() {
    let mut lines = vec!["Who may do what; everything that is not here is refused.".to_owned()];
    for (holder, actions) in table() {
        let holder = match holder {
            Holder::Organization(role) => format!("organization/{role} reaches everything"),
            Holder::Team(role) => format!("team/{role} reaches what belongs to the job"),
            Holder::Relation(relation) => format!("relation/{relation} reaches the subject alone"),
        };
        lines.push(format!("\n{holder}"));
        for action in Action::ALL.iter().filter(|action| actions.contains(action)) {
            lines.push(format!("  {action}"));
        }
    }
    lines.push("\nheld by nobody; permits of the service's own constructors".to_owned());
    for action in Action::ALL {
        if !table().iter().any(|(_, actions)| actions.contains(action)) {
            lines.push(format!("  {action}"));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_keys_may_is_what_was_reviewed() {
    let scope = |scope: Option<KeyScope>| scope.map_or("no key ever", KeyScope::as_str);
    let mut lines = vec!["The scope that an API key needs for each action.".to_owned()];
    lines.extend(
        Action::ALL.iter().map(|action| format!("  {action:<40} {}", scope(action.scope()))),
    );
    lines.push("\nThe operations that are open to keys, and under which scope.".to_owned());
    let mut operations: Vec<(&str, Gate)> =
        openapi::operations().map(|(_, _, id)| (id, gate_of(id))).collect();
    operations.sort_unstable_by_key(|(id, _)| *id);
    lines.extend(operations.iter().map(|(id, gate)| {
        let gate = match gate {
            Gate::Open => "any key",
            Gate::Scope(scope) => scope.as_str(),
            Gate::Closed => "no key ever",
        };
        format!("  {id:<40} {gate}")
    }));
    insta::assert_snapshot!(lines.join("\n"));
}
