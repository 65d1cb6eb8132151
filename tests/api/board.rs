//! The board of a job: who stands where, since when, and whose move it is.

use chrono::TimeDelta;
use evenbar::access::{OrgRole, TeamRole};
use serde_json::{Value, json};

use crate::both;
use crate::offers::scene::Scene;
use crate::queue::is_the_candidate;
use crate::support::hiring::{self, Job};
use crate::support::onsite::Onsite;
use crate::support::{Browser, Person, Reply, TestApp};

fn path(job: &Job) -> String {
    format!("/jobs/{}/board", job.id)
}

async fn board(app: &TestApp, person: &Person, job: &Job) -> Reply {
    app.get(&app.again(person), &path(job)).await
}

/// Name and count of each column.
#[track_caller]
fn counts(board: &Reply) -> Vec<(String, i64)> {
    let column = |column: &Value| {
        (column["stage_name"].as_str().unwrap().to_owned(), column["count"].as_i64().unwrap())
    };
    board.ok()["columns"].as_array().unwrap().iter().map(column).collect()
}

/// The applications of a column.
#[track_caller]
fn cards(board: &Reply, column: usize) -> Vec<String> {
    let cards = board.ok()["columns"][column]["cards"].as_array().unwrap().iter();
    cards.map(|card| card["application_id"].as_str().unwrap().to_owned()).collect()
}

/// Whose move it is, and since when, on the first card of a board.
#[track_caller]
fn turn(board: &Reply) -> (String, String) {
    let columns = board.ok()["columns"].as_array().unwrap().iter();
    let card = columns.flat_map(|column| column["cards"].as_array().unwrap()).next().unwrap();
    let text = |field: &str| card[field].as_str().unwrap().to_owned();
    (text("whose_move"), text("waiting_since"))
}

/// Whose move it is on the first card.
#[track_caller]
fn mover(board: &Reply) -> String {
    turn(board).0
}

async fn move_to(app: &TestApp, person: &Person, job: &Job, application: &str, to: usize) {
    let body = json!({ "from_stage_id": job.stages[0], "to_stage_id": job.stages[to] });
    app.post(&app.again(person), &format!("/applications/{application}/moves"), body)
        .await
        .created();
}

both! {
    async fn a_board_counts_its_columns_and_shows_who_stands_there_longest_first(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let first = hiring::application(&app, &rita, &job).await;
        app.advance(TimeDelta::hours(49));
        let second = hiring::application(&app, &app.again(&rita), &job).await;
        let third = hiring::application(&app, &app.again(&rita), &job).await;
        move_to(&app, &rita, &job, &third, 1).await;
        let gone = hiring::application(&app, &app.again(&rita), &job).await;
        let withdrawal = format!("/applications/{gone}/withdrawal");
        app.put(&app.again(&rita), &withdrawal, json!({})).await.ok();
        let shown = board(&app, &rita, &job).await;
        let expected = [("Review", 2), ("On-site", 1), ("Offer", 0)];
        assert_eq!(counts(&shown), expected.map(|(name, count)| (name.to_owned(), count)));
        assert_eq!(cards(&shown, 0), [first.clone(), second]);
        assert_eq!(cards(&shown, 1), [third]);
        assert_eq!((&shown.json["job_title"], &shown.json["job_id"]), (&json!("Senior Engineer"), &json!(job.id)));
        let card = &shown.json["columns"][0]["cards"][0];
        assert_eq!((&card["candidate_name"], &card["age_days"]), (&json!("Ada Lovelace"), &json!(2)));
        assert_eq!((&card["whose_move"], &card["waiting_since"]), (&json!("recruiter"), &card["stage_entered_at"]));
        assert_eq!((&card["overdue_cards"], &card["owner_id"]), (&json!(0), &Value::Null));
        let column = &shown.json["columns"][0];
        assert_eq!((&column["has_more"], &column["next_cursor"]), (&json!(false), &Value::Null));
        let owner = json!({ "owner_id": rita.id });
        app.patch(&app.again(&rita), &format!("/applications/{first}"), owner).await.ok();
        let shown = board(&app, &rita, &job).await;
        assert_eq!(shown.ok()["columns"][0]["cards"][0]["owner_id"], json!(rita.id));
    }

    async fn a_column_is_paged_on_by_itself(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(hiring::application(&app, &app.again(&rita), &job).await);
            // Some enter the stage in the same moment.
            app.advance(TimeDelta::minutes(number % 2));
        }
        let other = hiring::application(&app, &app.again(&rita), &job).await;
        move_to(&app, &rita, &job, &other, 2).await;
        let whole = app.get(&rita, &format!("{}?limit=2", path(&job))).await;
        assert_eq!(cards(&whole, 0), made[..2]);
        assert_eq!((cards(&whole, 1).len(), cards(&whole, 2)), (0, vec![other]));
        let column = &whole.json["columns"][0];
        assert_eq!((&column["count"], &column["has_more"]), (&json!(5), &json!(true)));
        let alone = format!("{}?limit=2&stage_id={}", path(&job), job.stages[0]);
        let first = app.get(&rita, &alone).await;
        assert_eq!(first.ok()["columns"], json!([column]));
        let mut seen = cards(&whole, 0);
        let mut next = column["next_cursor"].clone();
        while let Some(cursor) = next.as_str() {
            let page = app.get(&rita, &format!("{alone}&cursor={cursor}")).await;
            assert_eq!(page.ok()["columns"].as_array().unwrap().len(), 1);
            assert_eq!(page.json["columns"][0]["count"], 5);
            seen.extend(cards(&page, 0));
            next = page.json["columns"][0]["next_cursor"].clone();
        }
        assert_eq!(seen, made);
    }

    async fn what_a_board_is_not_asked_for_is_refused(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let (job, other) = (hiring::job(&app), hiring::job(&app));
        for _ in 0..2 {
            hiring::application(&app, &rita, &job).await;
        }
        let ask = async |query: String| app.get(&rita, &format!("{}?{query}", path(&job))).await;
        let page = ask(format!("limit=1&stage_id={}", job.stages[0])).await;
        let cursor = page.ok()["columns"][0]["next_cursor"].as_str().unwrap().to_owned();
        ask(format!("cursor={cursor}")).await.problem(400, "invalid_cursor");
        ask(format!("stage_id={}&cursor={cursor}", job.stages[1])).await.problem(400, "invalid_cursor");
        ask(format!("stage_id={}&cursor=abc", job.stages[0])).await.problem(400, "invalid_cursor");
        ask(format!("stage_id={}", other.stages[0])).await.field(422, "/stage_id");
        ask("limit=0".to_owned()).await.field(422, "/limit");
        ask("limit=101".to_owned()).await.field(422, "/limit");
        ask("sort=name".to_owned()).await.expect(422);
        let unknown = "/jobs/job_01jd3z3z3z3z3z3z3z3z3z3z3z/board";
        app.get(&rita, unknown).await.problem(404, "not_found");
    }

    async fn everybody_sees_and_counts_what_is_in_their_list(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let member = |name: &str| app.person(name, OrgRole::Member);
        let (mia, tia, pia, sam) =
            (member("Mia Manager"), member("Tia Teammate"), member("Pia Panelist"), member("Sam Stranger"));
        let ada = app.person("Ada Admin", OrgRole::Admin);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &mia, TeamRole::HiringManager);
        hiring::join(&app, &job, &tia, TeamRole::Interviewer);
        let theirs = hiring::application(&app, &rita, &job).await;
        hiring::application(&app, &rita, &job).await;
        hiring::seat(&app, &theirs, &job, &pia, "lead");
        for person in [&rita, &mia] {
            assert_eq!(counts(&board(&app, person, &job).await)[0].1, 2);
        }
        for person in [&tia, &ada] {
            let empty = board(&app, person, &job).await;
            assert_eq!(counts(&empty).iter().map(|(_, count)| count).collect::<Vec<_>>(), [&0, &0, &0]);
            assert_eq!(cards(&empty, 0).len(), 0);
        }
        // Who may not read the job knows of the stages where their applications stand.
        let own = board(&app, &pia, &job).await;
        assert_eq!((counts(&own), cards(&own, 0)), (vec![("Review".to_owned(), 1)], vec![theirs]));
        assert_eq!(own.json["columns"][0]["cards"][0]["overdue_cards"], Value::Null);
        let elsewhere = format!("{}?stage_id={}", path(&job), job.stages[1]);
        app.get(&pia, &elsewhere).await.field(422, "/stage_id");
        board(&app, &sam, &job).await.problem(404, "not_found");
    }

    async fn nobody_finds_a_confidential_job_or_their_own_application_there(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let otis = app.person("Otis Outsider", OrgRole::Recruiter);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &rita, TeamRole::Recruiter);
        let own = hiring::application(&app, &rita, &job).await;
        hiring::application(&app, &rita, &job).await;
        is_the_candidate(&app, &rita, &own, &otis).await;
        let seen = board(&app, &otis, &job).await;
        assert_eq!((counts(&seen)[0].1, cards(&seen, 0).len()), (1, 1));
        assert!(!seen.json.to_string().contains(&own));
        let confidential = json!({ "confidential": true });
        app.patch(&rita, &format!("/jobs/{}", job.id), confidential).await.ok();
        board(&app, &otis, &job).await.problem(404, "not_found");
        assert_eq!(counts(&board(&app, &rita, &job).await)[0].1, 2);
    }

    async fn an_application_waits_for_whoever_has_to_act(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let (rita, mia) = (onsite.recruiter.clone(), onsite.manager.clone());
        assert_eq!(mover(&board(&app, &rita, &onsite.job).await), "recruiter");
        onsite.seat(&app, 0, &ana, "lead").await;
        let slots = format!("/interviews/{}/offered-slots", onsite.interviews[0]);
        let starts = [app.clock.now() + TimeDelta::hours(2)];
        let offered = json!({ "starts": starts, "expires_at": app.clock.now() + TimeDelta::hours(1) });
        app.put(&rita, &slots, offered).await.ok();
        // The panel knows that somebody is asked.
        for person in [&rita, &mia, &ana] {
            assert_eq!(mover(&board(&app, person, &onsite.job).await), "candidate");
        }
        app.advance(TimeDelta::hours(1));
        let expired = json!(app.clock.now()).as_str().unwrap().to_owned();
        assert_eq!(turn(&board(&app, &rita, &onsite.job).await), ("recruiter".to_owned(), expired));
        let schedule = format!("/interviews/{}/schedule", onsite.interviews[0]);
        let (starts_at, ends_at) = (app.clock.now() + TimeDelta::hours(1), app.clock.now() + TimeDelta::hours(2));
        let time = json!({ "starts_at": starts_at, "ends_at": ends_at, "time_zone": "Europe/Berlin" });
        app.put(&app.again(&rita), &schedule, time).await.ok();
        assert_eq!(mover(&board(&app, &rita, &onsite.job).await), "interviewer");
        app.advance(TimeDelta::hours(3));
        let over = json!(ends_at).as_str().unwrap().to_owned();
        for person in [&rita, &mia, &ana] {
            assert_eq!(turn(&board(&app, person, &onsite.job).await), ("interviewer".to_owned(), over.clone()));
        }
    }

    async fn late_cards_are_counted_for_those_who_chase_them_and_name_nobody(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.hold(&app, 0).await;
        let overdue = |board: &Reply| {
            let column = &board.ok()["columns"][0];
            (column["overdue"].clone(), column["cards"][0]["overdue_cards"].clone())
        };
        let before = board(&app, &onsite.recruiter, &onsite.job).await;
        assert_eq!(overdue(&before), (json!(0), json!(0)));
        app.advance(TimeDelta::days(4));
        for person in [&onsite.recruiter, &onsite.driver] {
            let shown = board(&app, person, &onsite.job).await;
            assert_eq!(overdue(&shown), (json!(1), json!(1)));
            assert!(!shown.json.to_string().contains(&ana.id.to_string()));
        }
        for person in [&onsite.manager, &onsite.decider, &ana] {
            assert_eq!(overdue(&board(&app, person, &onsite.job).await), (json!(0), Value::Null));
        }
        onsite.submit(&app, 0, &app.again(&ana), "yes").await;
        assert_eq!(overdue(&board(&app, &onsite.recruiter, &onsite.job).await), (json!(0), json!(0)));
    }

    async fn who_owes_a_card_does_not_learn_how_far_the_debrief_is(app) {
        let onsite = Onsite::new(&app, 1).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        // In another loop of the same application both the hiring manager and Ben owe a card.
        let second = onsite.start(&app, &onsite.recruiter).await;
        let interview = second.created()["interview_ids"][0].as_str().unwrap().to_owned();
        let panel = format!("/interviews/{interview}/panel");
        for person in [&ben, &onsite.manager] {
            let seat = json!({ "user_id": person.id, "slot": "lead" });
            app.post(&onsite.recruiter, &panel, seat).await.created();
        }
        onsite.hold(&app, 0).await;
        onsite.submit(&app, 0, &ana, "yes").await;
        let sealed = [board(&app, &ben, &onsite.job).await, board(&app, &onsite.manager, &onsite.job).await];
        assert_eq!(sealed.each_ref().map(mover), ["recruiter", "recruiter"]);
        assert_eq!(mover(&board(&app, &onsite.recruiter, &onsite.job).await), "decider");
        let etag = onsite.debrief(&app, &onsite.decider).await.etag();
        onsite.decide(&app, &onsite.decider, &etag, crate::support::onsite::memo()).await.ok();
        app.advance(TimeDelta::days(5));
        app.wake_timers();
        for (person, before) in [&ben, &onsite.manager].into_iter().zip(&sealed) {
            assert_eq!(turn(&board(&app, person, &onsite.job).await), turn(before));
        }
    }

    async fn an_offer_is_known_to_those_who_may_read_it(app) {
        let scene = Scene::new(&app).await;
        let job = Job { id: scene.job, stages: Vec::new() };
        let cora = app.person("Cora Coordinator", OrgRole::Coordinator);
        let before = mover(&board(&app, &cora, &job).await);
        scene.submitted(&app).await;
        for person in [&scene.recruiter, &scene.manager, &scene.finance[0]] {
            assert_eq!(mover(&board(&app, person, &job).await), "approver");
        }
        assert_eq!(mover(&board(&app, &cora, &job).await), before);
    }

    async fn a_board_takes_six_statements_whatever_is_on_it(app) {
        let onsite = Onsite::new(&app, 2).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let (one, _) = app.statements(app.get(&onsite.recruiter, &path(&onsite.job))).await;
        for _ in 0..5 {
            let application = hiring::application(&app, &onsite.recruiter, &onsite.job).await;
            hiring::seat(&app, &application, &onsite.job, &ana, "lead");
        }
        for person in [&onsite.recruiter, &onsite.manager, &ana] {
            let (many, shown) = app.statements(app.get(person, &path(&onsite.job))).await;
            assert_eq!(cards(&shown, 0).len(), 6);
            assert!(many <= 6, "{many} statements");
            assert_eq!(many, one);
        }
    }

    async fn a_card_is_moved_on_the_page_by_its_menu(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        hiring::application(&app, &rita, &job).await;
        let page = path(&job);
        let mut browser = Browser::new(&app);
        let to_sign_in = browser.open(&page).await;
        assert_eq!(to_sign_in.header("location"), Some(format!("/sign-in?next={page}").as_str()));
        let mut browser = Browser::of(&app, &rita);
        browser.open(&page).await.ok();
        assert!(browser.html.contains("Waits for the recruiter, for less than a day."), "{}", browser.html);
        let (from, to) = (job.stages[0].to_string(), job.stages[1].to_string());
        let fields = [("application", application.as_str()), ("from", &from), ("to", &to), ("column", "")];
        let moves = format!("{page}/moves");
        assert_eq!(browser.submit(&moves, &fields).await.header("location"), Some(page.as_str()));
        let moved = app.get(&rita, &format!("/applications/{application}")).await;
        assert_eq!(moved.ok()["stage_id"], json!(job.stages[1]));
        // Somebody who sees it where it no longer stands is told so.
        browser.open(&page).await.ok();
        let stale = browser.submit(&moves, &fields).await;
        assert_eq!(stale.status, 409);
        assert!(browser.html.contains("Somebody else moved it meanwhile."));
        let same = [("application", application.as_str()), ("from", &to), ("to", &to), ("column", &to)];
        assert_eq!(browser.submit(&moves, &same).await.status, 422);
        assert!(browser.html.contains("The whole board"));
        browser.submit(&moves, &[("application", ""), ("from", ""), ("to", ""), ("column", "")]).await.expect(404);
        let forged = browser.request(actix_web::http::Method::POST, &moves).set_form(fields);
        assert_eq!(browser.send(forged).await.status, 403);
    }

    async fn the_page_offers_moves_to_those_who_may_move(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let cora = app.person("Cora Coordinator", OrgRole::Coordinator);
        let sam = app.person("Sam Stranger", OrgRole::Member);
        let job = hiring::job(&app);
        let application = hiring::application(&app, &rita, &job).await;
        let page = path(&job);
        let mut browser = Browser::of(&app, &cora);
        browser.open(&page).await.ok();
        assert!(browser.html.contains("Ada Lovelace") && !browser.html.contains("Move to"));
        let mut mine = Browser::of(&app, &rita);
        mine.open(&page).await.ok();
        assert!(mine.html.contains("Move to"));
        Browser::of(&app, &sam).open(&page).await.expect(404);
        // A form that the page did not offer, with a proof of one that it did.
        browser.open("/account").await.ok();
        let (from, to) = (job.stages[0].to_string(), job.stages[1].to_string());
        let fields = [("application", application.as_str()), ("from", &from), ("to", &to), ("column", "")];
        assert_eq!(browser.submit(&format!("{page}/moves"), &fields).await.status, 403);
        assert!(browser.html.contains("You may not move this application."), "{}", browser.html);
    }

    async fn the_page_of_a_column_goes_on_where_the_board_ends(app) {
        let rita = app.person("Rita Recruiter", OrgRole::Recruiter);
        let job = hiring::job(&app);
        for _ in 0..21 {
            hiring::application(&app, &rita, &job).await;
        }
        let mut browser = Browser::of(&app, &rita);
        browser.open(&path(&job)).await.ok();
        let html = browser.html.replace("&#x2f;", "/").replace("&amp;", "&");
        assert_eq!(html.matches("Ada Lovelace</h3>").count(), 20);
        let (_, rest) = html.split_once(&format!("href=\"{}?stage_id=", path(&job))).unwrap();
        let more = format!("{}?stage_id={}", path(&job), rest.split('"').next().unwrap());
        browser.open(&more).await.ok();
        assert_eq!(browser.html.matches("Ada Lovelace</h3>").count(), 1);
    }
}
