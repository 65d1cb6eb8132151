//! What somebody who owes a card tries to change.

use serde_json::{Value, json};

use super::Happened;
use crate::support::onsite::memo;
use crate::support::{Person, TestApp, walk};

type Try = (&'static str, String, Value, Option<String>);

impl Happened {
    /// Method, path, body, and what is read before for its tag.
    #[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
    fn tries(&self) -> Vec<Try> {
        let (onsite, (seat, card)) = (&self.onsite, &self.judged);
        let application = format!("/applications/{}", onsite.application);
        let interview = format!("/interviews/{}", onsite.interviews[0]);
        let (card, debrief) =
            (format!("/scorecards/{card}"), format!("/debriefs/{}", onsite.debrief));
        let unknown = |kind: &str| format!("{kind}_01jd3z3z3z3z3z3z3z3z3z3z3z");
        let terms = json!({
            "base": { "amount": "90000.00", "currency": "EUR" }, "period": "year",
            "level_id": onsite.level, "title": "Engineer", "location": "Berlin",
            "employment_type": "permanent", "start_on": "2027-02-01",
        });
        let loops = json!({
            "loop_template_version_id": unknown("looptplver"), "decider_id": onsite.decider.id,
            "driver_id": onsite.driver.id,
        });
        let moves =
            json!({ "from_stage_id": onsite.job.stages[0], "to_stage_id": unknown("stage") });
        let time = json!({
            "starts_at": "2027-01-11T09:00:00Z", "ends_at": "2027-01-11T10:00:00Z",
            "time_zone": "Europe/Berlin",
        });
        let decision = json!({ "outcome": "hold", "memo": memo() });
        let nothing = Value::Null;
        vec![
            ("POST", format!("{application}/offers"), json!({ "terms": terms }), None),
            ("POST", format!("{application}/loops"), loops, None),
            ("POST", format!("{application}/moves"), moves, None),
            (
                "PUT",
                format!("{application}/rejection"),
                json!({ "reason_id": unknown("reason") }),
                None,
            ),
            ("PUT", format!("{debrief}/decision"), decision, Some(debrief)),
            ("PATCH", card.clone(), json!({ "summary": "Mine." }), Some(card.clone())),
            ("PUT", format!("{card}/submission"), nothing.clone(), Some(card)),
            ("POST", format!("{interview}/scorecards"), nothing.clone(), None),
            (
                "POST",
                format!("{interview}/panel"),
                json!({ "user_id": unknown("user"), "slot": "lead" }),
                None,
            ),
            ("PUT", format!("{interview}/schedule"), time, None),
            ("PUT", format!("{interview}/completion"), nothing.clone(), None),
            ("PUT", format!("{interview}/no-show"), nothing.clone(), None),
            ("PUT", format!("{interview}/cancellation"), json!({}), None),
            ("PUT", format!("/panelists/{seat}/waiver"), json!({ "reason": "Ill." }), None),
            (
                "PUT",
                onsite.result_path(),
                onsite.result("50", Some(2), "Mine."),
                Some(onsite.result_path()),
            ),
            (
                "PUT",
                format!("/panelists/{seat}/submission"),
                json!({ "reason": "Told.", "recommendation": "yes" }),
                Some(format!("/panelists/{seat}")),
            ),
            ("DELETE", format!("/attachments/{}", self.file), nothing.clone(), None),
            ("DELETE", format!("/panelists/{seat}"), nothing, None),
        ]
    }

    /// What somebody is answered who tries to change what is over, or what rests on it.
    pub async fn attempts(&self, app: &TestApp, person: &Person) -> walk::Sent {
        let mut answers = walk::Sent::new();
        for (method, path, body, read_before) in self.tries() {
            let etag = match read_before {
                Some(path) => app.get(person, &path).await.header("etag").map(str::to_owned),
                None => None,
            };
            let method = method.parse().unwrap();
            let answer = walk::answer(app, person, &method, &path, (body, etag)).await;
            answers.insert(format!("{method} {path}"), answer);
        }
        answers
    }
}
