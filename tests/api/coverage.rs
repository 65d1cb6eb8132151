//! The coverage of a loop.

use evenbar::access::OrgRole;
use serde_json::{Value, json};

use crate::both;
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp};

async fn coverage(app: &TestApp, onsite: &Onsite, person: &Person) -> Reply {
    app.get(person, &format!("/loops/{}/coverage", onsite.id)).await
}

/// The states of a row: all interviews together, then each.
fn row(reply: &Reply, index: usize) -> Vec<&str> {
    let row = &reply.ok()["attributes"][index];
    let cells = row["cells"].as_array().unwrap().iter().map(|cell| &cell["state"]);
    [&row["state"]].into_iter().chain(cells).map(|state| state.as_str().unwrap()).collect()
}

fn counts(reply: &Reply) -> Vec<(Value, Value)> {
    let interviews = reply.ok()["interviews"].as_array().unwrap().iter();
    interviews.map(|one| (one["owing"].clone(), one["submitted"].clone())).collect()
}

/// Hands in a card that rates the first attribute at a level, and the second at none.
async fn rate(app: &TestApp, onsite: &Onsite, interview: usize, person: &Person, level: Value) {
    let mut judgement = onsite.judgement("yes");
    judgement["ratings"][0]["level"] = level;
    let draft = onsite.write(app, interview, person, judgement).await;
    let path = format!("/scorecards/{}/submission", draft.id());
    app.put_if(person, &path, &draft.etag(), Value::Null).await.ok();
}

both! {
    async fn whoever_owes_a_card_sees_what_is_planned_and_nothing_else(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, ben) = (app.person("Ana", OrgRole::Member), app.person("Ben", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 1, &ben, "lead").await;
        let before = coverage(&app, &onsite, &ben).await;
        assert_eq!(before.ok()["view"], "sealed");
        let attributes: Vec<&Value> = before.json["attributes"].as_array().unwrap().iter().map(|row| &row["attribute_id"]).collect();
        assert_eq!(json!(attributes), json!(onsite.attributes));
        assert_eq!(before.json["attributes"][0]["priority"], "must");
        assert_eq!(before.json["interviews"][1]["interview_id"], json!(onsite.interviews[1]));
        assert_eq!((row(&before, 0), row(&before, 1)), (vec!["planned"; 3], vec!["planned"; 3]));
        assert_eq!(counts(&before), vec![(Value::Null, Value::Null); 2]);
        rate(&app, &onsite, 0, &ana, json!(1)).await;
        let after = coverage(&app, &onsite, &ben).await;
        assert_eq!(after.ok(), &before.json);
        assert_eq!(after.etag(), before.etag());
    }

    async fn after_the_last_card_it_is_counted_until_the_reveal_says_more(app) {
        let onsite = Onsite::new(&app, 2).await;
        let people = ["Ana", "Ben", "Cyd"].map(|name| app.person(name, OrgRole::Member));
        let [ana, ben, cyd] = &people;
        onsite.seat(&app, 0, ana, "lead").await;
        onsite.seat(&app, 1, ben, "lead").await;
        onsite.seat(&app, 1, cyd, "second").await;
        rate(&app, &onsite, 0, ana, json!(3)).await;
        let counted = coverage(&app, &onsite, ana).await;
        assert_eq!(counted.ok()["view"], "counted");
        assert_eq!(counts(&counted), [(json!(0), json!(1)), (json!(2), json!(0))]);
        assert_eq!(row(&counted, 0), ["planned"; 3], "also where their own card is");
        // Recruiter and driver read cards as they come in.
        let early = coverage(&app, &onsite, &onsite.driver).await;
        assert_eq!(early.ok()["view"], "full");
        assert_eq!(row(&early, 0), ["rated", "rated", "planned"]);
        assert_eq!(row(&early, 1), ["no_signal", "no_signal", "planned"]);
        assert_eq!(coverage(&app, &onsite, &onsite.decider).await.ok()["view"], "counted");

        rate(&app, &onsite, 1, ben, json!(3)).await;
        let sealed = coverage(&app, &onsite, cyd).await;
        assert_eq!((&sealed.ok()["view"], row(&sealed, 0)), (&json!("sealed"), vec!["planned"; 3]));
        rate(&app, &onsite, 1, cyd, json!(1)).await;
        for person in [ana, ben, cyd, &onsite.decider, &onsite.recruiter] {
            // What ratings say is read from cards, which the first time is noted.
            let full = coverage(&app, &onsite, person).await;
            assert_eq!(full.ok()["view"], "full");
            assert_eq!(row(&full, 0), ["contested"; 3]);
            assert_eq!(row(&full, 1), ["no_signal"; 3]);
            assert_eq!(counts(&full), [(json!(0), json!(1)), (json!(0), json!(2))]);
            let (statements, _) = app.statements(coverage(&app, &onsite, person)).await;
            assert!(statements <= 10, "{statements}");
        }
    }

    async fn a_shadow_covers_nothing_and_what_is_off_is_no_column(app) {
        let onsite = Onsite::new(&app, 2).await;
        let (ana, sam) = (app.person("Ana", OrgRole::Member), app.person("Sam", OrgRole::Member));
        onsite.seat(&app, 0, &ana, "lead").await;
        onsite.seat(&app, 0, &sam, "shadow").await;
        rate(&app, &onsite, 0, &sam, json!(1)).await;
        let path = format!("/interviews/{}/cancellation", onsite.interviews[1]);
        app.put(&onsite.recruiter, &path, json!({})).await.ok();
        let seen = coverage(&app, &onsite, &onsite.driver).await;
        assert_eq!(counts(&seen), [(json!(1), json!(0))]);
        assert_eq!(row(&seen, 0), ["planned"; 2]);
        assert_eq!(coverage(&app, &onsite, &sam).await.ok()["view"], "counted");
    }

    async fn who_has_no_part_in_a_loop_finds_no_coverage(app) {
        let onsite = Onsite::new(&app, 1).await;
        for person in [app.person("Max", OrgRole::Member), app.person("Al", OrgRole::Admin)] {
            coverage(&app, &onsite, &person).await.problem(404, "not_found");
        }
        coverage(&app, &onsite, &app.anonymous()).await.problem(401, "unauthenticated");
        app.get(&onsite.recruiter, "/loops/loop_01jd3z3z3z3z3z3z3z3z3z3z3z/coverage").await.problem(404, "not_found");
    }
}
