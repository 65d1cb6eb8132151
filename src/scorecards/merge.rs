//! What becomes of a draft that is saved from two places. Pure.
//!
//! A page says what stood in each field when it was shown, by a fingerprint, and what stands there
//! now. Whoever changed a field last without knowing of another change loses nothing: where both
//! sides changed a text, both texts are kept, one after the other.

use crate::digest::{hex, sha256};

/// What a field held when a page showed it: the first 48 bits of its SHA-256.
///
/// Two texts of one field in one draft have the same one by chance about once in 2^48; nobody gains
/// anything by making it happen to their own draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Of what a field holds; of an empty text for nothing.
    pub fn of(text: &str) -> Self {
        let hash = sha256(normal(text).as_bytes());
        let (short, _) = hash.split_at(6);
        Self(hex(short))
    }

    /// As a form sends it back.
    pub fn sent(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As a form carries it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a field holds after a save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// What to keep.
    pub value: String,
    /// What stood there that this save did not know of and did not repeat; none without a conflict.
    pub other: Option<String>,
}

impl Merged {
    fn plain(value: String) -> Self {
        Self { value, other: None }
    }
}

/// What stands between two texts that were written to one field at the same time.
const BETWEEN: &str = "\n\n— also written, on another page: —\n\n";

/// A text that was `base` when the page was shown, is `typed` there, and is `kept` here.
pub fn text(base: &Fingerprint, typed: &str, kept: &str) -> Merged {
    let (typed, kept) = (normal(typed), normal(kept));
    match one_side(base, &typed, &kept) {
        Some(value) => Merged::plain(value.to_owned()),
        // A form that is sent twice, or that holds both texts already.
        None if typed.contains(&*kept) => Merged::plain(typed),
        None if kept.contains(&*typed) => Merged { other: Some(kept.clone()), value: kept },
        None => Merged { value: format!("{kept}{BETWEEN}{typed}"), other: Some(kept) },
    }
}

/// A choice: two that were made at the same time cannot both stand, so the later one does.
pub fn choice(base: &Fingerprint, typed: &str, kept: &str) -> Merged {
    let (typed, kept) = (normal(typed), normal(kept));
    match one_side(base, &typed, &kept) {
        Some(value) => Merged::plain(value.to_owned()),
        None => Merged { value: typed, other: Some(kept) },
    }
}

/// What stands when at most one side changed it, or both did the same.
fn one_side<'t>(base: &Fingerprint, typed: &'t str, kept: &'t str) -> Option<&'t str> {
    if typed == kept || Fingerprint::of(kept) == *base {
        Some(typed)
    } else if Fingerprint::of(typed) == *base {
        Some(kept)
    } else {
        None
    }
}

/// A text as it is compared and kept: browsers send other line ends than they were given.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn of(text: &str) -> Fingerprint {
        Fingerprint::of(text)
    }

    #[test]
    fn what_one_side_changed_stands() {
        assert_eq!(text(&of("a"), "b", "a").value, "b");
        assert_eq!(text(&of("a"), "a", "b").value, "b");
        assert_eq!(text(&of("a"), "", "a").value, "");
        assert_eq!(text(&of("a\nb"), "a\r\nb\r\n", "c").value, "c");
        assert_eq!(choice(&of("2"), "2", "3").value, "3");
    }

    #[test]
    fn two_texts_stand_one_after_the_other_once() {
        let both = text(&of(""), "From the desk.", "From the phone.");
        assert_eq!(both.other.as_deref(), Some("From the phone."));
        assert_eq!(both.value, format!("From the phone.{BETWEEN}From the desk."));
        // The same form again, whose answer was lost.
        let again = text(&of(""), "From the desk.", &both.value);
        assert_eq!(again.value, both.value);
        assert_eq!(
            choice(&of(""), "2", "3"),
            Merged { value: "2".into(), other: Some("3".into()) }
        );
    }

    /// What a page does.
    #[derive(Debug, Clone)]
    enum Step {
        /// Types something more into it.
        Type(usize, String),
        /// Saves it; the answer comes, or is lost on the way.
        Save(usize, bool),
        /// Opens it anew; what was not saved is given up knowingly.
        Open(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0_usize..3, "[a-z]{4,8}").prop_map(|(page, word)| Step::Type(page, word)),
            (0_usize..3, any::<bool>()).prop_map(|(page, answered)| Step::Save(page, answered)),
            (0_usize..3).prop_map(Step::Open),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Pages only ever add words; whatever was saved stays, whoever saved what in between.
        #[test]
        fn no_interleaving_of_saves_loses_a_word(steps in prop::collection::vec(step(), 1..60)) {
            let mut kept = String::new();
            let mut pages = vec![(of(""), String::new()); 3];
            let mut saved: Vec<String> = Vec::new();
            let mut unsaved: Vec<Vec<String>> = vec![Vec::new(); 3];
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Type(page, word) => {
                        let word = format!("{word}{number}");
                        let (_, typed) = &mut pages[page];
                        *typed = normal(&format!("{typed} {word}"));
                        unsaved[page].push(word);
                    }
                    Step::Save(page, answered) => {
                        let (base, typed) = pages[page].clone();
                        kept = text(&base, &typed, &kept).value;
                        saved.extend(unsaved[page].iter().cloned());
                        if answered {
                            pages[page] = (of(&kept), kept.clone());
                            unsaved[page].clear();
                        }
                    }
                    Step::Open(page) => {
                        pages[page] = (of(&kept), kept.clone());
                        unsaved[page].clear();
                    }
                }
                for word in &saved {
                    prop_assert!(kept.contains(word.as_str()), "{word} is lost from {kept:?}");
                }
            }
        }
    }
}
