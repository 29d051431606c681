#!/usr/bin/env bash
# Reports and annotator in a real browser: Debian's Chromium, driven by playwright-core. Installs what is missing.
# usage: scripts/check_browser.sh PROGRAM
set -euo pipefail
export TOLLGATE=$(realpath "$1")
cd "$(dirname "$0")/.."
scripts/browser_setup.sh
cd tests/browser
npm test --silent
