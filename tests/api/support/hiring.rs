//! What an application stands on, put straight into the tables: jobs, teams, seats on panels. The
//! nouns that own those tables have tests of their own.

use diesel::prelude::*;
use evenbar::access::TeamRole;
use evenbar::db::schema::{
    debriefs, hiring_team_members, interviews, jobs, kits, loop_template_versions, loop_templates,
    loops, panelists, rubric_versions, rubrics, settings_versions, stages,
};
use evenbar::db::types::Document;
use evenbar::db::{Conn, Tx};
use evenbar::error::Result;
use evenbar::ids::{
    ApplicationId, DebriefId, HiringTeamMemberId, InterviewId, JobId, KitId, LoopId,
    LoopTemplateId, LoopTemplateVersionId, PanelistId, RubricId, RubricVersionId,
    SettingsVersionId, StageId,
};
use serde_json::json;

use super::{Person, TestApp};

/// An open job with its stages in order.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// Its stages.
    pub stages: Vec<StageId>,
}

/// A seat on a panel.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    /// The seat.
    pub id: PanelistId,
    /// The interview.
    pub interview_id: InterviewId,
    /// Its loop.
    pub loop_id: LoopId,
}

fn write<T: Send + 'static>(
    app: &TestApp,
    work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    app.db().write_here(&app.db().unit(), work).unwrap()
}

/// Reads with a query of the test's own.
pub fn look<T>(app: &TestApp, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
    app.db().read_here(|conn| Ok(work(conn)?)).unwrap()
}

/// A job in a state, with stages of these titles.
pub fn job_in(app: &TestApp, state: &'static str, titles: &'static [&'static str]) -> Job {
    write(app, move |tx| {
        let (id, now): (JobId, _) = (tx.id(), tx.now());
        diesel::insert_into(jobs::table)
            .values((
                jobs::id.eq(id),
                jobs::title.eq("Senior Engineer"),
                jobs::state.eq(state),
                jobs::headcount.eq("unlimited"),
                jobs::confidential.eq(false),
                jobs::custom.eq(Document::empty()),
                jobs::version.eq(1),
                jobs::created_at.eq(now),
                jobs::updated_at.eq(now),
            ))
            .execute(tx.conn)?;
        let mut made = Vec::new();
        for (position, title) in (0..).zip(titles) {
            let stage: StageId = tx.id();
            diesel::insert_into(stages::table)
                .values((
                    stages::id.eq(stage),
                    stages::job_id.eq(id),
                    stages::position.eq(position),
                    stages::name.eq(*title),
                    stages::kind.eq("review"),
                    stages::decision.eq("none"),
                ))
                .execute(tx.conn)?;
            made.push(stage);
        }
        Ok(Job { id, stages: made })
    })
}

/// Lets a stage be decided another way.
pub fn decide_stage(app: &TestApp, stage: StageId, way: &'static str) {
    write(app, move |tx| {
        let one = diesel::update(stages::table.find(stage));
        one.set(stages::decision.eq(way)).execute(tx.conn)?;
        Ok(())
    });
}

/// An open job with three stages.
pub fn job(app: &TestApp) -> Job {
    job_in(app, "open", &["Review", "On-site", "Offer"])
}

/// Puts somebody on the hiring team of a job.
pub fn join(app: &TestApp, job: &Job, person: &Person, role: TeamRole) {
    let (job_id, user_id) = (job.id, person.id);
    write(app, move |tx| {
        let (id, now): (HiringTeamMemberId, _) = (tx.id(), tx.now());
        diesel::insert_into(hiring_team_members::table)
            .values((
                hiring_team_members::id.eq(id),
                hiring_team_members::job_id.eq(job_id),
                hiring_team_members::user_id.eq(user_id),
                hiring_team_members::role.eq(role),
                hiring_team_members::created_at.eq(now),
            ))
            .execute(tx.conn)?;
        Ok(())
    });
}

/// A candidate by the API.
pub async fn candidate(app: &TestApp, recruiter: &Person, name: &str) -> String {
    app.post(recruiter, "/candidates", json!({ "name": name })).await.id()
}

/// An application of a new candidate by the API.
pub async fn application(app: &TestApp, recruiter: &Person, job: &Job) -> String {
    let candidate_id = candidate(app, recruiter, "Ada Lovelace").await;
    let body = json!({ "candidate_id": candidate_id, "job_id": job.id });
    app.post(recruiter, "/applications", body).await.id()
}

/// Seats somebody on the panel of an interview of its own.
pub fn seat(
    app: &TestApp,
    application: &str,
    job: &Job,
    person: &Person,
    slot: &'static str,
) -> Seat {
    let (application_id, user_id): (ApplicationId, _) = (application.parse().unwrap(), person.id);
    let stage_id = job.stages[0];
    write(app, move |tx| {
        let now = tx.now();
        let kit_id = kit(tx)?;
        let version_id = kits::table.find(kit_id).select(kits::loop_template_version_id);
        let version_id: LoopTemplateVersionId = version_id.first(tx.conn)?;
        let (loop_id, interview_id, id): (LoopId, InterviewId, PanelistId) =
            (tx.id(), tx.id(), tx.id());
        diesel::insert_into(loops::table)
            .values((
                loops::id.eq(loop_id),
                loops::application_id.eq(application_id),
                loops::loop_template_version_id.eq(version_id),
                loops::stage_id.eq(stage_id),
                loops::state.eq("running"),
                loops::started_at.eq(now),
                loops::version.eq(1),
                loops::created_at.eq(now),
                loops::updated_at.eq(now),
            ))
            .execute(tx.conn)?;
        diesel::insert_into(interviews::table)
            .values((
                interviews::id.eq(interview_id),
                interviews::loop_id.eq(loop_id),
                interviews::application_id.eq(application_id),
                interviews::kit_id.eq(kit_id),
                interviews::state.eq("confirmed"),
                interviews::schedule_sequence.eq(0),
                interviews::version.eq(1),
                interviews::created_at.eq(now),
                interviews::updated_at.eq(now),
            ))
            .execute(tx.conn)?;
        diesel::insert_into(panelists::table)
            .values((
                panelists::id.eq(id),
                panelists::interview_id.eq(interview_id),
                panelists::application_id.eq(application_id),
                panelists::user_id.eq(user_id),
                panelists::slot.eq(slot),
                panelists::assigned_at.eq(now),
                panelists::independent.eq(true),
                panelists::response.eq("needs_action"),
            ))
            .execute(tx.conn)?;
        Ok(Seat { id, interview_id, loop_id })
    })
}

/// A kit named "System design" with what it stands on.
fn kit(tx: &mut Tx<'_>) -> Result<KitId> {
    let now = tx.now();
    let (rubric_id, rubric_version_id): (RubricId, RubricVersionId) = (tx.id(), tx.id());
    let (template_id, version_id): (LoopTemplateId, LoopTemplateVersionId) = (tx.id(), tx.id());
    let kit_id: KitId = tx.id();
    diesel::insert_into(rubrics::table)
        .values((
            rubrics::id.eq(rubric_id),
            rubrics::key.eq(rubric_id.to_string()),
            rubrics::name.eq("Engineers"),
            rubrics::version.eq(1),
            rubrics::created_at.eq(now),
            rubrics::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(rubric_versions::table)
        .values((
            rubric_versions::id.eq(rubric_version_id),
            rubric_versions::rubric_id.eq(rubric_id),
            rubric_versions::number.eq(1),
            rubric_versions::state.eq("published"),
            rubric_versions::version.eq(1),
            rubric_versions::created_at.eq(now),
            rubric_versions::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(loop_templates::table)
        .values((
            loop_templates::id.eq(template_id),
            loop_templates::key.eq(template_id.to_string()),
            loop_templates::name.eq("Engineers"),
            loop_templates::version.eq(1),
            loop_templates::created_at.eq(now),
            loop_templates::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(loop_template_versions::table)
        .values((
            loop_template_versions::id.eq(version_id),
            loop_template_versions::loop_template_id.eq(template_id),
            loop_template_versions::number.eq(1),
            loop_template_versions::state.eq("published"),
            loop_template_versions::must_cover.eq(Document(json!([]))),
            loop_template_versions::version.eq(1),
            loop_template_versions::created_at.eq(now),
            loop_template_versions::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(kits::table)
        .values((
            kits::id.eq(kit_id),
            kits::loop_template_version_id.eq(version_id),
            kits::position.eq(0),
            kits::name.eq("System design"),
            kits::kind.eq("live"),
            kits::minutes.eq(60),
            kits::rubric_version_id.eq(rubric_version_id),
        ))
        .execute(tx.conn)?;
    Ok(kit_id)
}

/// Hands in what is owed from a seat.
pub fn hand_in(app: &TestApp, seat: Seat) {
    write(app, move |tx| {
        let now = tx.now();
        diesel::update(panelists::table.find(seat.id))
            .set(panelists::submitted_at.eq(now))
            .execute(tx.conn)?;
        Ok(())
    });
}

/// A gathering debrief about the loop of a seat.
pub fn debrief(app: &TestApp, application: &str, seat: Seat, decider: &Person, driver: &Person) {
    let application_id: ApplicationId = application.parse().unwrap();
    let (decider_id, driver_id) = (decider.id, driver.id);
    write(app, move |tx| {
        let (id, now): (DebriefId, _) = (tx.id(), tx.now());
        let settings: SettingsVersionId =
            settings_versions::table.select(settings_versions::id).first(tx.conn)?;
        diesel::insert_into(debriefs::table)
            .values((
                debriefs::id.eq(id),
                debriefs::application_id.eq(application_id),
                debriefs::loop_id.eq(seat.loop_id),
                debriefs::round.eq(1),
                debriefs::state.eq("gathering"),
                debriefs::discussions.eq(0),
                debriefs::decider_id.eq(decider_id),
                debriefs::driver_id.eq(driver_id),
                debriefs::settings_version_id.eq(settings),
                debriefs::reveals_early.eq(false),
                debriefs::shows_recruiters.eq(true),
                debriefs::version.eq(1),
                debriefs::created_at.eq(now),
                debriefs::updated_at.eq(now),
            ))
            .execute(tx.conn)?;
        Ok(())
    });
}
