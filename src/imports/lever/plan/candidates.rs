//! People: the opportunities of one contact are one candidate.

use super::pursuits::contact_of;
use crate::imports::lever::wire::opportunities::Opportunity;
use crate::imports::lever::wire::values::{LeverId, Text};
use crate::imports::report::Report;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

/// A candidate that ought to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidatePlan {
    /// Lever's id of the contact; where an opportunity names none, the opportunity's own id.
    pub contact: LeverId,
    /// The name; absent if Lever has none.
    pub name: Option<Text>,
    /// A line about the person.
    pub headline: Option<Text>,
    /// Where the person lives, as typed.
    pub location: Option<Text>,
    /// Addresses, unchecked, each once regardless of case, oldest opportunity first.
    pub emails: Vec<Text>,
    /// Telephone numbers as typed, each once.
    pub phones: Vec<PhonePlan>,
    /// Web pages as typed, each once.
    pub links: Vec<Text>,
    /// Labels of all the person's opportunities, each spelling once.
    pub tags: Vec<Text>,
    /// When the first opportunity was made.
    pub created_at: DateTime<Utc>,
}

/// A telephone number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhonePlan {
    /// `mobile`, `home`, `work`, `other`, or what the account says.
    pub label: Option<Text>,
    /// The number as typed.
    pub number: Text,
}

/// Groups opportunities by contact, in the order of the first of each.
pub(super) fn plan(opportunities: &[Opportunity], report: &mut Report) -> Vec<CandidatePlan> {
    let mut order = Vec::new();
    let mut groups: HashMap<&LeverId, Vec<&Opportunity>> = HashMap::new();
    for opportunity in opportunities {
        let contact = contact_of(opportunity);
        groups
            .entry(contact)
            .or_insert_with(|| {
                order.push(contact);
                Vec::new()
            })
            .push(opportunity);
    }
    order
        .into_iter()
        .filter_map(|contact| candidate(contact, groups.remove(contact)?, report))
        .collect()
}

/// Merges the facts about one person: lists are united from the oldest opportunity on, single
/// facts are taken from the newest that has them.
fn candidate(
    contact: &LeverId,
    mut opportunities: Vec<&Opportunity>,
    report: &mut Report,
) -> Option<CandidatePlan> {
    opportunities.sort_by_key(|opportunity| (opportunity.created_at, &opportunity.id));
    let created_at = opportunities.first()?.created_at.utc();
    let newest = |fact: fn(&Opportunity) -> &Option<Text>| {
        opportunities.iter().rev().find_map(|one| fact(one).as_ref().and_then(Text::trimmed))
    };
    let name = newest(|one| &one.name);
    if name.is_none() {
        report.remark("opportunities.name is empty", Some(contact.as_str()));
    }
    let all = |list: fn(&Opportunity) -> &Vec<Text>| {
        opportunities.iter().flat_map(move |one| list(one)).filter_map(Text::trimmed)
    };
    let fold = |text: &Text| text.as_str().to_lowercase();
    let spelling = |text: &Text| text.as_str().to_owned();
    let phones = opportunities.iter().flat_map(|one| &one.phones).filter_map(|phone| {
        let number = phone.value.as_ref()?.trimmed()?;
        Some(PhonePlan { label: phone.kind.as_ref().and_then(Text::trimmed), number })
    });
    let mut numbers = HashSet::new();
    Some(CandidatePlan {
        contact: contact.clone(),
        name,
        headline: newest(|one| &one.headline),
        location: newest(|one| &one.location),
        emails: once(all(|one| &one.emails), fold),
        phones: phones.filter(|phone| numbers.insert(phone.number.clone())).collect(),
        links: once(all(|one| &one.links), spelling),
        tags: once(all(|one| &one.tags), spelling),
        created_at,
    })
}

/// The texts, each once by `key`.
fn once(texts: impl Iterator<Item = Text>, key: impl Fn(&Text) -> String) -> Vec<Text> {
    let mut seen = HashSet::new();
    texts.filter(|text| seen.insert(key(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::plan::samples;

    #[test]
    fn opportunities_of_one_contact_are_one_candidate() {
        let (plan, report) = samples::plan_of(&[(
            "opportunities",
            r#"[{"id":"o-2","createdAt":2000,"contact":"c-1","name":"Ada B","headline":" ",
                 "emails":["ADA@example.com","b@example.com"],"tags":["Go","go"],
                 "phones":[{"type":"home","value":"1"},{"type":null,"value":null}]},
                {"id":"o-3","createdAt":1,"contact":"c-2"},
                {"id":"o-1","createdAt":1000,"contact":"c-1","name":"Ada A","headline":"Cook",
                 "emails":["ada@example.com"],"tags":["Rust","Go"],"links":["x","x"],
                 "phones":[{"type":"work","value":" 1 "}]},
                {"id":"o-4","createdAt":1,"name":"Grace"}]"#,
        )]);
        let contacts: Vec<_> =
            plan.candidates.iter().map(|candidate| candidate.contact.as_str()).collect();
        assert_eq!(contacts, ["c-1", "c-2", "o-4"]);
        let ada = &plan.candidates[0];
        assert_eq!(ada.name, Some(Text::new("Ada B")));
        assert_eq!(ada.headline, Some(Text::new("Cook")));
        assert_eq!(ada.emails, ["ada@example.com", "b@example.com"]);
        assert_eq!(ada.tags, ["Rust", "Go", "go"]);
        assert_eq!(ada.links, ["x"]);
        let phone = PhonePlan { label: Some(Text::new("work")), number: Text::new("1") };
        assert_eq!(ada.phones, [phone]);
        assert_eq!(ada.created_at.timestamp_millis(), 1000);
        let remarks: Vec<_> = report.remarks().map(|(text, tally)| (text, tally.count)).collect();
        assert!(remarks.contains(&("opportunities.name is empty", 1)), "{remarks:?}");
        assert!(
            remarks.contains(&("opportunities.contact is empty; the opportunity stands alone", 1))
        );
    }
}
