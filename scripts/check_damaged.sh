#!/usr/bin/env bash
# The corpus with each page damaged in twenty ways: no panic, no page over a second, most labels kept.
# usage: scripts/check_damaged.sh [EVERY] [CORPUS]   (every page; ../shared/corpus)
set -euo pipefail
cd "$(dirname "$0")/.."
every=${1:-1}
corpus=${2:-../shared/corpus}
if [ ! -d "$corpus/pages" ]; then
    echo "SKIPPED: no corpus at $corpus, so only our own pages were damaged"
    exit 0
fi
TOLLGATE_PAGES="$(cd "$corpus" && pwd)/pages" TOLLGATE_EVERY=$every cargo test --locked --quiet --test damaged -- --nocapture |
    grep -E 'kept|test result|panicked'
