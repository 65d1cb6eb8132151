//! Text from outside, made fit for one line of a header, a mail or a log.

/// Longest explanation of a failure that is kept.
const MAX_DETAIL: usize = 300;

/// The text on one line: whatever could break or reorder the line becomes a single space or goes.
///
/// A candidate chooses their own name, and it is printed in subjects and texts: a line break would
/// forge a header or a sentence of ours, and an unclosed override of the writing direction would
/// turn the rest of the line around.
pub(super) fn one_line(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|letter| !turns_direction(*letter))
        .map(|letter| if breaks_line(letter) { ' ' } else { letter })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An explanation that may be stored and logged: one line, bounded, and without mail addresses,
/// which mail servers like to quote back.
pub(super) fn without_addresses(text: &str) -> String {
    let line = one_line(text);
    let words: Vec<&str> =
        line.split(' ').map(|word| if word.contains('@') { "[address]" } else { word }).collect();
    words.join(" ").chars().take(MAX_DETAIL).collect()
}

fn breaks_line(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9 §2).
fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{one_line, without_addresses};

    #[test]
    fn whatever_breaks_a_line_becomes_one_space() {
        assert_eq!(
            one_line(" Ada\r\nBcc: eve@x.test\u{2028}\0 Lovelace\t"),
            "Ada Bcc: eve@x.test Lovelace"
        );
    }

    #[test]
    fn an_override_of_the_writing_direction_is_dropped_and_the_script_is_kept() {
        assert_eq!(one_line("\u{202E}شريف\u{2069} Ada"), "شريف Ada");
    }

    #[test]
    fn a_stored_explanation_names_nobody_and_is_bounded() {
        let said = "550 5.1.1 <ada@x.test>:\nno such user";
        assert_eq!(without_addresses(said), "550 5.1.1 [address] no such user");
        assert_eq!(without_addresses(&"ü".repeat(5000)).chars().count(), 300);
    }
}
