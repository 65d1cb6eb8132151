//! What a field takes.

use std::collections::HashSet;

use serde_json::Value;

use crate::http::fields::{Day, Line, Prose, web_link};
use crate::ids::UserId;
use crate::text_enum;

text_enum! {
    /// What a field belongs to.
    pub enum FieldNoun {
        /// A candidate.
        Candidate => "candidate",
        /// An application.
        Application => "application",
        /// A job.
        Job => "job",
        /// An opening.
        Opening => "opening",
    }
}

text_enum! {
    /// What a field holds.
    pub enum FieldType {
        /// One line of at most 500 characters.
        Text => "text",
        /// Text of at most 10,000 characters.
        LongText => "long_text",
        /// A number.
        Number => "number",
        /// Yes or no.
        Boolean => "boolean",
        /// A day.
        Date => "date",
        /// One of the options.
        SingleSelect => "single_select",
        /// Some of the options, each once.
        MultiSelect => "multi_select",
        /// A link of http or https.
        Url => "url",
        /// The id of an active user.
        User => "user",
    }
}

text_enum! {
    /// Who sees a field and sets it.
    pub enum FieldAudience {
        /// Everybody who may read, or change, what it belongs to.
        Everyone => "everyone",
        /// Those of them who recruit; not panels, approvers and interviewers.
        Recruiting => "recruiting",
        /// Those of them who decide on pay.
        Compensation => "compensation",
    }
}

impl FieldType {
    /// Whether it is chosen from options.
    pub const fn has_options(self) -> bool {
        match self {
            Self::SingleSelect | Self::MultiSelect => true,
            Self::Text
            | Self::LongText
            | Self::Number
            | Self::Boolean
            | Self::Date
            | Self::Url
            | Self::User => false,
        }
    }

    /// The value as it is kept, if it is one of this type. That a user exists is not asked here.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub fn check(self, options: &[String], value: &Value) -> Result<Value, String> {
        let text = || value.as_str().ok_or_else(|| "expected a string".to_owned());
        Ok(match self {
            Self::Text => text()?.parse::<Line<500>>()?.to_text().into(),
            Self::LongText => text()?.parse::<Prose<10_000>>()?.to_text().into(),
            Self::Number => number(value)?,
            Self::Boolean => {
                value.as_bool().ok_or_else(|| "expected true or false".to_owned())?.into()
            }
            Self::Date => text()?.parse::<Day>()?.date().to_string().into(),
            Self::SingleSelect => option(options, text()?)?.into(),
            Self::MultiSelect => chosen(options, value)?,
            Self::Url => text()?.parse::<Line<2000>>().and_then(|link| web_link(&link))?.into(),
            Self::User => {
                text()?.parse::<UserId>().map_err(|_| "not the id of a user")?.to_string().into()
            }
        })
    }
}

/// A number that every reader of JSON reads alike.
fn number(value: &Value) -> Result<Value, String> {
    let number = value.as_f64().ok_or_else(|| "expected a number".to_owned())?;
    if number.abs() > 9_007_199_254_740_991.0 {
        return Err("the number is too large".to_owned());
    }
    Ok(value.clone())
}

fn option(options: &[String], text: &str) -> Result<String, String> {
    let known = options.iter().find(|option| *option == text);
    known.cloned().ok_or_else(|| "not one of the options".to_owned())
}

fn chosen(options: &[String], value: &Value) -> Result<Value, String> {
    let values = value.as_array().ok_or_else(|| "expected a list of options".to_owned())?;
    let mut seen = HashSet::new();
    for value in values {
        let text = value.as_str().ok_or_else(|| "expected a list of options".to_owned())?;
        option(options, text)?;
        if !seen.insert(text) {
            return Err("an option stands there twice".to_owned());
        }
    }
    Ok(value.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_takes_what_it_says_and_nothing_else() {
        let options = ["red".to_owned(), "blue".to_owned()];
        let user = "user_01jd3z3z3z3z3z3z3z3z3z3z3z";
        let fitting = [
            (FieldType::Text, json!(" one line ")),
            (FieldType::LongText, json!("two\nlines")),
            (FieldType::Number, json!(1.5)),
            (FieldType::Boolean, json!(false)),
            (FieldType::Date, json!("2026-11-22")),
            (FieldType::SingleSelect, json!("red")),
            (FieldType::MultiSelect, json!(["blue", "red"])),
            (FieldType::Url, json!("https://example.com/a")),
            (FieldType::User, json!(user)),
        ];
        for (kind, value) in &fitting {
            assert!(kind.check(&options, value).is_ok(), "{kind} {value}");
        }
        let misfits = [
            (FieldType::Text, json!("two\nlines")),
            (FieldType::Text, json!("")),
            (FieldType::LongText, json!("x".repeat(10_001))),
            (FieldType::Number, json!("1")),
            (FieldType::Number, json!(1e300)),
            (FieldType::Boolean, json!(0)),
            (FieldType::Date, json!("2026-2-3")),
            (FieldType::SingleSelect, json!("green")),
            (FieldType::SingleSelect, json!(["red"])),
            (FieldType::MultiSelect, json!(["red", "red"])),
            (FieldType::MultiSelect, json!("red")),
            (FieldType::Url, json!("javascript:alert(1)")),
            (FieldType::User, json!("job_01jd3z3z3z3z3z3z3z3z3z3z3z")),
        ];
        for (kind, value) in &misfits {
            assert!(kind.check(&options, value).is_err(), "{kind} {value}");
        }
        assert_eq!(FieldType::Text.check(&[], &json!(" a ")), Ok(json!("a")));
    }
}
