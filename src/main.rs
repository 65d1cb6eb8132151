//! The binary `evenbar`.

use std::process::ExitCode;

fn main() -> ExitCode {
    evenbar::cli::run()
}
