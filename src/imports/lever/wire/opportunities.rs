//! Opportunities with their history, and panels.

use super::extra::Extra;
use super::values::{Instant, LeverId, Text, list};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// One person's pursuit of one job, or of none yet. From `GET /opportunities`.
///
/// The facts about the person repeat in each opportunity of the same contact.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opportunity {
    /// The id.
    pub id: LeverId,
    /// The person.
    pub contact: Option<LeverId>,
    /// The person's name.
    pub name: Option<Text>,
    /// What the person says of themselves in a line.
    pub headline: Option<Text>,
    /// Where the person lives.
    pub location: Option<Text>,
    /// Addresses of the person.
    #[serde(default, deserialize_with = "list")]
    pub emails: Vec<Text>,
    /// Telephone numbers of the person.
    #[serde(default, deserialize_with = "list")]
    pub phones: Vec<Phone>,
    /// Web pages of the person.
    #[serde(default, deserialize_with = "list")]
    pub links: Vec<Text>,
    /// Labels on this opportunity.
    #[serde(default, deserialize_with = "list")]
    pub tags: Vec<Text>,
    /// Where it came from.
    #[serde(default, deserialize_with = "list")]
    pub sources: Vec<Text>,
    /// How it came: `sourced`, `referred`, `applied`, `university`, `agency` or `internal`.
    pub origin: Option<Text>,
    /// Who brought it, a user.
    pub sourced_by: Option<LeverId>,
    /// Who looks after it, a user.
    pub owner: Option<LeverId>,
    /// `confidential` or `non-confidential`.
    pub confidentiality: Option<Text>,
    /// The stage it stands in, or stood in when it was archived.
    pub stage: Option<LeverId>,
    /// Moves from stage to stage, the entry included, oldest first.
    #[serde(default, deserialize_with = "list")]
    pub stage_changes: Vec<StageChange>,
    /// Absent while the opportunity is active.
    pub archived: Option<Archived>,
    /// The applications, of which there is at most one in practice.
    #[serde(default, deserialize_with = "list")]
    pub applications: Vec<Application>,
    /// When it was made.
    pub created_at: Instant,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A telephone number.
#[derive(Clone, Debug, Deserialize)]
pub struct Phone {
    /// `mobile`, `home`, `work`, `other` or null.
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    /// The number as it was typed.
    pub value: Option<Text>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A move into a stage.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageChange {
    /// The stage entered.
    pub to_stage_id: LeverId,
    /// When.
    pub updated_at: Instant,
    /// Who moved it, a user; absent for most moves.
    pub user_id: Option<LeverId>,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The closing of an opportunity.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Archived {
    /// Why, an archive reason.
    pub reason: Option<LeverId>,
    /// When.
    pub archived_at: Instant,
    /// Fields without a home.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An application: an id alone, or the whole object where the caller asked Lever to expand it.
/// Only the whole object names the posting.
#[derive(Clone, Debug)]
pub struct Application {
    /// The id.
    pub id: LeverId,
    /// The posting applied to.
    pub posting: Option<LeverId>,
    /// Fields without a home.
    pub extra: Extra,
}

impl<'de> Deserialize<'de> for Application {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ApplicationVisitor;
        impl<'de> Visitor<'de> for ApplicationVisitor {
            type Value = Application;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of an application or an application")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Application, E> {
                let id = LeverId::parse(text)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Other("text"), &self))?;
                Ok(Application { id, posting: None, extra: Extra::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Application, A::Error> {
                #[derive(Deserialize)]
                struct Whole {
                    id: LeverId,
                    posting: Option<LeverId>,
                    #[serde(flatten)]
                    extra: Extra,
                }
                let Whole { id, posting, extra } =
                    Whole::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Application { id, posting, extra })
            }
        }
        deserializer.deserialize_any(ApplicationVisitor)
    }
}

/// Interviews that belong together. From `GET /opportunities/:id/panels`.
///
/// Read only to say in the report that it has no home: Lever's interviews carry no kit, and the
/// feedback on them is not part of an account's files.
#[derive(Clone, Debug, Deserialize)]
pub struct Panel {
    /// The id.
    pub id: LeverId,
    /// The interviews.
    #[serde(default, deserialize_with = "list")]
    pub interviews: Vec<Interview>,
}

/// A scheduled interview.
#[derive(Clone, Debug, Deserialize)]
pub struct Interview {
    /// The id.
    pub id: LeverId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::decode::decode;

    #[test]
    fn an_application_is_an_id_or_an_object() {
        let opportunity: Opportunity = decode(
            br#"{"id":"o-1","createdAt":1,"emails":null,
                "applications":["a-1",{"id":"a-2","posting":{"id":"p-1","text":"Cook"},"comments":"x"}]}"#,
        )
        .unwrap();
        let [plain, whole] = opportunity.applications.as_slice() else {
            panic!("two applications")
        };
        assert_eq!((plain.id.as_str(), &plain.posting), ("a-1", &None));
        assert_eq!(whole.posting, LeverId::parse("p-1"));
        assert_eq!(whole.extra.names().collect::<Vec<_>>(), ["comments"]);
    }

    #[test]
    fn a_wrong_type_deep_inside_is_named_by_its_path() {
        let fault = decode::<Opportunity>(
            br#"{"id":"o-1","createdAt":1,"stageChanges":[{"toStageId":"s","updatedAt":true}]}"#,
        )
        .unwrap_err();
        assert_eq!(fault.record_id.as_deref(), Some("o-1"));
        assert_eq!(
            fault.reason,
            "stageChanges[0].updatedAt: expected a whole number, found boolean"
        );
    }
}
