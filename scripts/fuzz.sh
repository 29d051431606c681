#!/usr/bin/env bash
# Fuzzes every target of tests/fuzz for some seconds each, one after the other, from seeds that are made of our
# own pages. Fails at a finding and says which input it was.
# usage: scripts/fuzz.sh [SECONDS] [TARGET...]   (default 600, all targets)
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
shift || true
if ! rustc +nightly --version >/dev/null 2>&1; then
    echo "SKIPPED: fuzzing needs a nightly Rust toolchain, and there is none here"
    exit 0
fi
command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --version 0.13.2 --locked --quiet
fuzz=tests/fuzz
# the very versions of the dependencies that the program is built with
[ -f $fuzz/Cargo.lock ] || cp Cargo.lock $fuzz/Cargo.lock
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    mapfile -t targets < <(cd $fuzz/fuzz_targets && ls -- *.rs | sed 's/\.rs$//')
fi
cargo +nightly fuzz build --fuzz-dir $fuzz --target x86_64-unknown-linux-gnu >/dev/null 2>$fuzz/build.log || { tail -n 40 $fuzz/build.log >&2; exit 1; }
TOLLGATE_SEEDS="$PWD/$fuzz/corpus" cargo test --locked --quiet --test fuzz_findings every_target_takes_its_seeds >/dev/null
# a copy, so that a build in the meantime disturbs nothing
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for target in "${targets[@]}"; do
    cp "$fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$work/"
done
failed=0
for target in "${targets[@]}"; do
    log=$work/$target.log
    status=0
    settings=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1)
    case $target in
        # small pages, so that there are many
        tree | page) settings+=(-max_len=8192 -dict=$fuzz/html.dict) ;;
        text) settings+=(-max_len=8192) ;;
        # a model is megabytes of JSON, and everything is slower under the fuzzer
        block_model) settings+=(-timeout=60) ;;
    esac
    mkdir -p "$fuzz/artifacts/$target" "$fuzz/corpus/$target"
    ASAN_OPTIONS=detect_odr_violation=0 "$work/$target" "${settings[@]}" -artifact_prefix="$fuzz/artifacts/$target/" \
        "$fuzz/corpus/$target" >"$log" 2>&1 || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log" | tail -n 1)
    if [ $status = 0 ]; then
        echo "$target: ${runs:-?} runs in $seconds s, no finding, peak ${peak:-?} MB"
    else
        echo "$target: FINDING after ${runs:-?} runs"
        grep -aE -A2 'panicked|ERROR|SUMMARY|Test unit written' "$log" | head -n 12
        failed=1
    fi
    rm -rf "/dev/shm/tollgate-fuzz-"* 2>/dev/null || true
done
exit $failed
