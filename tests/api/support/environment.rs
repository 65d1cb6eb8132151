//! What the environment gives to the tests, and what it demands of them.

use std::io::Write;

/// Says aloud that a part of the tests is left out, for want of something that this machine lacks.
///
/// # Panics
/// When the variable `demand` is 1: then the part may not be left out.
pub fn leave_out(demand: &str, lack: &str, part: &str) {
    assert!(!required(demand), "{demand}=1, but {lack}");
    // Not by a macro, whose words the harness keeps to itself while a test passes.
    writeln!(std::io::stderr(), "SKIPPED: {part}.").ok();
}

/// Whether the environment demands something.
pub fn required(name: &str) -> bool {
    variable(name).as_deref() == Some("1")
}

/// A whole number that the environment gives.
pub fn number(name: &str) -> Option<u64> {
    variable(name).map(|text| text.parse().expect("a whole number"))
}

/// A variable of the environment of the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests' own switches are not settings of the service"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
