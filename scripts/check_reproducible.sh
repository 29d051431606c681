#!/usr/bin/env bash
# Builds the release program twice, in two folders with two target folders, and compares the bytes. Paths of the machine
# are mapped away, so that they are not in the program.
# usage: scripts/check_reproducible.sh   (about 10 minutes on 2 cores)
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sums=()
for name in one a-second-folder; do
    mkdir "$work/$name"
    git archive HEAD | tar -x -C "$work/$name"
    (
        cd "$work/$name"
        home=${CARGO_HOME:-$HOME/.cargo}
        export RUSTFLAGS="--remap-path-prefix=$PWD=/tollgate --remap-path-prefix=$home=/cargo"
        export CARGO_INCREMENTAL=0 SOURCE_DATE_EPOCH=0
        # C parts (zstd, mimalloc) know their folder as well
        export CFLAGS="-ffile-prefix-map=$PWD=/tollgate -ffile-prefix-map=$home=/cargo"
        cargo build --release --locked --quiet --target-dir "$work/$name/target"
    )
    sum=$(sha256sum < "$work/$name/target/release/tollgate")
    echo "$name: $sum"
    sums+=("$sum")
    rm -rf "$work/$name/target/release/deps"
done
if [ "${sums[0]}" != "${sums[1]}" ]; then
    echo "FAILED: two builds of one commit differ" >&2
    exit 1
fi
echo "two builds in two folders have the same bytes"
