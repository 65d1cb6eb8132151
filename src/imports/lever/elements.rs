//! Cuts a document `{"data":[…]}` into the records of its list, in constant memory.
//!
//! This looks at brackets, quotes and commas only; whether a record is sound JSON is decided when
//! it is decoded. So a record of the wrong shape costs that record alone, and every record knows
//! the line it begins on, which a whole-document parser would not say.

use super::cursor::{Cursor, Halt, Sink};
use super::reader::{Piece, Pieces, RECORD_BYTES_MAX, Stop};
use std::io::{self, BufRead};

/// Longest key of the outer object that is looked at; no known one comes near.
const KEY_BYTES_MAX: usize = 64;

/// The records of the list under `data`. A lone object there is one record; a document that is
/// itself a list is taken as the list.
pub(super) struct Elements<R> {
    cursor: Cursor<R>,
    place: Place,
    has_more_pages: bool,
    is_bare_list: bool,
}

/// How far the reading has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing was read.
    Start,
    /// Inside the list; before its first record if so marked.
    List { is_first: bool },
    /// Behind the value of `data`, where other keys may follow.
    AfterData,
    /// At the end, or where reading had to stop.
    Done,
}

impl<R: BufRead> Elements<R> {
    pub(super) const fn new(inner: R) -> Self {
        Self {
            cursor: Cursor::new(inner),
            place: Place::Start,
            has_more_pages: false,
            is_bare_list: false,
        }
    }

    fn step(&mut self, buffer: &mut Vec<u8>) -> Result<Piece, Halt> {
        loop {
            match self.place {
                Place::Start => {
                    self.open()?;
                    if self.place == Place::AfterData {
                        return self.element(buffer);
                    }
                }
                Place::List { is_first } => match self.cursor.solid()? {
                    b']' => {
                        self.cursor.step_over(b']');
                        self.place = Place::AfterData;
                    }
                    byte => {
                        if !is_first {
                            if byte != b',' {
                                return Err(Stop::NotAList.into());
                            }
                            self.cursor.step_over(byte);
                            self.cursor.solid()?;
                        }
                        self.place = Place::List { is_first: false };
                        return self.element(buffer);
                    }
                },
                Place::AfterData => {
                    self.close()?;
                    self.place = Place::Done;
                }
                Place::Done => return Ok(Piece::End),
            }
        }
    }

    /// Goes to the value of `data`.
    fn open(&mut self) -> Result<(), Halt> {
        self.cursor.skip_byte_order_mark()?;
        match self.cursor.solid()? {
            b'[' => {
                self.cursor.step_over(b'[');
                self.is_bare_list = true;
                self.place = Place::List { is_first: true };
                return Ok(());
            }
            b'{' => self.cursor.step_over(b'{'),
            _ => return Err(Stop::NoData.into()),
        }
        loop {
            if !self.key_is_data()? {
                match self.cursor.solid()? {
                    b',' => self.cursor.step_over(b','),
                    _ => return Err(Stop::NoData.into()),
                }
                continue;
            }
            self.place = match self.cursor.solid()? {
                b'[' => {
                    self.cursor.step_over(b'[');
                    Place::List { is_first: true }
                }
                b'{' => Place::AfterData,
                _ => return Err(Stop::NoData.into()),
            };
            return Ok(());
        }
    }

    /// Reads what follows the value of `data`, to the end of the file.
    fn close(&mut self) -> Result<(), Halt> {
        while !self.is_bare_list {
            match self.cursor.solid()? {
                b',' => {
                    self.cursor.step_over(b',');
                    if self.key_is_data()? {
                        return Err(Stop::NotAList.into());
                    }
                }
                b'}' => {
                    self.cursor.step_over(b'}');
                    break;
                }
                _ => return Err(Stop::NotAList.into()),
            }
        }
        self.cursor.skip_space()?;
        match self.cursor.peek()? {
            None => Ok(()),
            Some(_) => Err(Stop::Trailing.into()),
        }
    }

    /// Reads a key and its colon; passes over the value unless the key is `data`.
    fn key_is_data(&mut self) -> Result<bool, Halt> {
        let mut text = Vec::new();
        if self.cursor.solid()? != b'"' {
            return Err(Stop::NoData.into());
        }
        self.cursor.value(&mut Sink::new(&mut text, KEY_BYTES_MAX))?;
        if self.cursor.solid()? != b':' {
            return Err(Stop::NoData.into());
        }
        self.cursor.step_over(b':');
        if text == br#""data""# {
            return Ok(true);
        }
        let is_paging = text == br#""hasNext""#;
        text.clear();
        self.cursor.solid()?;
        self.cursor.value(&mut Sink::new(&mut text, KEY_BYTES_MAX))?;
        self.has_more_pages |= is_paging && text == b"true";
        Ok(false)
    }

    /// Copies the record at the cursor.
    fn element(&mut self, buffer: &mut Vec<u8>) -> Result<Piece, Halt> {
        buffer.clear();
        let line = self.cursor.line();
        let mut sink = Sink::new(buffer, RECORD_BYTES_MAX);
        match self.cursor.value(&mut sink) {
            Ok(()) if sink.is_over() => Ok(Piece::TooLong { line }),
            Ok(()) => Ok(Piece::Record { line }),
            Err(Halt::Stop(stop)) => {
                // The record is named by the line it begins on, not by the end of the file.
                self.place = Place::Done;
                Ok(Piece::Stopped { line, stop })
            }
            Err(Halt::Disk(error)) => Err(error.into()),
        }
    }
}

impl<R: BufRead> Pieces for Elements<R> {
    fn next_piece(&mut self, buffer: &mut Vec<u8>) -> io::Result<Piece> {
        match self.step(buffer) {
            Ok(piece) => Ok(piece),
            Err(Halt::Stop(stop)) => {
                self.place = Place::Done;
                let line = self.cursor.line();
                Ok(Piece::Stopped { line, stop })
            }
            Err(Halt::Disk(error)) => Err(error),
        }
    }

    fn line(&self) -> u64 {
        self.cursor.line()
    }

    fn has_more_pages(&self) -> bool {
        self.has_more_pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read as _};

    fn pieces(document: &str) -> (Vec<(Piece, String)>, bool) {
        let mut elements = Elements::new(document.as_bytes());
        let mut buffer = Vec::new();
        let mut found = Vec::new();
        loop {
            let piece = elements.next_piece(&mut buffer).unwrap();
            if piece == Piece::End {
                return (found, elements.has_more_pages());
            }
            let text = match piece {
                Piece::Record { .. } => String::from_utf8(buffer.clone()).unwrap(),
                Piece::TooLong { .. } | Piece::Stopped { .. } | Piece::End => String::new(),
            };
            found.push((piece, text));
        }
    }

    fn check(document: &str, records: &[(u64, &str)], stopped: Option<(u64, Stop)>) {
        let mut expected: Vec<(Piece, String)> = records
            .iter()
            .map(|(line, text)| (Piece::Record { line: *line }, (*text).to_owned()))
            .collect();
        expected.extend(stopped.map(|(line, stop)| (Piece::Stopped { line, stop }, String::new())));
        assert_eq!(pieces(document).0, expected, "{document}");
    }

    #[test]
    fn records_come_with_the_line_they_begin_on() {
        check("{\"data\":[]}", &[], None);
        check(
            "\u{feff} {\n\"data\": [\n {\"a\": [1,\n2]} ,\n\n\"x\\\"]\", 7]}\n",
            &[(3, "{\"a\": [1,\n2]}"), (6, "\"x\\\"]\""), (6, "7")],
            None,
        );
        check("{\"next\":{\"data\":[9]},\"data\":[1]}", &[(1, "1")], None);
        check("[1,{}]", &[(1, "1"), (1, "{}")], None);
        check("{\"data\": {\"stages\":[]}, \"x\":0}", &[(1, "{\"stages\":[]}")], None);
    }

    #[test]
    fn further_pages_are_noticed_before_and_behind_the_list() {
        assert!(pieces("{\"hasNext\":true,\"data\":[]}").1);
        assert!(pieces("{\"data\":[1], \"hasNext\" : true }").1);
        assert!(!pieces("{\"data\":[1], \"hasNext\":false}").1);
    }

    #[test]
    fn a_torn_list_gives_the_records_before_the_tear() {
        check("{\"data\":[1,\n{\"a\":\"b", &[(1, "1")], Some((2, Stop::Torn)));
        check("{\"data\":[1,\n{\"a\":2}", &[(1, "1"), (2, "{\"a\":2}")], Some((2, Stop::Torn)));
        check("{\"data\":[1,", &[(1, "1")], Some((1, Stop::Torn)));
        check("{\"data\":[1]", &[(1, "1")], Some((1, Stop::Torn)));
        check("{\"data\"", &[], Some((1, Stop::Torn)));
        check("", &[], Some((1, Stop::Torn)));
    }

    #[test]
    fn a_document_without_a_list_stops_at_once() {
        check("7", &[], Some((1, Stop::NoData)));
        check("{}", &[], Some((1, Stop::NoData)));
        check("{\"message\":\"no\"}", &[], Some((1, Stop::NoData)));
        check("{\"data\":null}", &[], Some((1, Stop::NoData)));
        check("{\"data\":[1 2]}", &[(1, "1")], Some((1, Stop::NotAList)));
        check("{\"data\":[1]}{", &[(1, "1")], Some((1, Stop::Trailing)));
        check("{\"data\":[1],\"data\":[2]}", &[(1, "1")], Some((1, Stop::NotAList)));
    }

    #[test]
    fn a_lost_quote_costs_its_own_record() {
        check(
            "{\"data\":[\n{\"a\": \"b,\n\"c\": 1},\n{\"a\": \"d\"}\n]}",
            &[(2, "{\"a\": \"b,\n\"c\": 1}"), (4, "{\"a\": \"d\"}")],
            None,
        );
    }

    #[test]
    fn a_huge_record_is_passed_over_in_constant_memory() {
        let huge = io::repeat(b'[').take(2 * 1024 * 1024);
        let shut = io::repeat(b']').take(2 * 1024 * 1024);
        let reader =
            BufReader::new(b"{\"data\":[1,\n".chain(huge).chain(shut).chain(&b",\n2]}"[..]));
        let mut elements = Elements::new(reader);
        let mut buffer = Vec::new();
        assert_eq!(elements.next_piece(&mut buffer).unwrap(), Piece::Record { line: 1 });
        assert_eq!(elements.next_piece(&mut buffer).unwrap(), Piece::TooLong { line: 2 });
        assert_eq!(elements.next_piece(&mut buffer).unwrap(), Piece::Record { line: 3 });
        assert_eq!(elements.next_piece(&mut buffer).unwrap(), Piece::End);
        assert!(buffer.capacity() <= 2 * RECORD_BYTES_MAX, "{}", buffer.capacity());
    }
}
