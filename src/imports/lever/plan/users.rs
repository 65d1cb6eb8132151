//! People who sign in.

use super::Plan;
use crate::imports::lever::wire::settings::User;
use crate::imports::lever::wire::values::{Instant, LeverId, Text};
use crate::imports::report::Report;
use chrono::{DateTime, Utc};

/// A user that ought to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPlan {
    /// Lever's id.
    pub id: LeverId,
    /// What Lever knows of the person; nothing for a placeholder, which is inactive and has
    /// neither name nor address.
    pub profile: Option<Profile>,
}

/// What Lever knows of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name, if one is given.
    pub name: Option<Text>,
    /// The address, unchecked, if one is given.
    pub email: Option<Text>,
    /// What the person may do.
    pub access: Access,
    /// What the person does.
    pub job_title: Option<Text>,
    /// The manager, a user of the plan.
    pub manager: Option<LeverId>,
    /// When the user was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When the user was shut out; absent while active.
    pub deactivated_at: Option<DateTime<Utc>>,
}

/// The organization role that is nearest to the role in Lever. Nobody becomes an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `super admin` and `admin`.
    Admin,
    /// `team member`, who sees all candidates in Lever.
    Recruiter,
    /// `limited team member`, `interviewer`, `outside recruiter` and every name of the account's
    /// own.
    Member,
}

/// The users that the account lists.
pub(super) fn known(users: Vec<User>, report: &mut Report) -> Vec<UserPlan> {
    users.into_iter().map(|user| known_user(user, report)).collect()
}

/// Adds an inactive user for every id that something in the plan names and the account does not
/// list.
pub(super) fn add_placeholders(plan: &mut Plan) {
    let missing = super::missing(plan.users.iter().map(|user| &user.id), named(plan).into_iter());
    plan.users.extend(missing.into_iter().map(|id| UserPlan { id, profile: None }));
}

fn known_user(user: User, report: &mut Report) -> UserPlan {
    let access = match user.access_role.as_ref().map(Text::as_str) {
        Some("super admin" | "admin") => Access::Admin,
        Some("team member") => Access::Recruiter,
        Some("limited team member" | "interviewer" | "outside recruiter") => Access::Member,
        Some(_) | None => {
            report.remark(
                "users.accessRole is not a built-in role; taken as member",
                Some(user.id.as_str()),
            );
            Access::Member
        }
    };
    let profile = Profile {
        name: user.name.as_ref().and_then(Text::trimmed),
        email: user.email.as_ref().and_then(Text::trimmed),
        access,
        job_title: user.job_title.as_ref().and_then(Text::trimmed),
        manager: user.manager_id,
        created_at: user.created_at.map(Instant::utc),
        deactivated_at: user.deactivated_at.map(Instant::utc),
    };
    UserPlan { id: user.id, profile: Some(profile) }
}

/// Every user that something in the plan names.
fn named(plan: &Plan) -> Vec<&LeverId> {
    let mut named = Vec::new();
    for user in &plan.users {
        named.extend(user.profile.as_ref().and_then(|profile| profile.manager.as_ref()));
    }
    for job in &plan.jobs {
        named.extend([&job.creator, &job.owner, &job.hiring_manager].into_iter().flatten());
        let Some(approval) = &job.approval else {
            continue;
        };
        named.extend(&approval.asked_by);
        let approvers = approval.steps.iter().flat_map(|step| &step.approvers);
        named.extend(approvers.map(|approver| &approver.user));
    }
    for pursuit in &plan.pursuits {
        named.extend([&pursuit.owner, &pursuit.sourced_by].into_iter().flatten());
        named.extend(pursuit.changes.iter().filter_map(|change| change.actor.as_ref()));
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::plan::samples;

    #[test]
    fn roles_become_the_nearest_and_unknown_ones_the_least() {
        let (plan, report) = samples::plan_of(&[(
            "users",
            r#"[{"id":"u-1","accessRole":"super admin","name":" Ada ","managerId":"u-9"},
                {"id":"u-2","accessRole":"team member","email":"b@example.com"},
                {"id":"u-3","accessRole":"Guest","deactivatedAt":1564513832308}]"#,
        )]);
        let access: Vec<_> = plan
            .users
            .iter()
            .map(|user| (user.id.as_str(), user.profile.as_ref().map(|profile| profile.access)))
            .collect();
        assert_eq!(
            access,
            [
                ("u-1", Some(Access::Admin)),
                ("u-2", Some(Access::Recruiter)),
                ("u-3", Some(Access::Member)),
                ("u-9", None),
            ]
        );
        assert_eq!(report.remarks().filter(|(text, _)| text.contains("accessRole")).count(), 1);
    }

    #[test]
    fn every_user_that_is_named_anywhere_has_a_place() {
        let (plan, _) = samples::plan_of(&[
            ("postings", r#"[{"id":"p-1","user":"u-3","hiringManager":"u-2"}]"#),
            (
                "requisitions",
                r#"[{"id":"r-1","owner":"u-1","approval":{"status":"inprogress","createdBy":"u-4",
                    "steps":[{"approvers":[{"id":"u-5"}]}]}}]"#,
            ),
            (
                "opportunities",
                r#"[{"id":"o-1","createdAt":1,"owner":"u-6","sourcedBy":"u-7","followers":["u-99"],
                    "stageChanges":[{"toStageId":"s","updatedAt":1,"userId":"u-8"}]}]"#,
            ),
        ]);
        let ids: Vec<_> = plan.users.iter().map(|user| user.id.as_str()).collect();
        assert_eq!(ids, ["u-1", "u-2", "u-3", "u-4", "u-5", "u-6", "u-7", "u-8"]);
        assert!(plan.users.iter().all(|user| user.profile.is_none()));
    }
}
