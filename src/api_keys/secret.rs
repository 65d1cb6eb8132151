//! The secret of an API key: `evenbar_<32 characters>_<6 characters>`.
//!
//! The fixed beginning lets scanners of leaked secrets find it, the 32 characters of base62 hold 190
//! random bits, and the last six are a CRC-32 (ISO-HDLC) of all before them, so that a typo or a
//! fake is refused without asking the database. What is stored is a SHA-256: a fast hash is right
//! for as many random bits (ASVS V6.5.2).

use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::ids::AnyId;

/// How every secret begins.
const BEGINNING: &str = "evenbar_";
/// How many random characters it has.
const RANDOM: usize = 32;
/// How many characters the checksum has: enough for 32 bits.
const CHECKSUM: usize = 6;
/// How many characters are shown of it for good.
const SHOWN: usize = BEGINNING.len() + 6;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A new secret: shown once, kept as a hash.
#[derive(Clone)]
pub(super) struct Secret(String);

impl Secret {
    /// A random one.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub(super) fn new() -> Result<Self> {
        let mut text = BEGINNING.to_owned();
        while text.len() < BEGINNING.len() + RANDOM {
            let mut bytes = [0_u8; 64];
            aws_lc_rs::rand::fill(&mut bytes).map_err(Error::internal)?;
            // 248 is the largest multiple of 62: bytes above it would make some characters likelier.
            let fair = bytes.iter().filter(|byte| **byte < 248);
            let missing = BEGINNING.len() + RANDOM - text.len();
            text.extend(fair.take(missing).map(|byte| character(u32::from(*byte))));
        }
        let checksum = checksum(&text);
        Ok(Self(format!("{text}_{checksum}")))
    }

    /// The whole secret, for whoever made it.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// How it begins, to tell it from others.
    pub(super) fn hint(&self) -> String {
        self.0.chars().take(SHOWN).collect()
    }

    /// What is stored of it.
    pub(super) fn hash(&self) -> Vec<u8> {
        sha256(self.0.as_bytes()).to_vec()
    }
}

/// The hash of a bearer token that is the secret of a key; `None` for one that is something else.
///
/// # Errors
/// `unauthenticated` for one that begins like a secret and is none.
pub fn presented(token: &str) -> Result<Option<Vec<u8>>> {
    if !token.starts_with(BEGINNING) {
        return Ok(None);
    }
    let parts = token.rsplit_once('_').filter(|(text, sum)| {
        let random = text.len() == BEGINNING.len() + RANDOM
            && text.bytes().skip(BEGINNING.len()).all(|byte| byte.is_ascii_alphanumeric());
        random && *sum == checksum(text)
    });
    parts.ok_or_else(Error::unauthenticated)?;
    Ok(Some(sha256(token.as_bytes()).to_vec()))
}

/// An id by which requests with the same secret are told apart from others before the database says
/// which key it is.
pub fn provisional_id(secret_hash: &[u8]) -> AnyId {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(secret_hash).for_each(|(to, from)| *to = *from);
    AnyId(uuid::Uuid::from_bytes(bytes))
}

fn character(number: u32) -> char {
    let place = usize::try_from(number % 62).unwrap_or_default();
    BASE62.get(place).copied().map_or('0', char::from)
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [' '; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = character(rest);
        rest /= 62;
    }
    digits.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognized_and_no_two_are_alike() {
        let (one, two) = (Secret::new().unwrap(), Secret::new().unwrap());
        assert_eq!(one.text().len(), 47);
        assert_ne!(one.text(), two.text());
        assert!(one.text().starts_with(&one.hint()));
        assert_eq!(presented(one.text()).unwrap(), Some(one.hash()));
        assert_eq!(presented("eyJhbGciOiJFZERTQSJ9.e30.c2ln").unwrap(), None);
    }

    #[test]
    fn a_changed_a_short_and_an_invented_secret_are_refused_by_their_checksum() {
        let secret = Secret::new().unwrap();
        let text = secret.text();
        for place in BEGINNING.len()..text.len() {
            let other = |letter| if letter == 'x' { 'y' } else { 'x' };
            let letters = text.chars().enumerate();
            let changed: String = letters
                .map(|(at, letter)| if at == place { other(letter) } else { letter })
                .collect();
            assert!(presented(&changed).is_err(), "{changed}");
        }
        for wrong in ["evenbar_", "evenbar__", text.get(..46).unwrap(), &format!("{text}0")] {
            assert!(presented(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_checksum_is_the_crc_32_that_scanners_know() {
        // CRC-32/ISO-HDLC of "123456789" is cbf43926 in every catalogue of checksums.
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
        let value = checksum("123456789").bytes().fold(0_u64, |value, byte| {
            let digit = BASE62.iter().position(|known| *known == byte).unwrap();
            value * 62 + u64::try_from(digit).unwrap()
        });
        assert_eq!(value, 0xcbf4_3926);
    }
}
