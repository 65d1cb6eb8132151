//! How people join.

use actix_web::http::Method;
use chrono::TimeDelta;
use evenbar::access::OrgRole;
use evenbar::mail::MailKind;
use serde_json::{Value, json};

use crate::both;
use crate::support::{Browser, Person, Reply, TestApp};

const PASSWORD: &str = "seven hedgehogs under a hat";

fn somebody(email: &str) -> Value {
    json!({
        "name": "Ines", "email": email, "role": "recruiter", "time_zone": "Europe/Lisbon",
        "locale": "pt",
    })
}

/// The path of the newest link that was mailed to an address.
pub fn link_to(app: &TestApp, kind: MailKind, email: &str) -> String {
    app.deliver_mail();
    let mails = app.mails.mails();
    let mail = mails.iter().rev().find(|mail| mail.kind == kind && mail.to.email == email);
    let mail = mail.unwrap_or_else(|| panic!("no mail to {email}"));
    let path = mail.text.lines().find_map(|line| line.strip_prefix("https://hire.example.com/l/"));
    format!("/l/{}", path.expect("a link"))
}

/// Invites somebody.
pub async fn invite(app: &TestApp, by: &Person, email: &str) -> Value {
    app.post(by, "/invitations", somebody(email)).await.created().clone()
}

async fn join(browser: &mut Browser, path: &str) -> Reply {
    browser.open(path).await;
    let fields = [
        ("name", "Inês Sá"),
        ("password", PASSWORD),
        ("time_zone", "Europe/Madrid"),
        ("locale", "es"),
    ];
    browser.submit(path, &fields).await
}

both! {
    async fn an_invitation_makes_a_user_who_joins_by_the_link_in_a_mail(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = app.post(&admin, "/invitations", somebody("ines@example.com")).await;
        let invitation = made.created().clone();
        assert_eq!(invitation["state"], "pending");
        assert_eq!(invitation["invited_by"], json!(admin.id));
        assert_eq!(made.header("location"), Some(format!("/api/v1/invitations/{}", made.id()).as_str()));
        let user = format!("/users/{}", invitation["user_id"].as_str().unwrap());
        assert_eq!(app.get(&admin, &user).await.ok()["state"], "invited");

        let path = link_to(&app, MailKind::Invitation, "ines@example.com");
        let mails = app.mails.mails();
        assert_eq!(mails.len(), 1, "nobody but the invited person is told");
        assert_eq!(mails[0].subject, "Ada invites you to hire with Example Ltd");
        let mut browser = Browser::new(&app);
        browser.open(&path).await.ok();
        assert!(browser.html.contains("Join Example Ltd") && browser.html.contains("ines@example.com"));
        assert!(browser.html.contains("<option selected>Europe&#x2f;Lisbon</option>"));
        let joined = join(&mut browser, &path).await;
        joined.expect(303);
        assert_eq!(joined.header("location"), Some("/account"));
        browser.open("/account").await.ok();
        assert!(browser.html.contains("<h1>Inês Sá</h1>") && browser.html.contains("recruiter"));

        let seen = app.get(&admin, &user).await;
        assert_eq!(seen.ok()["state"], "active");
        assert_eq!((&seen.json["time_zone"], &seen.json["locale"]), (&json!("Europe/Madrid"), &json!("es")));
        let credentials = json!({ "email": "ines@example.com", "password": PASSWORD });
        app.post(&app.anonymous(), "/sessions", credentials).await.created();
        let accepted = app.get(&admin, &format!("/invitations/{}", made.id())).await;
        assert_eq!(accepted.ok()["state"], "accepted");
        assert_eq!(app.event_kinds(), [
            "user.created", "invitation.created", "capability.issued", "capability.used", "user.updated",
            "invitation.accepted", "session.started", "session.started",
        ]);
    }

    async fn a_link_that_is_sent_twice_is_the_same_and_works_once(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        invite(&app, &admin, "ines@example.com").await;
        let unreachable = evenbar::mail::transport::SendError::Temporary { detail: "away".to_owned() };
        app.mails.fail_next(1, &unreachable);
        app.deliver_mail();
        assert!(app.mails.mails().is_empty());
        app.advance(TimeDelta::minutes(1));
        let path = link_to(&app, MailKind::Invitation, "ines@example.com");
        join(&mut Browser::new(&app), &path).await.expect(303);
        let mut second = Browser::new(&app);
        join(&mut second, &path).await.expect(404);
        assert_eq!(second.session(), None);
        assert!(second.html.contains("This link does not work"));
    }

    async fn two_browsers_that_join_by_the_same_link_make_one_session(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        invite(&app, &admin, "ines@example.com").await;
        let path = link_to(&app, MailKind::Invitation, "ines@example.com");
        let mut browsers = [Browser::new(&app), Browser::new(&app), Browser::new(&app)];
        let joins = browsers.iter_mut().map(|browser| join(browser, &path));
        let replies = futures_util::future::join_all(joins).await;
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 2, "{statuses:?}");
    }

    async fn what_does_not_fit_is_said_and_everything_but_the_password_stays(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        invite(&app, &admin, "ines@example.com").await;
        let path = link_to(&app, MailKind::Invitation, "ines@example.com");
        let mut browser = Browser::new(&app);
        browser.open(&path).await.ok();
        let wrong = [("name", "Inês <Sá>"), ("password", "too short"), ("time_zone", "Mars"), ("locale", "")];
        browser.submit(&path, &wrong).await.expect(422);
        let html = &browser.html;
        assert!(html.contains("Inês &lt;Sá&gt;") && !html.contains("too short"));
        assert!(html.contains("<a href=\"#locale\">Your language: Fill this in.</a>"));
        assert!(html.contains("aria-describedby=\"locale-hint locale-error\" aria-invalid=\"true\""));
        assert!(html.contains("role=\"alert\" tabindex=\"-1\" autofocus"), "the summary has the focus");
        assert!(html.contains("href=\"#time_zone\"") && !html.contains("href=\"#name\""));
        join(&mut browser, &path).await.expect(303);
    }

    async fn an_invitation_ends_after_a_week_and_is_sent_again_with_another_link(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = invite(&app, &admin, "ines@example.com").await;
        let first = link_to(&app, MailKind::Invitation, "ines@example.com");
        let again = format!("/invitations/{}/deliveries", made["id"].as_str().unwrap());
        app.advance(TimeDelta::days(3));
        let admin = app.again(&admin);
        let resent = app.send(app.request(&admin, Method::POST, &again)).await;
        assert_ne!(resent.ok()["expires_at"], made["expires_at"]);
        let second = link_to(&app, MailKind::Invitation, "ines@example.com");
        assert_ne!(first, second);
        Browser::new(&app).open(&first).await.expect(404);
        Browser::new(&app).open(&second).await.ok();
        app.advance(TimeDelta::days(7));
        Browser::new(&app).open(&second).await.expect(404);
        let admin = app.again(&admin);
        app.send(app.request(&admin, Method::POST, &again)).await.ok();
        let third = link_to(&app, MailKind::Invitation, "ines@example.com");
        join(&mut Browser::new(&app), &third).await.expect(303);
        let late = app.send(app.request(&admin, Method::POST, &again)).await;
        late.problem(409, "illegal_transition");
    }

    async fn a_mail_whose_link_no_longer_works_is_not_sent(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let made = invite(&app, &admin, "ines@example.com").await;
        let invitation = format!("/invitations/{}", made["id"].as_str().unwrap());
        app.delete(&admin, &invitation).await.expect(204);
        app.deliver_mail();
        assert!(app.mails.mails().is_empty());
    }

    async fn a_withdrawn_invitation_lets_nobody_in(app) {
        let (admin, member) = (app.person("Ada", OrgRole::Admin), app.person("Max", OrgRole::Member));
        for withdrawn_by in ["invitation", "user"] {
            let email = format!("{withdrawn_by}@example.com");
            let made = invite(&app, &admin, &email).await;
            let path = link_to(&app, MailKind::Invitation, &email);
            let invitation = format!("/invitations/{}", made["id"].as_str().unwrap());
            let user = format!("/users/{}", made["user_id"].as_str().unwrap());
            app.delete(&member, &invitation).await.problem(403, "forbidden");
            if withdrawn_by == "invitation" {
                app.delete(&admin, &invitation).await.expect(204);
                app.delete(&admin, &invitation).await.problem(409, "illegal_transition");
            } else {
                app.put(&admin, &format!("{user}/deactivation"), Value::Null).await.ok();
            }
            Browser::new(&app).open(&path).await.expect(404);
            assert_eq!(app.get(&admin, &invitation).await.ok()["state"], "withdrawn");
            assert_eq!(app.get(&admin, &user).await.ok()["state"], "deactivated");
        }
    }

    async fn somebody_who_was_invited_cannot_act_and_is_asked_for_nothing(app) {
        let (owner, recruiter) = (app.person("Olga", OrgRole::Owner), app.person("Rea", OrgRole::Recruiter));
        let made = invite(&app, &owner, "ines@example.com").await;
        let invited = &made["user_id"];
        app.delete(&owner, &format!("/users/{}/deactivation", invited.as_str().unwrap())).await
            .problem(409, "illegal_transition");
        let pending = app.get(&owner, "/users?state=invited").await;
        assert_eq!(pending.rows().len(), 1);
        let job = json!({ "title": "Engineer", "openings": 1, "stages": [{ "name": "Talk", "kind": "screen", "decision": "none" }] });
        let job = app.post(&recruiter, "/jobs", job).await.id();
        let member = json!({ "user_id": invited, "role": "interviewer" });
        app.post(&recruiter, &format!("/jobs/{job}/hiring-team"), member).await.field(422, "/user_id");
        let chain = json!({ "name": "Offers", "steps": [{ "name": "Finance", "mode": "any", "member_ids": [invited] }] });
        app.post(&owner, "/approval-chains", chain).await.expect(422);
        let credentials = json!({ "email": "ines@example.com", "password": PASSWORD });
        app.post(&app.anonymous(), "/sessions", credentials).await.problem(401, "unauthenticated");
    }

    async fn only_those_who_manage_users_invite_and_only_owners_invite_owners(app) {
        let (owner, admin) = (app.person("Olga", OrgRole::Owner), app.person("Ada", OrgRole::Admin));
        let recruiter = app.person("Rea", OrgRole::Recruiter);
        app.post(&recruiter, "/invitations", somebody("a@example.com")).await.problem(403, "forbidden");
        app.get(&recruiter, "/invitations").await.problem(403, "forbidden");
        let mut of_owner = somebody("otto@example.com");
        of_owner["role"] = json!("owner");
        app.post(&admin, "/invitations", of_owner.clone()).await.problem(403, "forbidden");
        let made = app.post(&owner, "/invitations", of_owner.clone()).await;
        let id = made.created()["id"].as_str().unwrap().to_owned();
        app.delete(&admin, &format!("/invitations/{id}")).await.problem(403, "forbidden");
        app.post(&owner, "/invitations", of_owner).await.problem(409, "already_exists");
        let mut taken = somebody("x@example.com");
        taken["email"] = json!(admin.email.to_uppercase());
        app.post(&owner, "/invitations", taken).await.problem(409, "already_exists");
        app.post(&owner, "/invitations", somebody("nobody")).await.field(422, "/email");
    }

    async fn invitations_are_listed_by_state(app) {
        let admin = app.person("Ada", OrgRole::Admin);
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            let made = invite(&app, &admin, &format!("{name}@example.com")).await;
            ids.push(made["id"].as_str().unwrap().to_owned());
        }
        app.delete(&admin, &format!("/invitations/{}", ids[1])).await.expect(204);
        let listed = |reply: &Reply| -> Vec<String> {
            reply.rows().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
        };
        let pending = app.get(&admin, "/invitations?state=pending&limit=1").await;
        assert_eq!(listed(&pending), [ids[2].clone()]);
        let next = pending.json["next_cursor"].as_str().unwrap();
        let rest = app.get(&admin, &format!("/invitations?state=pending&limit=1&cursor={next}")).await;
        assert_eq!(listed(&rest), [ids[0].clone()]);
        assert_eq!(listed(&app.get(&admin, "/invitations").await).len(), 3);
        let stale = "\"99-0123456789abcdef\"";
        let again = app.request(&admin, Method::POST, &format!("/invitations/{}/deliveries", ids[0]));
        app.send(again.insert_header(("If-Match", stale))).await.problem(412, "stale");
    }
}
