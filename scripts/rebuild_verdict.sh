#!/usr/bin/env bash
# Rebuilds the verdict's model after any new block model: labels of the corpus and of our hard pages by models that
# didn't see their sites (25 minutes on 2 cores; skipped when a file of the corpus' labels is given: those of our
# pages are then the ones that were kept), then the fit (half a minute) and its score. The same inputs give the same bytes.
# Usage: scripts/rebuild_verdict.sh [CORPUS] [LABELS]   (default ../shared/corpus)
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=${1:-../shared/corpus}
labels=${2:-}
name=verdict-4
own="models/$name/lookalikes.jsonl.gz"
mkdir -p "models/$name"
[ -f "models/$name/model.json.gz" ] || : > "models/$name/model.json.gz"
cargo build --release --locked
if [ -z "$labels" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    labels="$work/corpus.jsonl"
    target/release/tollgate evaluate "$corpus" --folds 5 --with training-data/pages --with training-data/lookalikes \
        --quiet -o "$labels"
    target/release/tollgate evaluate training-data/lookalikes --folds 2 --with "$corpus" --with training-data/pages \
        --quiet -o "$work/own.jsonl"
    # kept, so that CI need not train for them: what train-verdict reads, without the text
    python3 scripts/keep_labels.py "$work/own.jsonl" "$own"
fi
target/release/tollgate train-verdict "$corpus" --with training-data/pages --with training-data/lookalikes \
    --gates training-data/gates.csv --labels "$labels" --labels "$own" --name "$name" -o "models/$name/model.json.gz"
TOLLGATE_UPDATE_GOLDEN=1 cargo test --locked --test golden --test fingerprints -- golden_pages our_pages
