#!/usr/bin/env bash
# Rebuilds the verdict's model after any new block model: labels of the corpus by models that didn't see its
# sites (13 minutes on 2 cores; skipped when a file of them is given), then the fit (half a minute) and its score.
# The same inputs give the same bytes.
# Usage: scripts/rebuild_verdict.sh [CORPUS] [LABELS]   (default ../shared/corpus)
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=${1:-../shared/corpus}
labels=${2:-}
name=verdict-3
mkdir -p "models/$name"
[ -f "models/$name/model.json.gz" ] || : > "models/$name/model.json.gz"
cargo build --release --locked
if [ -z "$labels" ]; then
    labels=$(mktemp)
    trap 'rm -f "$labels"' EXIT
    target/release/tollgate evaluate "$corpus" --folds 5 --quiet -o "$labels"
fi
target/release/tollgate train-verdict "$corpus" --with training-data/pages --gates training-data/gates.csv --labels "$labels" --name "$name" \
    -o "models/$name/model.json.gz"
TOLLGATE_UPDATE_GOLDEN=1 cargo test --locked --test golden --test fingerprints -- golden_pages our_pages
