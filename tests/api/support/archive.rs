//! Archives as they are not made by chance; the unit tests of `src/attachments/docx.rs` take them from here too.

/// An archive of parts: name, what is in it, and how long its list says that is when unpacked.
pub fn archive(parts: &[(&str, &str, usize)]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    let u16 = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
    let u32 = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    for (name, inside, unpacked) in parts {
        let offset = bytes.len();
        bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend([u32(inside.len()), u32(inside.len())].concat());
        bytes.extend([u16(name.len()), u16(0)].concat());
        bytes.extend([name.as_bytes(), inside.as_bytes()].concat());
        list.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        list.extend([u32(inside.len()), u32(*unpacked)].concat());
        list.extend([u16(name.len()), u16(0), u16(0), u16(0), u16(0)].concat());
        list.extend([u32(0), u32(offset)].concat());
        list.extend(name.as_bytes());
    }
    let (start, count) = (bytes.len(), u16(parts.len()));
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend([u32(list.len()), u32(start)].concat());
    bytes.extend(u16(0));
    bytes
}
