//! A job with an approval chain, and a candidate whom somebody has decided to hire.

use chrono::TimeDelta;
use diesel::prelude::*;
use evenbar::access::{OrgRole, TeamRole};
use evenbar::db::Tx;
use evenbar::db::schema::{
    applications, candidates, debriefs, decisions, hiring_team_members, interviews, jobs, kits,
    loop_template_versions, loop_templates, loops, openings, panelists, rubric_versions, rubrics,
    settings_versions, stages,
};
use evenbar::db::types::Document;
use evenbar::ids::{
    ApplicationId, ApprovalChainId, CandidateId, DebriefId, DecisionId, HiringTeamMemberId,
    InterviewId, JobId, KitId, LevelId, LoopId, LoopTemplateId, LoopTemplateVersionId, OpeningId,
    PanelistId, PayBandId, RubricId, RubricVersionId, SettingsVersionId, StageId, UserId,
};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp};

macro_rules! row {
    ($tx:ident, $table:ident, $($column:ident = $value:expr),+ $(,)?) => {
        diesel::insert_into($table::table)
            .values(($($table::$column.eq($value)),+,))
            .execute($tx.conn)
            .unwrap()
    };
}

/// Who takes part, and what there is before the offer.
pub struct Scene {
    pub admin: Person,
    /// Makes the offer.
    pub recruiter: Person,
    /// On the hiring team of the job.
    pub manager: Person,
    /// Decided and drives.
    pub decider: Person,
    /// Either of them approves the first step.
    pub finance: [Person; 2],
    /// Both of them approve the second step.
    pub directors: [Person; 2],
    /// Has nothing to do with any of it.
    pub stranger: Person,
    pub level: LevelId,
    pub other_level: LevelId,
    pub chain: ApprovalChainId,
    pub job: JobId,
    pub openings: Vec<OpeningId>,
    pub application: ApplicationId,
}

/// What a scene is made of.
#[derive(Clone)]
pub struct Set {
    pub openings: i32,
    pub outcome: Option<&'static str>,
    pub headcount: &'static str,
}

impl Default for Set {
    fn default() -> Self {
        Self { openings: 2, outcome: Some("hire"), headcount: "limited" }
    }
}

impl Scene {
    /// The usual scene.
    pub async fn new(app: &TestApp) -> Self {
        Self::with(app, Set::default()).await
    }

    /// Another scene.
    pub async fn with(app: &TestApp, set: Set) -> Self {
        let admin = app.person("Ada Admin", OrgRole::Admin);
        let member = |name| app.person(name, OrgRole::Member);
        // A track of its own, for tests that set several scenes.
        let track = admin.email.clone();
        let level = |name: &str, rank: i32| json!({ "name": name, "track": track, "rank": rank });
        let senior = app.post(&admin, "/levels", level("Senior", 5)).await.id().parse().unwrap();
        let other_level =
            app.post(&admin, "/levels", level("Staff", 6)).await.id().parse().unwrap();
        let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
        let band = json!({
            "name": "Senior, Germany", "period": "year", "effective_on": "2026-01-01",
            "minimum": euros("80000.00"), "maximum": euros("120000.00"),
        });
        let band = app.post(&admin, "/pay-bands", band).await.id().parse().unwrap();
        let finance = [member("Fia Finance"), member("Finn Finance")];
        let directors = [member("Dora Director"), member("Dirk Director")];
        let ids = |people: &[Person]| people.iter().map(|person| person.id).collect::<Vec<_>>();
        let steps = json!([
            { "name": "Finance", "mode": "any", "member_ids": ids(&finance) },
            { "name": "Directors", "mode": "all", "member_ids": ids(&directors) },
        ]);
        let chain = json!({ "name": "Engineering offers", "steps": steps });
        let chain = app.post(&admin, "/approval-chains", chain).await;
        chain.created();
        let chain = chain.id().parse().unwrap();
        let (manager, decider) = (member("Mia Manager"), member("Dee Decider"));
        let people = (manager.id, decider.id);
        let rows = Rows { level: senior, band, chain, people, set };
        let make = move |tx: &mut Tx<'_>| Ok(rows.insert(tx));
        let (job, openings, application) = app.db().write_here(&app.db().unit(), make).unwrap();
        let recruiter = app.person("Rea Recruiter", OrgRole::Recruiter);
        let stranger = member("Sam Stranger");
        Self {
            admin,
            recruiter,
            manager,
            decider,
            finance,
            directors,
            stranger,
            level: senior,
            other_level,
            chain,
            job,
            openings,
            application,
        }
    }

    /// Terms at this base pay.
    pub fn terms(&self, base: &str) -> Value {
        json!({
            "base": { "amount": base, "currency": "EUR" }, "period": "year", "level_id": self.level,
            "title": "Senior Engineer", "location": "Berlin", "employment_type": "permanent",
            "start_on": "2027-02-01",
        })
    }

    /// Drafts an offer.
    pub async fn draft(&self, app: &TestApp) -> Reply {
        let path = format!("/applications/{}/offers", self.application);
        app.post(&self.recruiter, &path, json!({ "terms": self.terms("95000.00") })).await
    }

    /// The offer as the recruiter sees it.
    pub async fn offer(&self, app: &TestApp, id: &str) -> Reply {
        app.get(&self.recruiter, &format!("/offers/{id}")).await
    }

    /// PUT below an offer, with the tag that the recruiter reads now.
    pub async fn put(&self, app: &TestApp, id: &str, what: &str, body: Value) -> Reply {
        let etag = self.offer(app, id).await.etag();
        app.put_if(&self.recruiter, &format!("/offers/{id}/{what}"), &etag, body).await
    }

    /// Gives the offer other terms.
    pub async fn revise(&self, app: &TestApp, id: &str, body: Value) -> Reply {
        let etag = self.offer(app, id).await.etag();
        let path = format!("/offers/{id}/versions");
        let request = app.request(&self.recruiter, actix_web::http::Method::POST, &path);
        app.send(request.insert_header(("If-Match", etag)).set_json(body)).await
    }

    /// Drafts and submits an offer; gives the ids of the offer and its run, and the hash.
    pub async fn submitted(&self, app: &TestApp) -> (String, String, String) {
        let id = self.draft(app).await.id();
        let pending = self.put(app, &id, "submission", Value::Null).await;
        let pending = pending.ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (run, hash) =
            (&pending["approval_run"]["id"], &pending["current_version"]["terms_hash"]);
        (id, text(run), text(hash))
    }

    /// Votes.
    pub async fn vote(
        &self,
        app: &TestApp,
        who: &Person,
        run: &str,
        decision: &str,
        hash: &str,
    ) -> Reply {
        let vote = json!({ "decision": decision, "terms_hash": hash, "note": "Because." });
        app.post(who, &format!("/approval-runs/{run}/votes"), vote).await
    }

    /// Drafts an offer and lets every step approve it; gives the id of the offer.
    pub async fn approved(&self, app: &TestApp) -> String {
        let (id, run, hash) = self.submitted(app).await;
        for who in [&self.finance[0], &self.directors[0], &self.directors[1]] {
            self.vote(app, who, &run, "approve", &hash).await.created();
        }
        id
    }

    /// The same, extended for a week.
    pub async fn extended(&self, app: &TestApp) -> String {
        let id = self.approved(app).await;
        let expires_at = app.clock.now() + TimeDelta::days(7);
        self.put(app, &id, "extension", json!({ "expires_at": expires_at })).await.ok();
        id
    }

    /// Another candidate for the same job, whom the same decider decided to hire.
    pub fn another_application(&self, app: &TestApp) -> ApplicationId {
        let (job, level, decider) = (self.job, self.level, self.decider.id);
        let make = move |tx: &mut Tx<'_>| {
            let stage: StageId =
                stages::table.filter(stages::job_id.eq(job)).select(stages::id).first(tx.conn)?;
            let application = insert_application(tx, job, stage);
            insert_decision(tx, application, stage, (level, decider), "hire");
            Ok(application)
        };
        app.db().write_here(&app.db().unit(), make).unwrap()
    }

    /// Puts somebody on the panel of an interview of the candidate.
    #[expect(clippy::too_many_lines, reason = "rows with their columns")]
    pub fn seat(&self, app: &TestApp, person: &Person) {
        let (application, user) = (self.application, person.id);
        let make = move |tx: &mut Tx<'_>| {
            let (rubric, version): (RubricId, RubricVersionId) = (tx.id(), tx.id());
            let (kit, interview, panelist): (KitId, InterviewId, PanelistId) =
                (tx.id(), tx.id(), tx.id());
            let now = tx.now();
            let (run, template): (LoopId, LoopTemplateVersionId) = loops::table
                .filter(loops::application_id.eq(application))
                .select((loops::id, loops::loop_template_version_id))
                .first(tx.conn)?;
            row!(
                tx,
                rubrics,
                id = rubric,
                key = rubric.to_string(),
                name = "Design",
                version = 1,
                created_at = now,
                updated_at = now
            );
            row!(
                tx,
                rubric_versions,
                id = version,
                rubric_id = rubric,
                number = 1,
                state = "published",
                version = 1,
                created_at = now,
                updated_at = now
            );
            row!(
                tx,
                kits,
                id = kit,
                loop_template_version_id = template,
                position = 0,
                name = "Design",
                kind = "live",
                minutes = 60,
                rubric_version_id = version
            );
            row!(
                tx,
                interviews,
                id = interview,
                loop_id = run,
                application_id = application,
                kit_id = kit,
                state = "draft",
                schedule_sequence = 0,
                version = 1,
                created_at = now,
                updated_at = now
            );
            row!(
                tx,
                panelists,
                id = panelist,
                interview_id = interview,
                application_id = application,
                user_id = user,
                slot = "lead",
                assigned_at = now,
                independent = true,
                response = "needs_action"
            );
            Ok(())
        };
        app.db().write_here(&app.db().unit(), make).unwrap();
    }

    /// The state of an opening.
    pub fn opening_state(&self, app: &TestApp, number: usize) -> String {
        let id = self.openings[number];
        let load = move |conn: &mut evenbar::db::Conn| {
            Ok(openings::table.find(id).select(openings::state).first(conn)?)
        };
        app.db().read_here(load).unwrap()
    }

    /// The status of the application.
    pub fn status(&self, app: &TestApp) -> String {
        let id = self.application;
        let load = move |conn: &mut evenbar::db::Conn| {
            Ok(applications::table.find(id).select(applications::status).first(conn)?)
        };
        app.db().read_here(load).unwrap()
    }
}

/// What no operation makes in a few lines: a job, and a candidate with a decision.
struct Rows {
    level: LevelId,
    band: PayBandId,
    chain: ApprovalChainId,
    people: (UserId, UserId),
    set: Set,
}

impl Rows {
    fn insert(&self, tx: &mut Tx<'_>) -> (JobId, Vec<OpeningId>, ApplicationId) {
        let (job, openings, stage) = self.insert_job(tx);
        let application = insert_application(tx, job, stage);
        if let Some(outcome) = self.set.outcome {
            insert_decision(tx, application, stage, (self.level, self.people.1), outcome);
        }
        (job, openings, application)
    }

    fn insert_job(&self, tx: &mut Tx<'_>) -> (JobId, Vec<OpeningId>, StageId) {
        let (job, stage, member): (JobId, StageId, HiringTeamMemberId) =
            (tx.id(), tx.id(), tx.id());
        let now = tx.now();
        row!(
            tx,
            jobs,
            id = job,
            title = "Senior Engineer",
            state = "open",
            level_id = self.level,
            pay_band_id = self.band,
            approval_chain_id = self.chain,
            headcount = self.set.headcount,
            confidential = false,
            custom = Document::empty(),
            version = 1,
            created_at = now,
            updated_at = now
        );
        row!(
            tx,
            stages,
            id = stage,
            job_id = job,
            position = 0,
            name = "Onsite",
            kind = "onsite",
            decision = "debrief"
        );
        row!(
            tx,
            hiring_team_members,
            id = member,
            job_id = job,
            user_id = self.people.0,
            role = TeamRole::HiringManager,
            created_at = now
        );
        let openings = (1..=self.set.openings).map(|number| {
            let id: OpeningId = tx.id();
            row!(
                tx,
                openings,
                id = id,
                job_id = job,
                number = number,
                state = "open",
                custom = Document::empty(),
                version = 1,
                created_at = now,
                updated_at = now
            );
            id
        });
        let openings = openings.collect();
        (job, openings, stage)
    }
}

fn insert_application(tx: &mut Tx<'_>, job: JobId, stage: StageId) -> ApplicationId {
    let (candidate, application): (CandidateId, ApplicationId) = (tx.id(), tx.id());
    let now = tx.now();
    row!(
        tx,
        candidates,
        id = candidate,
        name = "Kim Candidate",
        custom = Document::empty(),
        version = 1,
        created_at = now,
        updated_at = now
    );
    row!(
        tx,
        applications,
        id = application,
        candidate_id = candidate,
        job_id = job,
        stage_id = stage,
        status = "active",
        applied_at = now,
        stage_entered_at = now,
        custom = Document::empty(),
        version = 1,
        created_at = now,
        updated_at = now
    );
    application
}

#[expect(clippy::too_many_lines, reason = "rows with their columns")]
fn insert_decision(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    stage: StageId,
    (level, decider): (LevelId, UserId),
    outcome: &str,
) {
    let (template, version): (LoopTemplateId, LoopTemplateVersionId) = (tx.id(), tx.id());
    let (started, debrief, decision): (LoopId, DebriefId, DecisionId) = (tx.id(), tx.id(), tx.id());
    let now = tx.now();
    let settings: SettingsVersionId =
        settings_versions::table.select(settings_versions::id).first(tx.conn).unwrap();
    row!(
        tx,
        loop_templates,
        id = template,
        key = template.to_string(),
        name = "Loop",
        version = 1,
        created_at = now,
        updated_at = now
    );
    row!(
        tx,
        loop_template_versions,
        id = version,
        loop_template_id = template,
        number = 1,
        state = "published",
        must_cover = Document(json!([])),
        version = 1,
        created_at = now,
        updated_at = now
    );
    row!(
        tx,
        loops,
        id = started,
        application_id = application,
        loop_template_version_id = version,
        stage_id = stage,
        state = "finished",
        started_at = now,
        version = 1,
        created_at = now,
        updated_at = now
    );
    row!(
        tx,
        debriefs,
        id = debrief,
        application_id = application,
        loop_id = started,
        round = 1,
        state = "decided",
        discussions = 0,
        decided_at = now,
        decider_id = decider,
        driver_id = decider,
        settings_version_id = settings,
        reveals_early = false,
        shows_recruiters = true,
        version = 1,
        created_at = now,
        updated_at = now
    );
    row!(
        tx,
        decisions,
        id = decision,
        debrief_id = debrief,
        application_id = application,
        outcome = outcome,
        level_id = level,
        memo = Document(json!({ "summary": "Strong in design." })),
        memo_hash = vec![0_u8; 32],
        decider_id = decider,
        occurred_at = now,
        recorded_at = now
    );
}
