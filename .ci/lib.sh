# Shared by the scripts of this folder; sourced, never run.

# say LINE…: a note on standard error, apart from what the step itself prints.
say() { printf '%s\n' "$*" >&2; }

# free_port: a TCP port of the loopback that nobody uses just now. Another may take it before its user does: whoever
# starts a server on it checks that the server that answers is its own.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# postgres_bin: the folder of PostgreSQL's own programs (initdb, pg_ctl), newest version first.
postgres_bin() {
    local found
    found=$(find /usr/lib/postgresql /usr/local/pgsql -path '*/bin/initdb' 2>/dev/null | sort -rV | head -n 1) || true
    [ -n "$found" ] || found=$(command -v initdb) || true
    [ -n "$found" ] && dirname "$found"
}

# in_group COMMAND [ARGUMENT…]: runs it as a process group and waits for it, so that end_group, called from the EXIT trap
# of a script that was itself told to stop, leaves nobody behind.
in_group() {
    set -m
    "$@" <&0 &
    group=$!
    set +m
    wait "$group"
    group=
}
end_group() {
    [ -n "${group:-}" ] || return 0
    kill -TERM -- "-$group" 2>/dev/null || return 0
    wait "$group" 2>/dev/null || true
}
trap 'exit 130' INT
trap 'exit 143' TERM
