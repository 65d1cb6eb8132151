//! The files on the page of a scorecard: what the candidate sent, and what the author attaches.

use actix_web::http::Method;
use serde_json::Value;

use crate::both;
use crate::card_pages::{PASSWORD, WHOLE, card, link, path, staffed, with};
use crate::support::files::{PDF, form};
use crate::support::onsite::Onsite;
use crate::support::{Browser, TestApp, hiring};

/// Attaches files of every kind to the candidate; gives their ids.
async fn send_files(app: &TestApp, onsite: &Onsite) -> Vec<String> {
    let application = format!("/applications/{}", onsite.application);
    let application = app.get(&onsite.recruiter, &application).await;
    let candidate = format!("/candidates/{}", application.ok()["candidate_id"].as_str().unwrap());
    let mut ids = Vec::new();
    for kind in ["resume", "work_sample", "cover_letter", "other"] {
        let name = format!("{kind}.pdf");
        ids.push(app.attach(&onsite.recruiter, &candidate, kind, (&name, PDF)).await.id());
    }
    ids
}

/// The path of the first form of the page that removes a file.
fn removal(browser: &Browser) -> String {
    let (before, _) = browser.html.split_once("/removal\"").expect("a form that removes");
    let (_, path) = before.rsplit_once("action=\"").unwrap();
    path.replace("&#x2f;", "/") + "/removal"
}

both! {
    async fn a_panelist_reads_the_resume_by_the_link_of_the_mail(app) {
        let (onsite, lead) = staffed(&app).await;
        let files = send_files(&app, &onsite).await;
        let other = format!("/candidates/{}", hiring::candidate(&app, &onsite.recruiter, "Grace Hopper").await);
        let other = app.attach(&onsite.recruiter, &other, "resume", ("grace.pdf", PDF)).await.id();
        let link = link(&app, "interview_assigned");
        let mut phone = Browser::new(&app);
        phone.open(&link).await.ok();
        for (name, there) in [("resume.pdf", true), ("work_sample.pdf", true), ("cover_letter.pdf", false), ("other.pdf", false)] {
            assert_eq!(phone.html.contains(name), there, "{name}");
        }
        let first = phone.clone();
        let file = |id: &str| first.request(Method::GET, &format!("{link}/files/{id}"));
        let sent = app.send(file(&files[0])).await;
        sent.expect(200);
        assert_eq!(sent.bytes, PDF);
        for (name, value) in [
            ("content-disposition", "attachment; filename*=UTF-8''resume.pdf"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(sent.header(name), Some(value));
        }
        for hidden in [files[2].as_str(), &files[3], &other, "att_1", "../x"] {
            app.send(file(hidden)).await.expect(404);
        }
        // The link is bound to the browser that writes first.
        phone.submit(&link, &[("summary", "Mine."), ("then", "save")]).await.expect(303);
        app.send(phone.request(Method::GET, &format!("{link}/files/{}", files[0]))).await.expect(200);
        let elsewhere = Browser::new(&app).open(&format!("{link}/files/{}", files[0])).await;
        assert_eq!(elsewhere.header("location"), Some(format!("/sign-in?next={}", path(&onsite)).as_str()));
        // It ends with the seat, as the page does.
        let seat = app.get(&onsite.recruiter, &format!("/interviews/{}", onsite.interviews[0])).await;
        let seat = seat.ok()["panel"][0]["id"].as_str().unwrap().to_owned();
        app.delete(&onsite.recruiter, &format!("/panelists/{seat}")).await.expect(204);
        app.send(phone.request(Method::GET, &format!("{link}/files/{}", files[0]))).await.expect(404);
        drop(lead);
    }

    async fn an_author_attaches_and_removes_files_without_a_script(app) {
        let (_, lead) = staffed(&app).await;
        let link = link(&app, "interview_assigned");
        let mut phone = Browser::new(&app);
        phone.open(&link).await.ok();
        assert!(phone.html.contains("enctype=\"multipart/form-data\""));
        let sent = phone.attach(&link, "work_sample", ("board.txt", b"Boxes & arrows.")).await;
        assert_eq!((sent.status, sent.header("location")), (303, Some(link.as_str())));
        phone.open(&link).await.ok();
        assert!(phone.html.contains("board.txt</a> <span class=\"hint\">Work sample, 1 KiB"), "{}", phone.html);
        let kept = card(&app, &lead).await.expect("a draft that was begun");
        assert_eq!(kept["attachments"][0]["file_name"], "board.txt");
        let file = format!("{link}/files/{}", kept["attachments"][0]["id"].as_str().unwrap());
        let sent = app.send(phone.request(Method::GET, &file)).await;
        assert_eq!(sent.bytes, b"Boxes & arrows.");
        let gone = removal(&phone);
        assert_eq!(gone, format!("{file}/removal"));
        phone.submit(&gone, &[]).await.expect(303);
        assert_eq!(card(&app, &lead).await.unwrap()["attachments"], Value::Array(Vec::new()));
        phone.open(&link).await.ok();
        phone.attach(&link, "other", ("notes.md", b"# Notes")).await.expect(303);
        phone.open(&link).await.ok();
        phone.submit(&link, &with(&WHOLE, "submit")).await.expect(303);
        phone.open(&link).await.ok();
        assert!(phone.html.contains("notes.md") && !phone.html.contains("type=\"file\""));
        assert!(!phone.html.contains("/removal"), "it stays as it is");
        phone.attach(&link, "other", ("late.txt", b"Late.")).await.expect(422);
        assert!(phone.html.contains("cannot have its files changed"), "{}", phone.html);
        assert_eq!(card(&app, &lead).await.unwrap()["attachments"].as_array().unwrap().len(), 1);
    }

    async fn what_does_not_fit_is_said_on_the_page(app) {
        let (onsite, lead) = staffed(&app).await;
        let mut browser = Browser::new(&app);
        browser.sign_in("lea@example.com", PASSWORD).await;
        let page = path(&onsite);
        browser.open(&page).await.ok();
        let large = vec![b'a'; evenbar::http::FILE_LIMIT + 1];
        for (name, bytes, said) in [
            ("page.txt", &b"<html>"[..], "Send a PDF, a Word document"),
            ("cv.docx", PDF, "The ending of the file"),
            ("", b"", "The file is empty."),
            ("large.txt", &large, "At most 10485760 bytes."),
        ] {
            let refused = browser.attach(&page, "other", (name, bytes)).await;
            assert_eq!(refused.status, 422, "{name}");
            assert!(browser.html.contains(said), "{name}: {}", browser.html);
        }
        assert!(card(&app, &lead).await.is_none(), "nothing was begun");
        browser.attach(&page, "other", ("fits.txt", b"Fits.")).await.expect(303);
        browser.open(&page).await.ok();
        assert!(browser.html.contains("fits.txt"));
        let mut stranger = Browser::new(&app);
        stranger.open(&page).await.expect(303);
        stranger.attach(&page, "other", ("x.txt", b"x")).await.expect(303);
        assert_eq!(card(&app, &lead).await.unwrap()["attachments"].as_array().unwrap().len(), 1);
    }

    async fn a_form_from_elsewhere_attaches_and_removes_nothing(app) {
        let (onsite, lead) = staffed(&app).await;
        let mut browser = Browser::new(&app);
        browser.sign_in("lea@example.com", PASSWORD).await;
        let page = path(&onsite);
        browser.open(&page).await.ok();
        browser.attach(&page, "other", ("mine.txt", b"Mine.")).await.expect(303);
        browser.open(&page).await.ok();
        let proof = browser.hidden("proof").unwrap();
        for (site, proof) in [("cross-site", proof.as_str()), ("same-origin", "guessed")] {
            let request = browser.request(Method::POST, &format!("{page}/files"));
            let words = [("proof", proof), ("kind", "other")];
            let request = form(request, 1, &words, Some(("theirs.txt", b"x")));
            app.send(request.insert_header(("Sec-Fetch-Site", site))).await.expect(403);
            let request = browser.request(Method::POST, &removal(&browser)).set_form([("proof", proof)]);
            app.send(request.insert_header(("Sec-Fetch-Site", site))).await.expect(403);
        }
        let kept = card(&app, &lead).await.unwrap();
        assert_eq!(kept["attachments"][0]["file_name"], "mine.txt");
        assert_eq!(kept["attachments"].as_array().unwrap().len(), 1);
    }
}
