//! What the files of candidates say, read in a process of its own and found by searching.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use diesel::prelude::*;
use evenbar::access::OrgRole;
use evenbar::attachments::text::{Extractor, run_due};
use evenbar::db::schema::{attachment_texts, search_texts};
use serde_json::Value;

use crate::both;
use crate::support::archive::archive;
use crate::support::files::PDF;
use crate::support::onsite::Onsite;
use crate::support::{Person, TestApp, hiring, scratch};

/// A PDF of one page with these words.
fn pdf(words: &str) -> Vec<u8> {
    let content = format!("BT /F1 24 Tf 72 720 Td ({words}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    of_objects(&objects, "")
}

/// A PDF of some objects, the first of which is the root.
fn of_objects(objects: &[String], trailer: &str) -> Vec<u8> {
    let (mut text, mut places) = ("%PDF-1.7\n".to_owned(), Vec::new());
    for (index, object) in objects.iter().enumerate() {
        places.push(text.len());
        text = [text, format!("{} 0 obj\n{object}\nendobj\n", index + 1)].concat();
    }
    let start = text.len();
    let places: Vec<String> =
        places.into_iter().map(|place| format!("{place:010} 00000 n \n")).collect();
    let size = objects.len() + 1;
    let list = format!("xref\n0 {size}\n0000000000 65535 f \n{}", places.concat());
    let end = format!("trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    [text, list, end].concat().into_bytes()
}

fn document(words: &str) -> Vec<u8> {
    let xml = format!(
        "<w:document><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>"
    );
    archive(&[("[Content_Types].xml", "<Types/>", 8), ("word/document.xml", &xml, xml.len())])
}

/// Reads every file that waits, and says how many there were.
fn read_by(app: &TestApp, extractor: &Extractor) -> usize {
    let mut read = 0;
    loop {
        match run_due(app.db(), extractor).unwrap() {
            0 => return read,
            some => read += some,
        }
    }
}

fn read(app: &TestApp) -> usize {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_evenbar"));
    read_by(app, &Extractor::new(program, Duration::from_mins(1)))
}

async fn names(app: &TestApp, person: &Person, word: &str) -> Vec<String> {
    let reply = app.get(person, &format!("/candidate-matches?q={word}")).await;
    let name = |row: &Value| {
        format!(
            "{} by {}",
            row["candidate"]["name"].as_str().unwrap(),
            row["matched"][0].as_str().unwrap()
        )
    };
    reply.rows().iter().map(name).collect()
}

async fn state(app: &TestApp, person: &Person, file: &str) -> Value {
    app.get(person, &format!("/attachments/{file}")).await.ok()["text_state"].clone()
}

both! {
    async fn a_resume_is_found_by_its_words_once_it_was_read(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let mut files = Vec::new();
        for (name, file, bytes) in [
            ("Ada", "cv.pdf", pdf("Senior Zymurgist in Krakow")),
            ("Bea", "cv.docx", document("Zymurgy &amp; brewing")),
            ("Cleo", "cv.txt", "I did zymurg\u{fd} for years\n".as_bytes().to_vec()),
        ] {
            let candidate = hiring::candidate(&app, &rita, name).await;
            let made = app.attach(&rita, &format!("/candidates/{candidate}"), "resume", (file, &bytes)).await;
            assert_eq!(made.created()["text_state"], "waiting", "{file}");
            files.push(made.id());
        }
        assert!(names(&app, &rita, "zymurg").await.is_empty());
        assert_eq!(read(&app), 3);
        for file in &files {
            assert_eq!(state(&app, &rita, file).await, "extracted");
        }
        assert_eq!(names(&app, &rita, "zymurg").await, ["Cleo by resume", "Bea by resume", "Ada by resume"]);
        assert_eq!(names(&app, &rita, "krakow").await, ["Ada by resume"]);
        app.delete(&rita, &format!("/attachments/{}", files[0])).await.expect(204);
        assert!(names(&app, &rita, "krakow").await.is_empty());
        let left: (i64, i64) = app.db().read_here(|conn| {
            let texts = attachment_texts::table.count().get_result(conn)?;
            let sources = search_texts::table.filter(search_texts::source.eq("resume"));
            Ok((texts, sources.count().get_result(conn)?))
        }).unwrap();
        assert_eq!(left, (2, 2));
        assert_eq!(evenbar::candidates::search::rebuild(app.db()).unwrap(), 3);
        assert_eq!(names(&app, &rita, "zymurg").await, ["Cleo by resume", "Bea by resume"]);
    }

    async fn a_panel_finds_by_the_resume_and_not_by_what_else_was_sent(app) {
        let onsite = Onsite::new(&app, 1).await;
        let ana = app.person("Ana", OrgRole::Member);
        onsite.seat(&app, 0, &ana, "lead").await;
        let application = app.get(&onsite.recruiter, &format!("/applications/{}", onsite.application)).await;
        let path = format!("/candidates/{}", application.ok()["candidate_id"].as_str().unwrap());
        app.attach(&onsite.recruiter, &path, "resume", ("cv.txt", b"Basketry")).await.created();
        app.attach(&onsite.recruiter, &path, "cover_letter", ("letter.txt", b"Falconry")).await.created();
        let draft = onsite.write(&app, 0, &ana, onsite.judgement("yes")).await;
        let card = format!("/scorecards/{}", draft.id());
        let on_card = app.attach(&ana, &card, "other", ("notes.txt", b"Heraldry")).await;
        assert_eq!(on_card.created()["text_state"], Value::Null);
        assert_eq!(read(&app), 2, "a file on a card is not read");
        assert_eq!(names(&app, &ana, "basketry").await, ["Ada Lovelace by resume"]);
        assert!(names(&app, &ana, "falconry").await.is_empty());
        assert_eq!(names(&app, &onsite.recruiter, "falconry").await, ["Ada Lovelace by file"]);
        for person in [&ana, &onsite.recruiter] {
            assert!(names(&app, person, "heraldry").await.is_empty());
        }
        let stranger = app.person("Sam", OrgRole::Member);
        assert!(names(&app, &stranger, "basketry").await.is_empty());
    }

    async fn a_file_that_cannot_be_read_is_refused_as_a_text_and_stays(app) {
        let rita = app.person("Rita", OrgRole::Recruiter);
        let path = format!("/candidates/{}", hiring::candidate(&app, &rita, "Ada").await);
        let encrypted = of_objects(
            &["<</Type/Catalog/Pages 2 0 R>>".to_owned(), "<</Type/Pages/Kids[]/Count 0>>".to_owned(),
              format!("<</Filter/Standard/V 2/R 3/Length 128/P -4/O<{}>/U<{}>>>", "41".repeat(32), "42".repeat(32))],
            "/Encrypt 3 0 R/ID[<00><00>]",
        );
        let claimed = archive(&[("[Content_Types].xml", "<Types/>", 8), ("word/document.xml", "<w:t>x</w:t>", 900_000)]);
        for (file, bytes, expected) in [
            ("encrypted.pdf", encrypted.as_slice(), vec!["refused"]),
            ("nothing.pdf", PDF, vec!["refused", "empty"]),
            ("claims.docx", &claimed, vec!["extracted", "refused"]),
        ] {
            let made = app.attach(&rita, &path, "resume", (file, bytes)).await;
            made.created();
            read(&app);
            let state = state(&app, &rita, &made.id()).await;
            assert!(expected.contains(&state.as_str().unwrap()), "{file}: {state}");
            app.get(&rita, &format!("/attachments/{}/content", made.id())).await.expect(200);
        }
    }

    async fn a_process_that_takes_too_long_is_ended_and_tried_a_few_times(app) {
        use std::os::unix::fs::PermissionsExt;
        let rita = app.person("Rita", OrgRole::Recruiter);
        let path = format!("/candidates/{}", hiring::candidate(&app, &rita, "Ada").await);
        let made = app.attach(&rita, &path, "resume", ("cv.txt", b"Basketry")).await;
        let folder = scratch("slow-extractor");
        std::fs::create_dir_all(&folder).unwrap();
        let program = folder.join(format!("slow-{}", made.id()));
        std::fs::write(&program, "#!/bin/sh\nexec sleep 600\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let slow = Extractor::new(program, Duration::from_millis(50));
        for tries in 1..=3 {
            assert_eq!(read_by(&app, &slow), 1, "{tries}");
            let expected = if tries < 3 { "waiting" } else { "refused" };
            let rita = app.again(&rita);
            assert_eq!(state(&app, &rita, &made.id()).await, expected);
            app.advance(chrono::TimeDelta::hours(1));
        }
        assert_eq!(read_by(&app, &slow), 0);
    }
}

/// What the process makes of something that a sender may have meant badly.
#[test]
fn the_process_that_reads_files_has_little_time_and_memory() {
    let run = |media_type: &str, bytes: &[u8]| {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_evenbar"))
            .args(["extract-text", media_type])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = bytes.to_vec();
        let fed = std::thread::spawn(move || drop(std::io::Write::write_all(&mut stdin, &bytes)));
        let output = child.wait_with_output().unwrap();
        fed.join().unwrap();
        output
    };
    let text = run("text/plain", "a\0b\n".repeat(100_000).as_bytes());
    assert!(text.status.success() && text.stdout.len() <= 200_000);
    assert!(!text.stdout.contains(&0));
    assert!(
        !run("text/plain", &vec![b'a'; 600 * 1024 * 1024]).status.success(),
        "more than its memory"
    );
    assert!(!run("image/png", b"x").status.success());
    assert!(!run("application/pdf", b"%PDF-1.7 nothing").status.success());
}
