//! Keys made of names. Pure.

/// How long a made key is at most, so that a number fits behind it within the 60 of a key.
const MADE_MAX: usize = 50;

/// The key that a name suggests: its Latin letters and digits in lower case, everything else an
/// underscore. A name that has none gives `otherwise`.
pub fn key_of(name: &str, otherwise: &str) -> String {
    let mut key = String::new();
    for letter in name.chars() {
        let fits = letter.is_ascii_alphabetic() || (letter.is_ascii_digit() && !key.is_empty());
        if key.len() >= MADE_MAX {
            break;
        } else if fits {
            key.push(letter.to_ascii_lowercase());
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    let key = key.trim_end_matches('_');
    if key.is_empty() { otherwise.to_owned() } else { key.to_owned() }
}

/// The key itself, or the first with a number behind it that is not taken.
pub fn free_key(base: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut key = base.to_owned();
    let mut number = 1_u64;
    while taken(&key) {
        number += 1;
        key = format!("{base}_{number}");
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_suggests_a_key() {
        let key = |name: &str| key_of(name, "rubric");
        assert_eq!(key("Backend engineer, onsite"), "backend_engineer_onsite");
        assert_eq!(key("🛠️ Mastery – Data Science!"), "mastery_data_science");
        assert_eq!(key("18F: 1–5"), "f_1_5");
        assert_eq!(key("採用"), "rubric");
        assert_eq!(key(&"x".repeat(70)).len(), MADE_MAX);
    }

    #[test]
    fn a_taken_key_gets_a_number() {
        let taken = ["care", "care_2"];
        assert_eq!(free_key("care", |key| taken.contains(&key)), "care_3");
        assert_eq!(free_key("depth", |key| taken.contains(&key)), "depth");
    }
}
