//! What can happen to a debrief in a history. The worlds part here: what is asked, and whether there is
//! anything to ask, follows from what was written.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::moves::text;
use super::world::{WATCHERS, World, Worlds};
use crate::support::onsite::{answers, missed};

fn decider(world: &World) -> crate::support::Person {
    world.app.again(&world.onsite.decider)
}

impl Worlds {
    /// The decider looks before the reveal, in each world for another reason.
    pub(super) async fn peek(&mut self) {
        let Some(debrief) = self.plan.pick(&self.debriefs).cloned() else { return };
        let bodies = self.differing(|words, _| json!({ "reason": text(words) }));
        self.ask(Method::PUT, &format!("/debriefs/{debrief}/peek"), decider, bodies).await;
        for world in &self.both {
            world.app.get(&decider(world), "/scorecards").await;
        }
    }

    /// The decider goes on without the cards that are missing, where there are some.
    pub(super) async fn force(&mut self) {
        let Some(debrief) = self.plan.pick(&self.debriefs).cloned() else { return };
        let path = format!("/debriefs/{debrief}");
        let mut forced = Vec::new();
        for world in &mut self.both {
            let body = json!({ "reason": text(&mut world.words) });
            let seen = world.app.get(&decider(world), &path).await;
            let etag = seen.header("etag").unwrap_or("\"0\"").to_owned();
            let path = format!("{path}/forced-reveal");
            forced.push(world.app.put_if(&decider(world), &path, &etag, body).await.status);
        }
        self.say(format!("{debrief} goes on: {forced:?}"));
        self.align();
    }

    /// Those who are asked answer in each world what they are asked there, one of them may move, and the
    /// decider may call a meeting. Those who are compared say nothing: it would be theirs to read.
    pub(super) async fn converse(&mut self) {
        let Some(debrief) = self.plan.pick(&self.debriefs).cloned() else { return };
        let (meets, moves) = (self.plan.one_in(3), self.plan.one_in(2));
        let path = format!("/debriefs/{debrief}");
        let mut said = Vec::new();
        for world in &mut self.both {
            for author in WATCHERS..world.cast.len() {
                let person = world.person(author);
                let seen = world.app.get(&person, &path).await;
                if seen.json["state"] != "discussing" {
                    continue;
                }
                let comment = text(&mut world.words);
                let told = answers(&seen.json, &person, &comment);
                let body = json!({ "answers": told, "comment": comment });
                let responded = world.app.post(&person, &format!("{path}/responses"), body).await;
                said.push(responded.status);
                if moves
                    && let Some(card) = seen.json["cards"].as_array().and_then(|all| all.first())
                {
                    let ballot = json!({
                        "recommendation": "yes", "reason": comment,
                        "because_of": { "scorecard_id": card["scorecard_id"] },
                    });
                    said.push(
                        world.app.post(&person, &format!("{path}/ballots"), ballot).await.status,
                    );
                }
            }
            if meets {
                let why = json!({ "reason": text(&mut world.words) });
                let notes = json!({ "notes": text(&mut world.words) });
                for (what, body) in [("meeting", why), ("meeting-notes", notes)] {
                    let seen = world.app.get(&decider(world), &path).await;
                    let etag = seen.header("etag").unwrap_or("\"0\"").to_owned();
                    let path = format!("{path}/{what}");
                    said.push(world.app.put_if(&decider(world), &path, &etag, body).await.status);
                }
            }
        }
        self.say(format!("{debrief} is discussed: {said:?}"));
        self.align();
    }

    /// Somebody who sees a decision otherwise says so, where there is one.
    pub(super) async fn object(&mut self) {
        let Some(debrief) = self.plan.pick(&self.debriefs).cloned() else { return };
        let mut said = Vec::new();
        for world in &mut self.both {
            let body = json!({ "statement": text(&mut world.words) });
            let path = format!("/debriefs/{debrief}/dissent");
            said.push(world.app.put(&world.person(WATCHERS), &path, body).await.status);
        }
        self.say(format!("dissent from {debrief}: {said:?}"));
        self.align();
    }

    /// The decider decides, in each world in their own way.
    pub(super) async fn decide(&mut self) {
        let Some(debrief) = self.plan.pick(&self.debriefs).cloned() else { return };
        let path = format!("/debriefs/{debrief}");
        let mut bodies = Vec::new();
        for world in &mut self.both {
            let shown = world.app.get(&decider(world), &path).await;
            let none = Vec::new();
            let ballots = shown.json["ballots"].as_array().unwrap_or(&none);
            let strong_no = ballots.iter().filter(|card| {
                card["recommendation"] == "strong_no" && !card["scorecard_id"].is_null()
            });
            let answers: Vec<Value> = strong_no
                .map(|card| {
                    json!({ "scorecard_id": card["scorecard_id"], "answer": text(&mut world.words) })
                })
                .collect();
            let missed = if shown.json["findings"].is_null() {
                json!([])
            } else {
                missed(&shown.json, &text(&mut world.words))
            };
            let outcome = if world.words.one_in(2) { "hire" } else { "no_hire" };
            bodies.push(json!({
                "outcome": outcome, "level_id": world.onsite.level,
                "memo": {
                    "for": [{ "text": text(&mut world.words) }],
                    "concerns_answered": answers,
                    "findings_answered": missed,
                    // Long enough for a decision against the majority, whichever that is.
                    "summary": text(&mut world.words) + &" It was weighed.".repeat(15),
                },
            }));
        }
        let mut decided = Vec::new();
        for (world, body) in self.both.iter().zip(bodies) {
            let seen = world.app.get(&decider(world), &path).await;
            let etag = seen.header("etag").unwrap_or("\"0\"").to_owned();
            let path = format!("{path}/decision");
            decided.push(world.app.put_if(&decider(world), &path, &etag, body).await.status);
        }
        self.decided += u64::from(decided == [200, 200]);
        self.closing |= decided.contains(&200);
        self.say(format!("{debrief} is decided: {decided:?}"));
        self.align();
    }
}
