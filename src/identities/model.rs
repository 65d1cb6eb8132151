//! Whose account an identity is, and with which role.

use std::cmp::Reverse;

use crate::access::OrgRole;
use crate::http::fields::Email;
use crate::ids::UserId;
use crate::text_enum;
use crate::users::UserState;

text_enum! {
    /// Why somebody whom the provider knows does not come in. The words go to the log.
    pub enum Refusal {
        /// The sign-in is over, was used, or was begun in another browser.
        Stale => "stale",
        /// The provider sent them back without signing them in.
        NotSignedIn => "not_signed_in",
        /// What the provider said does not hold.
        Unproven => "unproven",
        /// There is no organization yet.
        NotSetUp => "not_set_up",
        /// The provider names no verified address.
        EmailUnverified => "email_unverified",
        /// The address is of a domain that is not on the list.
        DomainNotAllowed => "domain_not_allowed",
        /// The account was deactivated.
        Deactivated => "deactivated",
        /// An account with this address has a password: sign in with it and connect.
        PasswordFirst => "password_first",
        /// An account with this address belongs to another identity.
        OtherIdentity => "other_identity",
        /// Whoever wanted to connect is signed out meanwhile.
        SignedOut => "signed_out",
        /// The identity belongs to another account.
        OtherAccount => "other_account",
    }
}

/// Who may come in, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Domains of addresses; none for all.
    pub domains: Vec<String>,
    /// Groups at the provider, each with the role that it gives.
    pub roles: Vec<(String, OrgRole)>,
    /// Whether passwords work.
    pub local_passwords: bool,
    /// The folded address of the owner whose password works all the same.
    pub break_glass_owner: Option<String>,
}

impl Rules {
    /// Passwords, and no provider.
    pub fn local() -> Self {
        Self {
            domains: Vec::new(),
            roles: Vec::new(),
            local_passwords: true,
            break_glass_owner: None,
        }
    }

    /// Whether anybody at all comes in with a password.
    pub fn has_passwords(&self) -> bool {
        self.local_passwords || self.break_glass_owner.is_some()
    }

    /// Whether a password of the account with this folded address works.
    pub fn password_works(&self, email_folded: &str) -> bool {
        self.local_passwords || self.breaks_glass(email_folded)
    }

    /// Whether signing in to this account with a password is breaking the glass.
    pub fn breaks_glass(&self, email_folded: &str) -> bool {
        !self.local_passwords && self.break_glass_owner.as_deref() == Some(email_folded)
    }

    fn allows(&self, email: &Email) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains.is_empty() || self.domains.iter().any(|allowed| allowed == domain)
    }

    /// The role of somebody in these groups who has `current`, or would get it.
    pub(super) fn role(&self, current: OrgRole, groups: &[String]) -> OrgRole {
        let makes_owners = self.roles.iter().any(|(_, role)| *role == OrgRole::Owner);
        // An agency's recruiter stays one, whatever groups the provider knows.
        let keeps = current == OrgRole::External || (current == OrgRole::Owner && !makes_owners);
        if self.roles.is_empty() || keeps {
            return current;
        }
        let given = self.roles.iter().filter(|(group, _)| groups.contains(group));
        given
            .map(|(_, role)| *role)
            .max_by_key(|role| Reverse(depth(*role)))
            .unwrap_or(OrgRole::Member)
    }
}

/// How far below the top a role stands.
const fn depth(role: OrgRole) -> u8 {
    match role {
        OrgRole::Owner => 0,
        OrgRole::Admin => 1,
        OrgRole::Recruiter => 2,
        OrgRole::Coordinator => 3,
        OrgRole::Member => 4,
        OrgRole::External => 5,
    }
}

/// What is known of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) id: UserId,
    pub(super) state: UserState,
    /// Whether it has a password that works.
    pub(super) has_password: bool,
    /// Whether it is connected with an identity, at whatever issuer.
    pub(super) is_connected: bool,
}

/// What is known when somebody comes back from the provider.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'k> {
    /// The verified address.
    pub(super) email: Option<&'k Email>,
    /// The account that is connected with the identity.
    pub(super) connected: Option<Account>,
    /// The account with the address.
    pub(super) addressed: Option<Account>,
    /// The account whose owner wants to connect it.
    pub(super) connecting: Option<Account>,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// They come in.
    Enter(UserId),
    /// The account is connected, and they come in.
    Connect(UserId),
    /// They get an account.
    Create,
}

impl Rules {
    /// Decides whose account it is.
    pub(super) fn plan(&self, known: &Known<'_>) -> Result<Plan, Refusal> {
        if !self.domains.is_empty() || known.connected.or(known.connecting).is_none() {
            let email = known.email.ok_or(Refusal::EmailUnverified)?;
            if !self.allows(email) {
                return Err(Refusal::DomainNotAllowed);
            }
        }
        match (known.connected, known.connecting, known.addressed) {
            (Some(account), Some(other), _) if account.id != other.id => Err(Refusal::OtherAccount),
            (Some(account), _, _) => active(account).map(Plan::Enter),
            (None, Some(account), _) if account.is_connected => Err(Refusal::OtherIdentity),
            (None, Some(account), _) => active(account).map(Plan::Connect),
            (None, None, None) => Ok(Plan::Create),
            (None, None, Some(account)) => {
                let id = active(account)?;
                if account.is_connected {
                    Err(Refusal::OtherIdentity)
                } else if account.has_password {
                    Err(Refusal::PasswordFirst)
                } else {
                    Ok(Plan::Connect(id))
                }
            }
        }
    }
}

fn active(account: Account) -> Result<UserId, Refusal> {
    match account.state {
        // An invitation is accepted by coming in.
        UserState::Active | UserState::Invited => Ok(account.id),
        UserState::Deactivated => Err(Refusal::Deactivated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::ids::IdSource;

    fn rules(roles: &[(&str, OrgRole)]) -> Rules {
        let roles = roles.iter().map(|(group, role)| ((*group).to_owned(), *role)).collect();
        Rules { roles, ..Rules::local() }
    }

    #[test]
    fn the_highest_role_of_the_groups_holds_and_none_makes_a_member() {
        let rules = rules(&[
            ("hire", OrgRole::Recruiter),
            ("plan", OrgRole::Coordinator),
            ("run", OrgRole::Admin),
        ]);
        let role = |current, groups: &[&str]| {
            rules.role(current, &groups.iter().map(|group| (*group).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(role(OrgRole::Member, &["plan", "hire", "other"]), OrgRole::Recruiter);
        assert_eq!(role(OrgRole::Recruiter, &["run", "hire"]), OrgRole::Admin);
        assert_eq!(role(OrgRole::Admin, &["plan"]), OrgRole::Coordinator);
        assert_eq!(role(OrgRole::Recruiter, &[]), OrgRole::Member);
        assert_eq!(role(OrgRole::Owner, &["hire"]), OrgRole::Owner, "owners are not its business");
    }

    #[test]
    fn groups_make_and_unmake_owners_only_where_the_mapping_names_owners() {
        let rules = rules(&[("own", OrgRole::Owner), ("hire", OrgRole::Recruiter)]);
        let own = ["own".to_owned()];
        assert_eq!(rules.role(OrgRole::Member, &own), OrgRole::Owner);
        assert_eq!(rules.role(OrgRole::Owner, &[]), OrgRole::Member);
        assert_eq!(
            Rules::local().role(OrgRole::Admin, &own),
            OrgRole::Admin,
            "no mapping, no change"
        );
    }

    #[test]
    fn an_address_leads_to_no_account_that_somebody_else_can_enter() {
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        let email: Email = "ada@example.com".parse().unwrap();
        let plain = Account {
            id: ids.next_id(),
            state: UserState::Active,
            has_password: false,
            is_connected: false,
        };
        let other = Account { id: ids.next_id(), ..plain };
        let known =
            Known { email: Some(&email), connected: None, addressed: None, connecting: None };
        let plan = |known: Known<'_>| Rules::local().plan(&known);
        assert_eq!(plan(known), Ok(Plan::Create));
        assert_eq!(plan(Known { email: None, ..known }), Err(Refusal::EmailUnverified));
        let addressed = |account| plan(Known { addressed: Some(account), ..known });
        assert_eq!(addressed(plain), Ok(Plan::Connect(plain.id)));
        assert_eq!(addressed(Account { has_password: true, ..plain }), Err(Refusal::PasswordFirst));
        assert_eq!(addressed(Account { is_connected: true, ..plain }), Err(Refusal::OtherIdentity));
        let out = Account { state: UserState::Deactivated, ..plain };
        assert_eq!(addressed(out), Err(Refusal::Deactivated));
        let connected = Known { connected: Some(plain), addressed: Some(other), ..known };
        assert_eq!(
            plan(connected),
            Ok(Plan::Enter(plain.id)),
            "the identity counts, not the address"
        );
        assert_eq!(plan(Known { connected: Some(out), ..known }), Err(Refusal::Deactivated));
        let connecting = Known { connecting: Some(other), ..connected };
        assert_eq!(plan(connecting), Err(Refusal::OtherAccount));
        let strong = Account { has_password: true, ..other };
        let connecting = Known { connecting: Some(strong), email: None, ..known };
        assert_eq!(plan(connecting), Ok(Plan::Connect(other.id)));
    }

    #[test]
    fn a_domain_that_is_taken_off_the_list_bites_at_the_next_sign_in() {
        let rules = Rules { domains: vec!["example.com".to_owned()], ..Rules::local() };
        let mut ids = IdSource::counted().batch(Instant::from_micros(0));
        let account = Account {
            id: ids.next_id(),
            state: UserState::Active,
            has_password: false,
            is_connected: true,
        };
        let plan = |address: &str| {
            let email: Email = address.parse().unwrap();
            rules.plan(&Known {
                email: Some(&email),
                connected: Some(account),
                addressed: None,
                connecting: None,
            })
        };
        assert_eq!(plan("Ada@EXAMPLE.com"), Ok(Plan::Enter(account.id)));
        for other in ["ada@example.org", "ada@sub.example.com", "ada@notexample.com"] {
            assert_eq!(plan(other), Err(Refusal::DomainNotAllowed), "{other}");
        }
    }
}
