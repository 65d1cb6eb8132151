//! Whatever anybody may read is asked for by everybody else.
//!
//! Everybody walks through all operations that read, with the ids that they are shown on the way.
//! Then each request that succeeded for anybody is sent as everybody, and what comes back is judged
//! by the rows.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use evenbar::http::Quotas;

use super::judge::{Judge, Question};
use super::scene::{PERSONAS, Scene};
use crate::both;
use crate::support::document::operations;
use crate::support::walk::{collect, paths};
use crate::support::{Edge, TestApp};

both! {
    async fn what_one_may_read_gives_others_no_more_than_their_rows_say(app) {
        let scene = Scene::new(&app).await;
        let app = app.behind(Edge { quotas: Quotas::OFF, ..Edge::default() }).await;
        let mut tour = Tour::new(&app, &scene);
        let outside = |persona: &str| persona == "outsider";
        for persona in PERSONAS.into_iter().filter(|persona| !outside(persona)) {
            tour.walk(persona).await;
        }
        for persona in PERSONAS.into_iter().filter(|persona| !outside(persona)) {
            tour.replay(persona).await;
        }
        scene.make_confidential(&app, true).await;
        tour.walk("outsider").await;
        tour.replay("outsider").await;
        scene.make_confidential(&app, false).await;
        for persona in PERSONAS.into_iter().filter(|persona| !outside(persona)) {
            tour.replay(persona).await;
        }
        tour.assert_nothing_leaked();
    }
}

/// What was asked so far, and what came of it.
struct Tour<'s> {
    app: &'s TestApp,
    scene: &'s Scene,
    judge: Judge,
    /// The operation of each request that succeeded for anybody, by its path.
    succeeded: BTreeMap<String, String>,
    /// What each persona asked.
    asked: BTreeMap<&'static str, BTreeSet<String>>,
    /// How many of these they asked because somebody else was answered.
    replayed: usize,
    leaks: Vec<String>,
}

impl<'s> Tour<'s> {
    fn new(app: &'s TestApp, scene: &'s Scene) -> Self {
        Self {
            app,
            scene,
            judge: Judge::of(scene),
            succeeded: BTreeMap::new(),
            asked: BTreeMap::new(),
            replayed: 0,
            leaks: Vec::new(),
        }
    }

    /// Reads everything as somebody who knows nothing but what they are shown.
    async fn walk(&mut self, persona: &'static str) {
        let mut known = BTreeSet::new();
        loop {
            let mut news = Vec::new();
            for (operation, path) in paths(&known) {
                let path = match super::query(&operation).filter(|_| !path.contains('?')) {
                    Some(query) => format!("{path}?{query}"),
                    None => path,
                };
                if !self.asked.entry(persona).or_default().contains(&path) {
                    news.push((operation, path));
                }
            }
            if news.is_empty() {
                return;
            }
            for (operation, path) in news {
                if let Some(text) = self.ask(persona, &operation, &path).await {
                    collect(&text, &mut known);
                    self.succeeded.insert(path, operation);
                }
            }
        }
    }

    /// Asks as somebody what others were answered.
    async fn replay(&mut self, persona: &'static str) {
        for (path, operation) in self.succeeded.clone() {
            if !self.asked.entry(persona).or_default().contains(&path) {
                self.ask(persona, &operation, &path).await;
                self.replayed += 1;
            }
        }
    }

    /// Asks, judges the answer, and gives it if it is a success.
    async fn ask(&mut self, persona: &'static str, operation: &str, path: &str) -> Option<String> {
        let reply = self.app.get(self.scene.who(persona), path).await;
        self.asked.entry(persona).or_default().insert(path.to_owned());
        let text = String::from_utf8_lossy(&reply.bytes).into_owned();
        let question = Question { persona, operation, path };
        self.leaks.extend(self.judge.leaks(question, reply.status, &text));
        (reply.status == 200).then_some(text)
    }

    fn assert_nothing_leaked(&self) {
        let leaks = &self.leaks;
        assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks.join("\n"));
        let answered: BTreeSet<&String> = self.succeeded.values().collect();
        let unanswered: Vec<String> = operations()
            .into_iter()
            .filter(|operation| {
                operation.method == Method::GET && !answered.contains(&operation.id)
            })
            .map(|operation| operation.id)
            .collect();
        // A kind of mail is no id of the scene, groups are not measured unless the policy says so, and a batch
        // stands in no list: its maker knows it by the answer, as the rows say.
        let known = ["getApplicationBatch", "listDevMails", "getMailPreview", "getPeopleMetrics"];
        assert_eq!(unanswered, known, "operations that nobody was answered");
        let walked = self.asked.values().map(BTreeSet::len).sum::<usize>() - self.replayed;
        let counted = [self.succeeded.len(), walked, self.replayed];
        let enough = counted.iter().zip([600, 6000, 2000]).all(|(asked, least)| *asked >= least);
        assert!(enough, "succeeded, asked on the way, replayed: only {counted:?}");
    }
}
