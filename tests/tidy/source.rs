//! The files of the house, and what is code in them.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// A file, once as it stands and once with comments and the insides of strings blanked.
pub struct File {
    /// From the root of the house.
    pub path: String,
    /// As it stands.
    pub text: String,
    /// Without comments and the insides of strings.
    pub code: String,
    /// The strings, each with its place.
    pub strings: Vec<(usize, String)>,
}

impl File {
    /// A file with this text.
    pub fn new(path: &str, text: &str) -> Self {
        let (code, strings) =
            if is_rust(path) { read(text) } else { (text.to_owned(), Vec::new()) };
        Self { path: path.to_owned(), text: text.to_owned(), code, strings }
    }

    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        is_rust(&self.path)
    }

    /// Whether it is `<room>.rs`, or lies in a folder `<room>`.
    pub fn is(&self, room: &str) -> bool {
        let inside = self.path.starts_with("src/") && self.is_rust();
        inside
            && (self.path.ends_with(&format!("/{room}.rs"))
                || self.path.contains(&format!("/{room}/")))
    }

    /// The line of a place in the code.
    pub fn line_of(&self, place: usize) -> usize {
        self.code[..place].matches('\n').count() + 1
    }

    /// The lines whose code has one of these words, up to the unit tests of the file.
    pub fn lines_with(&self, words: &[&str]) -> Vec<usize> {
        let end = self.code.find("#[cfg(test)]\nmod ").unwrap_or(self.code.len());
        let lines = self.code[..end].lines().zip(1..);
        lines
            .filter(|(line, _)| words.iter().any(|word| line.contains(word)))
            .map(|(_, n)| n)
            .collect()
    }
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|kind| kind == "rs")
}

/// Blanks comments and the insides of strings, so that every place stays where it is, and gives
/// the strings with their places.
fn read(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut code, mut strings) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let boundary = !code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let hashes = rest.bytes().skip(1).take_while(|b| *b == b'#').count();
        let raw = boundary && first == 'r' && rest[1 + hashes..].starts_with('"');
        let (open, length) = if rest.starts_with("//") {
            (0, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (0, rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if raw {
            let (open, close) = (hashes + 2, format!("\"{}", "#".repeat(hashes)));
            (open, rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len()))
        } else if first == '"' {
            (1, closing(&rest[1..]).map_or(rest.len(), |end| end + 2))
        } else if first == '\'' && character(rest).is_some() {
            (0, character(rest).unwrap_or(1))
        } else {
            (0, 0)
        };
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        if open > 0 {
            let inside = rest[open..length].trim_end_matches('#');
            strings.push((code.len(), inside.strip_suffix('"').unwrap_or(inside).to_owned()));
        }
        code.extend(rest[..length].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    (code, strings)
}

/// Where a string without its opening quote ends.
fn closing(inside: &str) -> Option<usize> {
    let mut escaped = false;
    inside.bytes().position(|b| {
        let ends = b == b'"' && !escaped;
        escaped = b == b'\\' && !escaped;
        ends
    })
}

/// How long a character literal is; `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        return escape.get(1..)?.find('\'').map(|end| end + 4);
    }
    let first = inside.chars().next()?;
    inside[first.len_utf8()..].starts_with('\'').then(|| first.len_utf8() + 2)
}

/// Where the house stands.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the house, read once.
pub fn files() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(read_files);
    &FILES
}

fn read_files() -> Vec<File> {
    const KINDS: [&str; 10] = ["", "html", "json", "md", "rs", "sh", "snap", "sql", "toml", "txt"];
    const OUTSIDE: [&str; 5] = [".git", "evenbar-data", "node_modules", "openapi", "target"];
    let (mut found, mut folders) = (Vec::new(), vec![root().to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let kind = path.extension().map_or("", |kind| kind.to_str().unwrap_or("other"));
            if OUTSIDE.contains(&name.as_str()) || path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if KINDS.contains(&kind)
                && let Ok(text) = fs::read_to_string(&path)
            {
                let path = path.strip_prefix(root()).unwrap().to_string_lossy();
                found.push(File::new(&path, &text));
            }
        }
    }
    assert!(found.len() > 100, "the house was not found");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}
