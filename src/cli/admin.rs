//! `evenbar admin`: looking after a deployment from its own machine.

use std::io::Write;

use clap::Subcommand;

use super::{Failure, open};
use crate::access::Claims;
use crate::config::Settings;
use crate::error::Error;
use crate::events;
use crate::sessions::{self, Tokens, new_secret, secret_hash};

/// What to look after.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Walk the whole chain of events and say whether it holds.
    VerifyAudit,
    /// Print position and hash of the newest event, to be kept outside.
    AuditHead,
    /// Print an access token for a user, as if they had signed in.
    Token {
        /// The user's address.
        #[arg(long)]
        email: String,
    },
}

/// Runs one of the commands.
pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let db = open(settings)?;
    let mut out = std::io::stdout();
    match command {
        Command::VerifyAudit => match db.read_here(events::verify)? {
            Ok(verified) => {
                let events::Verified { head, unsealed } = verified;
                writeln!(
                    out,
                    "The chain holds: {} events, head {}.",
                    head.position, head.hash
                )?;
                if unsealed > 0 {
                    writeln!(out, "{unsealed} newer events have no position yet.")?;
                }
                Ok(())
            }
            Err(broken) => {
                let text = format!(
                    "The chain breaks at position {}: {}.",
                    broken.position, broken.reason
                );
                Err(text.into())
            }
        },
        Command::AuditHead => {
            let head = db.read_here(events::head)?;
            Ok(writeln!(out, "{} {}", head.position, head.hash)?)
        }
        Command::Token { email } => {
            let folded = email.to_lowercase();
            let account = db.read_here(move |conn| {
                sessions::store::find_account(conn, &folded)?.ok_or_else(Error::not_found)
            });
            let user_id = account
                .map_err(|_unknown| format!("there is no active user {email}"))?
                .user_id;
            let tokens = Tokens::load(&db)?;
            let hash = secret_hash(&new_secret()?);
            let start =
                move |tx: &mut crate::db::Tx<'_>| sessions::commands::start(tx, user_id, &hash);
            let session_id = db.write_here(&db.unit(), start)?;
            let (token, _) = tokens.issue(
                Claims {
                    user_id,
                    session_id,
                },
                db.clock().now(),
            )?;
            Ok(writeln!(out, "{token}")?)
        }
    }
}
