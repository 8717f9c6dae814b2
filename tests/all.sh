#!/bin/sh
# All tests, Rust and Python, from nothing but Rust and Python 3 with venv.
set -eu
cd "$(dirname "$0")/.."

echo "== Rust: units, documentation, examples, transcripts"
cargo test --locked --workspace --exclude ostack-py

echo "== Rust: a crate that depends on ostack-core alone"
CARGO_TARGET_DIR=target cargo run --quiet --manifest-path tests/dependent/Cargo.toml -- \
    tests/logs/founding/console.log

echo "== Python: the wheel, its stubs and its tests"
python3 -m venv target/venv
target/venv/bin/pip install --quiet --disable-pip-version-check 'maturin>=1.9.4,<2' 'pytest>=8' 'mypy>=1.10' \
    'jsonschema>=4' 'lxml>=5'
(cd ostack-py && VIRTUAL_ENV="$PWD/../target/venv" ../target/venv/bin/maturin develop --quiet --locked)
target/venv/bin/python -m mypy --strict ostack-py/python ostack-py/tests
(cd ostack-py && ../target/venv/bin/python -m pytest)
