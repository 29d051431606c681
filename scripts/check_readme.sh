#!/usr/bin/env bash
# The README's sample output is what the program prints. With --update it is written anew.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 - "${1:-}" <<'PY'
import re, subprocess, sys
text = open("README.md", encoding="utf-8").read()
def show(match):
    command = match.group(2)
    out = subprocess.run(command.replace("tollgate ", "cargo run --release --locked --quiet -- ", 1), shell=True,
                         capture_output=True, text=True, check=True).stdout
    return f"{match.group(1)}{command}\n{out}```"
new = re.sub(r"(<!-- printed -->\n```console\n\$ )([^\n]+)\n.*?```", show, text, flags=re.S)
if new == text:
    print("README.md shows what the program prints")
elif sys.argv[1] == "--update":
    open("README.md", "w", encoding="utf-8").write(new)
    print("README.md updated")
else:
    sys.exit("README.md shows other output than the program prints: run scripts/check_readme.sh --update")
PY
