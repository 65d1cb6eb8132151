//! A week as people live it: a panel in San Francisco, Berlin, Bengaluru and Sydney, over Easter, with one of them
//! on leave and both changes of the clock. Whoever is asked by a mail does what it asks, in hours of work of
//! their own; the mails and what was done are a snapshot that one can read and find fair.

use std::fmt::Write;

use actix_web::http::Method;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use evenbar::access::OrgRole;
use evenbar::clock::Instant;
use evenbar::mail::{Mail, MailKind};
use serde_json::{Value, json};

use crate::both;
use crate::support::mail_links::follow;
use crate::support::onsite::{Onsite, answers, memo, missed};
use crate::support::{Person, TestApp, hiring};

/// How often the world is looked at.
const STEP: TimeDelta = TimeDelta::minutes(30);

/// A wall clock of the test's own, so that the service is not believed about when people work.
struct Place {
    zone: Tz,
    /// Days without work, beside the weekends.
    off: &'static [(u32, u32)],
    /// The region of the public holidays among them.
    region: Option<&'static str>,
}

const PLACES: [Place; 4] = [
    Place { zone: Tz::America__Los_Angeles, off: &[], region: None },
    Place { zone: Tz::Europe__Berlin, off: &[(3, 26), (3, 29)], region: Some("DE-BE") },
    // On leave from Friday to Tuesday.
    Place { zone: Tz::Asia__Kolkata, off: &[(3, 26), (3, 29), (3, 30)], region: None },
    Place { zone: Tz::Australia__Sydney, off: &[(3, 26), (3, 29)], region: Some("AU-NSW") },
];

impl Place {
    fn wall(&self, at: Instant) -> DateTime<Tz> {
        at.utc().with_timezone(&self.zone)
    }

    /// Whether people here are at work: on weekdays from 09:00 to 17:30.
    fn works(&self, at: Instant) -> bool {
        let wall = self.wall(at);
        let minutes = wall.hour() * 60 + wall.minute();
        !matches!(wall.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.off.contains(&(wall.month(), wall.day()))
            && (9 * 60..17 * 60 + 30).contains(&minutes)
    }

    /// How long people here work between two instants, in steps.
    fn worked(&self, from: Instant, to: Instant) -> TimeDelta {
        let (mut at, mut worked) = (from, TimeDelta::zero());
        while at < to {
            if self.works(at) {
                worked += STEP;
            }
            at = at + STEP;
        }
        worked
    }
}

/// Somebody of the week, by name and number of the place.
const CAST: [(&str, usize); 7] =
    [("Sam", 0), ("Bea", 1), ("Indra", 2), ("Syd", 3), ("Dana", 1), ("Dario", 1), ("Rita", 1)];
const DECIDER: usize = 4;
const DRIVER: usize = 5;

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    HandIn,
    Answer,
    Decide,
    Object,
    Inform,
}

/// A hire in the week.
struct Hire {
    candidate: &'static str,
    onsite: Onsite,
    /// What each of the panel recommends, and the level of the must-have.
    judge: [(&'static str, i32); 4],
    /// When each card came in.
    cards: Vec<Instant>,
}

struct Week {
    app: TestApp,
    people: Vec<Person>,
    hires: Vec<Hire>,
    /// Who will do what about which hire, and from when on.
    plans: Vec<(Instant, usize, usize, Act)>,
    log: String,
    seen: usize,
}

fn utc(month: u32, day: u32, hour: u32, minute: u32) -> Instant {
    let day = NaiveDate::from_ymd_opt(2027, month, day).unwrap();
    Instant::from_utc(day.and_hms_opt(hour, minute, 0).unwrap().and_utc())
}

/// Everybody in their zone, with the holidays of their region, and one on leave.
async fn people(app: &TestApp) -> Vec<Person> {
    let admin = app.person("Ada", OrgRole::Admin);
    let mut people = Vec::new();
    for (name, place) in CAST {
        let role = if name == "Rita" { OrgRole::Recruiter } else { OrgRole::Member };
        let (person, place) = (app.person(name, role), &PLACES[place]);
        let mut profile = json!({ "time_zone": place.zone.name() });
        if let Some(region) = place.region {
            let body = json!({ "name": format!("{region} of {name}"), "region": region });
            profile["holiday_calendar_id"] =
                json!(app.post(&admin, "/holiday-calendars", body).await.id());
        }
        app.patch(&person, "/me", profile).await.ok();
        if name == "Indra" {
            let leave = json!({ "starts_on": "2027-03-26", "ends_on": "2027-03-30" });
            app.post(&person, "/me/time-off", leave).await.created();
        }
        people.push(person);
    }
    people
}

impl Week {
    /// Two candidates on one job, each with four interviews and one interviewer from each place.
    async fn begin(app: TestApp) -> Self {
        let start = utc(3, 24, 21, 0);
        app.advance(start - app.clock.now());
        let people = people(&app).await;
        let first = Onsite::new(&app, 4).await;
        let rita = &people[6];
        let mut week = Self {
            app,
            people: people.clone(),
            hires: Vec::new(),
            plans: Vec::new(),
            log: String::new(),
            seen: 0,
        };
        let hires = [
            ("Ada Lovelace", [("yes", 3), ("strong_yes", 3), ("yes", 2), ("strong_yes", 3)]),
            ("Grace Hopper", [("no", 1), ("strong_yes", 3), ("yes", 3), ("yes", 3)]),
        ];
        for (candidate, judge) in hires {
            let id = hiring::candidate(&week.app, rita, candidate).await;
            let body = json!({ "candidate_id": id, "job_id": first.job.id });
            let application = week.app.post(rita, "/applications", body).await.id();
            let body = json!({
                "loop_template_version_id": first.version,
                "decider_id": people[DECIDER].id, "driver_id": people[DRIVER].id,
            });
            let started =
                week.app.post(rita, &format!("/applications/{application}/loops"), body).await;
            let ids = started.created()["interview_ids"].as_array().unwrap().clone();
            let onsite = Onsite {
                recruiter: rita.clone(),
                manager: first.manager.clone(),
                decider: people[DECIDER].clone(),
                driver: people[DRIVER].clone(),
                job: first.job.clone(),
                level: first.level.clone(),
                version: first.version.clone(),
                attributes: first.attributes.clone(),
                application,
                id: started.id(),
                interviews: ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect(),
                debrief: started.json["debrief_id"].as_str().unwrap().to_owned(),
            };
            for (interview, person) in people.iter().take(4).enumerate() {
                onsite.seat(&week.app, interview, person, "lead").await;
            }
            week.hires.push(Hire { candidate, onsite, judge, cards: Vec::new() });
        }
        week.app.deliver_mail();
        week.seen = week.app.mails.mails().len();
        week
    }

    /// Gives an interview its hour.
    async fn schedule(&self, hire: usize, interview: usize, starts_at: Instant) {
        let onsite = &self.hires[hire].onsite;
        let body = json!({
            "starts_at": starts_at, "ends_at": starts_at + TimeDelta::hours(1),
            "time_zone": "Europe/Berlin", "override": { "reason": "Agreed." },
        });
        let path = format!("/interviews/{}/schedule", onsite.interviews[interview]);
        self.app.put(&self.people[6], &path, body).await.ok();
    }

    fn place(who: usize) -> &'static Place {
        &PLACES[CAST[who].1]
    }

    fn say(&mut self, who: usize, what: &str) {
        let wall = Self::place(who).wall(self.app.clock.now());
        let (day, name) = (wall.format("%a %d %b %H:%M %Z"), CAST[who].0);
        writeln!(self.log, "{day:<21} {name:<6} {what}").unwrap();
    }

    /// Half an hour: what is due is sent, and whoever is at work does what they meant to do.
    async fn step(&mut self) {
        evenbar::notifications::digests::arm(self.app.db()).unwrap();
        self.app.wake_timers();
        self.app.deliver_mail();
        let mails = self.app.mails.mails();
        for mail in &mails[self.seen..] {
            self.read(mail);
        }
        self.seen = mails.len();
        let now = self.app.clock.now();
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.plans)
            .into_iter()
            .partition(|(at, who, _, _)| *at <= now && Self::place(*who).works(now));
        self.plans = later;
        for (_, who, hire, act) in due {
            self.act(who, hire, act).await;
        }
        self.app.advance(STEP);
    }

    /// Somebody reads a mail, and means to do what it asks.
    fn read(&mut self, mail: &Mail) {
        let Some(who) = self.people.iter().position(|person| person.email == mail.to.email) else {
            return;
        };
        self.say(who, &format!("<- {}: {}", mail.kind.slug(), mail.subject));
        let now = self.app.clock.now();
        let after = |hours: i64| now + TimeDelta::hours(hours);
        let about = self.hires.iter().position(|hire| mail.subject.contains(hire.candidate));
        let planned = match (mail.kind, about) {
            // Indra thinks about it for a day; Syd forgets it until the digest.
            (MailKind::ScorecardDue, Some(hire)) => match CAST[who].0 {
                "Indra" => Some((after(20), hire, Act::HandIn)),
                "Syd" if hire == 1 => None,
                _ => Some((after(1), hire, Act::HandIn)),
            },
            (MailKind::DebriefQuestion, Some(hire)) => Some((after(2), hire, Act::Answer)),
            (MailKind::DecisionAwaited, Some(hire)) => Some((after(3), hire, Act::Decide)),
            (MailKind::DissentAsked, Some(hire)) => Some((after(1), hire, Act::Object)),
            _ => None,
        };
        if let Some((at, hire, act)) = planned {
            self.plans.push((at, who, hire, act));
        }
        if mail.kind == MailKind::Digest {
            self.read_digest(who, mail, after(1));
        }
    }

    /// Whoever finds something of theirs in the digest does it.
    fn read_digest(&mut self, who: usize, mail: &Mail, at: Instant) {
        let lines: Vec<&str> = mail.text.lines().collect();
        for (line, next) in lines.iter().zip(lines.iter().skip(1)) {
            if let Some(what) = line.strip_prefix("* ") {
                writeln!(self.log, "{:31}{what} | {}", "", next.trim()).unwrap();
                let about = self.hires.iter().position(|hire| next.contains(hire.candidate));
                let act = if what.starts_with("Scorecard: ") {
                    Act::HandIn
                } else if what.starts_with("Tell the candidate") {
                    Act::Inform
                } else {
                    continue;
                };
                let plan = (at, who, about.unwrap(), act);
                let known = self
                    .plans
                    .iter()
                    .any(|(_, one, hire, meant)| (*one, *hire, *meant) == (who, plan.2, act));
                if !known {
                    self.plans.push(plan);
                }
            }
        }
    }

    async fn act(&mut self, who: usize, hire: usize, act: Act) {
        let app = self.app.clone();
        let person = app.again(&self.people[who]);
        let onsite = &self.hires[hire].onsite;
        let path = format!("/debriefs/{}", onsite.debrief);
        let seen = app.get(&person, &path).await;
        match act {
            Act::HandIn => {
                let (recommendation, level) = self.hires[hire].judge[who];
                let mut card = onsite.judgement(recommendation);
                card["ratings"][0]["level"] = json!(level);
                let written = onsite.write(&app, who, &person, card).await;
                let path = format!("/scorecards/{}/submission", written.id());
                app.put_if(&person, &path, &written.etag(), Value::Null).await.ok();
                self.hires[hire].cards.push(app.clock.now());
            }
            Act::Answer => {
                let told = answers(seen.ok(), &person, "As my card says.");
                let body = json!({ "answers": told, "comment": "I have read nobody else." });
                app.post(&person, &format!("{path}/responses"), body).await.ok();
            }
            Act::Decide => {
                let mut memo = memo();
                memo["findings_answered"] = missed(seen.ok(), "It can be learned.");
                onsite.decide(&app, &person, &seen.etag(), memo).await.ok();
            }
            Act::Object => {
                let body = json!({ "statement": "It will be a problem in the first months." });
                let request = app.request(&person, Method::PUT, &format!("{path}/dissent"));
                app.send(request.set_json(body)).await.ok();
            }
            Act::Inform => {
                let body = json!({ "how": "spoken" });
                let path = format!("{path}/candidate-informed");
                app.put_if(&person, &path, &seen.etag(), body).await.ok();
            }
        }
        let candidate = self.hires[hire].candidate;
        self.say(who, &format!("-> {act:?} {candidate}"));
    }

    /// When the last card of a hire came in, and when its decision stood.
    async fn course(&self, hire: usize) -> (Instant, Instant) {
        let onsite = &self.hires[hire].onsite;
        let seen = onsite.debrief(&self.app, &self.app.again(&self.people[DECIDER])).await;
        assert_eq!(seen.ok()["state"], "closed", "{}", self.log);
        let decision = seen.json["decision"]["occurred_at"].as_str().unwrap();
        let decided = decision.parse::<DateTime<Utc>>().unwrap();
        (*self.hires[hire].cards.last().unwrap(), Instant::from_utc(decided))
    }
}

both! {
    /// The clock goes forward in Berlin on 28 March and back in Sydney on 4 April 2027; Easter is between them.
    async fn a_week_around_the_world_asks_nobody_outside_of_their_hours(app) {
        let mut week = Week::begin(app).await;
        week.schedule(0, 3, utc(3, 24, 23, 0)).await;
        week.schedule(0, 2, utc(3, 25, 8, 30)).await;
        week.schedule(0, 1, utc(3, 25, 14, 0)).await;
        week.schedule(0, 0, utc(3, 25, 17, 0)).await;
        week.schedule(1, 2, utc(3, 31, 8, 30)).await;
        week.schedule(1, 1, utc(3, 31, 14, 0)).await;
        week.schedule(1, 0, utc(4, 1, 16, 30)).await;
        week.schedule(1, 3, utc(4, 1, 22, 0)).await;
        while week.app.clock.now() < utc(4, 12, 0, 0) {
            week.step().await;
        }
        insta::with_settings!({ prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("a_week_around_the_world", week.log);
        });
        follow(&week.app, &week.app.mails.mails(), MailKind::DissentAsked).await;
        // Within one working day of the last card where all say yes, within three where they do not.
        for (hire, days) in [(0, 1), (1, 3)] {
            let (last_card, decided) = week.course(hire).await;
            let worked = Week::place(DECIDER).worked(last_card, decided);
            assert!(worked <= TimeDelta::hours(8 * days), "{worked} for {}", week.hires[hire].candidate);
        }
    }
}
