//! Cuts newline-delimited JSON into lines, in memory that a long line cannot raise.

use super::reader::{BYTE_ORDER_MARK, Piece, Pieces, RECORD_BYTES_MAX};
use std::io::{self, BufRead, Read as _};

/// The lines of a reader. Blank lines are passed over, a missing last newline is no fault.
pub(super) struct Lines<R> {
    inner: R,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(inner: R) -> Self {
        Self { inner, line: 0 }
    }
}

impl<R: BufRead> Pieces for Lines<R> {
    fn next_piece(&mut self, buffer: &mut Vec<u8>) -> io::Result<Piece> {
        // Two more than the limit leave room for the line's ending.
        let taken_max = RECORD_BYTES_MAX + 2;
        let limit = u64::try_from(taken_max).unwrap_or(u64::MAX);
        loop {
            buffer.clear();
            let taken = self.inner.by_ref().take(limit).read_until(b'\n', buffer)?;
            if taken == 0 {
                return Ok(Piece::End);
            }
            self.line += 1;
            let line = self.line;
            if taken == taken_max && buffer.last() != Some(&b'\n') {
                // This passes over the rest chunk by chunk, keeping none of it.
                self.inner.skip_until(b'\n')?;
                return Ok(Piece::TooLong { line });
            }
            while matches!(buffer.last(), Some(b'\n' | b'\r')) {
                buffer.pop();
            }
            if buffer.len() > RECORD_BYTES_MAX {
                return Ok(Piece::TooLong { line });
            }
            if line == 1 && buffer.starts_with(BYTE_ORDER_MARK) {
                buffer.drain(..BYTE_ORDER_MARK.len());
            }
            if !buffer.trim_ascii().is_empty() {
                return Ok(Piece::Record { line });
            }
        }
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn has_more_pages(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn pieces(bytes: &[u8]) -> Vec<(Piece, Vec<u8>)> {
        let mut lines = Lines::new(bytes);
        let mut buffer = Vec::new();
        let mut found = Vec::new();
        loop {
            let piece = lines.next_piece(&mut buffer).unwrap();
            if piece == Piece::End {
                return found;
            }
            found.push((piece, buffer.clone()));
        }
    }

    #[test]
    fn lines_keep_their_numbers_across_blanks_and_endings() {
        let found = pieces(b"\xEF\xBB\xBF{}\r\n\n  \n[1]\n2");
        let expected: Vec<(Piece, Vec<u8>)> = vec![
            (Piece::Record { line: 1 }, b"{}".to_vec()),
            (Piece::Record { line: 4 }, b"[1]".to_vec()),
            (Piece::Record { line: 5 }, b"2".to_vec()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_of_the_limit_fits_and_one_byte_more_does_not() {
        let mut bytes = vec![b'x'; RECORD_BYTES_MAX];
        bytes.push(b'\n');
        bytes.extend(vec![b'y'; RECORD_BYTES_MAX + 1]);
        bytes.extend(b"\nz\n");
        let found: Vec<Piece> = pieces(&bytes).into_iter().map(|(piece, _)| piece).collect();
        let expected =
            [Piece::Record { line: 1 }, Piece::TooLong { line: 2 }, Piece::Record { line: 3 }];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_huge_line_is_passed_over_in_constant_memory() {
        let huge = io::repeat(b'x').take(16 * 1024 * 1024);
        let reader = BufReader::new(b"1\n".chain(huge).chain(&b"\n2\n"[..]));
        let mut lines = Lines::new(reader);
        let mut buffer = Vec::new();
        assert_eq!(lines.next_piece(&mut buffer).unwrap(), Piece::Record { line: 1 });
        assert_eq!(lines.next_piece(&mut buffer).unwrap(), Piece::TooLong { line: 2 });
        assert_eq!(lines.next_piece(&mut buffer).unwrap(), Piece::Record { line: 3 });
        assert_eq!(buffer, b"2");
        assert_eq!(lines.next_piece(&mut buffer).unwrap(), Piece::End);
        assert!(buffer.capacity() <= 4 * RECORD_BYTES_MAX, "{}", buffer.capacity());
    }
}
