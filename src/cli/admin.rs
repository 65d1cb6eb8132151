//! `evenbar admin`: looking after a deployment from its own machine.

use std::io::{BufRead, Write};

use clap::{Args, Subcommand};

use super::{Failure, open};
use crate::access::Claims;
use crate::candidates::search;
use crate::config::Settings;
use crate::error::Error;
use crate::events;
use crate::http::fields::{Email, Line, Locale, Zone};
use crate::organization::setup::admin::{NewOwner, create_owner};
use crate::sessions::{
    self, Device, NewPassword, Rotation, SignInMethod, Tokens, new_secret, rotate_signing_key,
    secret_hash,
};

/// What to look after.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Walk the whole chain of events and say whether it holds.
    VerifyAudit,
    /// Print position and hash of the newest event, to be kept outside.
    AuditHead,
    /// Make the first owner, or give an owner another password.
    Owner(OwnerArgs),
    /// Make the key that signs access tokens from an hour from now on.
    RotateSigningKey {
        /// Somebody else may have a key: sign with the new one at once and refuse all others, so that
        /// everybody has to renew.
        #[arg(long)]
        compromised: bool,
    },
    /// Make anew what candidates are found by, from what is known of them.
    RebuildSearch,
    /// Print an access token for a user, as if they had signed in.
    Token {
        /// The user's address.
        #[arg(long)]
        email: String,
    },
}

/// Who becomes an owner.
#[derive(Debug, Args)]
pub(super) struct OwnerArgs {
    /// The owner's address.
    #[arg(long)]
    email: Email,
    /// The owner's name.
    #[arg(long)]
    name: Line<120>,
    /// What the organization is called, if there is none yet.
    #[arg(long, default_value = "Our organization")]
    organization: Line<120>,
    /// The owner's time zone, and that of a new organization.
    #[arg(long, default_value = "UTC")]
    time_zone: Zone,
    /// The owner's language, and that of a new organization.
    #[arg(long, default_value = "en")]
    locale: Locale,
    /// Read the password from the first line of standard input; arguments are seen by everybody on
    /// the machine.
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// Runs one of the commands.
pub(super) fn run(settings: &Settings, command: Command) -> Result<(), Failure> {
    let db = open(settings)?;
    let mut out = std::io::stdout();
    match command {
        Command::VerifyAudit => match db.read_here(events::verify)? {
            Ok(verified) => {
                let events::Verified { head, unsealed } = verified;
                writeln!(out, "The chain holds: {} events, head {}.", head.position, head.hash)?;
                if unsealed > 0 {
                    writeln!(out, "{unsealed} newer events have no position yet.")?;
                }
                Ok(())
            }
            Err(broken) => {
                let text =
                    format!("The chain breaks at position {}: {}.", broken.position, broken.reason);
                Err(text.into())
            }
        },
        Command::AuditHead => {
            let head = db.read_here(events::head)?;
            Ok(writeln!(out, "{} {}", head.position, head.hash)?)
        }
        Command::Owner(args) => {
            let id = create_owner(&db, &new_owner(args)?)?;
            Ok(writeln!(out, "{id}")?)
        }
        Command::RotateSigningKey { compromised } => {
            let rotation = if compromised { Rotation::Compromised } else { Rotation::Planned };
            let (id, signs_from) = rotate_signing_key(&db, rotation)?;
            Ok(writeln!(out, "{id} signs from {signs_from} on.")?)
        }
        Command::RebuildSearch => {
            let candidates = search::rebuild(&db)?;
            Ok(writeln!(out, "{candidates} candidates can be found.")?)
        }
        Command::Token { email } => {
            let folded = email.to_lowercase();
            let account = db.read_here(move |conn| {
                sessions::store::find_account(conn, &folded)?.ok_or_else(Error::not_found)
            });
            let user_id =
                account.map_err(|_unknown| format!("there is no active user {email}"))?.user_id;
            let tokens = Tokens::load(&db)?;
            let hash = secret_hash(&new_secret()?);
            let device = Device::without_request(SignInMethod::Cli);
            let start = move |tx: &mut crate::db::Tx<'_>| {
                sessions::commands::start(tx, user_id, &hash, &device)
            };
            let session_id = db.write_here(&db.unit(), start)?;
            let (token, _) = tokens.issue(Claims { user_id, session_id }, db.clock().now())?;
            Ok(writeln!(out, "{token}")?)
        }
    }
}

fn new_owner(args: OwnerArgs) -> Result<NewOwner, Failure> {
    let OwnerArgs { email, name, organization, time_zone, locale, password_stdin: _ } = args;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = NewPassword::parse(line.trim_end_matches(['\r', '\n']).to_owned())?;
    Ok(NewOwner { organization_name: organization, name, email, password, time_zone, locale })
}
