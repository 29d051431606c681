#!/usr/bin/env bash
# Reports and annotator in a real browser: Debian's Chromium, driven by playwright-core. Installs what is missing.
# usage: scripts/check_browser.sh PROGRAM
set -euo pipefail
export TOLLGATE=$(realpath "$1")
cd "$(dirname "$0")/../tests/browser"
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
if ! npm ls --silent >/dev/null 2>&1; then
    npm ci --silent --no-audit --no-fund --ignore-scripts
fi
npm test --silent
