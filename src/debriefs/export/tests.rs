use super::*;

fn sheet() -> Sheet {
    let point = |text: &str, rests: &[(&str, &str)]| Point {
        text: text.to_owned(),
        rests: rests.iter().map(|(what, url)| ((*what).to_owned(), (*url).to_owned())).collect(),
    };
    Sheet {
        candidate_name: "Ada Lovelace".to_owned(),
        job_title: "Pilot".to_owned(),
        outcome: "Hire".to_owned(),
        level: Some("Senior".to_owned()),
        decider: "Dana".to_owned(),
        decided_at: "2026-11-24T16:00:00Z".to_owned(),
        summary: "Meets the bar.\nTwo saw it.\n\nWe hire.".to_owned(),
        in_favour: vec![point(
            "Asked first.",
            &[("Ana’s card", "https://h.example/d#c"), ("Testing", "https://h.example/d#a")],
        )],
        against: vec![],
        answered: vec![point("Testing: below the bar.\nIt can be learned.", &[])],
        success: Some("1. A week on the water.".to_owned()),
        dissent: vec![
            ("Ben".to_owned(), "No", Some("It will be slow.".to_owned())),
            ("Cyd".to_owned(), "Strong no", None),
        ],
        ballots: vec![
            ("Yes", vec!["Ana".to_owned()]),
            ("No", vec!["Ben".to_owned(), "Cyd".to_owned()]),
        ],
        hash: "ab".repeat(32),
        url: "https://h.example/d".to_owned(),
    }
}

#[test]
fn a_memo_reads_as_markdown() {
    insta::assert_snapshot!(sheet().markdown());
}

#[test]
fn a_memo_reads_as_html() {
    insta::assert_snapshot!(sheet().html());
}

#[test]
fn what_people_write_is_text_in_markdown() {
    for (written, escaped) in [
        ("# Heading", "\\# Heading"),
        ("- item", "\\- item"),
        ("set-up", "set-up"),
        ("1. one", "1\\. one"),
        ("23) one", "23\\) one"),
        ("In 2. place", "In 2. place"),
        ("---", "\\---"),
        ("===", "\\==="),
        ("> quote", "\\> quote"),
        ("a | b", "a \\| b"),
        ("`code` *b* _i_ ~s~", "\\`code\\` \\*b\\* \\_i\\_ \\~s\\~"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("![x](y)", "!\\[x\\](y)"),
        ("<script>&amp;", "\\<script\\>\\&amp;"),
        (
            "https://x.example www.x.example a@b.example",
            "https\\://x.example www\\.x.example a\\@b.example",
        ),
        ("\\", "\\\\"),
        ("    code\tblock ", "code block"),
    ] {
        assert_eq!(escaped_line(written), escaped, "{written}");
    }
    assert_eq!(block("  ", "One\\\n\n# Two\nthree"), "  One\\\\\n\n  \\# Two\\\n  three\n");
    assert_eq!(item("- One\n\n    Two"), "- \\- One\n\n  Two\n");
}

#[test]
fn what_people_write_is_text_in_html() {
    let hostile = "</li></ul><script>alert(1)</script>\" onload='x' &lt;\n";
    let mut sheet = sheet();
    for text in [
        &mut sheet.candidate_name,
        &mut sheet.job_title,
        &mut sheet.decider,
        &mut sheet.summary,
        &mut sheet.answered[0].text,
        &mut sheet.dissent[0].0,
        &mut sheet.ballots[0].1[0],
    ] {
        hostile.clone_into(text);
    }
    let rests = vec![(hostile.to_owned(), "https://h.example/d".to_owned())];
    sheet.in_favour = vec![Point { text: hostile.to_owned(), rests }];
    (sheet.success, sheet.level) = (Some(hostile.to_owned()), Some(hostile.to_owned()));
    sheet.dissent[0].2 = Some(hostile.to_owned());
    let html = sheet.html();
    assert!(!html.contains("<script") && !html.contains("onload='") && !html.contains("\" onload"));
    assert_eq!(html.matches("&lt;script&gt;").count(), 14);
    assert_eq!(html.matches("<li>").count(), html.matches("</li>").count());
    let markdown = sheet.markdown();
    assert!(!markdown.contains(" <script") && !markdown.contains("></script>"));
    assert_eq!(markdown.matches("\\<script\\>").count(), 12);
}
