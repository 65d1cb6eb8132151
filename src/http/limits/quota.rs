//! Quotas as the settings have them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Class;

/// So many requests in so many seconds; 0 requests stand for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
pub struct Quota {
    /// How many.
    pub requests: u32,
    /// In how many seconds.
    pub seconds: u32,
}

impl Quota {
    /// No limit.
    pub const OFF: Self = Self { requests: 0, seconds: 1 };
}

/// A text such as `600/60`, or the number 0.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Number(u32),
}

impl TryFrom<Written> for Quota {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Text(text) => text.parse(),
            Written::Number(number) => number.to_string().parse(),
        }
    }
}

impl FromStr for Quota {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if matches!(text, "off" | "0") {
            return Ok(Self::OFF);
        }
        let day = 86_400;
        let quota = text.split_once('/').and_then(|(requests, seconds)| {
            let seconds = seconds.trim().parse().ok().filter(|seconds| (1..=day).contains(seconds));
            Some(Self { requests: requests.trim().parse().ok()?, seconds: seconds? })
        });
        let wrong = || "write requests and seconds, such as 600/60, or off".to_owned();
        quota.filter(|quota| quota.requests > 0).ok_or_else(wrong)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.requests {
            0 => f.write_str("off"),
            requests => write!(f, "{requests}/{}", self.seconds),
        }
    }
}

impl From<Quota> for String {
    fn from(quota: Quota) -> Self {
        quota.to_string()
    }
}

/// The quota of each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// See [`Class::Read`].
    pub read: Quota,
    /// See [`Class::Write`].
    pub write: Quota,
    /// See [`Class::Expensive`].
    pub expensive: Quota,
    /// See [`Class::SignIn`].
    pub sign_in: Quota,
}

impl Quotas {
    /// No limits.
    pub const OFF: Self =
        Self { read: Quota::OFF, write: Quota::OFF, expensive: Quota::OFF, sign_in: Quota::OFF };

    pub(super) fn of(self, class: Class) -> Option<Quota> {
        let quota = match class {
            Class::Read => self.read,
            Class::Write => self.write,
            Class::Expensive => self.expensive,
            Class::SignIn => self.sign_in,
        };
        Some(quota).filter(|quota| quota.requests > 0)
    }
}

/// What neither a person nor a program that copies everything at a hundred requests a second meets,
/// nor a company behind one address on a Monday morning.
impl Default for Quotas {
    fn default() -> Self {
        let quota = |requests, seconds| Quota { requests, seconds };
        Self {
            read: quota(12_000, 60),
            write: quota(3_000, 60),
            expensive: quota(120, 60),
            sign_in: quota(300, 300),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_written_as_requests_and_seconds() {
        let read = |json: &str| serde_json::from_str::<Quota>(json);
        assert_eq!(read("\"600 / 60\"").unwrap(), Quota { requests: 600, seconds: 60 });
        for off in ["\"off\"", "\"0\"", "0"] {
            assert_eq!(read(off).unwrap(), Quota::OFF);
        }
        for wrong in ["\"600\"", "600", "\"0/60\"", "\"1/0\"", "\"1/86401\"", "\"-1/60\"", "true"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let written = [Quota::OFF, Quota { requests: 600, seconds: 60 }].map(String::from);
        assert_eq!(written, ["off", "600/60"]);
    }
}
