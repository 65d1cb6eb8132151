//! Files of candidates and on scorecards.

use actix_web::http::Method;
use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::db::schema::{attachment_contents, attachments};
use evenbar::http::FILE_LIMIT;
use serde_json::{Value, json};

use crate::both;
use crate::support::archive::archive;
use crate::support::files::{PDF, form};
use crate::support::onsite::Onsite;
use crate::support::{Person, Reply, TestApp, at_once, hiring};

/// A recruiter, and the path of a candidate.
async fn met(app: &TestApp) -> (Person, String) {
    let rita = app.person("Rita", OrgRole::Recruiter);
    let path = format!("/candidates/{}", hiring::candidate(app, &rita, "Ada Lovelace").await);
    (rita, path)
}

/// How many contents are stored, and how many files have one.
fn stored(app: &TestApp) -> (i64, i64) {
    let count = |conn: &mut evenbar::db::Conn| {
        let having = attachments::table.filter(attachments::sha256.is_not_null());
        let contents: i64 = attachment_contents::table.count().get_result(conn)?;
        Ok((contents, having.count().get_result(conn)?))
    };
    app.db().read_here(count).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// An interview on whose panel Ana sits as the lead, with the path of her draft.
async fn drafted(app: &TestApp) -> (Onsite, Person, String) {
    let onsite = Onsite::new(app, 2).await;
    let ana = app.person("Ana", OrgRole::Member);
    onsite.seat(app, 0, &ana, "lead").await;
    let draft = onsite.write(app, 0, &ana, onsite.judgement("yes")).await;
    (onsite, ana, format!("/scorecards/{}", draft.id()))
}

/// Hands a card in.
async fn hand_in(app: &TestApp, author: &Person, card: &str) {
    let etag = app.get(author, card).await.etag();
    app.put_if(author, &format!("{card}/submission"), &etag, Value::Null).await.ok();
}

both! {
    async fn a_file_is_attached_listed_and_downloaded(app) {
        let (rita, candidate) = met(&app).await;
        let made = app.attach(&rita, &candidate, "resume", ("Re\u{301}sume\u{301}.pdf", PDF)).await;
        let shown = made.created();
        assert_eq!((text(&shown["file_name"]), text(&shown["media_type"])), ("R\u{e9}sum\u{e9}.pdf", "application/pdf"));
        assert_eq!((&shown["size_bytes"], &shown["kind"]), (&json!(PDF.len()), &json!("resume")));
        assert_eq!((&shown["uploaded_by"], &shown["scorecard_id"]), (&json!(rita.id), &Value::Null));
        let file = format!("/attachments/{}", made.id());
        assert_eq!(made.header("location"), Some(format!("/api/v1{file}").as_str()));
        let one = app.get(&rita, &file).await;
        assert_eq!((one.ok(), one.etag()), (shown, made.etag()));
        let list = app.get(&rita, &format!("{candidate}/attachments")).await;
        assert_eq!(list.rows(), &vec![shown.clone()]);
        let content = app.get(&rita, &format!("{file}/content")).await;
        content.expect(200);
        assert_eq!(content.bytes, PDF);
        for (name, value) in [
            ("content-type", "application/pdf"),
            ("content-disposition", "attachment; filename*=UTF-8''R%C3%A9sum%C3%A9.pdf"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "private, no-store"),
        ] {
            assert_eq!(content.header(name), Some(value));
        }
        let again = app.request(&rita, Method::GET, &format!("{file}/content"));
        let again = app.send(again.insert_header(("If-None-Match", content.etag()))).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
        app.delete(&rita, &file).await.expect(204);
        for gone in [file.clone(), format!("{file}/content")] {
            app.get(&rita, &gone).await.problem(404, "not_found");
        }
        app.delete(&rita, &file).await.problem(404, "not_found");
        assert_eq!(app.get(&rita, &format!("{candidate}/attachments")).await.rows().len(), 0);
        assert_eq!(app.event_kinds().iter().filter(|kind| kind.starts_with("attachment.")).count(), 2);
        let events = app.get(&rita, &format!("/events?subject_id={}", made.id())).await;
        assert_eq!(events.rows()[0]["payload"], json!({ "kind": "resume" }));
    }

    async fn what_is_in_a_file_counts_and_not_what_the_sender_says(app) {
        let (rita, candidate) = met(&app).await;
        let bomb = archive(&[("[Content_Types].xml", "<Types/>", 8), ("word/document.xml", "<w/>", 400_000_000)]);
        let many: Vec<_> = std::iter::repeat_n(("word/a.xml", "x", 1), 2_001).collect();
        let other = archive(&[("META-INF/MANIFEST.MF", "x", 1)]);
        let polyglot = [PDF, b"<script>alert(1)</script>"].concat();
        for (name, bytes, code) in [
            ("cv.pdf", &b""[..], "empty_file"),
            ("cv.pdf", b"<html><script>alert(1)</script>", "unsupported_file"),
            ("cv.txt", b"<svg onload=alert(1)>", "unsupported_file"),
            ("cv.txt", b"one\0two", "unsupported_file"),
            ("cv.pdf", &polyglot, "unsupported_file"),
            ("cv.pdf", b"MZ\x90\0\x03", "unsupported_file"),
            ("cv.png", b"\x89PNG\r\n\x1a\n", "unsupported_file"),
            ("cv.docx", &bomb, "unsupported_file"),
            ("cv.docx", &archive(&many), "unsupported_file"),
            ("cv.docx", &other, "unsupported_file"),
            ("cv.docx", PDF, "misnamed_file"),
            ("cv.pdf\u{202e}.exe", PDF, "misnamed_file"),
            ("cv", b"No ending.", "misnamed_file"),
            ("../", PDF, "nameless_file"),
        ] {
            let refused = app.attach(&rita, &candidate, "resume", (name, bytes)).await;
            assert_eq!(refused.field(422, "/file")["errors"][0]["code"], code, "{name}");
        }
        let document = archive(&[("[Content_Types].xml", "<Types/>", 8), ("word/document.xml", "<w/>", 4)]);
        let eicar = br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
        for (sent, kept, bytes, media_type) in [
            ("../../etc/passwd.txt", "passwd.txt", &eicar[..], "text/plain"),
            ("notes.md", "notes.md", b"# Notes", "text/plain"),
            ("C:\\\\cv.DOCX", "cv.DOCX", &document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ] {
            let made = app.attach(&rita, &candidate, "other", (sent, bytes)).await;
            assert_eq!((text(&made.created()["file_name"]), text(&made.json["media_type"])), (kept, media_type));
        }
        assert_eq!(stored(&app), (3, 3));
    }

    async fn nothing_is_attached_to_a_candidate_that_is_not_there_and_nothing_listed_of_one(app) {
        let (rita, _) = met(&app).await;
        let nobody = "/candidates/cand_01jbta2z1vfrgstphv3gpmwvw0";
        app.attach(&rita, nobody, "other", ("cv.pdf", PDF)).await.problem(404, "not_found");
        for list in ["attachments", "asked-questions", "duplicate-hints"] {
            app.get(&rita, &format!("{nobody}/{list}")).await.problem(404, "not_found");
        }
        assert_eq!(stored(&app), (0, 0));
    }

    async fn a_form_that_does_not_fit_is_refused_by_field(app) {
        let (rita, candidate) = met(&app).await;
        let path = format!("{candidate}/attachments");
        let send = async |words: &[(&str, &str)], file: Option<(&str, &[u8])>| {
            app.send(form(app.request(&rita, Method::POST, &path), 1, words, file)).await
        };
        let file = Some(("cv.pdf", PDF));
        send(&[], file).await.field(422, "/kind");
        send(&[("kind", "resume")], None).await.field(422, "/file");
        send(&[("kind", "selfie")], file).await.field(422, "/kind");
        send(&[("kind", "resume"), ("kind", "other")], file).await.field(422, "/kind");
        send(&[("kind", &"x".repeat(2_000))], file).await.field(422, "/kind");
        send(&[("kind", "resume"), ("shoes", "red")], file).await.field(422, "/shoes");
        app.post(&rita, &path, json!({ "kind": "resume" })).await.problem(415, "unsupported_media_type");
        let cut = app.request(&rita, Method::POST, &path).set_payload("--a\r\nContent-");
        app.send(cut.insert_header(("Content-Type", "multipart/form-data; boundary=a"))).await.problem(422, "invalid");
        assert_eq!(stored(&app), (0, 0));
    }

    async fn a_file_is_at_most_ten_mebibytes(app) {
        let (rita, candidate) = met(&app).await;
        let whole = "a".repeat(FILE_LIMIT);
        let made = app.attach(&rita, &candidate, "other", ("a.txt", whole.as_bytes())).await;
        assert_eq!(made.created()["size_bytes"], FILE_LIMIT);
        let content = app.get(&rita, &format!("/attachments/{}/content", made.id())).await;
        assert_eq!(content.bytes.len(), FILE_LIMIT);
        let refused = app.attach(&rita, &candidate, "other", ("a.txt", (whole + "a").as_bytes())).await;
        refused.problem(413, "payload_too_large");
        refused.field(413, "/file");
    }

    async fn a_candidate_has_at_most_fifty_files_and_a_card_ten(app) {
        let (onsite, ana, card) = drafted(&app).await;
        let (rita, candidate) = met(&app).await;
        let file = |number: usize| (format!("{number}.txt"), format!("File {number}."));
        for (person, path, most) in [(&rita, &candidate, 50), (&ana, &card, 10)] {
            for number in 0..=most {
                let (name, text) = file(number);
                let reply = app.attach(person, path, "other", (&name, text.as_bytes())).await;
                if number < most {
                    reply.created();
                } else {
                    reply.problem(409, "illegal_transition");
                }
            }
        }
        let page = app.get(&rita, &format!("{candidate}/attachments?limit=20")).await;
        assert_eq!((page.rows().len(), text(&page.rows()[0]["file_name"])), (20, "49.txt"));
        let next = format!("{candidate}/attachments?limit=20&cursor={}", text(&page.json["next_cursor"]));
        let next = app.get(&rita, &next).await;
        assert_eq!(text(&next.rows()[0]["file_name"]), "29.txt");
        let shown = app.get(&ana, &card).await;
        assert_eq!(shown.ok()["attachments"].as_array().unwrap().len(), 10);
        // One statement shows however many there are.
        let path = format!("{candidate}/attachments");
        let (many, _) = app.statements(app.get(&rita, &path)).await;
        let other = format!("/candidates/{}/attachments", hiring::candidate(&app, &rita, "Nobody").await);
        let (few, _) = app.statements(app.get(&rita, &other)).await;
        assert_eq!((many, few), (few, 3), "who asks, what they may, the files");
        let (with_files, _) = app.statements(app.get(&ana, "/scorecards")).await;
        assert!(with_files <= 4, "{with_files}");
        drop(onsite);
    }

    async fn the_same_content_is_stored_once_and_told_nobody(app) {
        let (rita, ada) = met(&app).await;
        let grace = format!("/candidates/{}", hiring::candidate(&app, &rita, "Grace Hopper").await);
        let one = app.attach(&rita, &ada, "resume", ("ada.pdf", PDF)).await;
        let two = app.attach(&rita, &grace, "resume", ("grace.pdf", PDF)).await;
        assert_eq!(stored(&app), (1, 2));
        for (own, other) in [(&one, "grace"), (&two, "ada")] {
            let shown = app.get(&rita, &format!("/attachments/{}", own.id())).await;
            assert!(!String::from_utf8_lossy(&shown.bytes).contains(other));
        }
        app.delete(&rita, &format!("/attachments/{}", one.id())).await.expect(204);
        assert_eq!(stored(&app), (1, 1));
        let content = app.get(&rita, &format!("/attachments/{}/content", two.id())).await;
        assert_eq!(content.bytes, PDF);
        app.delete(&rita, &format!("/attachments/{}", two.id())).await.expect(204);
        assert_eq!(stored(&app), (0, 0));
        let names: Vec<String> = hiring::look(&app, |conn| attachments::table.select(attachments::file_name).load(conn));
        assert_eq!(names, ["", ""], "what was removed has no name");
    }

    async fn a_retry_attaches_once_however_its_form_is_written(app) {
        let (rita, candidate) = met(&app).await;
        let path = format!("{candidate}/attachments");
        let send = async |seed: usize, kind: &str, bytes: &[u8]| {
            let request = app.request(&rita, Method::POST, &path).insert_header(("Idempotency-Key", "one"));
            app.send(form(request, seed, &[("kind", kind)], Some(("cv.pdf", bytes)))).await
        };
        let first = send(1, "resume", PDF).await;
        let second = send(2, "resume", PDF).await;
        assert_eq!((second.created(), second.header("idempotency-replayed")), (first.created(), Some("true")));
        assert_eq!(stored(&app), (1, 1));
        send(1, "resume", &[PDF, b"\n"].concat()).await.problem(422, "idempotency_key_reused");
        send(1, "other", PDF).await.problem(422, "idempotency_key_reused");
        let file = format!("/attachments/{}", first.id());
        for replayed in [None, Some("true")] {
            let request = app.request(&rita, Method::DELETE, &file).insert_header(("Idempotency-Key", "two"));
            let removed = app.send(request).await;
            removed.expect(204);
            assert_eq!(removed.header("idempotency-replayed"), replayed);
        }
    }

    async fn of_many_who_attach_or_remove_the_same_content_at_once_none_loses_it(app) {
        let (rita, ada) = met(&app).await;
        let mut files = Vec::new();
        for number in 0..4 {
            files.push(app.attach(&rita, &ada, "other", (&format!("{number}.pdf"), PDF)).await.id());
        }
        let remove = |id: &String| (rita.clone(), Method::DELETE, format!("/attachments/{id}"), None, None);
        let statuses = at_once(&app, files.iter().take(3).chain(files.iter().take(1)).map(remove));
        assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 3, "{statuses:?}");
        assert_eq!(stored(&app), (1, 1));
    }

    async fn a_panel_reads_resume_and_work_samples_and_no_more(app) {
        let (onsite, ana, _) = drafted(&app).await;
        let application = app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let candidate = format!("/candidates/{}", text(&application.ok()["candidate_id"]));
        let mut files = Vec::new();
        for kind in ["resume", "cover_letter", "work_sample", "other"] {
            let made = app.attach(&onsite.recruiter, &candidate, kind, (&format!("{kind}.pdf"), PDF)).await;
            made.created();
            files.push(format!("/attachments/{}", made.id()));
        }
        let listed = format!("{candidate}/attachments");
        for (person, sees) in [
            (&ana, [true, false, true, false]),
            (&onsite.decider, [true, false, true, false]),
            (&onsite.driver, [true, false, true, false]),
            (&onsite.manager, [true; 4]),
            (&app.person("Cora", OrgRole::Coordinator), [true; 4]),
            (&app.person("Max", OrgRole::Member), [false; 4]),
            (&app.person("Alma", OrgRole::Admin), [false; 4]),
        ] {
            let list = app.get(person, &listed).await;
            let rows = list.json["data"].as_array().map_or(0, Vec::len);
            assert_eq!(rows, sees.iter().filter(|sees| **sees).count(), "{}", person.email);
            for (file, sees) in files.iter().zip(sees) {
                let status = if sees { 200 } else { 404 };
                app.get(person, file).await.expect(status);
                app.get(person, &format!("{file}/content")).await.expect(status);
            }
        }
        for person in [&ana, &onsite.manager] {
            app.delete(person, &files[0]).await.problem(403, "forbidden");
            app.attach(person, &candidate, "resume", ("cv.pdf", PDF)).await.problem(403, "forbidden");
        }
        let key = app.key(&onsite.recruiter, &["candidates:write", "attachments:write"], &[]).await;
        let made = app.attach(&key, &candidate, "resume", ("cv.pdf", PDF)).await;
        assert!(text(&made.created()["uploaded_by"]).starts_with("svc_"));
    }

    async fn a_file_on_a_card_is_sealed_like_the_card(app) {
        let (onsite, ana, card) = drafted(&app).await;
        let ben = app.person("Ben", OrgRole::Recruiter);
        onsite.seat(&app, 1, &ben, "lead").await;
        let made = app.attach(&ana, &card, "work_sample", ("board.txt", b"Drew it well.")).await;
        assert_eq!((&made.created()["scorecard_id"], &made.json["uploaded_by"]), (&json!(card.rsplit('/').next()), &json!(ana.id)));
        let file = format!("/attachments/{}", made.id());
        let content = format!("{file}/content");
        let hidden = async |person: &Person| {
            app.get(person, &file).await.problem(404, "not_found");
            app.get(person, &content).await.problem(404, "not_found");
            app.delete(person, &file).await.problem(404, "not_found");
        };
        // A draft is its author's alone.
        for person in [&onsite.recruiter, &onsite.driver, &onsite.decider, &ben] {
            hidden(person).await;
        }
        let tag = app.get(&ben, &card).await.etag();
        assert_eq!(app.get(&ana, &card).await.ok()["attachments"][0], *app.get(&ana, &file).await.ok());
        hand_in(&app, &ana, &card).await;
        let sealed = app.get(&ben, &card).await;
        assert_eq!((&sealed.ok()["view"], &sealed.json["attachments"]), (&json!("sealed"), &Value::Null));
        assert_ne!(sealed.etag(), tag, "that it is in");
        for person in [&ben, &onsite.decider] {
            hidden(person).await;
        }
        app.db().seal().unwrap();
        let told = app.get(&ben, "/events?kind=attachment.added").await;
        assert_eq!(told.rows().len(), 0);
        assert_eq!(app.get(&onsite.recruiter, "/events?kind=attachment.added").await.rows().len(), 1);
        // No list of the candidate's own files has it.
        let candidate = text(&app.get(&ana, &format!("/applications/{}", onsite.application)).await.json["candidate_id"]).to_owned();
        for person in [&ana, &ben, &onsite.recruiter] {
            assert_eq!(app.get(person, &format!("/candidates/{candidate}/attachments")).await.rows().len(), 0);
        }
        // Whoever may read the card reads its file, which is noted like the card, once.
        let reads = || app.event_kinds().iter().filter(|kind| *kind == "scorecard.read").count();
        assert_eq!(app.get(&onsite.driver, &content).await.bytes, b"Drew it well.");
        app.get(&onsite.driver, &file).await.ok();
        assert_eq!(reads(), 1);
        app.delete(&onsite.driver, &file).await.problem(403, "forbidden");
        onsite.submit(&app, 1, &ben, "yes").await;
        let open = app.get(&ben, &card).await;
        assert_eq!(open.ok()["attachments"][0]["file_name"], "board.txt");
        assert_eq!(app.get(&ben, &content).await.bytes, b"Drew it well.");
    }

    async fn what_stands_on_a_card_that_is_in_stays(app) {
        let (onsite, ana, card) = drafted(&app).await;
        let other = app.attach(&ana, &card, "other", ("a.txt", b"One.")).await;
        let version = app.get(&ana, &card).await.etag();
        app.delete(&ana, &format!("/attachments/{}", other.id())).await.expect(204);
        let kept = app.attach(&ana, &card, "other", ("b.txt", b"Two.")).await;
        // Files leave the version of the card alone: what is typed on another device is not refused.
        app.patch_if(&ana, &card, &version, json!({ "summary": "Typed before." })).await.ok();
        app.attach(&onsite.recruiter, &card, "other", ("c.txt", b"x")).await.problem(403, "forbidden");
        hand_in(&app, &ana, &card).await;
        app.attach(&ana, &card, "other", ("c.txt", b"Three.")).await.problem(409, "illegal_transition");
        app.delete(&ana, &format!("/attachments/{}", kept.id())).await.problem(409, "illegal_transition");
        let shown = app.get(&ana, &card).await;
        assert_eq!(shown.ok()["attachments"].as_array().unwrap().len(), 1);
    }

    async fn nobody_hands_in_for_an_author_who_has_attached_something(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        let seat = format!("/panelists/{}", onsite.seat(&app, 0, &ana, "lead").await);
        let draft = onsite.begin(&app, 0, &ana).await;
        app.attach(&ana, &format!("/scorecards/{}", draft.id()), "other", ("a.txt", b"Mine.")).await.created();
        let mut body = onsite.judgement("yes");
        body["reason"] = json!("Told by phone.");
        let etag = app.get(&onsite.recruiter, &seat).await.etag();
        let reply: Reply = app.put_if(&onsite.recruiter, &format!("{seat}/submission"), &etag, body).await;
        reply.problem(409, "draft_not_empty");
    }
}
