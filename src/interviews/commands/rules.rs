//! Whether a time suits those who sit on an interview: the rules of assignment that depend on it are asked
//! again whenever it changes.

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, FieldError, Result};
use crate::interviews::assignment::AssignmentRule;
use crate::interviews::facts::{Bent, Times};
use crate::interviews::store::{self, Interview, Panelist};
use crate::users;
use crate::working_time::Span;

/// How many rules are named at most.
const NAMED_MAX: usize = 100;

/// The rules that a time bends. What is found stays true until the end of the transaction, where the
/// caller holds the times of everybody.
///
/// # Errors
/// `invalid` with the rules by person, when there are some and no reason is given.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    interview: &Interview,
    seats: &[Panelist],
    (start, end): (Instant, Instant),
    reason: Option<&str>,
) -> Result<Vec<Bent>> {
    let span = Span { start, end };
    let bent = Times::load(tx.conn, interview, seats.to_vec(), span)?.bent(span);
    if bent.is_empty() || reason.is_some() {
        return Ok(bent);
    }
    let against: Vec<_> = bent.iter().map(|bent| ("/starts_at".to_owned(), bent)).collect();
    Err(refusal(tx.conn, &against)?)
}

/// What is answered where rules speak against times.
pub(in crate::interviews) fn refusal(
    conn: &mut Conn,
    against: &[(String, &Bent)],
) -> Result<Error> {
    let people: Vec<_> = against.iter().map(|(_, bent)| bent.user_id).collect();
    let names = users::store::names(conn, &people)?;
    let of = |(pointer, bent): &(String, &Bent)| {
        let name = names.get(&bent.user_id).map_or("Somebody", String::as_str).to_owned();
        let field = {
            let pointer = pointer.clone();
            move |rule: &AssignmentRule| {
                let detail = format!("{name}: {}", rule.detail());
                FieldError::body(pointer.clone(), rule.as_str(), detail)
            }
        };
        bent.rules.iter().map(field).collect::<Vec<_>>()
    };
    let fields = against.iter().flat_map(of).take(NAMED_MAX).collect();
    let detail = "Something speaks against this time; see errors. Choose another one, or say why in \
                  override.";
    Ok(Error { detail: detail.into(), ..Error::invalid_fields(fields) })
}

/// Keeps with each seat the rules that are bent by now.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    permit: &Permit,
    seats: &[Panelist],
    bent: &[Bent],
) -> Result<()> {
    for seat in seats {
        let before = seat.bent_rules.as_deref().map(AssignmentRule::of_words).unwrap_or_default();
        let mut rules: Vec<AssignmentRule> =
            before.into_iter().filter(|rule| !rule.is_of_time()).collect();
        let now = bent.iter().find(|bent| bent.user_id == seat.user_id);
        rules.extend(now.iter().flat_map(|bent| bent.rules.iter().copied()));
        let words = AssignmentRule::words(&rules);
        if words != seat.bent_rules {
            store::set_bent(tx, &permit.extend_to(seat.id), words.as_deref())?;
        }
    }
    Ok(())
}
