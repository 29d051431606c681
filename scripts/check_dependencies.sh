#!/usr/bin/env bash
# Licences, sources and duplicates of the dependencies, and known vulnerabilities where their list can be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo-deny >/dev/null || cargo install cargo-deny --version 0.20.2 --locked --quiet
cargo deny --locked check --hide-inclusion-graph licenses bans sources 2>&1 | tail -n 1
# the list of advisories is a git repository that closed networks don't reach: say so, don't pretend
if timeout 120 cargo deny --locked fetch db >/dev/null 2>&1; then
    cargo deny --locked check advisories
else
    echo "SKIPPED: the advisory database can't be reached from here; run 'cargo deny check advisories' where it can"
fi
