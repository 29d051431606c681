#!/usr/bin/env bash
# The bill of materials of the program, as CycloneDX 1.5 JSON: every crate that is built into it, with version, licence,
# checksum and what it depends on. The same commit gives the same bytes.
# usage: scripts/sbom.sh [FILE]   (default target/tollgate.cdx.json)
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-target/tollgate.cdx.json}
mkdir -p "$(dirname "$out")"
metadata=$(mktemp)
trap 'rm -f "$metadata"' EXIT
cargo metadata --format-version 1 --locked --filter-platform x86_64-unknown-linux-gnu > "$metadata"
python3 - "$metadata" "$out" <<'PY'
import json, sys, tomllib
metadata = json.load(open(sys.argv[1], encoding="utf-8"))
lock = tomllib.load(open("Cargo.lock", "rb"))["package"]
sums = {(p["name"], p["version"]): p.get("checksum") for p in lock}
packages = {p["id"]: p for p in metadata["packages"]}
nodes = {n["id"]: n for n in metadata["resolve"]["nodes"]}
root = next(i for i, p in packages.items() if p["name"] == "tollgate")

def built_in(node):
    """Dependencies that are not of tests or benches."""
    return sorted({d["pkg"] for d in nodes[node]["deps"] if any(k["kind"] != "dev" for k in d["dep_kinds"])})

reached, todo = set(), [root]
while todo:
    node = todo.pop()
    if node not in reached:
        reached.add(node)
        todo.extend(built_in(node))

def ref(node):
    p = packages[node]
    return f"pkg:cargo/{p['name']}@{p['version']}"

def component(node):
    p = packages[node]
    made = {"type": "application" if node == root else "library", "bom-ref": ref(node), "name": p["name"], "version": p["version"], "purl": ref(node)}
    if p.get("license"):
        made["licenses"] = [{"expression": p["license"].replace("/", " OR ")}]
    if sums.get((p["name"], p["version"])):
        made["hashes"] = [{"alg": "SHA-256", "content": sums[(p["name"], p["version"])]}]
    return made

order = sorted(reached, key=lambda n: (packages[n]["name"], packages[n]["version"]))
bom = {
    "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
    "metadata": {"component": component(root)},
    "components": [component(n) for n in order if n != root],
    "dependencies": [{"ref": ref(n), "dependsOn": [ref(d) for d in built_in(n)]} for n in order],
}
assert all("hashes" in c for c in bom["components"]), "a crate without a checksum"
with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump(bom, out, indent=1, ensure_ascii=False)
    out.write("\n")
print(f"{len(bom['components'])} crates in {sys.argv[2]}")
PY
