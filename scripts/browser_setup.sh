#!/usr/bin/env bash
# Installs what the browser tests and the screenshots need and isn't there yet: Debian's Chromium, npm packages.
set -euo pipefail
cd "$(dirname "$0")/../tests/browser"
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
if ! npm ls --silent >/dev/null 2>&1; then
    npm ci --silent --no-audit --no-fund --ignore-scripts
fi
