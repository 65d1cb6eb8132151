//! What people call the things that a debrief names by their ids.

use std::collections::HashMap;

use super::api::Debrief;
use crate::candidates;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{InterviewId, LevelId, UserId};
use crate::interviews;
use crate::jobs;
use crate::loops::Place;
use crate::organization::levels;
use crate::users;

/// The names around a debrief, of what its reader is shown and of nothing else.
pub struct Named {
    /// Whom it is about.
    pub candidate_name: String,
    /// For which job.
    pub job_title: String,
    people: HashMap<UserId, String>,
    kits: HashMap<InterviewId, String>,
    levels: HashMap<LevelId, String>,
}

impl Named {
    /// The names of what a debrief shows.
    ///
    /// # Errors
    /// `not_found` when its application is gone.
    pub fn load(conn: &mut Conn, debrief: &Debrief) -> Result<Self> {
        let place = Place::of(conn, debrief.application_id)?.ok_or_else(Error::not_found)?;
        let candidate = candidates::store::find(conn, place.candidate_id)?;
        let job = jobs::store::find(conn, place.job_id)?;
        let kits = interviews::store::kit_names(conn, &debrief.interviews())?;
        Ok(Self {
            candidate_name: candidate.map(|row| row.name).unwrap_or_default(),
            job_title: job.map(|row| row.title).unwrap_or_default(),
            people: users::store::names(conn, &debrief.people())?,
            kits,
            levels: levels::store::names(conn, &debrief.levels())?,
        })
    }

    /// Somebody's name.
    pub fn person(&self, id: UserId) -> &str {
        self.people.get(&id).map_or("Somebody", String::as_str)
    }

    /// What the kit of an interview is called.
    pub fn kit(&self, id: InterviewId) -> &str {
        self.kits.get(&id).map_or("An interview", String::as_str)
    }

    /// What a level is called.
    pub fn level(&self, id: LevelId) -> &str {
        self.levels.get(&id).map_or("A level", String::as_str)
    }
}

impl Debrief {
    /// Everybody whom it names, once each.
    fn people(&self) -> Vec<UserId> {
        let mut people = vec![self.decider_id, self.driver_id];
        people.extend(self.peeks.iter().map(|peek| peek.user_id));
        let earlier = self.earlier_cards.iter().flatten();
        for card in self.cards.iter().flatten().chain(earlier) {
            people.push(card.author_id);
            people.extend(card.submitted_by);
        }
        people.extend(self.agree_required.iter().flatten());
        people.extend(self.origin.iter().map(|origin| origin.user_id));
        people.extend(self.signal_request.iter().map(|request| request.user_id));
        for proposal in self.proposals.iter().flatten() {
            people.push(proposal.user_id);
            people.extend(proposal.agreements.iter().map(|one| one.user_id));
        }
        people.extend(self.ballots.iter().flatten().map(|ballot| ballot.user_id));
        people.extend(self.findings.iter().flatten().flat_map(|one| one.user_ids.clone()));
        people.extend(self.responses.iter().flatten().map(|response| response.user_id));
        people.extend(self.responded.iter().flatten());
        people.extend(self.light_decision.iter().map(|decision| decision.decider_id));
        if let Some(decision) = &self.decision {
            people.push(decision.decider_id);
            people.extend(decision.dissent.iter().flatten().map(|dissent| dissent.user_id));
        }
        people.sort_unstable();
        people.dedup();
        people
    }

    /// The interviews that its cards and results come from, once each.
    fn interviews(&self) -> Vec<InterviewId> {
        let cards = self.cards.iter().chain(&self.earlier_cards).flatten();
        let results = self.assessments.iter().flatten().map(|result| result.interview_id);
        let mut interviews: Vec<InterviewId> =
            cards.map(|card| card.interview_id).chain(results).collect();
        interviews.sort_unstable();
        interviews.dedup();
        interviews
    }

    /// The levels that it names, once each.
    fn levels(&self) -> Vec<LevelId> {
        let cards = self.cards.iter().chain(&self.earlier_cards).flatten();
        let signals = cards.filter_map(|card| card.level_signal_id);
        let decided = self.decision.iter().filter_map(|decision| decision.level_id);
        let proposed = self.proposals.iter().flatten().filter_map(|proposal| proposal.level_id);
        let mut levels: Vec<LevelId> = signals.chain(decided).chain(proposed).collect();
        levels.sort_unstable();
        levels.dedup();
        levels
    }
}
