#!/usr/bin/env bash
# Guards the speed by counting instructions with callgrind, which noisy machines don't change: classifying our
# own pages must not take more than a few per cent above the recorded count.
# Usage: scripts/check_instructions.sh [--update]
set -euo pipefail
cd "$(dirname "$0")/.."
record=benches/instructions.txt
tolerance=3
if ! command -v valgrind >/dev/null; then
    echo "SKIPPED: valgrind is not here, so instructions were not counted"
    exit 0
fi
cargo build --release --locked --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count() {
    valgrind --tool=callgrind --callgrind-out-file="$work/out" target/release/tollgate classify -q -j 1 "$@" \
        -o "$work/pages.jsonl" > /dev/null 2> "$work/log"
    sed -n 's/^summary: \([0-9]*\).*/\1/p;s/^totals: \([0-9]*\).*/\1/p' "$work/out" | head -n 1
}
echo '<p>x' > "$work/x.html"
start=$(count "$work/x.html")
pages=$(count training-data/pages)
now="start $start
pages $((pages - start))"
if [ "${1:-}" = --update ]; then
    # counts are of one compiler: another one needs its own record
    printf '%s\n%s\n' "$(rustc --version)" "$now" > "$record"
    echo "$record updated"
    exit 0
fi
if [ ! -f "$record" ]; then
    echo "SKIPPED: nothing is recorded in $record; run with --update"
    exit 0
fi
if [ "$(head -n 1 "$record")" != "$(rustc --version)" ]; then
    echo "SKIPPED: the record is of $(head -n 1 "$record"), this is $(rustc --version); run with --update"
    exit 0
fi
failed=0
while read -r name count; do
    before=$(sed -n "s/^$name //p" "$record")
    change=$(( (count - before) * 1000 / before ))
    printf '%s: %d instructions, recorded %d (%+d permille)\n' "$name" "$count" "$before" "$change"
    if [ "$change" -gt $((tolerance * 10)) ]; then
        failed=1
    fi
done <<< "$now"
if [ "$failed" = 1 ]; then
    echo "FAILED: more than $tolerance % above the record; find the cause, or record anew with --update and say why" >&2
    exit 1
fi
