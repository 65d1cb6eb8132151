//! Between what a file holds and its text.

use serde::Serialize;
use serde::de::DeserializeOwned;
use validator::Validate;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Form {
    /// YAML 1.2, for people.
    Yaml,
    /// JSON, for programs.
    Json,
}

/// How many bytes of a file are read.
pub const BYTES_MAX: u64 = 8 * 1024 * 1024;
/// How deep a file is nested: a library with rubrics, versions, attributes and levels, and some air.
const DEPTH_MAX: usize = 16;
/// How many values a file holds.
const NODES_MAX: usize = 1_000_000;

/// Why a text is no such file, in a sentence with the place.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadError(String);

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

/// Reads a file: a library, or loop templates. YAML may hold one document, and neither anchors nor aliases nor merge keys: what
/// stands in it once is there once.
///
/// # Errors
/// Whatever does not fit, with its place.
pub fn read<T: DeserializeOwned + Validate>(text: &str, form: Form) -> Result<T, ReadError> {
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > BYTES_MAX) {
        return Err(ReadError(format!("a file has at most {BYTES_MAX} bytes")));
    }
    let held: T = match form {
        Form::Yaml => {
            let options = serde_saphyr::options! {
                budget: serde_saphyr::budget! {
                    max_depth: DEPTH_MAX,
                    flow_nesting_limit: DEPTH_MAX,
                    max_nodes: NODES_MAX,
                    max_documents: 1,
                    max_anchors: 0,
                    max_aliases: 0,
                    max_merge_keys: 0,
                },
                with_snippet: false,
            };
            serde_saphyr::from_str_with_options(text, options)
                .map_err(|error| ReadError(error.to_string()))?
        }
        Form::Json => {
            let mut json = serde_json::Deserializer::from_str(text);
            let held = serde_path_to_error::deserialize(&mut json)
                .map_err(|error| ReadError(error.to_string()))?;
            json.end().map_err(|error| ReadError(error.to_string()))?;
            held
        }
    };
    held.validate().map_err(|errors| ReadError(errors.to_string()))?;
    Ok(held)
}

/// Writes a file; what is equal gives equal bytes.
///
/// # Errors
/// None for what was read, as far as anybody knows.
pub fn write(held: &impl Serialize, form: Form) -> Result<String, ReadError> {
    match form {
        Form::Yaml => serde_saphyr::to_string(held).map_err(|error| ReadError(error.to_string())),
        Form::Json => {
            let text =
                serde_json::to_string_pretty(held).map_err(|error| ReadError(error.to_string()))?;
            Ok(text + "\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rubrics::exchange::Library;

    fn library(label: &str, anchor: &str) -> String {
        let attribute = serde_json::json!({
            "name": "Care", "pass_level": 1, "levels": [{ "label": label, "anchor": anchor }],
        });
        let versions = serde_json::json!([{ "attributes": [attribute] }]);
        serde_json::json!({
            "format": "evenbar-library/1",
            "rubrics": [{ "key": "care", "name": "Care", "versions": versions }],
        })
        .to_string()
    }

    #[test]
    fn words_that_yaml_takes_for_something_else_are_written_in_quotes() {
        let first: Library = read(&library("No", "12"), Form::Json).expect("a library");
        let text = write(&first, Form::Yaml).expect("a text");
        assert!(!text.contains("label: No") && !text.contains("anchor: 12"), "{text}");
        assert_eq!(read(&text, Form::Yaml), Ok(first));
    }

    #[test]
    fn a_file_cannot_grow_while_it_is_read() {
        let refused =
            |text: &str| read::<Library>(text, Form::Yaml).expect_err("refused").to_string();
        let laughs = "format: evenbar-library/1\nrubrics: &all [*all, *all]\n";
        assert!(refused(laughs).contains("Anchors"), "{}", refused(laughs));
        let deep =
            format!("format: evenbar-library/1\nrubrics: {}{}", "[".repeat(40), "]".repeat(40));
        refused(&deep);
        refused("format: evenbar-library/1\nrubrics: []\n---\nformat: evenbar-library/1\n");
        refused("format: evenbar-library/1\nformat: evenbar-library/1\nrubrics: []\n");
        refused("format: evenbar-library/2\nrubrics: []\n");
        refused("format: evenbar-library/1\nrubrics: []\ncolour: red\n");
        let large = format!("format: evenbar-library/1\nrubrics: []\n#{}\n", "x".repeat(8 << 20));
        assert!(refused(&large).contains("bytes"));
        assert!(
            read::<Library>("{\"format\":\"evenbar-library/1\",\"rubrics\":[]} x", Form::Json)
                .is_err()
        );
        let bad = library("Good", "Does it.").replace("\"pass_level\":1", "\"pass_level\":11");
        let error = read::<Library>(&bad, Form::Json).expect_err("refused").to_string();
        assert!(error.contains("rubrics[0].versions[0].attributes[0].pass_level"), "{error}");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_both_forms(label in ".{1,120}", anchor in "(.|\n|\t|#|: |- ){1,300}") {
            let Ok(first) = read::<Library>(&library(&label, &anchor), Form::Json) else { return Ok(()) };
            for form in [Form::Yaml, Form::Json] {
                let text = write(&first, form).expect("a text");
                let again = read(&text, form);
                prop_assert_eq!(again.as_ref(), Ok(&first), "{}", text);
            }
        }
    }
}
