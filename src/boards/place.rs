//! Where a column goes on: behind an application that entered the stage then.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::clock::Instant;
use crate::error::{Code, Error, Result};
use crate::ids::{ApplicationId, StageId};

/// A place in the order of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When the application entered the stage.
    pub entered_at: Instant,
    /// Which one, among those of the same moment.
    pub id: ApplicationId,
}

impl Place {
    /// The cursor of what comes behind it, which works for this stage alone.
    pub fn cursor(self, stage_id: StageId) -> String {
        let mut bytes = stage_id.uuid().as_bytes().to_vec();
        bytes.extend(self.entered_at.timestamp_micros().to_be_bytes());
        bytes.extend(self.id.uuid().as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a cursor says.
    ///
    /// # Errors
    /// `invalid_cursor` for one that is none, or of another stage.
    pub fn read(cursor: &str, stage_id: StageId) -> Result<Self> {
        let refused = || Error::new(Code::InvalidCursor, "Start again without a cursor.");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let (stage, rest) = bytes.split_at_checked(16).ok_or_else(refused)?;
        let (micros, id) = rest.split_at_checked(8).ok_or_else(refused)?;
        let micros: [u8; 8] = micros.try_into().map_err(|_| refused())?;
        let id = Uuid::from_slice(id).map_err(|_| refused())?;
        if stage != stage_id.uuid().as_bytes() {
            return Err(refused());
        }
        let entered_at = Instant::from_micros(i64::from_be_bytes(micros));
        Ok(Self { entered_at, id: ApplicationId::from_uuid(id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::IdSource;

    #[test]
    fn a_cursor_works_for_its_stage_alone() {
        let at = Instant::from_micros(1_795_000_000_000_001);
        let mut ids = IdSource::counted().batch(at);
        let (one, other): (StageId, StageId) = (ids.next_id(), ids.next_id());
        let place = Place { entered_at: at, id: ids.next_id() };
        let cursor = place.cursor(one);
        assert_eq!(Place::read(&cursor, one).unwrap(), place);
        for (cursor, stage) in [(cursor.as_str(), other), ("", one), ("a.b", one), ("AAAA", one)] {
            assert_eq!(Place::read(cursor, stage).unwrap_err().code, Code::InvalidCursor);
        }
        assert!(Place::read(&format!("{cursor}AAAA"), one).is_err());
    }
}
