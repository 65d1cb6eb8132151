//! The commands of the binary.

use std::path::Path;

use crate::support::process::{Service, evenbar, finish, output};
use crate::support::scratch;

/// The names under `Commands:` in a help text.
fn commands(help: &str) -> Vec<&str> {
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).collect()
}

fn said(folder: &Path, arguments: &[&str]) -> String {
    output(evenbar(folder, arguments), "")
}

#[test]
fn the_binary_has_these_commands() {
    let folder = scratch("commands");
    let help = said(&folder, &["--help"]);
    let all = [
        "serve", "migrate", "seed", "import", "loops", "rubrics", "openapi", "config", "admin",
        "help",
    ];
    assert_eq!(commands(&help), all);
    assert_eq!(commands(&said(&folder, &["config", "--help"])), ["check", "help"]);
    assert_eq!(
        commands(&said(&folder, &["import", "--help"])),
        ["lever", "job-descriptions", "help"]
    );
    assert_eq!(commands(&said(&folder, &["rubrics", "--help"])), ["export", "import", "help"]);
    let admin = [
        "verify-audit",
        "audit-head",
        "owner",
        "rotate-signing-key",
        "rebuild-search",
        "token",
        "help",
    ];
    assert_eq!(commands(&said(&folder, &["admin", "--help"])), admin);
    assert!(said(&folder, &["serve", "--help"]).contains("--demo"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "asking for help makes nothing");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_bare_evenbar_serves() {
    let folder = scratch("bare");
    let mut bare = evenbar(&folder, &[]);
    bare.env("EVENBAR_LISTEN", "127.0.0.1:0");
    let service = Service::start(bare);
    assert_eq!(service.ask("GET", "/readyz", "", "").0, 200);
    assert_eq!(service.ask("HEAD", "/readyz", "", ""), (200, String::new()));
    drop(service);
    assert!(folder.join("evenbar-data/evenbar.sqlite3").exists());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn seed_makes_the_sample_company_once_and_touches_nothing_else() {
    let folder = scratch("seed");
    let made = said(&folder, &["seed"]);
    assert!(made.contains("8 people, 3 jobs, 15 candidates"), "{made}");
    let head = |url: &str| said(&folder, &["admin", "audit-head", "--database-url", url]);
    let demo = "sqlite://evenbar-demo/evenbar.sqlite3";
    let before = head(demo);
    assert!(said(&folder, &["seed"]).contains("nothing to do"));
    assert_eq!(head(demo), before);
    assert!(
        said(&folder, &["admin", "verify-audit", "--database-url", demo])
            .starts_with("The chain holds: ")
    );

    let real = "sqlite://real.sqlite3";
    said(&folder, &["migrate", "--database-url", real]);
    let owner = [
        "admin",
        "owner",
        "--email",
        "ada@example.com",
        "--name",
        "Ada",
        "--password-stdin",
        "--database-url",
        real,
    ];
    output(evenbar(&folder, &owner), "correct horse battery staple\n");
    let before = head(real);
    let refused = finish(evenbar(&folder, &["seed", "--database-url", real]), "");
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(why.contains("is left alone"), "{why}");
    assert_eq!(head(real), before);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn config_check_prints_which_proxies_are_trusted() {
    let folder = scratch("proxies");
    said(&folder, &["migrate"]);
    let check = |proxies: &str| {
        let mut check = evenbar(&folder, &["config", "check"]);
        check.env("EVENBAR_TRUSTED_PROXIES", proxies);
        check.env("EVENBAR_CLIENT_ADDRESS_HEADER", "forwarded");
        finish(check, "")
    };
    let printed = check("10.1.2.3/8, ::1");
    let text = String::from_utf8(printed.stdout).unwrap();
    let (json, _) = text.rsplit_once("\nThe settings can be used").unwrap();
    let settings: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(settings["trusted_proxies"], serde_json::json!(["10.0.0.0/8", "::1/128"]));
    assert_eq!(settings["client_address_header"], "forwarded");
    let refused = check("proxy.example");
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(why.contains("trusted_proxies"), "{why}");
    std::fs::remove_dir_all(folder).unwrap();
}
