#!/usr/bin/env bash
# The pictures in the README: the report and the annotator, with pages of our own training data.
# usage: scripts/screenshots.sh PROGRAM
set -euo pipefail
export TOLLGATE=$(realpath "$1")
cd "$(dirname "$0")/.."
scripts/browser_setup.sh
mkdir -p docs/images
node tests/browser/screenshots.mjs docs/images
