//! The two worlds, what the test knows of both, and how they are compared.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use actix_web::http::Method;
use evenbar::access::OrgRole;
use evenbar::db::Url;
use evenbar::ids::CandidateId;
use evenbar::sessions::Purpose;
use serde_json::{Value, json};

use crate::support::dice::Dice;
use crate::support::document::{Operation, Values, operations};
use crate::support::onsite::Onsite;
use crate::support::walk::{self, collect};
use crate::support::{Edge, Person, Reply, TestApp};
use evenbar::http::Quotas;

/// One of the two.
pub struct World {
    pub app: TestApp,
    pub onsite: Onsite,
    /// Everybody who may be put on a panel: the first [`WATCHERS`] write the same in both worlds and
    /// are compared, the others write what they like.
    pub cast: Vec<Person>,
    /// What others write here.
    pub words: Dice,
    /// Whose mails were compared so far.
    mails_seen: usize,
}

/// How many of the cast are compared.
pub const WATCHERS: usize = 4;
/// How many answers are compared after each move.
const LOOKS: usize = 12;

/// A seat as the test knows it.
#[derive(Debug, Clone)]
pub struct Seat {
    pub id: String,
    pub person: usize,
    pub interview: usize,
    pub owes: bool,
    pub gone: bool,
}

/// An interview as the test knows it.
#[derive(Debug, Clone)]
pub struct Held {
    pub id: String,
    pub off: bool,
}

/// Both worlds.
pub struct Worlds {
    pub both: [World; 2],
    /// What happens; the same in both.
    pub plan: Dice,
    pub interviews: Vec<Held>,
    pub seats: Vec<Seat>,
    /// Cards by person and interview, and whether they are in.
    pub cards: Vec<(usize, usize, String, bool)>,
    pub debriefs: Vec<String>,
    pub loops: Vec<String>,
    pub ids: BTreeSet<String>,
    pub log: Rc<RefCell<Vec<String>>>,
    pub compared: u64,
    /// How often both worlds came to a decision.
    pub decided: u64,
    /// Whether one of the worlds has come to a decision: what can be done there depends on it.
    pub closing: bool,
    /// Whether the worlds went different ways before the eyes of somebody who owes nothing.
    pub parted: bool,
    gets: Vec<Operation>,
}

impl World {
    async fn open(url: &Url, words: Dice) -> Self {
        let app = TestApp::open(url).await;
        let app = app.behind(Edge { quotas: Quotas::OFF, ..Edge::default() }).await;
        let onsite = Onsite::with_assessment(&app, 2).await;
        let member = |name: &str| app.person(name, OrgRole::Member);
        let cast = vec![
            member("Mia Member"),
            app.person("Rolf Recruiter", OrgRole::Recruiter),
            onsite.manager.clone(),
            onsite.driver.clone(),
            member("Ana Author"),
            member("Ben Author"),
            member("Cyd Author"),
        ];
        Self { app, onsite, cast, words, mails_seen: 0 }
    }

    /// Somebody of the cast, with a token that works now.
    pub fn person(&self, number: usize) -> Person {
        self.app.again(&self.cast[number])
    }

    /// What a recruiter who sits nowhere does.
    pub fn recruiter(&self) -> Person {
        self.app.again(&self.onsite.recruiter)
    }

    /// What somebody reads who is signed in by page, without what belongs to the session alone.
    async fn page(&self, person: &Person, path: &str) -> String {
        let claims = self.app.state.tokens.check(&person.token, self.app.clock.now()).unwrap();
        let secret = self.app.state.derived.secret(Purpose::Page, claims.session_id);
        let cookie = format!("__Host-evenbar={}.{secret}", claims.session_id);
        let request = actix_web::test::TestRequest::with_uri(path)
            .insert_header(("Cookie", cookie))
            .insert_header(("X-Request-Id", "the-same-in-both"));
        let reply = self.app.send(request).await;
        let text = String::from_utf8_lossy(&reply.bytes).into_owned();
        format!("{}\n{}", reply.status, without_proof(&text))
    }
}

/// How many units of work have ids so far, this one included.
fn units(app: &TestApp) -> u64 {
    let id: CandidateId = app.db().unit().ids.next_id();
    let (_, tail) = id.uuid().as_u64_pair();
    (tail & ((1 << 62) - 1)) >> 20
}

/// The proof of a form is of the database that made it, and says nothing else.
fn without_proof(html: &str) -> String {
    let mut parts = html.split("name=\"proof\" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (_, rest) = part.split_once('"').unwrap_or_default();
        text + "name=\"proof\" value=\"…\"" + rest
    })
}

impl Worlds {
    /// Two worlds at the same beginning.
    pub async fn open(urls: &[Url; 2], mut dice: Dice) -> Self {
        let (one, other) = (dice.split(), dice.split());
        let both = [World::open(&urls[0], one).await, World::open(&urls[1], other).await];
        let onsite = &both[0].onsite;
        let held = |id: &String| Held { id: id.clone(), off: false };
        let gets = operations().into_iter().filter(|operation| operation.method == Method::GET);
        let mut ids = BTreeSet::new();
        let named = [&onsite.application, &onsite.id, &onsite.debrief, &onsite.version];
        ids.extend(named.into_iter().cloned());
        ids.extend(onsite.attributes.iter().chain(&onsite.interviews).cloned());
        ids.extend(both[0].cast.iter().map(|person| person.id.to_string()));
        ids.extend([onsite.job.id.to_string(), onsite.level.clone()]);
        Self {
            plan: dice,
            interviews: onsite.interviews.iter().map(held).collect(),
            seats: Vec::new(),
            cards: Vec::new(),
            debriefs: vec![onsite.debrief.clone()],
            loops: vec![onsite.id.clone()],
            ids,
            log: Rc::default(),
            compared: 0,
            decided: 0,
            closing: false,
            parted: false,
            gets: gets.collect(),
            both,
        }
    }

    /// Lets both worlds go on with the same ids after something that took more steps in one than in the
    /// other. Ids are random outside of tests, and tell nobody how much happened.
    pub fn align(&self) {
        let [one, other] = self.both.each_ref().map(|world| units(&world.app));
        let (behind, steps) = if one < other { (0, other - one) } else { (1, one - other) };
        for _ in 0..steps {
            units(&self.both[behind].app);
        }
    }

    /// Says what happened, for whoever must understand a failure.
    pub fn say(&self, what: String) {
        self.log.borrow_mut().push(what);
    }

    /// Whether one of the cast still owes a card for the application, by the rule of the design and
    /// not by the service's own answer.
    pub fn owes(&self, person: usize) -> bool {
        let standing = self.seats.iter().filter(|seat| seat.person == person);
        standing
            .into_iter()
            .any(|seat| seat.owes && !seat.gone && !self.interviews[seat.interview].off)
    }

    /// The same request in both worlds; each body may be another. Both succeed, or neither does: only
    /// after a decision may somebody who owes nothing be answered in one world what they are refused in
    /// the other, and there the two part.
    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        who: impl Fn(&World) -> Person,
        bodies: [Value; 2],
    ) -> [Reply; 2] {
        let asking = who(&self.both[0]).id;
        let seat = self.both[0].cast.iter().position(|person| person.id == asking);
        let owes = seat.is_some_and(|person| person < WATCHERS && self.owes(person));
        let mut replies = Vec::new();
        for (world, body) in self.both.iter().zip(bodies) {
            let person = who(world);
            let mut request = world.app.request(&person, method.clone(), path);
            if method != Method::POST && path.starts_with("/scorecards/")
                || path.ends_with("/decision")
                || path.ends_with("/submission")
            {
                let (at, _) = if path.matches('/').count() > 2 {
                    path.rsplit_once('/').unwrap()
                } else {
                    (path, "")
                };
                let etag = world.app.get(&person, at).await.header("etag").map(str::to_owned);
                request = request.insert_header(("If-Match", etag.unwrap_or("\"0\"".to_owned())));
            }
            if path.ends_with("/assessment-result") {
                let known = world.app.get(&person, path).await;
                if let Some(etag) = known.header("etag") {
                    request = request.insert_header(("If-Match", etag));
                }
            }
            if !body.is_null() {
                request = request.set_json(body);
            }
            replies.push(world.app.send(request).await);
        }
        let other = replies.pop().unwrap();
        let one = replies.pop().unwrap();
        self.say(format!("{method} {path}: {} and {}", one.status, other.status));
        if self.closing && !owes {
            self.parted |= one.status != other.status;
            self.align();
        } else {
            assert_eq!(
                one.status, other.status,
                "{method} {path}: {} and {}",
                one.json, other.json
            );
        }
        collect(&one.json.to_string(), &mut self.ids);
        [one, other]
    }

    /// Compares some of what is sent to somebody who owes, and whatever mail came since.
    pub async fn look(&mut self) {
        let owing: Vec<usize> = (0..WATCHERS).filter(|person| self.owes(*person)).collect();
        for _ in 0..LOOKS {
            let Some(person) = self.plan.pick(&owing).copied() else { return };
            if self.plan.one_in(6) {
                self.look_at_a_page(person).await;
            } else {
                self.look_at_an_answer(person).await;
            }
        }
    }

    async fn look_at_an_answer(&mut self, person: usize) {
        let path = self.some_path();
        let mut answers = Vec::new();
        for world in &self.both {
            let reader = world.person(person);
            let answer =
                walk::answer(&world.app, &reader, &Method::GET, &path, (Value::Null, None)).await;
            answers.push(answer);
        }
        self.same(person, &format!("GET {path}"), &answers);
    }

    async fn look_at_a_page(&mut self, person: usize) {
        let path = if self.plan.one_in(4) {
            let board = format!("/jobs/{}/board", self.both[0].onsite.job.id);
            if self.plan.one_in(2) { board } else { "/desk".to_owned() }
        } else if self.plan.one_in(2) {
            let Some(debrief) = self.plan.pick(&self.debriefs) else { return };
            format!("/debriefs/{debrief}")
        } else {
            let Some(interview) = self.plan.pick(&self.interviews) else { return };
            format!("/interviews/{}/scorecard", interview.id)
        };
        let mut pages = Vec::new();
        for world in &self.both {
            pages.push(world.page(&world.person(person), &path).await);
        }
        self.same(person, &path, &pages);
    }

    /// Fails when the two differ.
    pub fn same(&mut self, person: usize, what: &str, texts: &[String]) {
        self.compared += 1;
        let name = &self.both[0].cast[person].email;
        assert_eq!(
            texts[0], texts[1],
            "{name}, who owes a card, can tell the worlds apart by {what}"
        );
    }

    /// A path of the document with an id and perhaps a filter that exist.
    fn some_path(&mut self) -> String {
        loop {
            let operation = self.plan.pick(&self.gets).unwrap().clone();
            let path = match &operation.prefix {
                None => operation.path.clone(),
                Some(prefix) => {
                    let fitting = self.fitting(prefix);
                    let Some(id) = self.plan.pick(&fitting) else { continue };
                    operation.path.replace("{id}", id)
                }
            };
            let filter = self.plan.below(operation.filters.len() + 1);
            let Some((name, values)) = operation.filters.get(filter) else { return path };
            let values = match values {
                Values::Ids(prefix) => self.fitting(prefix),
                Values::Words(words) => words.clone(),
            };
            match self.plan.pick(&values) {
                Some(value) => return format!("{path}?{name}={value}"),
                None => return path,
            }
        }
    }

    fn fitting(&self, prefix: &str) -> Vec<String> {
        let begins = format!("{prefix}_");
        self.ids
            .iter()
            .filter(|id| id.strip_prefix(&begins).is_some_and(|tail| tail.len() == 26))
            .cloned()
            .collect()
    }

    /// Delivers what is due, and compares the mails of those who owe before and after.
    pub fn deliver(&mut self) {
        let before: Vec<bool> = (0..WATCHERS).map(|person| self.owes(person)).collect();
        let mut sent: Vec<Vec<(String, String)>> = Vec::new();
        for world in &mut self.both {
            world.app.deliver_mail();
            let mails = world.app.mails.mails();
            let new = mails.iter().skip(world.mails_seen);
            sent.push(new.map(|mail| (mail.to.email.clone(), walk::mail_text(mail))).collect());
            world.mails_seen = mails.len();
        }
        for person in (0..WATCHERS).filter(|person| before[*person]) {
            let email = self.both[0].cast[person].email.clone();
            let texts: Vec<String> = sent
                .iter()
                .map(|mails| {
                    let own = mails.iter().filter(|(to, _)| *to == email);
                    own.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n\n")
                })
                .collect();
            self.same(person, "mail", &texts);
        }
    }

    /// Whether the worlds differ to the recruiter, who owes nothing.
    pub async fn differ_to_an_outsider(&self) -> bool {
        let mut seen = Vec::new();
        for world in &self.both {
            let cards = world.app.get(&world.recruiter(), "/scorecards").await;
            seen.push(cards.ok().clone());
        }
        seen[0] != seen[1]
    }

    /// Seats those who are compared, so that somebody owes from the beginning, and an author whose card
    /// is in, so that the worlds differ from the beginning.
    pub async fn begin(&mut self) {
        for person in 0..2 {
            self.seat(person, person % self.interviews.len(), "second").await;
        }
        self.seat(WATCHERS, 0, "lead").await;
        self.hand_in(WATCHERS, 0).await;
    }

    /// Puts somebody on a panel.
    pub async fn seat(&mut self, person: usize, interview: usize, slot: &str) {
        let path = format!("/interviews/{}/panel", self.interviews[interview].id);
        let user_id = self.both[0].cast[person].id;
        let body = json!({ "user_id": user_id, "slot": slot, "reason": "Knows the field." });
        let [reply, _] =
            self.ask(Method::POST, &path, World::recruiter, [body.clone(), body]).await;
        if reply.status == 201 {
            let owes = slot != "shadow" && slot != "observer";
            self.seats.push(Seat { id: reply.id(), person, interview, owes, gone: false });
        }
    }
}
