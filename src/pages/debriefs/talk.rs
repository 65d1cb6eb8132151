//! What was found between the cards, and what the panel says to it.

use serde::Serialize;

use super::packet::Packet;
use crate::debriefs::{Severity, words};

/// Something that was found.
#[derive(Serialize)]
pub(super) struct Finding<'p> {
    words: String,
    blocks: bool,
    /// Where its evidence is on the page: the attribute.
    attribute: Option<String>,
    /// To whom it is put.
    people: Vec<&'p str>,
    answers: Vec<Said<'p>>,
}

/// What somebody says.
#[derive(Serialize)]
pub(super) struct Said<'p> {
    who: &'p str,
    at: String,
    text: &'p str,
}

/// The findings with the answers to them, the blocking first.
pub(super) fn findings(packet: &Packet) -> Vec<Finding<'_>> {
    let finding = |row: &crate::debriefs::api::DebriefFinding| {
        let mut people = Vec::new();
        for id in &row.user_ids {
            let name = packet.named.person(*id);
            if row.severity == Severity::Blocking && !people.contains(&name) {
                people.push(name);
            }
        }
        let responses = packet.debrief.responses.iter().flatten();
        let answers = responses.flat_map(|response| {
            let of_it = response.answers.iter().filter(|answer| answer.finding_id == row.id);
            of_it.map(|answer| Said {
                who: packet.named.person(response.user_id),
                at: packet.local(response.occurred_at),
                text: &answer.answer,
            })
        });
        Finding {
            words: words::finding(row.kind, row.attribute_id.and_then(|id| packet.attribute(id))),
            blocks: row.severity == Severity::Blocking,
            attribute: row.attribute_id.map(|id| id.to_string()),
            people,
            answers: answers.collect(),
        }
    };
    packet.debrief.findings.iter().flatten().map(finding).collect()
}

/// What people said besides, oldest first.
pub(super) fn said(packet: &Packet) -> Vec<Said<'_>> {
    let responses = packet.debrief.responses.iter().flatten();
    let comments = responses.filter_map(|response| {
        Some(Said {
            who: packet.named.person(response.user_id),
            at: packet.local(response.occurred_at),
            text: response.comment.as_deref()?,
        })
    });
    comments.collect()
}
