//! Replacing the names of third parties.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, CandidateId, UserId};
use crate::retention::store;

/// The people who come up, and what each is called instead.
pub(super) struct Redaction {
    labels: HashMap<AnyId, String>,
    /// Names and addresses, the longest first, each with what stands in its place.
    words: Vec<(String, String)>,
}

impl Redaction {
    /// Those on the candidate's panels, and whoever else wrote something.
    pub(super) fn new(conn: &mut Conn, id: CandidateId, others: Vec<AnyId>) -> Result<Self> {
        let panel: Vec<AnyId> = store::panel_of(conn, id)?;
        let (mut seen, mut order) = (HashSet::new(), Vec::new());
        for (person, word) in panel
            .into_iter()
            .map(|person| (person, "Interviewer"))
            .chain(others.into_iter().map(|person| (person, "Colleague")))
        {
            if person != id.any() && seen.insert(person) {
                order.push((person, word));
            }
        }
        let ids: Vec<UserId> = order.iter().map(|(person, _)| person.typed()).collect();
        Ok(Self::of_people(&order, &store::identities_of(conn, &ids)?))
    }

    fn of_people(order: &[(AnyId, &str)], known: &[(UserId, String, String)]) -> Self {
        let (mut labels, mut words, mut counts) = (HashMap::new(), Vec::new(), HashMap::new());
        for (person, word) in order {
            let count = counts.entry(*word).or_insert(0);
            *count += 1;
            let label = format!("{word} {count}");
            if let Some((_, name, email)) = known.iter().find(|(id, _, _)| id.any() == *person) {
                let written = [name, email].into_iter().filter(|text| !text.is_empty());
                words.extend(written.map(|text| (text.clone(), label.clone())));
            }
            labels.insert(*person, label);
        }
        words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        Self { labels, words }
    }

    /// What somebody is called instead.
    pub(super) fn label(&self, person: AnyId) -> Option<&str> {
        self.labels.get(&person).map(String::as_str)
    }

    /// Words with the names of others replaced.
    pub(super) fn of(&self, text: &str) -> String {
        self.words.iter().fold(text.to_owned(), |text, (name, label)| text.replace(name, label))
    }

    /// The same in all words of a document.
    pub(super) fn within(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.of(&text)),
            Value::Array(values) => {
                Value::Array(values.into_iter().map(|value| self.within(value)).collect())
            }
            Value::Object(map) => Value::Object(
                map.into_iter().map(|(key, value)| (key, self.within(value))).collect(),
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn names_and_addresses_are_replaced_wherever_they_stand() {
        let (lea, ann) = (AnyId(Uuid::from_u128(1)), AnyId(Uuid::from_u128(2)));
        let known = [
            (lea.typed(), "Lea Lead".to_owned(), "lea@example.com".to_owned()),
            (ann.typed(), "Lea Lead-Smith".to_owned(), "ann@example.com".to_owned()),
        ];
        let redaction = Redaction::of_people(&[(lea, "Interviewer"), (ann, "Colleague")], &known);
        assert_eq!(redaction.label(ann), Some("Colleague 1"));
        let document = json!({ "a": ["Lea Lead-Smith asked Lea Lead", 3], "b": "lea@example.com" });
        assert_eq!(
            redaction.within(document),
            json!({ "a": ["Colleague 1 asked Interviewer 1", 3], "b": "Interviewer 1" })
        );
    }
}
