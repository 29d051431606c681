#!/usr/bin/env bash
# Rebuilds the shipped model and the base rows from the corpus and our own pages, then the files that are
# made from them. Takes about 11 minutes on 2 cores. The same inputs give the same bytes.
# Usage: scripts/rebuild_model.sh [CORPUS]   (default ../shared/corpus)
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=${1:-../shared/corpus}
name=gate-4
mkdir -p "models/$name" training-data/base
# the program embeds both files: without them it would not build
[ -f "models/$name/model.json.gz" ] || : > "models/$name/model.json.gz"
[ -f training-data/base/rows.csv.gz ] || : > training-data/base/rows.csv.gz
cargo build --release --locked
target/release/tollgate train "$corpus" training-data/pages training-data/lookalikes --no-base --folds 0 --seed 1 --name "$name" \
    -o "models/$name/model.json.gz" --write-base training-data/base/rows.csv.gz --base-blocks 90000
sha256sum "$corpus/gold.jsonl.gz" | cut -d' ' -f1 > models/corpus.sha256
TOLLGATE_UPDATE_GOLDEN=1 cargo test --locked --test golden --test fingerprints -- golden_pages our_pages
scripts/check_readme.sh --update
