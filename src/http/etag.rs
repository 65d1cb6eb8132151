//! Entity tags: of the version of a row and of the bytes that were sent.

use crate::digest::{hex, sha256};

/// `"<version>-<hash of the bytes sent>"`: `If-Match` compares the version, `If-None-Match` all of it.
pub(super) fn etag(version: i64, body: &[u8]) -> String {
    etag_of(version, &sha256(body))
}

/// The same of bytes whose SHA-256 is known.
pub(crate) fn etag_of(version: i64, sha256: &[u8]) -> String {
    let short = sha256.get(..8).unwrap_or(sha256);
    format!("\"{version}-{}\"", hex(short))
}

/// The version in a tag of ours; a proxy that compresses has made it a weak one.
pub(super) fn version_in(tag: &str) -> Option<i64> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let (version, hash) = tag.strip_prefix('"')?.strip_suffix('"')?.split_once('-')?;
    let is_hash =
        hash.len() == 16 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_version = version.bytes().all(|byte| byte.is_ascii_digit());
    version.parse().ok().filter(|_| is_hash && is_version)
}

/// Whether a list of tags (RFC 9110 §13.1.2) names this one.
pub(crate) fn names(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
