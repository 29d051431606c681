#!/usr/bin/env bash
# Mutation testing of blocks, features, verdict, metrics and model loading: each mutant changes one expression, and a
# test must fail. Every mutant takes a build and a run of tests (half a minute), so that a sample is what fits into an hour.
# Usage: scripts/mutants.sh [STEP] [FIRST]   (default: every 20th mutant, from the first; a step of 1 takes all)
set -euo pipefail
cd "$(dirname "$0")/.."
step=${1:-20}
first=${2:-0}
if ! cargo mutants --version >/dev/null 2>&1; then
    echo "SKIPPED: cargo-mutants is not here (cargo install cargo-mutants)"
    exit 0
fi
# only our code changes: it is built fast, its dependencies run fast
export CARGO_PROFILE_DEV_OPT_LEVEL=0 CARGO_PROFILE_DEV_DEBUG=false CARGO_INCREMENTAL=1
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/mutants}
out=${MUTANTS_OUT:-$PWD/target}
mkdir -p "$out"
# Tests of limits that other files keep take longer than all the rest without optimisation, and are left out.
# Exit codes 2 and 3: some mutants were missed, or ran into the time limit.
cargo mutants --shard "$first/$step" --sharding round-robin --no-shuffle --timeout 180 --output "$out" --colors never \
    --file 'src/blocks/*.rs' --file 'src/features/*.rs' --file 'src/verdict/*.rs' --file 'src/model/*.rs' \
    --file src/learn/metrics.rs \
    --cargo-arg='--config=profile.dev.package."*".opt-level=2' \
    -- --locked --lib --test fingerprints --test golden --test model_file --test properties --test verdict \
    -- --skip half_a_million --skip a_line_without_end --skip a_file_that_never_ends --skip the_same_tree ||
    [ $? -le 3 ]
caught=$(cat "$out"/mutants.out/{caught,timeout}.txt | wc -l)
missed=$(wc -l < "$out/mutants.out/missed.txt")
echo "$caught of $((caught + missed)) mutants were caught; the rest: $out/mutants.out/missed.txt"
