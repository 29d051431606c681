#!/usr/bin/env bash
# docs/dependencies.md gives a reason for each direct dependency of the program, and for no other.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo metadata --format-version 1 --no-deps --locked | python3 -c '
import json, re, sys
root = next(p for p in json.load(sys.stdin)["packages"] if p["name"] == "tollgate")
wanted = {d["name"] for d in root["dependencies"] if d["kind"] is None}
text = open("docs/dependencies.md", encoding="utf-8").read()
listed = set(re.findall(r"^\| `([^`]+)` \|", text, re.M))
for what, names in (("without a reason", wanted - listed), ("with a reason and not used", listed - wanted)):
    if names:
        print(what + ":", ", ".join(sorted(names)))
sys.exit(wanted != listed)
' || { echo "FAILED: docs/dependencies.md" >&2; exit 1; }
echo "every dependency has its reason"
