//! Reads the records of one file, one at a time, each by itself.
//!
//! Memory is bounded by [`RECORD_BYTES_MAX`] whatever the file holds. A broken record is an item
//! of the iteration like a sound one, and reading goes on behind it; only a file that is torn, or
//! a disk that fails, ends the iteration, with one last broken item.

use super::decode::decode;
use super::elements::Elements;
use super::lines::Lines;
use serde::de::DeserializeOwned;
use std::io::{self, BufRead};
use std::marker::PhantomData;

/// Longest record, in bytes. Lever's opportunities are about 2 KiB.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Most records read from one file. An account is held in memory as a whole while it is planned,
/// so this bounds what a file that never ends can do.
pub const RECORDS_MAX: u64 = 2_000_000;

/// What some editors put before UTF-8 text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How a file is cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `{"data":[…]}`, as a page of Lever's API.
    Page,
    /// One record a line.
    Lines,
}

/// A record and the line, from 1, on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The line.
    pub line: u64,
    /// The record.
    pub record: T,
}

/// A record that could not be taken, or the place where reading had to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRecord {
    /// The line, from 1, of the trouble.
    pub line: u64,
    /// The record's own id, if it could be read.
    pub record_id: Option<String>,
    /// Why, in words that hold no value of the record.
    pub reason: String,
}

/// What a cutter found next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// The buffer holds a record that begins on this line.
    Record { line: u64 },
    /// A record longer than [`RECORD_BYTES_MAX`] was passed over.
    TooLong { line: u64 },
    /// Nothing further can be read.
    Stopped { line: u64, stop: Stop },
    /// The file ended where it may.
    End,
}

/// Why nothing further can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The file ends too early.
    Torn,
    /// There is no list under `data`.
    NoData,
    /// The list goes on in a way that no list does.
    NotAList,
    /// Something follows the document.
    Trailing,
}

impl Stop {
    const fn reason(self) -> &'static str {
        match self {
            Self::Torn => "the file ends here, in the middle of a record or before its list ends",
            Self::NoData => "the file is not of the shape {\"data\":[…]}",
            Self::NotAList => "no comma or end of the list here; the rest was not read",
            Self::Trailing => "something follows the end of the document; it was not read",
        }
    }
}

/// Cuts a file into records without looking into them.
pub(super) trait Pieces {
    /// Fills `buffer` with the next record.
    fn next_piece(&mut self, buffer: &mut Vec<u8>) -> io::Result<Piece>;

    /// The line, from 1, that was reached; 0 before the first.
    fn line(&self) -> u64;

    /// Whether the file said that further pages exist which it does not hold.
    fn has_more_pages(&self) -> bool;
}

/// The records of one file, in the file's order.
pub struct Records<T> {
    pieces: Box<dyn Pieces>,
    buffer: Vec<u8>,
    left: u64,
    is_done: bool,
    record: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Records<T> {
    /// Reads from `bytes`, which ought to be buffered.
    pub fn new(bytes: impl BufRead + 'static, format: Format) -> Self {
        let pieces: Box<dyn Pieces> = match format {
            Format::Page => Box::new(Elements::new(bytes)),
            Format::Lines => Box::new(Lines::new(bytes)),
        };
        Self { pieces, buffer: Vec::new(), left: RECORDS_MAX, is_done: false, record: PhantomData }
    }

    /// Whether the file said that further pages exist which it does not hold. Known only when the
    /// iteration has ended.
    pub fn has_more_pages(&self) -> bool {
        self.pieces.has_more_pages()
    }

    fn stop(&mut self, line: u64, reason: String) -> BadRecord {
        self.is_done = true;
        BadRecord { line, record_id: None, reason }
    }

    fn decode(&self, line: u64) -> Result<Located<T>, BadRecord> {
        match decode(&self.buffer) {
            Ok(record) => Ok(Located { line, record }),
            Err(fault) => Err(BadRecord {
                line: line.saturating_add(fault.line_offset),
                record_id: fault.record_id,
                reason: fault.reason,
            }),
        }
    }
}

impl<T: DeserializeOwned> Iterator for Records<T> {
    type Item = Result<Located<T>, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let piece = match self.pieces.next_piece(&mut self.buffer) {
            Ok(piece) => piece,
            Err(error) => {
                let reason = format!("the file cannot be read further: {}", error.kind());
                return Some(Err(self.stop(self.pieces.line(), reason)));
            }
        };
        if self.left == 0 && piece != Piece::End {
            let reason = format!("more than {RECORDS_MAX} records; the rest was not read");
            return Some(Err(self.stop(self.pieces.line(), reason)));
        }
        self.left = self.left.saturating_sub(1);
        match piece {
            Piece::Record { line } => Some(self.decode(line)),
            Piece::TooLong { line } => {
                let reason = format!("the record is longer than {RECORD_BYTES_MAX} bytes");
                Some(Err(BadRecord { line, record_id: None, reason }))
            }
            Piece::Stopped { line, stop } => Some(Err(self.stop(line, stop.reason().to_owned()))),
            Piece::End => {
                self.is_done = true;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::io::{BufReader, Read};

    #[derive(Debug, Deserialize, PartialEq)]
    struct Thing {
        n: u32,
    }

    fn read(bytes: &'static [u8], format: Format) -> Vec<Result<u32, (u64, String)>> {
        Records::<Thing>::new(bytes, format)
            .map(|item| match item {
                Ok(located) => Ok(located.record.n),
                Err(bad) => Err((bad.line, bad.reason)),
            })
            .collect()
    }

    fn bad(line: u64, reason: &str) -> Result<u32, (u64, String)> {
        Err((line, reason.to_owned()))
    }

    #[test]
    fn every_bad_line_is_named_and_the_rest_is_read() {
        let lines = b"{\"n\":1}\n{\"n\":\"two\"}\n\xFF\n{\"n\":3\n\n{\"n\":4}\n{\"n\":5";
        assert_eq!(
            read(lines, Format::Lines),
            [
                Ok(1),
                bad(2, "n: expected a whole number of 0 or more, found string"),
                bad(3, "not valid UTF-8 at byte 1 of the record"),
                bad(4, "the record is cut off"),
                Ok(4),
                bad(7, "the record is cut off"),
            ]
        );
    }

    #[test]
    fn every_bad_element_is_named_and_the_rest_is_read() {
        let page = b"{\"data\":[\n{\"n\":1},\n{\n\"n\":\"two\"},\n{\"n\":\"\xFF\"},\n{\"n\" 4},\n{\"n\":5},\n{\"n\":6";
        assert_eq!(
            read(page, Format::Page),
            [
                Ok(1),
                bad(4, "n: expected a whole number of 0 or more, found string"),
                bad(5, "not valid UTF-8 at byte 7 of the record"),
                bad(6, "not valid JSON at column 6: expected `:`"),
                Ok(5),
                bad(8, Stop::Torn.reason()),
            ]
        );
    }

    #[test]
    fn an_empty_file_of_lines_is_no_fault_and_an_empty_page_is() {
        assert_eq!(read(b"", Format::Lines), []);
        assert_eq!(read(b"", Format::Page), [bad(1, Stop::Torn.reason())]);
    }

    #[test]
    fn a_failing_disk_ends_the_reading_once() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::UnexpectedEof))
            }
        }
        for format in [Format::Lines, Format::Page] {
            let bytes = BufReader::new(b"".chain(Failing));
            let items: Vec<_> = Records::<Thing>::new(bytes, format).collect();
            let reasons: Vec<_> =
                items.into_iter().filter_map(Result::err).map(|bad| bad.reason).collect();
            assert_eq!(reasons, ["the file cannot be read further: unexpected end of file"]);
        }
    }
}
