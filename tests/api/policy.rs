//! The policy as a committed table: reviewers read its diff.

use evenbar::access::{Action, Holder, table};

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
