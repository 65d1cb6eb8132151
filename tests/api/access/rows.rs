//! The reviewed rows, and what their words mean.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::{CONTACT, Hire, JUDGEMENT, PAY, PERSONAS, TAG, THEIRS};

/// What is not for everybody who may see a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// How somebody was judged.
    Judgement,
    /// What is paid.
    Pay,
    /// How the candidate is reached.
    Contact,
    /// What recruiting noted of the candidate.
    Tag,
}

use Class::{Contact, Judgement, Pay, Tag};

const LETTERS: [(Class, char); 4] = [(Judgement, 'j'), (Pay, 'p'), (Contact, 'c'), (Tag, 't')];

/// What stands in a text about a hire, by the words that nothing else contains.
pub fn found(hire: Hire, text: &str) -> BTreeSet<Class> {
    let words: &[(Class, &str)] = match hire {
        Hire::Ours => &[
            (Judgement, JUDGEMENT),
            (Pay, PAY[0]),
            (Pay, PAY[1]),
            (Pay, PAY[2]),
            (Contact, CONTACT),
            (Tag, TAG),
        ],
        Hire::Theirs => &[(Judgement, THEIRS.judgement), (Contact, THEIRS.contact)],
    };
    words.iter().filter(|(_, word)| text.contains(word)).map(|(class, _)| *class).collect()
}

/// What everybody gets from an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What anybody gets from it.
    pub holds: BTreeSet<Class>,
    /// In the order of [`PERSONAS`].
    pub cells: Vec<String>,
}

impl Row {
    /// What somebody gets.
    pub fn cell(&self, persona: &str) -> &str {
        &self.cells[PERSONAS.iter().position(|name| *name == persona).unwrap()]
    }

    /// Whether somebody gets the thing itself.
    pub fn gives(&self, persona: &str) -> bool {
        self.cell(persona).starts_with("200/") && self.cell(persona) != "200/none"
    }

    /// What somebody is shown.
    pub fn shows(&self, persona: &str) -> BTreeSet<Class> {
        let hidden: &[Class] = match self.cell(persona).trim_start_matches("200/") {
            "full" => &[],
            "sealed" => &[Judgement],
            "no_pay" => &[Pay],
            "no_tags" => &[Tag],
            "public" => &[Contact, Tag],
            _ => return BTreeSet::new(),
        };
        self.holds.iter().copied().filter(|class| !hidden.contains(class)).collect()
    }
}

/// The word for an answer that shows this much of what the operation holds.
pub fn view(holds: &BTreeSet<Class>, shown: &BTreeSet<Class>) -> String {
    let hidden: Vec<Class> = holds.difference(shown).copied().collect();
    match hidden[..] {
        [] => "full".to_owned(),
        [Judgement] => "sealed".to_owned(),
        [Pay] => "no_pay".to_owned(),
        [Tag] => "no_tags".to_owned(),
        [Contact, Tag] => "public".to_owned(),
        _ => format!("{hidden:?}"),
    }
}

/// The rows by operation.
pub fn reviewed() -> BTreeMap<String, Row> {
    let rows = include_str!("rows.txt").lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let mut words = row.split_whitespace().map(str::to_owned);
        let (operation, letters) = (words.next().unwrap(), words.next().unwrap());
        let held = |(_, letter): &&(Class, char)| letters.contains(*letter);
        let holds = LETTERS.iter().filter(held).map(|(class, _)| *class).collect();
        (operation, Row { holds, cells: words.collect() })
    })
    .collect()
}

/// Compares all rows at once, so that one run shows everything that changed.
#[track_caller]
pub fn assert_rows(actual: &BTreeMap<String, Row>) {
    let expected = reviewed();
    let operations: BTreeSet<&String> = actual.keys().chain(expected.keys()).collect();
    let mut wrong = Vec::new();
    for operation in operations {
        let (answers, row) = (actual.get(operation), expected.get(operation));
        if answers != row {
            let show = |row: Option<&Row>| row.map_or("-".to_owned(), |row| line(operation, row));
            wrong.push(format!("answers {}\n   rows {}", show(answers), show(row)));
        }
    }
    let head = Row { holds: BTreeSet::new(), cells: PERSONAS.map(str::to_owned).into() };
    assert!(wrong.is_empty(), "        {}\n{}", line("", &head), wrong.join("\n"));
}

fn line(operation: &str, row: &Row) -> String {
    let held = |(class, letter): &(Class, char)| row.holds.contains(class).then_some(*letter);
    let letters: String = LETTERS.iter().filter_map(held).collect();
    let letters = if letters.is_empty() { "-" } else { &letters };
    let cells: Vec<String> = row.cells.iter().map(|cell| format!("{cell:<12}")).collect();
    format!("{operation:<27} {letters:<4} {}", cells.concat()).trim_end().to_owned()
}
