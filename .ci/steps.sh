# The steps of .ci/run, one function each; sourced, never run. `scratch` is a folder that .ci/run removes.
# shellcheck shell=bash

readonly document=openapi/evenbar-v1.json

step_install() { .ci/install; }

# --- The source ------------------------------------------------------------------------------------------------------

step_format() { cargo fmt --check; }

step_lint() { cargo clippy --all-targets --locked -- -D warnings; }

step_docs() { RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --document-private-items --locked; }

step_spelling() { typos --config .ci/typos.toml; }

# Not `advisories`: its database is no package registry (see deny.toml). With EVENBAR_CI_ADVISORIES=1 it is asked too.
step_dependencies() {
    local checks=(bans licenses sources)
    [ "${EVENBAR_CI_ADVISORIES:-0}" = 0 ] || checks+=(advisories)
    "$EVENBAR_CI_CACHE/cargo-deny/bin/cargo-deny" --locked check "${checks[@]}"
}

# README's test command. The suite runs on SQLite and on a PostgreSQL cluster that it starts itself.
step_tests() { cargo test --locked 2>&1 | tee "$scratch/tests"; }

# --- The document ----------------------------------------------------------------------------------------------------

# binary: `evenbar` as the tests were built with it. `cargo run` may build some dependencies once more, as it leaves
# out what only the tests turn on.
binary() { cargo test --locked --no-run --quiet >&2; }

step_openapi() {
    binary
    "$EVENBAR_BINARY" openapi >"$scratch/openapi.json"
    diff --unified "$document" "$scratch/openapi.json" || {
        say "$document is not what the handlers say: run 'just bless' and look at the difference"
        return 1
    }
}

# No error and no warning: the rules that only warn are errors in .ci/judges/redocly.yaml, and hints count in Spectral.
step_document_lint() {
    openapi-spec-validator "$document"
    REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
        redocly lint --config .ci/judges/redocly.yaml --lint-config error "$document"
    spectral lint --ruleset .ci/judges/spectral.yaml --fail-severity hint "$document"
}

step_typescript_client() {
    openapi-typescript "$document" --output "$scratch/evenbar.ts"
    tsc --strict --noEmit "$scratch/evenbar.ts"
}

step_python_client() {
    local settings=$PWD/.ci/judges/mypy.ini
    openapi-python-client generate --config .ci/judges/python_client.yaml --path "$document" --meta none --fail-on-warning --output-path "$scratch/evenbar_client"
    (cd "$scratch" && mypy --config-file "$settings" evenbar_client)
}

# --- The service -----------------------------------------------------------------------------------------------------

# Each persona on a demo of its own, both at the same time: one waits for the service while the other counts.
step_fuzz() {
    binary
    local persona run runs=() status=0
    for persona in tomasz.wilk owner; do
        .ci/serve --demo --config "$PWD/.ci/judges/fuzz.toml" -- \
            .ci/fuzz "$document" "$persona" >"$scratch/fuzz-$persona" 2>&1 &
        runs+=($!)
    done
    for run in "${runs[@]}"; do wait "$run" || status=1; done
    cat "$scratch"/fuzz-*
    return "$status"
}

# Every page, as people and their browsers see it. The screenshots are to be looked at.
step_pages() {
    binary
    rm -rf "$target/pages"
    EVENBAR_SHOTS=$target/pages .ci/serve -- node .ci/pages.mjs
    EVENBAR_SHOTS=$target/pages .ci/serve --demo -- node .ci/cards.mjs
    EVENBAR_SHOTS=$target/pages .ci/serve --demo -- node .ci/debriefs.mjs
    EVENBAR_SHOTS=$target/pages .ci/serve --demo -- node .ci/boards.mjs
}

# Signing in through a real identity provider, in a real browser.
step_oidc() {
    binary
    .ci/oidc
}

step_hire_sqlite() {
    binary
    .ci/serve -- .ci/hire
}

step_hire_postgres() {
    binary
    .ci/postgres .ci/serve -- .ci/hire
}

# Somebody who came in from Lever is hired too, where an account lies beside the checkout.
step_hire_imported() {
    local account=${EVENBAR_LEVER_DIR:-../shared/data/lever-account}
    [ -d "$account" ] || { say "SKIPPED: no account at $account"; return 0; }
    account=$(realpath "$account")
    binary
    .ci/serve -- .ci/hire "$account"
    .ci/postgres .ci/serve -- .ci/hire "$account"
}
