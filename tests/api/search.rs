//! Finding candidates by what is known of them.

use evenbar::access::{OrgRole, Permit, TeamRole};
use evenbar::candidates::search;
use evenbar::ids::CandidateId;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Engine, Person, TestApp, fresh_database, hiring};

/// The names of those who are found, in order, with what of them was.
async fn found(app: &TestApp, person: &Person, typed: &str) -> Vec<(String, Vec<String>)> {
    let typed: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    let reply = app.get(person, &format!("/candidate-matches?q={typed}")).await;
    let texts = |value: &Value| {
        let texts = value["matched"].as_array().unwrap().iter();
        texts.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let name = |row: &Value| row["candidate"]["name"].as_str().unwrap().to_owned();
    reply.rows().iter().map(|row| (name(row), texts(row))).collect()
}

/// The names alone.
async fn names(app: &TestApp, person: &Person, typed: &str) -> Vec<String> {
    found(app, person, typed).await.into_iter().map(|(name, _)| name).collect()
}

async fn add(app: &TestApp, person: &Person, name: &str, points: Value) -> String {
    let body = json!({ "name": name, "contact_points": points });
    let made = app.post(person, "/candidates", body).await;
    made.created();
    made.id()
}

both! {
    async fn a_name_is_found_by_the_beginnings_of_its_words_in_any_spelling(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        for name in ["\u{141}ukasz Kowalski", "J\u{fc}rgen M\u{fc}ller", "\u{c6}r\u{f8} N\u{e6}ss", "\u{410}\u{43d}\u{43d}\u{430} \u{416}\u{443}\u{43a}\u{43e}\u{432}\u{430}", "\u{5c71}\u{7530}\u{592a}\u{90ce}", "Si\u{e2}n O'Brien"] {
            add(&app, &rita, name, json!([])).await;
        }
        for (typed, name) in [
            ("lukasz", "\u{141}ukasz Kowalski"),
            ("\u{141}UKA kow", "\u{141}ukasz Kowalski"),
            ("muller", "J\u{fc}rgen M\u{fc}ller"),
            ("mueller", "J\u{fc}rgen M\u{fc}ller"),
            ("Mu\u{308}ller ju", "J\u{fc}rgen M\u{fc}ller"),
            ("aero", "\u{c6}r\u{f8} N\u{e6}ss"),
            ("\u{436}\u{443}\u{43a}", "\u{410}\u{43d}\u{43d}\u{430} \u{416}\u{443}\u{43a}\u{43e}\u{432}\u{430}"),
            ("\u{5c71}\u{7530}", "\u{5c71}\u{7530}\u{592a}\u{90ce}"),
            ("sian obrien", "Si\u{e2}n O'Brien"),
            ("O\u{2019}BR", "Si\u{e2}n O'Brien"),
        ] {
            assert_eq!(found(&app, &rita, typed).await, [(name.to_owned(), vec!["name".to_owned()])], "{typed}");
        }
        assert!(names(&app, &rita, "ukasz").await.iter().all(|name| name.contains("ukasz")));
        assert!(names(&app, &rita, "xyzzy").await.is_empty());
    }

    async fn a_candidate_is_found_by_addresses_and_by_a_number_however_it_is_typed(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let points = json!([
            { "kind": "email", "value": "Countess.L@Analytical.Example" },
            { "kind": "phone", "value": "+49 (0)30 123-456" },
        ]);
        let ada = add(&app, &rita, "Ada Lovelace", points).await;
        add(&app, &rita, "Grace Hopper", json!([{ "kind": "phone", "value": "+1 555 0100 200" }])).await;
        let by_contact = [("Ada Lovelace".to_owned(), vec!["contact_points".to_owned()])];
        for typed in ["countess.l@analytical.example", "analyt", "+4930123456", "0049 (0)30/123456", "030 123 456", "30123"] {
            assert_eq!(found(&app, &rita, typed).await, by_contact, "{typed}");
        }
        // The words are found in different texts.
        let both = [("Ada Lovelace".to_owned(), vec!["name".to_owned(), "contact_points".to_owned()])];
        assert_eq!(found(&app, &rita, "lovelace analytical").await, both);
        let apart = app.get(&rita, "/candidate-matches?q=hopper+analytical").await;
        assert!(apart.rows().iter().all(|row| row["is_near"] == json!(true)), "{}", apart.json);
        let path = format!("/candidates/{ada}");
        app.patch(&rita, &path, json!({ "name": "Ada King", "contact_points": [] })).await.ok();
        assert!(names(&app, &rita, "analytical").await.is_empty());
        assert!(names(&app, &rita, "lovelace").await.is_empty());
        assert_eq!(names(&app, &rita, "king").await, ["Ada King"]);
    }

    async fn those_whose_name_it_is_come_first_and_each_group_newest_first_over_pages(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        for number in 0..9 {
            let (name, points) = if number % 3 == 0 {
                (format!("Brandt {number}"), json!([]))
            } else {
                let address = format!("brandt.{number}@mail.example");
                (format!("Somebody {number}"), json!([{ "kind": "email", "value": address }]))
            };
            add(&app, &rita, &name, points).await;
        }
        let whole = names(&app, &rita, "brandt").await;
        assert_eq!(whole, ["Brandt 6", "Brandt 3", "Brandt 0", "Somebody 8", "Somebody 7", "Somebody 5", "Somebody 4", "Somebody 2", "Somebody 1"]);
        for size in [1, 2, 3, 4] {
            let (mut cursor, mut paged) = (String::new(), Vec::new());
            loop {
                let page = app.get(&rita, &format!("/candidate-matches?q=brandt&limit={size}{cursor}")).await;
                paged.extend(page.rows().iter().map(|row| row["candidate"]["name"].as_str().unwrap().to_owned()));
                let Some(next) = page.json["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(paged, whole, "{size}");
        }
        let (statements, _) = app.statements(app.get(&rita, "/candidate-matches?q=brandt&limit=2")).await;
        let (more, _) = app.statements(app.get(&rita, "/candidate-matches?q=brandt+somebody&limit=100")).await;
        assert!(statements <= 10 && more <= 10, "{statements} {more}");
    }

    async fn what_is_only_near_follows_where_little_is_found(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        add(&app, &rita, "Ada Lovelace", json!([])).await;
        add(&app, &rita, "Grace Hopper", json!([{ "kind": "email", "value": "grace@goldsmith.example" }])).await;
        for (typed, name, matched) in [
            ("lovelcae", "Ada Lovelace", "name"),
            ("Lovlace", "Ada Lovelace", "name"),
            ("hoper", "Grace Hopper", "name"),
            ("goldsmiht", "Grace Hopper", "contact_points"),
            ("oldsmith", "Grace Hopper", "contact_points"),
        ] {
            assert_eq!(found(&app, &rita, typed).await, [(name.to_owned(), vec![matched.to_owned()])], "{typed}");
        }
        let near = app.get(&rita, "/candidate-matches?q=lovelcae").await;
        assert_eq!(near.rows()[0]["is_near"], json!(true));
        let exact = app.get(&rita, "/candidate-matches?q=lovelace").await;
        assert_eq!((exact.rows().len(), &exact.rows()[0]["is_near"]), (1, &json!(false)));
        for number in 0..5 {
            add(&app, &rita, &format!("Lovelock {number}"), json!([])).await;
        }
        assert_eq!(names(&app, &rita, "lovelock").await.len(), 5);
    }

    async fn tags_are_found_by_their_name_and_by_the_one_they_get(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let ada = add(&app, &rita, "Ada", json!([])).await;
        let tag = async |name: &str| app.post(&rita, "/tags", json!({ "name": name })).await.id();
        let (old, new) = (tag("Silver medallist").await, tag("Runner-up").await);
        app.put(&rita, &format!("/candidates/{ada}/tags"), json!({ "tag_ids": [old] })).await.ok();
        assert_eq!(found(&app, &rita, "medal").await, [("Ada".to_owned(), vec!["tags".to_owned()])]);
        app.patch(&rita, &format!("/tags/{old}"), json!({ "name": "Bronze" })).await.ok();
        assert!(names(&app, &rita, "medal").await.is_empty());
        assert_eq!(names(&app, &rita, "bronze").await, ["Ada"]);
        app.put(&rita, &format!("/tags/{old}/merger"), json!({ "into_id": new })).await.ok();
        assert!(names(&app, &rita, "bronze").await.is_empty());
        assert_eq!(names(&app, &rita, "runner").await, ["Ada"]);
        app.put(&rita, &format!("/candidates/{ada}/tags"), json!({ "tag_ids": [] })).await.ok();
        assert!(names(&app, &rita, "runner").await.is_empty());
    }

    async fn a_private_note_finds_nobody_for_whom_it_is_not(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let cora = app.person("Cora", OrgRole::Coordinator);
        let hugo = app.person("Hugo", OrgRole::Member);
        let job = hiring::job(&app);
        hiring::join(&app, &job, &hugo, TeamRole::HiringManager);
        let ada = add(&app, &rita, "Ada", json!([])).await;
        app.post(&rita, "/applications", json!({ "candidate_id": ada, "job_id": job.id })).await.created();
        let path = format!("/candidates/{ada}/notes");
        let note = |visibility: &str, body: &str| json!({ "visibility": visibility, "body": body });
        let public = app.post(&rita, &path, note("public", "Wants Lisbon.")).await;
        let private = app.post(&rita, &path, note("private", "Has an offer from Zephyr.")).await;
        app.post(&hugo, &path, note("private", "Sister of Quentin.")).await.created();
        let by = |source: &str| vec![("Ada".to_owned(), vec![source.to_owned()])];
        for (person, typed, expected) in [
            (&rita, "lisbon", by("public_note")),
            (&cora, "lisbon", by("public_note")),
            (&hugo, "lisbon", by("public_note")),
            (&rita, "zephyr", by("private_note")),
            (&cora, "zephyr", Vec::new()),
            (&hugo, "zephyr", Vec::new()),
            (&hugo, "quentin", by("private_note")),
            (&rita, "quentin", by("private_note")),
            (&cora, "quentin", Vec::new()),
        ] {
            assert_eq!(found(&app, person, typed).await, expected, "{typed}");
        }
        assert!(found(&app, &cora, "ada zephyr").await.is_empty());
        assert_eq!(found(&app, &cora, "ada").await, by("name"));
        app.patch(&rita, &format!("/notes/{}", public.id()), json!({ "visibility": "private" })).await.ok();
        assert!(found(&app, &cora, "lisbon").await.is_empty());
        app.delete(&rita, &format!("/notes/{}", private.id())).await.expect(204);
        assert!(found(&app, &rita, "zephyr").await.is_empty());
    }

    async fn whoever_owes_a_card_finds_nobody_by_the_notes_of_others(app) {
        let onsite = Onsite::new(&app, 2).await;
        let path = format!("/applications/{}", onsite.application);
        let application = app.get(&onsite.recruiter, &path).await;
        let notes = format!("/candidates/{}/notes", application.ok()["candidate_id"].as_str().unwrap());
        onsite.seat(&app, 0, &onsite.manager, "lead").await;
        app.post(&onsite.recruiter, &notes, json!({ "visibility": "public", "body": "Ben says strong no." })).await.created();
        app.post(&onsite.manager, &notes, json!({ "visibility": "public", "body": "Ask about outages." })).await.created();
        assert!(names(&app, &onsite.manager, "strong").await.is_empty());
        assert_eq!(names(&app, &onsite.manager, "outages").await.len(), 1);
        onsite.submit(&app, 0, &onsite.manager, "yes").await;
        assert_eq!(names(&app, &onsite.manager, "strong").await.len(), 1);
        // What is sealed is in nobody's search.
        for person in [&onsite.recruiter, &onsite.manager, &onsite.driver, &onsite.decider] {
            assert!(names(&app, person, "bisected").await.is_empty());
        }
    }

    async fn nobody_finds_whom_they_may_not_read(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let (member, admin) = (app.person("Max", OrgRole::Member), app.person("Ann", OrgRole::Admin));
        let points = json!([{ "kind": "email", "value": "ada@example.com" }]);
        let ada = add(&app, &rita, "Ada Lovelace", points).await;
        for person in [&member, &admin] {
            for typed in ["ada", "lovelcae", "example"] {
                assert!(names(&app, person, typed).await.is_empty(), "{typed}");
            }
        }
        app.patch(&rita, &format!("/candidates/{ada}"), json!({ "user_id": rita.id })).await.expect(404);
        assert!(names(&app, &rita, "lovelace").await.is_empty(), "nobody finds their own file");
    }

    async fn hostile_questions_are_words_or_refused(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        add(&app, &rita, "Ada Lovelace", json!([])).await;
        for typed in ["\"ada", "ada*", "ada' | 'x", "ada:*", "^ada", "{ada}", "(ada", "ada\\", "'ada'", "-ada", "ada%", "ada;--"] {
            let hits = names(&app, &rita, typed).await;
            let expected = usize::from(!typed.contains('x'));
            assert_eq!(hits.len(), expected, "{typed}");
        }
        for typed in ["ada AND NOT", "ada OR quux", "NEAR(ada)", "words:ada"] {
            let hits = app.get(&rita, &format!("/candidate-matches?q={}", typed.replace(' ', "+"))).await;
            assert!(hits.rows().iter().all(|hit| hit["is_near"] == true), "{typed}: no word is an operator");
        }
        for typed in ["", "%20", "%22*%22", "a+b+c+d+e+f+g", "ada%00", "%F0%9F%98%80", &"a".repeat(201)] {
            app.get(&rita, &format!("/candidate-matches?q={typed}")).await.field(422, "/q");
        }
        app.get(&rita, "/candidate-matches").await.expect(422);
        assert!(names(&app, &rita, &"z".repeat(200)).await.is_empty());
        app.get(&rita, "/candidate-matches?q=ada&cursor=AAAA").await.problem(400, "invalid_cursor");
    }

    async fn what_is_forgotten_is_found_by_nothing_and_can_be_indexed_anew(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let points = json!([{ "kind": "email", "value": "canary@example.com" }]);
        let ada = add(&app, &rita, "Ada Lovelace", points).await;
        let note = json!({ "visibility": "public", "body": "Wants Lisbon." });
        app.post(&rita, &format!("/candidates/{ada}/notes"), note).await.created();
        let id: CandidateId = ada.parse().unwrap();
        let forget = move |tx: &mut evenbar::db::Tx<'_>| search::forget(tx, &Permit::for_system(id), id);
        app.db().write_here(&app.db().unit(), forget).unwrap();
        for typed in ["ada", "canary", "lisbon", "lovelcae"] {
            assert!(names(&app, &rita, typed).await.is_empty(), "{typed}");
        }
        assert_eq!(search::rebuild(app.db()).unwrap(), 1);
        for typed in ["ada", "canary", "lisbon", "lovelcae"] {
            assert_eq!(names(&app, &rita, typed).await, ["Ada Lovelace"], "{typed}");
        }
        assert_eq!(search::rebuild(app.db()).unwrap(), 1);
        assert_eq!(names(&app, &rita, "ada").await.len(), 1);
    }
}

/// Names that are a few words of some scripts, and what somebody might type.
fn typed() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let word = "[a-d\u{e4}\u{f6}\u{fc}\u{df}\u{142}\u{f8}\u{e6}\u{430}-\u{433}\u{301}\u{308}\u{5c71}\u{930}\u{947}0-9'-]{1,7}";
    let name = proptest::collection::vec(word, 1..4).prop_map(|words| words.join(" "));
    (
        proptest::collection::vec(name, 1..6),
        proptest::collection::vec("[a-d\u{fc}\u{142}\u{430}0-9' *\"-]{1,8}", 1..8),
    )
}

/// Both databases find the same people in the same order.
#[test]
fn both_databases_answer_alike() {
    let Some(postgres) = fresh_database(Engine::Postgres) else { return };
    let sqlite = fresh_database(Engine::Sqlite).unwrap();
    actix_web::rt::System::new().block_on(async move {
        let apps = [TestApp::open(&sqlite).await, TestApp::open(&postgres).await];
        let people = [
            apps[0].person("Rita", OrgRole::Recruiter),
            apps[1].person("Rita", OrgRole::Recruiter),
        ];
        let mut runner = TestRunner::deterministic();
        for _ in 0..12 {
            let (people_named, questions) = typed().new_tree(&mut runner).unwrap().current();
            for name in &people_named {
                for (app, person) in apps.iter().zip(&people) {
                    app.post(person, "/candidates", json!({ "name": name })).await;
                }
            }
            for question in &questions {
                let mut answers = Vec::new();
                for (app, person) in apps.iter().zip(&people) {
                    let typed: String =
                        url::form_urlencoded::byte_serialize(question.as_bytes()).collect();
                    let reply =
                        app.get(person, &format!("/candidate-matches?limit=100&q={typed}")).await;
                    let rows = reply.json["data"].as_array().cloned().unwrap_or_default();
                    let told = |row: &Value| {
                        (
                            row["candidate"]["name"].clone(),
                            row["matched"].clone(),
                            row["is_near"].clone(),
                        )
                    };
                    answers.push((reply.status, rows.iter().map(told).collect::<Vec<_>>()));
                }
                assert_eq!(answers[0], answers[1], "{question:?} among {people_named:?}");
            }
        }
    });
}
