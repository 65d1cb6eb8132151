//! A memo as a document: Markdown or HTML. Pure, and the same bytes for the same memo.
//!
//! Whatever people wrote is text in both: it neither begins a heading, a list, a link, a table or markup, nor
//! ends the place where it stands. Line breaks are kept.

/// A memo with everything that it names called by its name.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The candidate, and the job.
    pub candidate_name: String,
    pub job_title: String,
    /// What was decided, at which level.
    pub outcome: String,
    pub level: Option<String>,
    /// Who decided, and when.
    pub decider: String,
    pub decided_at: String,
    /// The decision in a few sentences.
    pub summary: String,
    pub in_favour: Vec<Point>,
    pub against: Vec<Point>,
    /// What was answered, and how.
    pub answered: Vec<Point>,
    pub success: Option<String>,
    /// Who recommended otherwise: their name, what they recommend, and what they said to the decision.
    pub dissent: Vec<(String, &'static str, Option<String>)>,
    /// What was recommended in the end, and by whom.
    pub ballots: Vec<(&'static str, Vec<String>)>,
    /// SHA-256 of the memo, in hexadecimal.
    pub hash: String,
    /// Where the debrief is.
    pub url: String,
}

/// A point with what it rests on: what that is called, and where it is.
#[derive(Debug, Clone, Default)]
pub struct Point {
    pub text: String,
    pub rests: Vec<(String, String)>,
}

/// The heading of a sheet, and what each of its parts is called.
const FOR: &str = "For";
const AGAINST: &str = "Against";
const ANSWERED: &str = "What was answered";
const SUCCESS: &str = "How we set them up for success";
const DISSENT: &str = "Who recommended otherwise";
const BALLOTS: &str = "What was recommended";
const NO_STATEMENT: &str = "Said nothing to the decision.";

impl Sheet {
    fn decision(&self) -> String {
        let level = self.level.as_ref().map(|level| format!(", {level}"));
        format!("{}{}", self.outcome, level.unwrap_or_default())
    }

    /// The parts that are lists of points, each with its heading.
    fn points(&self) -> [(&'static str, &[Point]); 3] {
        [(FOR, &self.in_favour), (AGAINST, &self.against), (ANSWERED, &self.answered)]
    }

    /// The memo as Markdown.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let name = escaped_line(&self.candidate_name);
        let mut add = |text: &str| out.push_str(text);
        add(&format!("# {name}: {}\n\n", escaped_line(&self.decision())));
        add(&format!("{}  \n", escaped_line(&self.job_title)));
        let decider = escaped_line(&self.decider);
        add(&format!("Decided by {decider}, {}.  \n", self.decided_at));
        add(&format!("[The debrief](<{}>)\n\n", self.url));
        add(&block("", &self.summary));
        for (heading, points) in self.points() {
            if points.is_empty() {
                continue;
            }
            add(&format!("\n## {heading}\n\n"));
            for point in points {
                add(&item(&point.text));
                let rests = point.rests.iter();
                let rests = rests.map(|(what, url)| format!("[{}](<{url}>)", escaped_line(what)));
                let rests = rests.collect::<Vec<_>>().join(", ");
                if !rests.is_empty() {
                    add(&format!("\n  {rests}\n"));
                }
            }
        }
        if let Some(success) = &self.success {
            add(&format!("\n## {SUCCESS}\n\n{}", block("", success)));
        }
        if !self.dissent.is_empty() {
            add(&format!("\n## {DISSENT}\n\n"));
        }
        for (who, recommendation, statement) in &self.dissent {
            add(&format!("- **{}**: {recommendation}\n\n", escaped_line(who)));
            add(&block("  ", statement.as_deref().unwrap_or(NO_STATEMENT)));
        }
        add(&format!("\n## {BALLOTS}\n\n"));
        for (recommendation, people) in &self.ballots {
            let people: Vec<String> = people.iter().map(|one| escaped_line(one)).collect();
            add(&format!("- {recommendation}: {}\n", people.join(", ")));
        }
        add(&format!("\nThe memo is frozen as `{}`.\n", self.hash));
        out
    }

    /// The memo as a page of HTML that loads nothing.
    pub fn html(&self) -> String {
        let title = format!("{}: {}", self.candidate_name, self.decision());
        let mut out = String::new();
        let mut add = |text: &str| out.push_str(text);
        add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        add(&format!("<title>{}</title>\n</head>\n<body>\n<main>\n", html_text(&title)));
        add(&format!("<h1>{}</h1>\n", html_text(&title)));
        let (job, decider) = (html_text(&self.job_title), html_text(&self.decider));
        let url = html_text(&self.url);
        let link = format!("<a href=\"{url}\">The debrief</a>");
        add(&format!("<p>{job}<br>Decided by {decider}, {}.<br>{link}</p>\n", self.decided_at));
        add(&format!("<p>{}</p>\n", html_text(&self.summary)));
        for (heading, points) in self.points() {
            if points.is_empty() {
                continue;
            }
            add(&format!("<h2>{heading}</h2>\n<ul>\n"));
            for point in points {
                let rests = point.rests.iter();
                let rests = rests.map(|(what, url)| {
                    format!("<a href=\"{}\">{}</a>", html_text(url), html_text(what))
                });
                let rests = rests.collect::<Vec<_>>().join(", ");
                let rests = if rests.is_empty() { rests } else { format!("<br>{rests}") };
                add(&format!("<li>{}{rests}</li>\n", html_text(&point.text)));
            }
            add("</ul>\n");
        }
        if let Some(success) = &self.success {
            add(&format!("<h2>{SUCCESS}</h2>\n<p>{}</p>\n", html_text(success)));
        }
        add(&self.votes());
        add(&format!("<p>The memo is frozen as <code>{}</code>.</p>\n", self.hash));
        add("</main>\n</body>\n</html>\n");
        out
    }

    /// Dissent and ballots as HTML.
    fn votes(&self) -> String {
        let mut out = String::new();
        let mut add = |text: &str| out.push_str(text);
        if !self.dissent.is_empty() {
            add(&format!("<h2>{DISSENT}</h2>\n<ul>\n"));
            for (who, recommendation, statement) in &self.dissent {
                let said = html_text(statement.as_deref().unwrap_or(NO_STATEMENT));
                let who = html_text(who);
                add(&format!("<li><strong>{who}</strong>: {recommendation}<br>{said}</li>\n"));
            }
            add("</ul>\n");
        }
        add(&format!("<h2>{BALLOTS}</h2>\n<ul>\n"));
        for (recommendation, people) in &self.ballots {
            add(&format!("<li>{recommendation}: {}</li>\n", html_text(&people.join(", "))));
        }
        add("</ul>\n");
        out
    }
}

/// Text as HTML, also within an attribute; line breaks are kept.
fn html_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => {}
            '\n' => out.push_str("<br>"),
            _ => out.push(c),
        }
    }
    out
}

/// A text as the item of a list.
fn item(text: &str) -> String {
    let block = block("  ", text);
    let inside = block.strip_prefix("  ").unwrap_or(&block);
    format!("- {inside}")
}

/// A text as paragraphs of Markdown, each line indented by this; line breaks are kept.
fn block(indent: &str, text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        if line.is_empty() {
            out.push('\n');
            continue;
        }
        let goes_on = lines.get(index + 1).is_some_and(|next| !next.is_empty());
        let end = if goes_on { "\\" } else { "" };
        for part in [indent, &escaped_line(line), end, "\n"] {
            out.push_str(part);
        }
    }
    out
}

/// One line of text as Markdown: nothing in it, at its beginning or within, is more than text.
fn escaped_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut before = String::new();
    let mut chars = flat.chars();
    while let Some(c) = chars.next() {
        let is_special = match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '@'
            | '$' => true,
            ':' => chars.as_str().starts_with("//"),
            '#' | '+' | '-' | '=' => before.is_empty(),
            '.' | ')' => {
                let number = !before.is_empty() && before.chars().all(|c| c.is_ascii_digit());
                number || before.to_ascii_lowercase().ends_with("www")
            }
            _ => false,
        };
        if is_special {
            out.push('\\');
        }
        out.push(c);
        before.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
