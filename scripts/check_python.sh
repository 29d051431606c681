#!/usr/bin/env bash
# The Python package: builds the wheel as users get it, checks its stubs, runs its tests, the examples for Daft,
# Ray Data and datatrove, and the Spark cluster. What it installs stays in target/python; at the next run nothing is
# installed again.
# usage: scripts/check_python.sh [PROGRAM]   (default target/release/tollgate)
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${1:-target/release/tollgate}")
home=$PWD/target/python
took() { printf -- '-- %s: %d s\n' "$1" "$((SECONDS - begun))"; begun=$SECONDS; }
begun=$SECONDS

scripts/scaling.py --check docs/scaling.md

# packages come from the network while the wheel takes the processor
python=$home/venv/bin/python
export PATH=$home/venv/bin:$PATH PIP_QUIET=1 PIP_DISABLE_PIP_VERSION_CHECK=1
fetching=
if ! cmp -s python/requirements-check.txt "$home/installed.txt"; then
    rm -rf "$home/venv"
    mkdir -p "$home"
    python3 -m venv "$home/venv"
    "$python" -m pip install "$(grep '^maturin==' python/requirements-check.txt)"
    "$python" -m pip install -r python/requirements-check.txt &
    fetching=$!
fi

rm -rf "$home/wheels"
"$python" -m maturin build --release --locked --quiet --out "$home/wheels" 2> "$home/maturin.log" \
    || { tail -n 40 "$home/maturin.log" >&2; exit 1; }
took "the wheel"
if [ -n "$fetching" ]; then
    wait "$fetching"
    cp python/requirements-check.txt "$home/installed.txt"
fi
took "the rest of the packages"

wheel=$(ls "$home"/wheels/*.whl)
"$python" -m pip install --force-reinstall --no-deps "$wheel"
printf '%s: %.1f MB\n' "$(basename "$wheel")" "$(stat -c %s "$wheel" | awk '{ print $1 / 1e6 }')"

# outside of the checkout, so that the wheel is tested and not the sources
cd "$home"
"$python" -m mypy --config-file ../../pyproject.toml --no-incremental -p tollgate
"$python" -m mypy.stubtest tollgate._tollgate --mypy-config-file ../../pyproject.toml
"$python" -m pytest -q -p no:cacheprovider -s "../../python/tests" 2>&1 | grep -v '^$' | tail -n 30
took "stubs and tests"

if ! "$python" -c 'import magic' 2>/dev/null; then
    { apt-get update -qq && apt-get install -y -qq libmagic1; } > /dev/null
fi
"$python" -m pytest -q -p no:cacheprovider ../../python/examples
took "Daft, Ray Data, datatrove"

cd ../..
PYTHON=$python scripts/check_spark.sh "$program" "$wheel"
took "Spark"
