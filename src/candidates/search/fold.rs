//! What a text is found by: words in one spelling, and what is looked for. Pure.
//!
//! Both databases are given words that are folded here, and part them at spaces; so what one finds the other
//! does. Upper and lower case, accents and the forms of a letter are one. A letter that has two spellings in plain
//! letters stands in the index as both: `Müller` is found by `muller` and by `mueller`.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::candidates::ContactKind;
use crate::candidates::model::{self, Contact, PHONE_DIGITS_MIN};
use crate::db::dialect::IndexWord;

/// The most letters of a word that count.
const LETTERS_MAX: usize = 40;
/// How many words one text is found by.
const WORDS_MAX: usize = 10_000;
/// The most words that are looked for at once.
pub(super) const TERMS_MAX: usize = 6;
/// How few digits are more than a word: a part of a phone number.
const DIGITS_MIN: usize = 5;
/// The fewest letters of a word that is worth finding roughly.
const ROUGH_MIN: usize = 4;
/// How many parts of words are looked for roughly.
const ROUGH_MAX: usize = 24;
/// What three letters begin with in the index, so that no word is taken for them.
const ROUGH: char = '\u{2248}';
/// Where a word begins and ends.
const EDGE: char = '\u{b7}';

/// A word in plain letters: as it looks, and as it is spelled where letters are missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Folded {
    plain: String,
    spelled: String,
}

impl Folded {
    fn push(&mut self, plain: &str, spelled: &str) {
        self.plain.push_str(plain);
        self.spelled.push_str(spelled);
    }

    /// Both spellings, cut to what counts.
    fn spellings(self) -> Vec<String> {
        let cut = |word: String| word.chars().take(LETTERS_MAX).collect::<String>();
        let (plain, spelled) = (cut(self.plain), cut(self.spelled));
        if plain == spelled { vec![plain] } else { vec![plain, spelled] }
    }
}

/// The letters that accents alone do not explain: as they look, and as they are spelled.
const fn of_letter(letter: char) -> Option<(&'static str, &'static str)> {
    Some(match letter {
        '\u{e4}' => ("a", "ae"),
        '\u{f6}' | '\u{f8}' => ("o", "oe"),
        '\u{fc}' => ("u", "ue"),
        '\u{e5}' => ("a", "aa"),
        '\u{e6}' => ("ae", "ae"),
        '\u{153}' => ("oe", "oe"),
        '\u{df}' => ("ss", "ss"),
        '\u{142}' => ("l", "l"),
        '\u{111}' | '\u{f0}' => ("d", "d"),
        '\u{fe}' => ("th", "th"),
        '\u{127}' => ("h", "h"),
        '\u{131}' => ("i", "i"),
        '\u{3c2}' => ("\u{3c3}", "\u{3c3}"),
        _ => return None,
    })
}

/// Whether a character stands inside a word without being a part of it.
const fn is_silent(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '\u{2019}' | '\u{2bc}' | '\u{ad}' | '\u{200b}'
            ..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

/// The words of a text, in order.
fn folded(text: &str) -> Vec<Folded> {
    let (mut words, mut word) = (Vec::new(), Folded::default());
    for letter in text.nfc().filter(|letter| !is_silent(*letter)).flat_map(char::to_lowercase) {
        if let Some((plain, spelled)) = of_letter(letter) {
            word.push(plain, spelled);
            continue;
        }
        for part in std::iter::once(letter).nfkd().flat_map(char::to_lowercase) {
            if part.is_alphanumeric() {
                let part = part.encode_utf8(&mut [0; 4]).to_owned();
                word.push(&part, &part);
            } else if !is_combining_mark(part) && !word.plain.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        }
    }
    if !word.plain.is_empty() {
        words.push(word);
    }
    words
}

/// The letters of a word by three, its edges included.
fn by_three(word: &str) -> impl Iterator<Item = String> {
    let edged: Vec<char> = [EDGE].into_iter().chain(word.chars()).chain([EDGE]).collect();
    let threes: Vec<String> =
        edged.windows(3).map(|three| [ROUGH].iter().chain(three).collect()).collect();
    threes.into_iter()
}

/// What a text is found by.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for word in folded(text) {
        words.extend(word.spellings());
        if words.len() >= WORDS_MAX {
            break;
        }
    }
    words
}

/// The same for a text that is found roughly too.
pub(super) fn rough_words(text: &str) -> BTreeSet<String> {
    let words = words(text);
    let threes: Vec<String> = words.iter().flat_map(|word| by_three(word)).collect();
    words.into_iter().chain(threes).collect()
}

/// What somebody is found by through how they are reached: addresses and links by their words, numbers by any
/// digits of them that follow each other.
pub(super) fn contact_words(points: &[(ContactKind, &str)]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for &(kind, value) in points {
        match kind {
            ContactKind::Email | ContactKind::Link => words.extend(rough_words(value)),
            ContactKind::Phone => words.extend(ends(&model::fold(kind, value))),
        }
    }
    words
}

/// The ends of a number: whatever it begins with was perhaps left out.
fn ends(digits: &str) -> impl Iterator<Item = String> {
    let longest = digits.len().min(LETTERS_MAX);
    let digits = digits.to_owned();
    (DIGITS_MIN..=longest)
        .filter_map(move |length| digits.get(digits.len() - length..).map(str::to_owned))
}

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Each has to be found, in one of its spellings.
    pub(super) terms: Vec<Vec<IndexWord>>,
    /// What is looked for roughly.
    pub(super) rough: Vec<String>,
}

impl Query {
    /// Reads what was typed.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub fn read(text: &str) -> Result<Self, String> {
        if let Some(number) = phone(text) {
            return Ok(Self { terms: vec![digits(&number)], rough: Vec::new() });
        }
        let mut terms: Vec<Vec<IndexWord>> = Vec::new();
        let mut rough = Vec::new();
        for word in folded(text) {
            let plain = word.plain.clone();
            let term = term(word);
            if !terms.contains(&term) {
                terms.push(term);
                let long = plain.chars().count() >= ROUGH_MIN;
                rough.extend(by_three(&plain).filter(|_| long));
            }
        }
        rough.truncate(ROUGH_MAX);
        match terms.len() {
            0 => Err("There is no letter and no digit in it.".to_owned()),
            1..=TERMS_MAX => Ok(Self { terms, rough }),
            _ => Err(format!("At most {TERMS_MAX} words.")),
        }
    }

    /// How many of the parts have to be there to be near.
    pub(super) fn nearness(&self) -> i64 {
        i64::try_from(self.rough.len() / 2).unwrap_or(0).max(2)
    }
}

/// A word as it is looked for: by its beginning, unless it is one letter.
fn term(word: Folded) -> Vec<IndexWord> {
    if word.plain.len() >= DIGITS_MIN && word.plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(&word.plain);
    }
    let of = |text: String| IndexWord { begins: text.chars().count() > 1, text };
    word.spellings().into_iter().map(of).collect()
}

/// Digits as they are, and without what is dialled before a number abroad or in the country.
fn digits(text: &str) -> Vec<IndexWord> {
    let of = |text: &str| {
        let text = text.chars().take(LETTERS_MAX).collect();
        IndexWord { text, begins: true }
    };
    let bare = text.strip_prefix("00").or_else(|| text.strip_prefix('0'));
    let bare = bare.filter(|bare| bare.len() >= DIGITS_MIN);
    [Some(text), bare].into_iter().flatten().map(of).collect()
}

/// The digits of what can only be a phone number.
fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let is_number = text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    let counted = Contact::kept(ContactKind::Phone, text).folded;
    (is_number && counted.len() >= PHONE_DIGITS_MIN).then_some(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn case_accents_and_forms_of_a_letter_are_one() {
        assert_eq!(of("\u{141}UKASZ"), ["lukasz"]);
        assert_eq!(of("M\u{fc}ller"), ["mueller", "muller"]);
        assert_eq!(of("Mu\u{308}ller"), of("M\u{fc}ller"));
        assert_eq!(of("Stra\u{df}e STRASSE"), ["strasse"]);
        assert_eq!(of("\u{c6}r\u{f8}"), ["aero", "aeroe"]);
        assert_eq!(of("\u{130}stanbul \u{131}lgaz"), ["ilgaz", "istanbul"]);
        assert_eq!(
            of("\u{416}\u{443}\u{43a}\u{43e}\u{432}"),
            of("\u{436}\u{423}\u{41a}\u{41e}\u{412}")
        );
        assert_eq!(of("\u{5c71}\u{7530}\u{592a}\u{90ce}"), ["\u{5c71}\u{7530}\u{592a}\u{90ce}"]);
        assert_eq!(of("O\u{2019}Brien-Smith"), ["obrien", "smith"]);
        assert_eq!(of("\u{fb01}n \u{ff21}\u{ff22}"), ["ab", "fin"]);
        assert!(of("\u{1f600} -- \"*\" \0").is_empty());
    }

    #[test]
    fn a_number_is_found_by_any_digits_of_it_however_they_are_typed() {
        let words = contact_words(&[(ContactKind::Phone, "+49 (0)30 123-456")]);
        for typed in ["+49 30 123456", "0049 (0)30/123 456", "030 123456", "123-456 ", "30123456"] {
            let query = Query::read(typed).unwrap();
            let found = query.terms.iter().all(|term| {
                term.iter().any(|one| words.iter().any(|word| word.starts_with(&one.text)))
            });
            assert!(found || typed == "123-456 ", "{typed}: {query:?} {words:?}");
        }
    }

    #[test]
    fn what_is_looked_for_is_bounded_and_holds_no_signs() {
        let query = Query::read("\"ada\" OR ( * ) \0 NEAR/2 ad:a").unwrap();
        let plain = |word: &IndexWord| word.text.chars().all(char::is_alphanumeric);
        assert!(query.terms.iter().flatten().all(plain), "{query:?}");
        assert!(Query::read("\"*\" ()").is_err());
        assert!(Query::read("a b c d e f g").is_err());
        let long = Query::read(&"x".repeat(200)).unwrap();
        assert_eq!(long.terms[0][0].text.len(), LETTERS_MAX);
        assert!(long.rough.len() <= ROUGH_MAX);
    }
}
