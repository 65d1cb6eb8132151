//! For whom somebody's applications wait, over the API and as a page.

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::offers::scene::Scene;
use crate::queue::is_the_candidate;
use crate::support::hiring::{self, Job};
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, Reply, TestApp};

const SECTIONS: [&str; 6] =
    ["new", "for_me", "for_recruiters", "for_interviewers", "for_deciders", "for_candidates"];

async fn desk(app: &TestApp, person: &Person) -> Reply {
    app.get(&app.again(person), "/me/desk").await
}

/// What lies in a section.
#[track_caller]
fn lies(desk: &Reply, section: &str) -> Vec<String> {
    let section = &desk.ok()[section];
    let items = section["items"].as_array().unwrap();
    assert_eq!(section["count"], items.len());
    items.iter().map(|item| item["application_id"].as_str().unwrap().to_owned()).collect()
}

/// The sections that hold something.
#[track_caller]
fn filled(desk: &Reply) -> Vec<&'static str> {
    SECTIONS.into_iter().filter(|section| !lies(desk, section).is_empty()).collect()
}

async fn owned_by(app: &TestApp, recruiter: &Person, application: &str, person: &Person) {
    let owner = json!({ "owner_id": person.id });
    app.patch(&app.again(recruiter), &format!("/applications/{application}"), owner).await.ok();
}

both! {
    async fn what_came_in_is_new_until_somebody_does_something_with_it(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &rita, TeamRole::Recruiter);
        let first = hiring::application(&app, &rita, &job).await;
        app.advance(TimeDelta::hours(5));
        let second = hiring::application(&app, &app.again(&rita), &job).await;
        let shown = desk(&app, &rita).await;
        assert_eq!((filled(&shown), lies(&shown, "new")), (vec!["new"], vec![first.clone(), second.clone()]));
        assert_eq!(shown.json["is_complete"], true);
        let item = &shown.json["new"]["items"][0];
        let named = ["candidate_name", "job_title", "stage_name", "whose_move"].map(|field| item[field].clone());
        assert_eq!(named, ["Ada Lovelace", "Senior Engineer", "Review", "recruiter"].map(|text| json!(text)));
        assert_eq!(item["waiting_since"], item["stage_entered_at"]);
        let step = json!({ "from_stage_id": job.stages[0], "to_stage_id": job.stages[1] });
        app.post(&app.again(&rita), &format!("/applications/{first}/moves"), step).await.created();
        let shown = desk(&app, &rita).await;
        assert_eq!((lies(&shown, "new"), lies(&shown, "for_me")), (vec![second], vec![first]));
    }

    async fn what_waits_for_a_recruiter_waits_for_its_owner_first(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let rolf = app.person("Rolf Recruiter", OrgRole::Recruiter);
        let mia = app.person("Mia Manager", OrgRole::Member);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &rita, TeamRole::Recruiter);
        hiring::join(&app, &job, &mia, TeamRole::HiringManager);
        let application = hiring::application(&app, &rita, &job).await;
        assert_eq!(filled(&desk(&app, &rolf).await), Vec::<&str>::new(), "not on the team");
        owned_by(&app, &rita, &application, &rolf).await;
        assert_eq!(filled(&desk(&app, &rolf).await), ["for_me"]);
        assert_eq!(filled(&desk(&app, &rita).await), ["for_recruiters"]);
        assert_eq!(filled(&desk(&app, &mia).await), ["for_recruiters"]);
        owned_by(&app, &rita, &application, &rita).await;
        assert_eq!(filled(&desk(&app, &rita).await), ["for_me"]);
        assert_eq!(filled(&desk(&app, &rolf).await), Vec::<&str>::new());
    }

    async fn each_application_lies_where_somebody_has_to_act(app) {
        let mut onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        hiring::join(&app, &onsite.job, &onsite.recruiter, TeamRole::Coordinator);
        assert_eq!(filled(&desk(&app, &onsite.recruiter).await), ["for_me"]);
        onsite.seat(&app, 0, &ana, "lead").await;
        let slots = format!("/interviews/{}/offered-slots", onsite.interviews[0]);
        let starts = [app.clock.now() + TimeDelta::hours(2)];
        let offered = json!({ "starts": starts, "expires_at": app.clock.now() + TimeDelta::hours(1) });
        app.put(&onsite.recruiter, &slots, offered).await.ok();
        assert_eq!(filled(&desk(&app, &onsite.recruiter).await), ["for_candidates"]);
        onsite.hold(&app, 0).await;
        assert_eq!(filled(&desk(&app, &onsite.recruiter).await), ["for_interviewers"]);
        onsite.later(&app, TimeDelta::days(4));
        let late = desk(&app, &onsite.recruiter).await;
        assert_eq!(late.ok()["for_interviewers"]["items"][0]["overdue_cards"], 1);
        let late = desk(&app, &onsite.manager).await;
        assert_eq!(late.ok()["for_interviewers"]["items"][0]["overdue_cards"], Value::Null);
        onsite.submit(&app, 0, &app.again(&ana), "yes").await;
        assert_eq!(filled(&desk(&app, &onsite.recruiter).await), ["for_deciders"]);
        // Whoever sits on a panel and on no team finds it in their queue.
        assert_eq!(filled(&desk(&app, &ana).await), Vec::<&str>::new());
    }

    async fn an_offer_waits_for_its_approvers_and_then_for_the_candidate(app) {
        let scene = Scene::new(&app).await;
        let job = Job { id: scene.job, stages: Vec::new() };
        hiring::join(&app, &job, &scene.recruiter, TeamRole::Recruiter);
        scene.extended(&app).await;
        assert_eq!(filled(&desk(&app, &scene.recruiter).await), ["for_candidates"]);
        let other = Scene::new(&app).await;
        let job = Job { id: other.job, stages: Vec::new() };
        hiring::join(&app, &job, &other.recruiter, TeamRole::Recruiter);
        other.submitted(&app).await;
        let shown = desk(&app, &other.recruiter).await;
        assert_eq!(filled(&shown), ["for_deciders"]);
        assert_eq!(shown.json["for_deciders"]["items"][0]["whose_move"], "approver");
    }

    async fn what_ended_is_confidential_or_ones_own_is_on_no_desk(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let rolf = app.person("Rolf Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &rita, TeamRole::Recruiter);
        let [ended, own, theirs] = [(); 3].map(|()| hiring::application(&app, &rita, &job));
        let (ended, own, theirs) = (ended.await, own.await, theirs.await);
        app.put(&rita, &format!("/applications/{ended}/withdrawal"), json!({})).await.ok();
        is_the_candidate(&app, &rolf, &own, &rita).await;
        assert_eq!(lies(&desk(&app, &rita).await, "new"), std::slice::from_ref(&theirs));
        owned_by(&app, &rita, &theirs, &rolf).await;
        assert_eq!(lies(&desk(&app, &rolf).await, "for_me"), [theirs]);
        app.patch(&rita, &format!("/jobs/{}", job.id), json!({ "confidential": true })).await.ok();
        assert_eq!(filled(&desk(&app, &rolf).await), Vec::<&str>::new());
    }

    async fn a_section_lists_as_much_as_is_asked_for_and_counts_the_rest(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &rita, TeamRole::Recruiter);
        hiring::join(&app, &job, &rita, TeamRole::Coordinator);
        for _ in 0..3 {
            hiring::application(&app, &rita, &job).await;
        }
        let few = app.get(&rita, "/me/desk?limit=2").await;
        let section = &few.ok()["new"];
        assert_eq!((&section["count"], &section["has_more"]), (&json!(3), &json!(true)));
        assert_eq!(section["items"].as_array().unwrap().len(), 2);
        assert_eq!(lies(&desk(&app, &rita).await, "new").len(), 3, "once, whatever the roles");
        app.get(&rita, "/me/desk?limit=0").await.field(422, "/limit");
        app.get(&rita, "/me/desk?limit=101").await.field(422, "/limit");
    }

    async fn a_desk_takes_six_statements_whatever_is_on_it(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        hiring::join(&app, &onsite.job, &onsite.recruiter, TeamRole::Recruiter);
        let (one, _) = app.statements(app.get(&onsite.recruiter, "/me/desk")).await;
        for _ in 0..5 {
            let application = hiring::application(&app, &onsite.recruiter, &onsite.job).await;
            hiring::seat(&app, &application, &onsite.job, &ana, "lead");
        }
        let (many, shown) = app.statements(app.get(&onsite.recruiter, "/me/desk")).await;
        assert_eq!(SECTIONS.iter().map(|section| lies(&shown, section).len()).sum::<usize>(), 6);
        assert_eq!(many, one);
        assert!(many <= 6, "{many} statements");
    }

    async fn the_page_of_a_desk_leads_to_the_boards(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let to_sign_in = Browser::new(&app).open("/desk").await;
        assert_eq!(to_sign_in.header("location"), Some("/sign-in?next=/desk"));
        let mut browser = Browser::of(&app, &rita);
        browser.open("/desk").await.ok();
        assert!(browser.html.contains("No application of yours is active."));
        let job = hiring::job(&app);
        hiring::join(&app, &job, &rita, TeamRole::Recruiter);
        for _ in 0..22 {
            hiring::application(&app, &rita, &job).await;
        }
        browser.open("/desk").await.ok();
        let html = browser.html.replace("&#x2f;", "/");
        assert!(html.contains(&format!("href=\"/jobs/{}/board\"", job.id)), "{html}");
        assert!(html.contains("Senior Engineer: Review, for less than a day"));
        assert!(html.contains("And 2 more that wait less long."));
        browser.open("/queue").await.ok();
        assert!(browser.html.contains("Your desk"));
    }
}
