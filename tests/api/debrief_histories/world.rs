//! What can happen to a debrief, in the service and in the model.

use std::sync::Arc;

use actix_web::http::Method;
use chrono::{TimeDelta, Timelike};
use chrono_tz::Tz;
use evenbar::access::OrgRole;
use evenbar::clock::Instant;
use evenbar::mail::transport::{Mailer, SendError};
use serde_json::{Value, json};

use super::model::{Card, Held, Model};
use crate::support::dice::Dice;
use crate::support::onsite::{Onsite, answers, missed};
use crate::support::{Person, TestApp};

const RECOMMENDATIONS: [&str; 5] = ["strong_no", "no", "yes", "strong_yes", "no_decision"];

/// What happened, told if the history fails.
#[derive(Default)]
pub struct Log {
    lines: Vec<String>,
    /// Nobody needs to read it.
    pub told: bool,
}

impl Drop for Log {
    fn drop(&mut self) {
        if !self.told {
            self.lines.iter().for_each(|line| println!("  {line}"));
        }
    }
}

/// A debrief with the people around it, and the model of it.
pub struct World {
    pub app: TestApp,
    dice: Dice,
    pub onsite: Onsite,
    pub leads: Vec<Person>,
    /// The seat of each lead.
    seats: Vec<String>,
    pub model: Model,
    /// Nobody wakes timers and sends mails.
    away: bool,
    pub refused: u64,
    pub log: Log,
}

impl World {
    /// A loop of two to four interviews with a lead each.
    pub async fn begin(app: TestApp, mut dice: Dice) -> Self {
        let interviews = 2 + dice.below(3);
        let onsite = Onsite::new(&app, interviews).await;
        let (mut leads, mut seats) = (Vec::new(), Vec::new());
        for (interview, name) in
            ["Ana", "Ben", "Cyd", "Dee"].into_iter().take(interviews).enumerate()
        {
            let lead = app.person(name, OrgRole::Member);
            seats.push(onsite.seat(&app, interview, &lead, "lead").await);
            leads.push(lead);
        }
        let (model, log) = (Model::new(interviews), Log::default());
        Self { app, dice, onsite, leads, seats, model, away: false, refused: 0, log }
    }

    pub fn now(&self) -> Instant {
        self.app.clock.now()
    }

    fn say(&mut self, what: &str) {
        let wall = self.now().utc().with_timezone(&Tz::Europe__Berlin);
        self.log.lines.push(format!("{} {what}", wall.format("%a %d %H:%M")));
    }

    fn again(&self, person: &Person) -> Person {
        self.app.again(person)
    }

    fn path(&self, what: &str) -> String {
        format!("/debriefs/{}{what}", self.onsite.debrief)
    }

    /// What is due is done, unless the service is away.
    fn wake(&mut self) {
        if !self.away {
            evenbar::notifications::digests::arm(self.app.db()).unwrap();
            self.app.wake_timers();
            self.app.deliver_mail();
            self.model.settle(self.now());
        }
    }

    /// Something happens.
    pub async fn play(&mut self) {
        let who = self.dice.below(self.leads.len());
        match self.dice.below(22) {
            0..=3 => self.wait(),
            4..=6 => self.hand_in(who).await,
            7 | 8 => self.schedule(who).await,
            9 => self.end(who, "completion", Held::TookPlace).await,
            10 if self.dice.one_in(3) => self.end(who, "cancellation", Held::Off).await,
            11 if self.dice.one_in(2) => self.waive(who).await,
            12 => self.extend().await,
            13 => self.force().await,
            14 if self.dice.one_in(2) => self.call_meeting().await,
            15 => self.hold_meeting().await,
            16 | 17 => self.respond(who).await,
            18 => self.cast(who).await,
            19 => self.decide().await,
            20 => self.dissent(who).await,
            21 if self.dice.one_in(12) => self.withdraw().await,
            21 if self.dice.one_in(2) => self.inform().await,
            _ => self.disturb().await,
        }
        self.wake();
    }

    /// Time passes, from minutes to more than a day.
    fn wait(&mut self) {
        let minutes = [5, 30, 120, 300, 720, 1_500][self.dice.below(6)];
        self.app.advance(TimeDelta::minutes(minutes));
        self.say(&format!("{minutes} minutes later"));
    }

    /// The service goes or comes back, is started anew, or its mail server takes no mail for some tries.
    async fn disturb(&mut self) {
        match self.dice.below(4) {
            0 => {
                self.away = !self.away;
                self.say(if self.away { "the service is away" } else { "the service is back" });
            }
            1 | 2 => {
                let mailer = Mailer::Memory(Arc::clone(&self.app.mails));
                self.app = self.app.mailing_by(mailer).await;
                self.say("the service starts anew");
            }
            _ => {
                let times = 1 + self.dice.below(4);
                let busy = SendError::Temporary { detail: "451 Try again later".to_owned() };
                self.app.mails.fail_next(times, &busy);
                self.say(&format!("the mail server is busy {times} times"));
            }
        }
    }

    /// Compares what was answered with what the model allows. True if it was done.
    #[track_caller]
    fn agrees(&mut self, what: &str, status: u16, legal: bool) -> bool {
        self.say(&format!("{what}: {status}"));
        let done = (200..300).contains(&status);
        assert_eq!(done, legal, "{what}: {status}, in {:?}", self.model);
        assert!(done || [403, 409, 422].contains(&status), "{what}: {status}");
        self.refused += u64::from(!done);
        done
    }

    /// Does something to the debrief with the version that stands.
    async fn put(&self, person: &Person, what: &str, body: Value) -> u16 {
        let person = self.again(person);
        let etag = self.app.get(&person, &self.path("")).await.etag();
        self.app.put_if(&person, &self.path(what), &etag, body).await.status
    }

    async fn hand_in(&mut self, who: usize) {
        let legal = self.model.can_hand_in(who);
        let lead = self.again(&self.leads[who]);
        let interview = &self.onsite.interviews[who];
        if !legal {
            let path = format!("/interviews/{interview}/scorecards");
            let status = self.app.send(self.app.request(&lead, Method::POST, &path)).await.status;
            // Of somebody whose card is in, it is that card.
            if self.model.seats[who].card.is_none() {
                self.agrees(&format!("card {who}"), status, false);
            }
            return;
        }
        let says = RECOMMENDATIONS[self.dice.below(5)];
        let level = [None, Some(1), Some(2), Some(3), Some(3)][self.dice.below(5)];
        let mut card = self.onsite.judgement(says);
        card["ratings"][0]["level"] = json!(level);
        let written = self.onsite.write(&self.app, who, &lead, card).await;
        let path = format!("/scorecards/{}/submission", written.id());
        let status = self.app.put_if(&lead, &path, &written.etag(), Value::Null).await.status;
        if self.agrees(&format!("card {who} {says} {level:?}"), status, true) {
            self.model.hand_in(who, Card { says, level }, self.now());
        }
    }

    async fn schedule(&mut self, who: usize) {
        let legal = self.model.can_schedule(who);
        let hours = [1, 3, 20][self.dice.below(3)];
        let starts_at = self.now() + TimeDelta::hours(hours);
        let ends_at = starts_at + TimeDelta::hours(1);
        let body = json!({
            "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin",
            "override": { "reason": "Agreed with everybody." },
        });
        let path = format!("/interviews/{}/schedule", self.onsite.interviews[who]);
        let status = self.app.put(&self.again(&self.onsite.recruiter), &path, body).await.status;
        if self.agrees(&format!("interview {who} in {hours} hours"), status, legal) {
            self.model.schedule(who, ends_at, self.now());
        }
    }

    async fn end(&mut self, who: usize, what: &str, held: Held) {
        let (legal, body) = if held == Held::Off {
            (self.model.can_cancel(who), json!({}))
        } else {
            (self.model.can_complete(who), Value::Null)
        };
        let path = format!("/interviews/{}/{what}", self.onsite.interviews[who]);
        let status = self.app.put(&self.again(&self.onsite.recruiter), &path, body).await.status;
        if self.agrees(&format!("{what} of interview {who}"), status, legal) {
            self.model.end(who, held, self.now());
        }
    }

    async fn waive(&mut self, who: usize) {
        let legal = self.model.can_waive(who);
        let path = format!("/panelists/{}/waiver", self.seats[who]);
        let body = json!({ "reason": "Ill for a while." });
        let status = self.app.put(&self.again(&self.onsite.driver), &path, body).await.status;
        if self.agrees(&format!("waiver of card {who}"), status, legal) {
            self.model.waive(who, self.now());
        }
    }

    async fn extend(&mut self) {
        let legal = self.model.can_extend();
        let until = self.now() + TimeDelta::hours([2, 30][self.dice.below(2)]);
        let status = self.put(&self.onsite.driver, "/extension", json!({ "until": until })).await;
        if self.agrees("extension", status, legal) {
            self.model.extend(until, self.now());
        }
    }

    async fn force(&mut self) {
        let legal = self.model.can_force();
        let body = json!({ "reason": "The candidate has another offer." });
        let status = self.put(&self.onsite.decider, "/forced-reveal", body).await;
        if self.agrees("forced reveal", status, legal) {
            self.model.force(self.now());
        }
    }

    async fn call_meeting(&mut self) {
        let legal = self.model.can_call_meeting();
        let body = json!({ "reason": "We are all in today." });
        let status = self.put(&self.onsite.driver, "/meeting", body).await;
        if self.agrees("meeting", status, legal) {
            self.model.call_meeting(self.now());
        }
    }

    async fn hold_meeting(&mut self) {
        let legal = self.model.can_hold_meeting();
        let body = json!({ "notes": "Everybody said what their card says." });
        let status = self.put(&self.onsite.decider, "/meeting-notes", body).await;
        if self.agrees("notes of the meeting", status, legal) {
            self.model.hold_meeting(self.now());
        }
    }

    async fn respond(&mut self, who: usize) {
        let legal = self.model.can_respond(who);
        let lead = self.again(&self.leads[who]);
        let seen = self.app.get(&lead, &self.path("")).await;
        let told = if seen.json["findings"].is_array() {
            answers(&seen.json, &lead, "As my card says.")
        } else {
            json!([])
        };
        if legal {
            let asks = told.as_array().is_some_and(|questions| !questions.is_empty());
            assert_eq!(asks, self.model.asked.contains(&who), "{}: {}", who, seen.json);
        }
        let body = json!({ "answers": told, "comment": "I have read nobody else." });
        let status = self.app.post(&lead, &self.path("/responses"), body).await.status;
        if self.agrees(&format!("response of {who}"), status, legal) {
            self.model.respond(who, self.now());
        }
    }

    /// Somebody recommends otherwise, because of the card of another.
    async fn cast(&mut self, who: usize) {
        let lead = self.again(&self.leads[who]);
        let seen = self.app.get(&lead, &self.path("")).await;
        let none = Vec::new();
        let cards = seen.json["cards"].as_array().unwrap_or(&none);
        let Some(other) = cards.iter().find(|card| card["author_id"] != json!(lead.id)) else {
            return;
        };
        let says = RECOMMENDATIONS[self.dice.below(5)];
        let legal = self.model.can_cast(who, says);
        let body = json!({
            "recommendation": says, "reason": "That answers what I missed.",
            "because_of": { "scorecard_id": other["scorecard_id"] },
        });
        let status = self.app.post(&lead, &self.path("/ballots"), body).await.status;
        if self.agrees(&format!("ballot of {who}: {says}"), status, legal) {
            self.model.ballots.insert(who, says);
        }
    }

    async fn decide(&mut self) {
        let legal = self.model.can_decide();
        let outcome = ["hire", "no_hire", "hold"][self.dice.below(3)];
        let seen = self.app.get(&self.again(&self.onsite.decider), &self.path("")).await;
        let none = Vec::new();
        let ballots = seen.json["ballots"].as_array().unwrap_or(&none).iter();
        let strong_no = ballots.filter(|ballot| {
            ballot["recommendation"] == "strong_no" && ballot["scorecard_id"].is_string()
        });
        let concerns: Vec<Value> = strong_no
            .map(|one| json!({ "scorecard_id": one["scorecard_id"], "answer": "It was weighed." }))
            .collect();
        let findings = if seen.json["findings"].is_array() {
            missed(&seen.json, "It can be learned.")
        } else {
            json!([])
        };
        let memo = json!({
            "for": [{ "text": "Asked before building." }], "summary": "It was weighed. ".repeat(15),
            "concerns_answered": concerns, "findings_answered": findings,
        });
        let mut body = json!({ "outcome": outcome, "memo": memo });
        if outcome == "hire" {
            body["level_id"] = json!(self.onsite.level);
        }
        let status = self.put(&self.onsite.decider, "/decision", body).await;
        if self.agrees(&format!("decision: {outcome}"), status, legal) {
            self.model.decide(outcome, self.now());
        }
    }

    async fn dissent(&mut self, who: usize) {
        let legal = self.model.can_dissent(who);
        let body = json!({ "statement": "It will be a problem in the first months." });
        let lead = self.again(&self.leads[who]);
        let status = self.app.put(&lead, &self.path("/dissent"), body).await.status;
        if self.agrees(&format!("dissent of {who}"), status, legal) {
            self.model.dissent(who, self.now());
        }
    }

    async fn inform(&mut self) {
        let legal = self.model.can_inform();
        let body = json!({ "how": "spoken" });
        let status = self.put(&self.onsite.driver, "/candidate-informed", body).await;
        if self.agrees("the candidate knows", status, legal) {
            self.model.inform();
        }
    }

    async fn withdraw(&mut self) {
        let legal = self.model.active;
        let path = format!("/applications/{}/withdrawal", self.onsite.application);
        let body = json!({ "note": "Took another offer." });
        let status = self.app.put(&self.again(&self.onsite.recruiter), &path, body).await.status;
        if self.agrees("withdrawal", status, legal) {
            self.model.withdraw(self.now());
        }
    }

    /// The debrief stands where the model says, and still gathers for those who owe a card.
    pub async fn check(&mut self) {
        let seen = self.app.get(&self.again(&self.onsite.driver), &self.path("")).await;
        let (found, phase) = (seen.ok()["state"].clone(), self.model.phase);
        assert_eq!(found, phase.word(), "{:?}", self.model);
        for (who, seat) in self.model.seats.iter().enumerate().filter(|(_, seat)| seat.owes()) {
            let seen = self.app.get(&self.again(&self.leads[who]), &self.path("")).await;
            let state = seen.ok()["state"].as_str().unwrap();
            assert!(
                ["planned", "gathering"].contains(&state),
                "{who} owes a card: {state}, {seat:?}"
            );
        }
    }

    /// Ten days in which nobody does anything more; the service is there on every hour, and so is its mail
    /// server.
    pub async fn come_to_rest(&mut self) {
        self.away = false;
        self.say("nobody does anything more");
        let minutes = 60 - self.now().utc().minute();
        for hour in 0..240 {
            self.wake();
            if hour % 12 == 0 {
                self.check().await;
            }
            let minutes = if hour == 0 { i64::from(minutes) } else { 60 };
            self.app.advance(TimeDelta::minutes(minutes));
        }
        self.wake();
        self.check().await;
    }
}
