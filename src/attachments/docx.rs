//! Whether an archive is a document of Word, by the list of what is in it. Pure.
//!
//! Only that list is read (APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.16): nothing is unpacked, so nothing can
//! grow. Libraries for archives open whatever they can make sense of, from wherever it begins; this
//! takes the plain ones that word processors write, and nothing else.

/// How the end of an archive begins.
pub(super) const END: &[u8] = b"PK\x05\x06";
/// The longest end: 22 bytes and a comment.
pub(super) const END_MAX: usize = 22 + 65_535;
/// The part that holds the text.
const MAIN: &str = "word/document.xml";
/// How many parts a document may have.
const PARTS_MAX: usize = 2_000;
/// How much all of them may be when unpacked.
const UNPACKED_MAX: u64 = 100 * 1024 * 1024;
/// How many times its size a large part may grow.
const RATIO_MAX: u64 = 200;
/// From where on it counts as large.
const LARGE: u64 = 1024 * 1024;

/// A number of two bytes at a place.
fn short(bytes: &[u8], place: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*bytes.get(place)?, *bytes.get(place + 1)?]))
}

/// A number of four bytes at a place.
fn long(bytes: &[u8], place: usize) -> Option<u32> {
    let bytes = bytes.get(place..place + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// Whether it is a document: one archive from the first byte to the last, within limits, whose parts are
/// those of a document without macros.
pub(super) fn is_document(bytes: &[u8]) -> bool {
    let found = parts(bytes).unwrap_or_default();
    let has = |wanted: &str| found.iter().filter(|part| part.name == wanted).count() == 1;
    let is_odd = |part: &&Part| {
        let name = &part.name;
        let is_macro = name.to_lowercase().ends_with("vbaproject.bin");
        is_macro
            || name.starts_with('/')
            || name.contains(['\\', '\0', ':'])
            || name.split('/').any(|step| step == "..")
    };
    has("[Content_Types].xml") && has(MAIN) && !found.iter().any(|part| is_odd(&part))
}

/// The part that holds the text of a document, as it is packed, and whether it is deflated.
pub(super) fn main_part(bytes: &[u8]) -> Option<(&[u8], bool)> {
    if !is_document(bytes) {
        return None;
    }
    let part = parts(bytes)?.into_iter().find(|part| part.name == MAIN)?;
    let own = bytes.get(part.offset..)?;
    let head = 30 + usize::from(short(own, 26)?) + usize::from(short(own, 28)?);
    let end = head.checked_add(usize::try_from(part.packed).ok()?)?;
    Some((own.get(head..end)?, part.method == 8))
}

/// The parts; none of an archive that is unlike what word processors write.
fn parts(bytes: &[u8]) -> Option<Vec<Part>> {
    // No comment behind the end, one volume, no sizes of 64 bits.
    let end = bytes.len().checked_sub(22)?;
    let (start, length) = (long(bytes, end + 16)?, long(bytes, end + 12)?);
    let (start, length) = (usize::try_from(start).ok()?, usize::try_from(length).ok()?);
    let count = usize::from(short(bytes, end + 10)?);
    let is_plain = bytes.get(end..)?.starts_with(END)
        && bytes.starts_with(b"PK\x03\x04")
        && short(bytes, end + 4)? == 0
        && short(bytes, end + 6)? == 0
        && usize::from(short(bytes, end + 8)?) == count
        && short(bytes, end + 20)? == 0
        && start.checked_add(length)? == end;
    if !is_plain || count > PARTS_MAX {
        return None;
    }
    let (mut found, mut place, mut unpacked) = (Vec::with_capacity(count), start, 0_u64);
    for _ in 0..count {
        let part = Part::read(bytes.get(..end)?, place)?;
        unpacked += part.unpacked;
        if !part.is_plain(bytes, start) || unpacked > UNPACKED_MAX {
            return None;
        }
        place += part.length;
        found.push(part);
    }
    (place == end).then_some(found)
}

/// A part as the list tells it.
struct Part {
    name: String,
    flags: u16,
    method: u16,
    packed: u64,
    unpacked: u64,
    /// Where it begins.
    offset: usize,
    /// How much of the list it takes.
    length: usize,
}

impl Part {
    fn read(bytes: &[u8], place: usize) -> Option<Self> {
        if !bytes.get(place..)?.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name_length = usize::from(short(bytes, place + 28)?);
        let more = usize::from(short(bytes, place + 30)?) + usize::from(short(bytes, place + 32)?);
        let length = 46 + name_length + more;
        bytes.get(place..place + length)?;
        let name = bytes.get(place + 46..place + 46 + name_length)?;
        Some(Self {
            name: std::str::from_utf8(name).ok()?.to_owned(),
            flags: short(bytes, place + 8)?,
            method: short(bytes, place + 10)?,
            packed: u64::from(long(bytes, place + 20)?),
            unpacked: u64::from(long(bytes, place + 24)?),
            offset: usize::try_from(long(bytes, place + 42)?).ok()?,
            length,
        })
    }

    /// Not encrypted, stored or deflated, no bomb, and where the list says it begins a part of the same name
    /// does, before the list.
    fn is_plain(&self, bytes: &[u8], list: usize) -> bool {
        let own = bytes.get(self.offset..list).unwrap_or_default();
        let named = usize::from(short(own, 26).unwrap_or(0));
        let begins = own.starts_with(b"PK\x03\x04")
            && own.get(30..30 + named) == Some(self.name.as_bytes())
            && u64::try_from(own.len()).is_ok_and(|length| self.packed <= length);
        let is_bomb = self.unpacked > LARGE && self.unpacked / self.packed.max(1) > RATIO_MAX;
        self.flags & 0x2041 == 0 && matches!(self.method, 0 | 8) && begins && !is_bomb
    }
}

#[cfg(test)]
#[path = "../../tests/api/support/archive.rs"]
mod archive;

#[cfg(test)]
mod tests {
    use super::archive::archive;
    use super::*;

    const TYPES: (&str, &str, usize) = ("[Content_Types].xml", "<Types/>", 8);
    const TEXT: (&str, &str, usize) = ("word/document.xml", "<w/>", 4);

    #[test]
    fn a_document_is_one() {
        assert!(is_document(&archive(&[TYPES, TEXT, ("word/media/image1.png", "x", 1)])));
    }

    #[test]
    fn other_archives_bombs_and_odd_ones_are_none() {
        let document = archive(&[TYPES, TEXT]);
        let list = document.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        let changed = |place: usize, byte: u8| {
            let mut bytes = document.clone();
            bytes[place] = byte;
            bytes
        };
        let many: Vec<_> = std::iter::repeat_n(("word/a", "x", 1), PARTS_MAX).collect();
        for bytes in [
            archive(&[TYPES]),
            archive(&[TYPES, TEXT, TEXT]),
            archive(&[TYPES, TEXT, ("word/vbaProject.bin", "x", 1)]),
            archive(&[TYPES, TEXT, ("../../etc/passwd", "x", 1)]),
            archive(&[TYPES, TEXT, ("word/a.xml", "x", 0xffff_ffff)]),
            archive(&[TYPES, TEXT, ("word/a.xml", "x", 2 * 1024 * 1024)]),
            archive(&[&[TYPES, TEXT][..], &many].concat()),
            [b"%!".as_slice(), &document].concat(),
            [document.as_slice(), b"\0"].concat(),
            document.split_at(document.len() - 30).0.to_vec(),
            changed(list + 8, 1),
            changed(list + 10, 99),
            changed(list + 42, 7),
            changed(30, b'x'),
        ] {
            assert!(!is_document(&bytes));
        }
    }
}
