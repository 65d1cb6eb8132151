//! Queries on `search_texts`.

use std::collections::{BTreeSet, HashMap};

use diesel::dsl::{AsExprOf, exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::SearchSource;
use super::fold::{self, Query};
use super::searcher::Searcher;
use crate::access::{
    Actor, Permit, contactable_candidates, interviewed_candidates, offered_candidates,
    owed_candidates, reachable_candidates, readable_candidates, visible_candidates,
};
use crate::attachments::{AttachmentKind, text};
use crate::candidates::ContactKind;
use crate::candidates::notes::NoteVisibility;
use crate::candidates::notes::store::Note;
use crate::candidates::store::{Candidate, Seen};
use crate::db::schema::{candidates, search_texts};
use crate::db::{Conn, Tx, dialect};
use crate::each;
use crate::error::Result;
use crate::ids::{AnyId, AttachmentId, CandidateId};

/// One text of a candidate for one audience.
struct Entry {
    candidate_id: CandidateId,
    source: SearchSource,
    /// The note, the file, or the candidate.
    subject_id: AnyId,
    /// Who wrote the note.
    author_id: Option<AnyId>,
}

/// Puts a text into the index, in place of what stood there of the subject for these audiences.
fn put(
    tx: &mut Tx<'_>,
    permit: &Permit,
    entry: &Entry,
    places: &[SearchSource],
    words: &BTreeSet<String>,
) -> Result<()> {
    let before = search_texts::table
        .filter(search_texts::subject_id.eq(entry.subject_id))
        .filter(search_texts::source.eq_any(places.iter().copied()));
    diesel::delete(before).execute(tx.conn)?;
    if words.is_empty() {
        return Ok(());
    }
    let row = (
        search_texts::candidate_id.eq(entry.candidate_id),
        search_texts::source.eq(entry.source),
        search_texts::subject_id.eq(entry.subject_id),
        search_texts::author_id.eq(entry.author_id),
    );
    let seq: i64 = each!(tx.conn, c => diesel::insert_into(search_texts::table)
        .values(row)
        .returning(search_texts::seq)
        .get_result(c))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    dialect::index_words(tx.conn, permit, seq, &words.join(" "))
}

fn of_candidate(id: CandidateId, source: SearchSource) -> Entry {
    Entry { candidate_id: id, source, subject_id: id.any(), author_id: None }
}

/// Indexes what a new candidate is called and how they are reached.
pub(crate) fn index_candidate(
    tx: &mut Tx<'_>,
    permit: &Permit,
    (id, name): (CandidateId, &str),
    points: &[(ContactKind, &str)],
) -> Result<()> {
    index_name(tx, permit, id, name)?;
    index_contacts(tx, permit, id, points)
}

/// Indexes what a candidate is called.
pub(crate) fn index_name(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: CandidateId,
    name: &str,
) -> Result<()> {
    let source = SearchSource::Name;
    put(tx, permit, &of_candidate(id, source), &[source], &fold::rough_words(name))
}

/// Indexes how a candidate is reached.
pub(crate) fn index_contacts(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: CandidateId,
    points: &[(ContactKind, &str)],
) -> Result<()> {
    let source = SearchSource::ContactPoints;
    put(tx, permit, &of_candidate(id, source), &[source], &fold::contact_words(points))
}

/// Indexes the names of a candidate's tags.
pub(crate) fn index_tags(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: CandidateId,
    names: &[String],
) -> Result<()> {
    let source = SearchSource::Tags;
    put(tx, permit, &of_candidate(id, source), &[source], &fold::words(&names.join(" ")))
}

/// Indexes a note; one without words is found no more.
pub(crate) fn index_note(tx: &mut Tx<'_>, permit: &Permit, note: &Note) -> Result<()> {
    let source = match note.visibility {
        NoteVisibility::Public => SearchSource::PublicNote,
        NoteVisibility::Private => SearchSource::PrivateNote,
    };
    let entry = Entry {
        candidate_id: note.candidate_id,
        source,
        subject_id: note.id.any(),
        author_id: Some(note.author_id),
    };
    let places = [SearchSource::PublicNote, SearchSource::PrivateNote];
    put(tx, permit, &entry, &places, &fold::words(&note.body))
}

/// Indexes what a file of a candidate says.
pub(crate) fn index_file(
    tx: &mut Tx<'_>,
    permit: &Permit,
    (candidate_id, id, kind): (CandidateId, AttachmentId, AttachmentKind),
    says: &str,
) -> Result<()> {
    let for_panels = AttachmentKind::FOR_PANELS.contains(&kind);
    let source = if for_panels { SearchSource::Resume } else { SearchSource::File };
    let entry = Entry { candidate_id, source, subject_id: id.any(), author_id: None };
    put(tx, permit, &entry, &[SearchSource::Resume, SearchSource::File], &fold::words(says))
}

/// Takes a file out of the index.
pub(crate) fn drop_file(tx: &mut Tx<'_>, _permit: &Permit, id: AttachmentId) -> Result<()> {
    let its = search_texts::table.filter(search_texts::subject_id.eq(id.any()));
    diesel::delete(its).execute(tx.conn)?;
    Ok(())
}

/// Takes all that a candidate is found by out of the index.
pub(super) fn clear(tx: &mut Tx<'_>, _permit: &Permit, id: CandidateId) -> Result<()> {
    let theirs = search_texts::table.filter(search_texts::candidate_id.eq(id));
    diesel::delete(theirs).execute(tx.conn)?;
    Ok(())
}

/// Takes all that a candidate is found by out of the index, and the texts of their files with it: for one who is
/// erased, or whose rows are another's from now on.
///
/// # Errors
/// `database_unavailable`.
pub fn forget(tx: &mut Tx<'_>, permit: &Permit, id: CandidateId) -> Result<()> {
    clear(tx, permit, id)?;
    text::forget(tx, permit, id)
}

/// The notes that somebody may read: their own, public ones of others, and private ones where they read those; but
/// nobody else's while they owe a scorecard.
#[diesel::dsl::auto_type]
fn readable_note(searcher: Searcher) -> _ {
    let author: AnyId = searcher.author_id;
    let public: SearchSource = SearchSource::PublicNote;
    let private: SearchSource = SearchSource::PrivateNote;
    let reads_notes: reachable_candidates = reachable_candidates(searcher.notes);
    let reads_private: reachable_candidates = reachable_candidates(searcher.private_notes);
    let owed: owed_candidates = owed_candidates(searcher.user_id);
    let others = search_texts::source
        .eq(public)
        .or(reads_private)
        .and(search_texts::candidate_id.ne_all(owed));
    search_texts::source
        .eq(public)
        .or(search_texts::source.eq(private))
        .and(reads_notes)
        .and(search_texts::author_id.assume_not_null().eq(author).or(others))
}

/// Whether somebody may read a text, of a candidate of the outer query whom they may read.
#[diesel::dsl::auto_type]
fn readable(searcher: Searcher) -> _ {
    let name: SearchSource = SearchSource::Name;
    let contact_points: SearchSource = SearchSource::ContactPoints;
    let tags: SearchSource = SearchSource::Tags;
    let resume: SearchSource = SearchSource::Resume;
    let file: SearchSource = SearchSource::File;
    let reads_tags: AsExprOf<bool, Bool> = searcher.reads_tags.into_sql::<Bool>();
    let note: readable_note = readable_note(searcher.clone());
    let reached: reachable_candidates = reachable_candidates(searcher.contacts);
    let reads_resume: interviewed_candidates = interviewed_candidates(searcher.resume);
    let reads_files: reachable_candidates = reachable_candidates(searcher.files);
    let of_contacts = search_texts::source
        .eq(contact_points)
        .or(search_texts::source.eq(tags).and(reads_tags))
        .and(reached);
    search_texts::source
        .eq(name)
        .or(of_contacts)
        .or(search_texts::source.eq(resume).and(reads_resume))
        .or(search_texts::source.eq(file).and(reads_files))
        .or(note)
}

/// Where a page begins: behind this candidate.
type Before = Option<AnyId>;

/// The candidates whose name is what is looked for, newest first.
pub(super) fn by_name(
    conn: &mut Conn,
    actor: &Actor,
    query: &Query,
    (before, limit): (Before, i64),
) -> QueryResult<Vec<(Candidate, Seen)>> {
    let seen = (contactable_candidates(actor), offered_candidates(actor));
    let mut rows = candidates::table
        .select((candidates::all_columns, seen))
        .filter(dialect::name_holds(conn, &query.terms))
        .filter(visible_candidates(actor))
        .into_boxed();
    if let Some(before) = before {
        rows = rows.filter(candidates::id.lt(before));
    }
    rows.order(candidates::id.desc()).limit(limit).load(conn)
}

/// Whether the name of a candidate whom the actor may read is what is looked for.
pub(super) fn is_named(
    conn: &mut Conn,
    actor: &Actor,
    query: &Query,
    id: AnyId,
) -> QueryResult<bool> {
    let found = candidates::table
        .filter(candidates::id.eq(id))
        .filter(dialect::name_holds(conn, &query.terms))
        .filter(visible_candidates(actor))
        .select(candidates::id);
    Ok(found.first::<CandidateId>(conn).optional()?.is_some())
}

/// The other candidates of whom the texts that the actor may read hold all that is looked for, newest first.
pub(super) fn by_text(
    conn: &mut Conn,
    actor: &Actor,
    query: &Query,
    (before, limit): (Before, i64),
) -> QueryResult<Vec<(Candidate, Seen)>> {
    let seen = (contactable_candidates(actor), offered_candidates(actor));
    let texts = search_texts::table
        .filter(search_texts::candidate_id.eq(candidates::id))
        .filter(dialect::holds_any(conn, &query.terms))
        .filter(readable(Searcher::of(actor)))
        .group_by(search_texts::candidate_id)
        .having(dialect::hold_all(conn, &query.terms))
        .select(search_texts::candidate_id);
    let mut rows = candidates::table.select((candidates::all_columns, seen)).into_boxed();
    // What nobody's text holds need not be asked of anybody's.
    for term in &query.terms {
        rows = rows.filter(dialect::candidate_holds(conn, term));
    }
    if let Some(before) = before {
        rows = rows.filter(candidates::id.lt(before));
    }
    rows.filter(not(dialect::name_holds(conn, &query.terms)))
        .filter(visible_candidates(actor))
        .filter(exists(texts))
        .order(candidates::id.desc())
        .limit(limit)
        .load(conn)
}

/// The candidates whose name or contact points, as far as the actor may read them, are near what is looked for, the
/// nearest first; one of whom both are comes twice.
pub(super) fn near(
    conn: &mut Conn,
    actor: &Actor,
    query: &Query,
    limit: i64,
) -> QueryResult<Vec<(CandidateId, SearchSource)>> {
    if query.rough.is_empty() {
        return Ok(Vec::new());
    }
    let rough = |text: &String| dialect::IndexWord { text: text.clone(), begins: false };
    let any = dialect::holds_any(conn, &[query.rough.iter().map(rough).collect()]);
    let held = |conn: &Conn| dialect::held(conn, &query.rough);
    let (near, nearest) = (held(conn).ge(query.nearness()), held(conn).desc());
    let searcher = Searcher::of(actor);
    let visible = readable_candidates(searcher.candidates);
    let reached = reachable_candidates(searcher.contacts);
    let by_name = search_texts::source.eq(SearchSource::Name).and(visible);
    let by_contacts = search_texts::source.eq(SearchSource::ContactPoints).and(reached);
    search_texts::table
        .inner_join(candidates::table.on(candidates::id.eq(search_texts::candidate_id)))
        .filter(any)
        .filter(near)
        .filter(by_name.or(by_contacts))
        .order((nearest, search_texts::candidate_id.desc(), search_texts::source))
        .limit(limit)
        .select((search_texts::candidate_id, search_texts::source))
        .load(conn)
}

/// Some candidates with what else of them the actor may see.
pub(super) fn of_ids(
    conn: &mut Conn,
    actor: &Actor,
    ids: &[CandidateId],
) -> QueryResult<Vec<(Candidate, Seen)>> {
    let seen = (contactable_candidates(actor), offered_candidates(actor));
    candidates::table
        .select((candidates::all_columns, seen))
        .filter(candidates::id.eq_any(ids.iter().copied()))
        .filter(visible_candidates(actor))
        .load(conn)
}

/// What some candidates are found by, as far as the actor may read it.
pub(super) fn sources(
    conn: &mut Conn,
    actor: &Actor,
    query: &Query,
    ids: &[CandidateId],
) -> QueryResult<HashMap<CandidateId, BTreeSet<SearchSource>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(CandidateId, SearchSource)> = search_texts::table
        .inner_join(candidates::table.on(candidates::id.eq(search_texts::candidate_id)))
        .filter(search_texts::candidate_id.eq_any(ids.iter().copied()))
        .filter(dialect::holds_any(conn, &query.terms))
        .filter(readable(Searcher::of(actor)))
        .select((search_texts::candidate_id, search_texts::source))
        .load(conn)?;
    let mut sources: HashMap<CandidateId, BTreeSet<SearchSource>> = HashMap::new();
    for (id, source) in rows {
        sources.entry(id).or_default().insert(source);
    }
    Ok(sources)
}
