//! What can happen in a history.

use actix_web::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::world::{Held, WATCHERS, World, Worlds};
use crate::support::dice::Dice;
use crate::support::onsite::Onsite;
use crate::support::walk;

/// What others write, at any length.
pub(super) fn text(words: &mut Dice) -> String {
    const SAID: [&str; 5] = [
        "Good. ",
        "Nothing that was asked was answered; \u{fc}nder pressure even less. \u{1f61f} ",
        "Bisected the log, then asked who else had seen it. ",
        "No. ",
        "<b>\"Strong no\"</b> & {{ nothing }} else.\n",
    ];
    let mut text = String::from("So: ");
    for _ in 0..=words.below(12) {
        text += SAID[words.below(SAID.len())];
    }
    text.trim_end().to_owned()
}

/// A whole card: what stands on it depends on the words alone, how much of it does not.
fn judgement(onsite: &Onsite, words: &mut Dice) -> Value {
    let recommendations = ["strong_yes", "yes", "no", "strong_no", "no_decision"];
    let level = |words: &mut Dice, levels: i32| {
        let given = i32::try_from(words.below(4)).unwrap();
        if given == 0 { Value::Null } else { json!(given.min(levels)) }
    };
    let signal = if words.one_in(2) { json!(onsite.level) } else { Value::Null };
    json!({
        "recommendation": recommendations[words.below(recommendations.len())],
        "recommendation_reason": text(words),
        "level_signal_id": signal,
        "summary": text(words),
        "ratings": [
            { "attribute_id": onsite.attributes[0], "level": level(words, 3), "evidence": text(words) },
            { "attribute_id": onsite.attributes[1], "level": level(words, 4), "evidence": text(words) },
        ],
    })
}

impl Worlds {
    /// One move, from the same ids on.
    pub async fn play(&mut self) {
        self.align();
        match self.plan.below(50) {
            0..=3 => self.assign().await,
            4 => self.leave_the_panel().await,
            5 => self.waive().await,
            6..=8 => self.schedule().await,
            9..=10 => self.end_an_interview().await,
            11..=17 => self.write().await,
            18..=22 => self.submit().await,
            23..=24 => self.read_as_an_outsider().await,
            25 => self.decide().await,
            45 => self.force().await,
            46..=47 => self.attach().await,
            26 => self.start_another_loop().await,
            27..=29 => self.attempt().await,
            30 => self.follow_the_feed().await,
            31..=32 => self.revise().await,
            33 => self.peek().await,
            34..=35 => self.hand_in_for_somebody().await,
            36..=38 => self.assess().await,
            39..=40 => self.converse().await,
            41 => self.object().await,
            42..=44 => self.wait(180),
            _ => self.wait(3 * 24 * 60),
        }
    }

    async fn assign(&mut self) {
        let person = self.plan.below(self.both[0].cast.len());
        let interview = self.plan.below(self.interviews.len());
        let slots = ["lead", "second", "bar_raiser", "second", "shadow", "observer"];
        let slot = slots[self.plan.below(slots.len())];
        let taken = self
            .seats
            .iter()
            .any(|seat| seat.person == person && seat.interview == interview && !seat.gone);
        if !taken {
            self.seat(person, interview, slot).await;
        }
    }

    /// A seat that owes or is free, by chance.
    fn some_seat(&mut self) -> Option<usize> {
        let standing: Vec<usize> =
            (0..self.seats.len()).filter(|seat| !self.seats[*seat].gone).collect();
        self.plan.pick(&standing).copied()
    }

    async fn leave_the_panel(&mut self) {
        let Some(seat) = self.some_seat() else { return };
        let path = format!("/panelists/{}", self.seats[seat].id);
        let nothing = [Value::Null, Value::Null];
        let [reply, _] = self.ask(Method::DELETE, &path, World::recruiter, nothing).await;
        self.seats[seat].gone = reply.status == 204;
    }

    async fn waive(&mut self) {
        let Some(seat) = self.some_seat() else { return };
        let path = format!("/panelists/{}/waiver", self.seats[seat].id);
        let bodies = self.differing(|words, _| json!({ "reason": text(words) }));
        let [reply, _] = self.ask(Method::PUT, &path, World::recruiter, bodies).await;
        if reply.status == 200 {
            self.seats[seat].owes = false;
        }
    }

    async fn schedule(&mut self) {
        let interview = self.plan.below(self.interviews.len());
        let starts_at = self.both[0].app.clock.now() + TimeDelta::minutes(30);
        let ends_at = starts_at + TimeDelta::minutes(45);
        let body = json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin", "override": { "reason": "Agreed." } });
        let path = format!("/interviews/{}/schedule", self.interviews[interview].id);
        self.ask(Method::PUT, &path, World::recruiter, [body.clone(), body]).await;
    }

    async fn end_an_interview(&mut self) {
        let interview = self.plan.below(self.interviews.len());
        let id = self.interviews[interview].id.clone();
        let (what, off) = match self.plan.below(8) {
            0 => ("cancellation", true),
            1 => ("no-show", true),
            _ => ("completion", false),
        };
        let bodies = match what {
            "cancellation" => self.differing(|words, _| json!({ "reason": text(words) })),
            _ => [Value::Null, Value::Null],
        };
        let path = format!("/interviews/{id}/{what}");
        let [reply, _] = self.ask(Method::PUT, &path, World::recruiter, bodies).await;
        if reply.status == 200 && off {
            self.interviews[interview].off = true;
        }
    }

    /// Bodies that each world's words make.
    pub(super) fn differing(&mut self, make: impl Fn(&mut Dice, &Onsite) -> Value) -> [Value; 2] {
        self.both.each_mut().map(|world| make(&mut world.words, &world.onsite))
    }

    /// What somebody writes: the same in both worlds for those who are compared.
    fn judgements(&mut self, author: usize) -> [Value; 2] {
        if author < WATCHERS {
            let mut words = self.plan.split();
            let same = judgement(&self.both[0].onsite, &mut words);
            return [same.clone(), same];
        }
        self.differing(|words, onsite| judgement(onsite, words))
    }

    /// Writes a card and hands it in.
    pub async fn hand_in(&mut self, author: usize, interview: usize) {
        self.write_for(author, interview).await;
        self.submit().await;
    }

    /// Begins a card, or saves one again.
    async fn write(&mut self) {
        let Some(seat) = self.some_seat() else { return };
        let (author, interview) = (self.seats[seat].person, self.seats[seat].interview);
        self.write_for(author, interview).await;
    }

    async fn write_for(&mut self, author: usize, interview: usize) {
        let mut known = self.cards.iter().filter(|card| card.0 == author && card.1 == interview);
        let mut card = known.next().map(|(_, _, id, _)| id.clone());
        let who = move |world: &World| world.person(author);
        if card.is_none() {
            let path = format!("/interviews/{}/scorecards", self.interviews[interview].id);
            let nothing = [Value::Null, Value::Null];
            let [begun, _] = self.ask(Method::POST, &path, who, nothing).await;
            if begun.status == 201 {
                self.cards.push((author, interview, begun.id(), false));
                card = Some(begun.id());
            }
        }
        let Some(card) = card else { return };
        let bodies = self.judgements(author);
        self.ask(Method::PATCH, &format!("/scorecards/{card}"), who, bodies).await;
    }

    async fn submit(&mut self) {
        let open: Vec<usize> = (0..self.cards.len()).filter(|card| !self.cards[*card].3).collect();
        let Some(card) = self.plan.pick(&open).copied() else { return };
        let (author, interview, id, _) = self.cards[card].clone();
        let path = format!("/scorecards/{id}/submission");
        let who = move |world: &World| world.person(author);
        let [reply, _] = self.ask(Method::PUT, &path, who, [Value::Null, Value::Null]).await;
        if reply.status == 200 {
            self.cards[card].3 = true;
            let own = |seat: &&mut super::world::Seat| {
                seat.person == author && seat.interview == interview && !seat.gone
            };
            self.seats.iter_mut().filter(own).for_each(|seat| seat.owes = false);
        }
    }

    /// A recruiter hands in what somebody told them, which is each world's own where others judge.
    async fn hand_in_for_somebody(&mut self) {
        let Some(seat) = self.some_seat() else { return };
        let (author, interview) = (self.seats[seat].person, self.seats[seat].interview);
        let reasons = self.differing(|words, _| json!(text(words)));
        let mut bodies = self.judgements(author);
        for (body, reason) in bodies.iter_mut().zip(reasons) {
            body["reason"] = if author < WATCHERS { json!("Told by phone.") } else { reason };
        }
        let path = format!("/panelists/{}/submission", self.seats[seat].id);
        let [reply, _] = self.ask(Method::PUT, &path, World::recruiter, bodies).await;
        if reply.status == 200 {
            self.seats[seat].owes = false;
            self.cards.retain(|card| !(card.0 == author && card.1 == interview));
        }
    }

    /// The result of an assessment comes in, or is corrected.
    async fn assess(&mut self) {
        let interview = self.plan.below(self.interviews.len());
        let bodies = self.differing(|words, onsite| {
            let level = i32::try_from(words.below(4)).unwrap();
            let score = format!("{}.{}", words.below(100), words.below(10));
            let mut result = onsite.result(&score, (level > 0).then_some(level), &text(words));
            result["reason"] = json!(text(words));
            result
        });
        let path = format!("/interviews/{}/assessment-result", self.interviews[interview].id);
        self.ask(Method::PUT, &path, World::recruiter, bodies).await;
    }

    /// Corrects a card that is in.
    async fn revise(&mut self) {
        let sent: Vec<usize> = (0..self.cards.len()).filter(|card| self.cards[*card].3).collect();
        let Some(card) = self.plan.pick(&sent).copied() else { return };
        let (author, _, id, _) = self.cards[card].clone();
        let reasons = if author < WATCHERS {
            [String::from("Mixed up."), String::from("Mixed up.")]
        } else {
            self.both.each_mut().map(|world| text(&mut world.words))
        };
        let [one, other] = self.judgements(author);
        let [reason, reason_there] = reasons;
        let bodies = [
            json!({ "reason": reason, "content": one }),
            json!({ "reason": reason_there, "content": other }),
        ];
        let who = move |world: &World| world.person(author);
        self.ask(Method::PUT, &format!("/scorecards/{id}/revision"), who, bodies).await;
    }

    /// Somebody reads what they may, which is noted.
    async fn read_as_an_outsider(&mut self) {
        let reader = self.plan.below(WATCHERS + 3);
        let debrief = self.plan.pick(&self.debriefs).cloned().unwrap_or_default();
        for path in ["/scorecards".to_owned(), format!("/debriefs/{debrief}")] {
            for world in &self.both {
                world.app.get(&world.person(reader), &path).await;
            }
        }
        self.say(format!("{} reads", self.both[0].cast[reader].email));
    }

    async fn start_another_loop(&mut self) {
        if self.loops.len() > 3 {
            return;
        }
        let path = format!("/applications/{}/loops", self.both[0].onsite.application);
        let body = self.both[0].onsite.input();
        let [reply, _] =
            self.ask(Method::POST, &path, World::recruiter, [body.clone(), body]).await;
        let begun = reply.created();
        self.loops.push(reply.id());
        self.debriefs.push(begun["debrief_id"].as_str().unwrap().to_owned());
        let held = |id: &Value| Held { id: id.as_str().unwrap().to_owned(), off: false };
        self.interviews.extend(begun["interview_ids"].as_array().unwrap().iter().map(held));
    }

    /// Somebody who owes tries to change what is others'; whatever they are answered is the same.
    async fn attempt(&mut self) {
        let owing: Vec<usize> = (0..WATCHERS).filter(|person| self.owes(*person)).collect();
        let Some(person) = self.plan.pick(&owing).copied() else { return };
        let others: Vec<String> =
            self.cards.iter().filter(|card| card.0 != person).map(|card| card.2.clone()).collect();
        let card = self.plan.pick(&others).cloned();
        let debrief = self.plan.pick(&self.debriefs).cloned().unwrap_or_default();
        let seat = self.some_seat().map(|seat| self.seats[seat].id.clone()).unwrap_or_default();
        let unknown = "user_01jd3z3z3z3z3z3z3z3z3z3z3z";
        let (method, path, body) = match (self.plan.below(6), card) {
            (0, Some(card)) => {
                (Method::PATCH, format!("/scorecards/{card}"), json!({ "summary": "Mine." }))
            }
            (1, Some(card)) => (Method::PUT, format!("/scorecards/{card}/submission"), Value::Null),
            (2, _) => {
                let memo = crate::support::onsite::memo();
                (
                    Method::PUT,
                    format!("/debriefs/{debrief}/decision"),
                    json!({ "outcome": "hold", "memo": memo }),
                )
            }
            (3, _) => (Method::PUT, format!("/panelists/{seat}/waiver"), json!({ "reason": "" })),
            (4, _) => {
                let told = json!({ "reason": "Told.", "recommendation": "yes" });
                (Method::PUT, format!("/panelists/{seat}/submission"), told)
            }
            _ => {
                let interview = self.plan.below(self.interviews.len());
                let path = format!("/interviews/{}/panel", self.interviews[interview].id);
                (Method::POST, path, json!({ "user_id": unknown, "slot": "lead" }))
            }
        };
        let mut answers = Vec::new();
        for world in &self.both {
            let own = world.person(person);
            let etag = Some("\"1-0123456789abcdef\"".to_owned()).filter(|_| method != Method::POST);
            answers
                .push(walk::answer(&world.app, &own, &method, &path, (body.clone(), etag)).await);
        }
        self.same(person, &format!("{method} {path}"), &answers);
    }

    /// Somebody who owes follows the feed from its beginning, page by page.
    async fn follow_the_feed(&mut self) {
        let owing: Vec<usize> = (0..WATCHERS).filter(|person| self.owes(*person)).collect();
        let Some(person) = self.plan.pick(&owing).copied() else { return };
        let mut texts = Vec::new();
        for world in &self.both {
            world.app.db().seal().unwrap();
            let own = world.person(person);
            let (mut text, mut cursor) = (String::new(), String::new());
            for _ in 0..20 {
                let path = format!("/events?limit=50{cursor}");
                let request = world.app.request(&own, Method::GET, &path);
                let request = request.insert_header(("X-Request-Id", "the-same-in-both"));
                let page = world.app.send(request).await;
                text += &walk::without_place(&String::from_utf8_lossy(&page.bytes));
                let Some(next) = page.json["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
                if page.json["data"].as_array().is_none_or(Vec::is_empty) {
                    break;
                }
            }
            texts.push(text);
        }
        self.same(person, "the feed", &texts);
    }

    /// An author puts a file on a draft, which is each world's own where others judge.
    async fn attach(&mut self) {
        let open: Vec<usize> = (0..self.cards.len()).filter(|card| !self.cards[*card].3).collect();
        let Some(card) = self.plan.pick(&open).copied() else { return };
        let (author, _, id, _) = self.cards[card].clone();
        let same = self.plan.split();
        let mut said = Vec::new();
        for world in &mut self.both {
            let person = world.person(author);
            let words = if author < WATCHERS { &mut same.clone() } else { &mut world.words };
            let name = format!("board-{}.txt", words.below(1000));
            let bytes = text(words);
            let file = (name.as_str(), bytes.as_bytes());
            let path = format!("/scorecards/{id}");
            said.push(world.app.attach(&person, &path, "work_sample", file).await);
        }
        assert_eq!(said[0].status, said[1].status, "a file on {id}");
        self.say(format!("a file on {id}: {}", said[0].status));
        walk::collect(&said[0].json.to_string(), &mut self.ids);
    }

    /// Up to so many minutes pass.
    fn wait(&mut self, most: usize) {
        let span = TimeDelta::minutes(1 + i64::try_from(self.plan.below(most)).unwrap());
        for world in &self.both {
            evenbar::notifications::digests::arm(world.app.db()).unwrap();
            world.app.advance(span);
            world.app.wake_timers();
        }
        self.align();
        self.say(format!("{} minutes pass", span.num_minutes()));
        self.deliver();
    }
}
