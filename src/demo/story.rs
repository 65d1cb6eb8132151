//! One candidate's story, step by step.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::candidates::{Applicant, ROUNDS, Step};
use super::company::OpenJob;
use super::people::OWNER;
use super::teller::{Refusal, Teller, text};
use crate::clock::Instant;

/// Recommendation, level of each attribute, and summary of the three cards that a loop gets.
const CARDS: [(&str, i32, &str); 3] = [
    (
        "yes",
        3,
        "Asked for the limits before drawing anything. The first design was too heavy for the link; they \
         noticed it themselves and said what they would give up.",
    ),
    (
        "strong_yes",
        4,
        "Found what nobody had told them, and explained it so that I could have written it down as it was \
         said. I would want this person beside me on a bad night.",
    ),
    (
        "yes",
        3,
        "Careful and kind with work that was not theirs. Slow at the start, then every question hit \
         something. Named two things they did not know.",
    ),
];

/// The card of somebody who is not convinced.
const DOUBT: (&str, i32, &str) = (
    "no",
    2,
    "The idea was sound, but each time I changed one thing the explanation began anew. I could not tell \
     what they would do when the link is gone for an hour.",
);

/// What a rating rests on.
const EVIDENCE: &str =
    "Said what would happen at high water with half of the gauges silent, before I asked.";

/// What everybody answers who is asked about a difference.
const ANSWER: &str =
    "In my hour the plan held once it was drawn; I would ask about the first week.";

/// The memo of every decision to hire.
const MEMO: &str = "Three people saw the same thing from different sides: limits first, then the design, then \
    what it costs. The doubts are about speed, which this work does not need. We hire.";

/// One candidate's story.
pub(super) struct Story<'j> {
    applicant: &'static Applicant,
    job: &'j OpenJob,
    source_id: String,
    rejection_reason_id: String,
    tag_id: Option<String>,
    application: String,
    stage: String,
    interviews: Vec<String>,
    debrief: String,
    offer: String,
}

impl<'j> Story<'j> {
    pub(super) fn new(
        applicant: &'static Applicant,
        job: &'j OpenJob,
        source_id: String,
        rejection_reason_id: String,
        tag_id: Option<String>,
    ) -> Self {
        Self {
            applicant,
            job,
            source_id,
            rejection_reason_id,
            tag_id,
            application: String::new(),
            stage: String::new(),
            interviews: Vec::new(),
            debrief: String::new(),
            offer: String::new(),
        }
    }

    /// Takes the step of this round; the story ends in the last one.
    pub(super) async fn go_on(
        &mut self,
        teller: &Teller,
        round: usize,
        now: Instant,
    ) -> Result<(), Refusal> {
        let steps = self.applicant.course.steps();
        let Some(index) = (round + steps.len()).checked_sub(ROUNDS + 1) else { return Ok(()) };
        match steps.get(index) {
            Some(step) => self.take(teller, *step, now).await,
            None => Ok(()),
        }
    }

    async fn take(&mut self, teller: &Teller, step: Step, now: Instant) -> Result<(), Refusal> {
        match step {
            Step::Apply => self.apply(teller).await,
            Step::Screen => self.move_to(teller, 1).await,
            Step::Plan => self.plan(teller).await,
            Step::Schedule => self.schedule(teller, now).await,
            Step::FirstCard => {
                for interview in &self.interviews {
                    teller
                        .put("amara", &format!("/interviews/{interview}/completion"), Value::Null)
                        .await?;
                }
                self.card(teller, 0).await
            }
            Step::SecondCard => self.card(teller, 1).await,
            Step::LastCard => {
                self.card(teller, 2).await?;
                self.discuss(teller).await
            }
            Step::Decide => self.decide(teller).await,
            Step::Draft => self.draft(teller, now).await,
            Step::Submit => self.resolve(teller, "/submission", Value::Null).await,
            Step::Approve => self.approve(teller).await,
            Step::Extend => {
                let expires_at = now + TimeDelta::days(10);
                self.resolve(teller, "/extension", json!({ "expires_at": expires_at })).await
            }
            Step::Accept => {
                self.resolve(teller, "/acceptance", json!({ "note": "By telephone." })).await
            }
            Step::Reject => {
                let note = "Strong on the machines, little patience for the people who use them.";
                let body = json!({ "reason_id": self.rejection_reason_id, "note": note });
                self.close(teller, Method::PUT, "rejection", body).await
            }
            Step::Withdraw => {
                let body = json!({ "note": "Took another place, nearer to home." });
                self.close(teller, Method::PUT, "withdrawal", body).await
            }
            Step::Reopen => {
                let body = json!({ "reason": "A second opening was approved, and the reason falls away." });
                self.close(teller, Method::POST, "reopenings", body).await
            }
        }
    }

    async fn apply(&mut self, teller: &Teller) -> Result<(), Refusal> {
        let Applicant { name, email, location, time_zone, .. } = self.applicant;
        let candidate = json!({
            "name": name, "location": location, "time_zone": time_zone,
            "contact_points": [{ "kind": "email", "value": email }],
            "custom": { "notice_period": if self.applicant.job == 0 { "Three months" } else { "One month" } },
        });
        let candidate = teller.post("tomasz", "/candidates", candidate).await?.id();
        if let Some(tag_id) = &self.tag_id {
            let tags = json!({ "tag_ids": [tag_id] });
            teller.put("tomasz", &format!("/candidates/{candidate}/tags"), tags).await?;
        }
        let application = json!({ "candidate_id": candidate, "job_id": self.job.id, "source_id": self.source_id });
        let made = teller.post("tomasz", "/applications", application).await?;
        self.application = made.id();
        self.stage = text(&made.json, "/stage_id");
        Ok(())
    }

    async fn move_to(&mut self, teller: &Teller, stage: usize) -> Result<(), Refusal> {
        let to = self.job.stages.get(stage).cloned().unwrap_or_default();
        let body = json!({ "from_stage_id": self.stage, "to_stage_id": to });
        teller.post("tomasz", &format!("/applications/{}/moves", self.application), body).await?;
        self.stage = to;
        Ok(())
    }

    async fn close(
        &self,
        teller: &Teller,
        method: Method,
        how: &str,
        body: Value,
    ) -> Result<(), Refusal> {
        let path = format!("/applications/{}/{how}", self.application);
        let answer = match method {
            Method::PUT => teller.put("tomasz", &path, body).await,
            _ => teller.post("tomasz", &path, body).await,
        };
        answer.map(drop)
    }

    async fn plan(&mut self, teller: &Teller) -> Result<(), Refusal> {
        self.move_to(teller, 2).await?;
        let body = json!({
            "loop_template_version_id": self.job.template_version_id,
            "decider_id": teller.user(self.job.decider)?,
            "driver_id": teller.user("tomasz")?,
        });
        let path = format!("/applications/{}/loops", self.application);
        let begun = teller.post("tomasz", &path, body).await?;
        self.debrief = text(&begun.json, "/debrief_id");
        self.interviews =
            (0..2).map(|n| text(&begun.json, &format!("/interview_ids/{n}"))).collect();
        Ok(())
    }

    /// Who sits in which interview, and in which seat.
    fn seats(&self) -> [(usize, &'static str, &'static str); 3] {
        let [lead, second, other] = self.job.panel;
        [(0, lead, "lead"), (0, second, "second"), (1, other, "lead")]
    }

    async fn schedule(&self, teller: &Teller, now: Instant) -> Result<(), Refusal> {
        for (interview, who, slot) in self.seats() {
            let path = format!("/interviews/{}/panel", self.interview(interview));
            teller
                .post("amara", &path, json!({ "user_id": teller.user(who)?, "slot": slot }))
                .await?;
        }
        for (interview, hours) in [(0, 20), (1, 22)] {
            let path = format!("/interviews/{}/schedule", self.interview(interview));
            let starts_at = now + TimeDelta::hours(hours);
            let body = json!({
                "starts_at": starts_at, "ends_at": starts_at + TimeDelta::minutes(60),
                "time_zone": "Europe/Lisbon",
                "override": { "reason": "Everybody agreed to this hour." },
            });
            teller.put("amara", &path, body).await?;
        }
        Ok(())
    }

    fn interview(&self, index: usize) -> &str {
        self.interviews.get(index).map_or("", String::as_str)
    }

    async fn card(&self, teller: &Teller, index: usize) -> Result<(), Refusal> {
        let (interview, who, _) = *self.seats().get(index).ok_or("no such seat")?;
        // One story ends with a question for its decider.
        let doubtful = index == 1 && self.applicant.course.steps().last() == Some(&Step::LastCard);
        let card = if doubtful { Some(&DOUBT) } else { CARDS.get(index) };
        let (recommendation, level, summary) = *card.ok_or("no such card")?;
        let path = format!("/interviews/{}", self.interview(interview));
        let kit = teller.get(who, &path).await?;
        let begun = teller.post(who, &format!("{path}/scorecards"), Value::Null).await?;
        let attributes = kit.json.pointer("/kit/attributes").and_then(Value::as_array).cloned();
        let ratings: Vec<Value> = attributes
            .unwrap_or_default()
            .iter()
            .map(|attribute| {
                let id = text(attribute, "/attribute_id");
                json!({ "attribute_id": id, "level": level, "evidence": EVIDENCE })
            })
            .collect();
        let body =
            json!({ "recommendation": recommendation, "summary": summary, "ratings": ratings });
        let path = format!("/scorecards/{}", begun.id());
        teller.change(who, Method::PATCH, &path, "", body).await?;
        teller.change(who, Method::PUT, &path, "/submission", Value::Null).await.map(drop)
    }

    /// Those who judged answer what differs between their cards.
    async fn discuss(&self, teller: &Teller) -> Result<(), Refusal> {
        let path = format!("/debriefs/{}", self.debrief);
        for (_, who, _) in self.seats() {
            let seen = teller.get(who, &path).await?;
            if text(&seen.json, "/state") != "discussing" {
                return Ok(());
            }
            let me = json!(teller.user(who)?);
            let findings = seen.json.get("findings").and_then(Value::as_array);
            let answers: Vec<Value> = findings
                .into_iter()
                .flatten()
                .filter(|finding| {
                    let people = finding.get("user_ids").and_then(Value::as_array);
                    text(finding, "/severity") == "blocking"
                        && people.is_some_and(|people| people.contains(&me))
                })
                .map(|finding| json!({ "finding_id": text(finding, "/id"), "answer": ANSWER }))
                .collect();
            let body = json!({ "answers": answers, "comment": ANSWER });
            teller.post(who, &format!("{path}/responses"), body).await?;
        }
        Ok(())
    }

    async fn decide(&self, teller: &Teller) -> Result<(), Refusal> {
        let point = json!({ "text": "Asks for the limits before the design." });
        let against = json!({ "text": "Slow to begin; works better with a day to think." });
        let memo = json!({
            "for": [point], "against": [against], "summary": MEMO,
            "set_up_for_success": "A week on the water with the crew, before the first line of code.",
        });
        let body = json!({ "outcome": "hire", "level_id": self.job.level_id, "memo": memo });
        let path = format!("/debriefs/{}", self.debrief);
        teller.change(self.job.decider, Method::PUT, &path, "/decision", body).await.map(drop)
    }

    async fn draft(&mut self, teller: &Teller, now: Instant) -> Result<(), Refusal> {
        self.move_to(teller, 3).await?;
        let start_on = (now + TimeDelta::days(60)).utc().date_naive();
        let terms = json!({
            "base": { "amount": self.job.facts.offer, "currency": "EUR" }, "period": "year",
            "level_id": self.job.level_id, "title": self.job.facts.title,
            "location": self.applicant.location, "employment_type": "permanent", "start_on": start_on,
        });
        let path = format!("/applications/{}/offers", self.application);
        self.offer = teller.post("tomasz", &path, json!({ "terms": terms })).await?.id();
        Ok(())
    }

    async fn resolve(&self, teller: &Teller, how: &str, body: Value) -> Result<(), Refusal> {
        let path = format!("/offers/{}", self.offer);
        teller.change("tomasz", Method::PUT, &path, how, body).await.map(drop)
    }

    /// Both steps vote, in their order, on the terms that the offer shows them.
    async fn approve(&self, teller: &Teller) -> Result<(), Refusal> {
        for who in ["graca", OWNER.key] {
            let offer = teller.get(who, &format!("/offers/{}", self.offer)).await?;
            let run = text(&offer.json, "/approval_run/id");
            let terms_hash = text(&offer.json, "/current_version/terms_hash");
            let body = json!({ "decision": "approve", "terms_hash": terms_hash });
            teller.post(who, &format!("/approval-runs/{run}/votes"), body).await?;
        }
        Ok(())
    }
}
