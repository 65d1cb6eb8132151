# The few commands of a working day; `just` alone lists them. Each is one line that can be typed without just.

_list:
    @just --list --unsorted

# The gate: everything that must hold before a change is taken; `just ci lint tests` runs only those steps
ci *steps:
    .ci/run {{ steps }}

# The suite on SQLite, and on PostgreSQL where its server programs are installed
test *filter:
    cargo test --locked {{ filter }}

# The same, but a missing PostgreSQL fails instead of skipping
test-postgres *filter:
    EVENBAR_REQUIRE_POSTGRES=1 cargo test --locked {{ filter }}

# Format, then what clippy, the documentation, the spelling and deny.toml have to say
lint:
    cargo fmt
    .ci/run install lint docs spelling dependencies

# Take today's OpenAPI document and snapshots as the right ones; look at the difference before committing it
bless:
    mkdir -p openapi target
    cargo run --locked --quiet -- openapi > target/evenbar-v1.json
    mv target/evenbar-v1.json openapi/evenbar-v1.json
    INSTA_UPDATE=always cargo test --locked
    git diff --stat

# A service with something to look at, on 127.0.0.1:8080
demo *options:
    cargo run --locked --release -- serve --demo {{ options }}

# The documentation of the source, private items included, in the browser
docs:
    cargo doc --locked --no-deps --document-private-items --open

# The dependencies against the RustSec database, which is fetched from its git repository
advisories:
    EVENBAR_CI_ADVISORIES=1 .ci/run install dependencies

# Pin anew what the judges bring along, after a change to .ci/judges/requirements.txt or package.json
renew-judges:
    .ci/renew-judges
