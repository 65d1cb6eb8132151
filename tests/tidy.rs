#![cfg(test)]
//! The house rules as a test. It reads files and does not link the crate; every rule is shown a
//! planted violation before it looks at the house.
#![expect(clippy::string_slice, reason = "every place was found in the text that it cuts")]

#[path = "tidy/lists.rs"]
mod lists;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/words.rs"]
mod words;
#[path = "tidy/writes.rs"]
mod writes;

use source::{File, files};

/// Which lines of a file break a rule.
type Rule = fn(&File) -> Vec<usize>;

/// Holds the house to a rule that finds each planted violation and nothing in what is fine.
#[track_caller]
fn hold(rule: Rule, planted: &[(&str, &str)], fine: &[(&str, &str)]) {
    for (path, text) in planted {
        assert!(!rule(&File::new(path, text)).is_empty(), "the rule is blind to {path}: {text}");
    }
    for (path, text) in fine {
        assert!(rule(&File::new(path, text)).is_empty(), "the rule is wrong about {path}: {text}");
    }
    let told = files().iter().flat_map(|file| {
        let line = |n: usize| file.text.lines().nth(n - 1).unwrap_or("").trim().to_owned();
        let broken = rule(file).into_iter();
        broken.map(|n| format!("{}:{n}: {}", file.path, line(n))).collect::<Vec<_>>()
    });
    let told: Vec<String> = told.collect();
    assert!(told.is_empty(), "\n{}\n", told.join("\n"));
}

fn unless(exempt: bool, lines: Vec<usize>) -> Vec<usize> {
    if exempt { Vec::new() } else { lines }
}
