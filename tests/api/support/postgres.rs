//! A throw-away PostgreSQL cluster for this process: made when first asked for, run by an ordinary
//! user when the tests run as root, stopped and removed when the process ends, however it ends.
//!
//! A shell watches over the server and waits on a pipe from this process; when the process is gone
//! the pipe closes, and the shell stops the server and removes its folder.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};

use super::environment::{leave_out, variable};

const WATCH: &str = r#"
set -eu
bin=$1 home=$2 port=$3
trap 'rm -rf "$home"' EXIT
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    user=postgres; id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$home"
    as() { setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"; }
fi
cd "$home"
as "$bin/initdb" -D "$home/data" -U evenbar -A trust -E UTF8 --locale=C --no-sync >"$home/initdb.log" 2>&1
options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
options="$options -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
options="$options -c shared_buffers=64MB -c timezone=UTC"
as "$bin/pg_ctl" -D "$home/data" -w -t 60 -l "$home/data/log" -o "$options" start >/dev/null 2>&1
echo ready
cat >/dev/null
as "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true
"#;

/// The running cluster; the pipe keeps it alive.
struct Cluster {
    port: u16,
    _watcher: Mutex<(std::process::Child, std::process::ChildStdin)>,
}

static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(start);

/// The URL of a database of the cluster; `None` without PostgreSQL's programs on this machine.
///
/// # Panics
/// When `EVENBAR_REQUIRE_POSTGRES=1` and there is no PostgreSQL.
pub fn url(database: &str) -> Option<String> {
    let cluster = CLUSTER.as_ref()?;
    Some(format!("postgres://evenbar@127.0.0.1:{}/{database}", cluster.port))
}

fn start() -> Option<Cluster> {
    let Some(bin) = find_programs() else {
        leave_out(
            "EVENBAR_REQUIRE_POSTGRES",
            "there is no initdb",
            "the PostgreSQL half of the tests; install PostgreSQL to run it",
        );
        return None;
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let home =
        std::env::temp_dir().join(format!("evenbar-test-postgres-{}-{port}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    let mut watcher = Command::new("sh")
        .args(["-c", WATCH, "watch"])
        .arg(&bin)
        .arg(&home)
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(watcher.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start");
    let alive = watcher.stdin.take().unwrap();
    Some(Cluster { port, _watcher: Mutex::new((watcher, alive)) })
}

/// The newest PostgreSQL that Debian installed, or the one on the PATH.
fn find_programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    found.sort_by_key(|path| {
        let version = path.parent().and_then(|p| p.file_name()).and_then(|name| name.to_str());
        version.and_then(|text| text.parse::<u32>().ok())
    });
    let on_path = variable("PATH").unwrap_or_default();
    let mut candidates: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    candidates.extend(found);
    candidates
        .into_iter()
        .rev()
        .find(|bin| bin.join("initdb").exists() && bin.join("pg_ctl").exists())
}
