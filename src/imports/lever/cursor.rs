//! Walks over JSON text byte by byte, in constant memory, minding brackets and quotes only.

use super::reader::{BYTE_ORDER_MARK, Stop};
use std::io::{self, BufRead, ErrorKind};

/// What was in the way of a walk.
pub(super) enum Halt {
    /// The text.
    Stop(Stop),
    /// The disk.
    Disk(io::Error),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Where the bytes of a value go, up to a limit.
pub(super) struct Sink<'a> {
    bytes: &'a mut Vec<u8>,
    bytes_max: usize,
    is_over: bool,
}

impl<'a> Sink<'a> {
    pub(super) const fn new(bytes: &'a mut Vec<u8>, bytes_max: usize) -> Self {
        Self { bytes, bytes_max, is_over: false }
    }

    /// Whether more came than the limit allows; the bytes are cut there.
    pub(super) const fn is_over(&self) -> bool {
        self.is_over
    }

    fn push(&mut self, byte: u8) {
        if self.bytes.len() < self.bytes_max {
            self.bytes.push(byte);
        } else {
            self.is_over = true;
        }
    }
}

/// A reader that knows its line, from 1.
pub(super) struct Cursor<R> {
    inner: R,
    line: u64,
}

impl<R: BufRead> Cursor<R> {
    pub(super) const fn new(inner: R) -> Self {
        Self { inner, line: 1 }
    }

    /// The line of the byte that is next.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.inner.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Leaves the byte that was just peeked at behind.
    pub(super) fn step_over(&mut self, byte: u8) {
        if byte == b'\n' {
            self.line += 1;
        }
        self.inner.consume(1);
    }

    pub(super) fn skip_space(&mut self) -> io::Result<()> {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek()? {
            self.step_over(byte);
        }
        Ok(())
    }

    pub(super) fn skip_byte_order_mark(&mut self) -> Result<(), Halt> {
        if self.peek()? != BYTE_ORDER_MARK.first().copied() {
            return Ok(());
        }
        for mark in BYTE_ORDER_MARK {
            if self.peek()? != Some(*mark) {
                return Err(Stop::NoData.into());
            }
            self.step_over(*mark);
        }
        Ok(())
    }

    /// Peeks at the next byte that is not white space.
    pub(super) fn solid(&mut self) -> Result<u8, Halt> {
        self.skip_space()?;
        Ok(self.peek()?.ok_or(Stop::Torn)?)
    }

    /// Copies the value at the cursor: a string, a bracketed whole, or anything up to the next
    /// separator.
    pub(super) fn value(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let mut depth = 0_u64;
        loop {
            let Some(byte) = self.peek()? else {
                return Err(Stop::Torn.into());
            };
            match byte {
                b'"' => {
                    self.string(sink)?;
                    if depth == 0 {
                        return Ok(());
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                    return Ok(());
                }
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.step_over(byte);
            sink.push(byte);
            if depth == 0 && matches!(byte, b'}' | b']') {
                return Ok(());
            }
        }
    }

    /// Copies the string at the cursor, quotes included.
    fn string(&mut self, sink: &mut Sink<'_>) -> Result<(), Halt> {
        let mut is_escaped = false;
        let mut is_open = false;
        loop {
            let Some(byte) = self.peek()? else {
                return Err(Stop::Torn.into());
            };
            // JSON allows no line break inside a string. Ending it here keeps one lost quote from
            // turning the rest of the file inside out.
            if byte == b'\n' {
                return Ok(());
            }
            self.step_over(byte);
            sink.push(byte);
            if byte == b'"' && is_open && !is_escaped {
                return Ok(());
            }
            is_open = true;
            is_escaped = byte == b'\\' && !is_escaped;
        }
    }
}
