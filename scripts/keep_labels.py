#!/usr/bin/env python3
"""Keeps of a file of labels (JSON lines of `tollgate evaluate -o`) what `tollgate train-verdict` reads: each block's
label, part and probability of being a subscription block. The same input gives the same bytes.

Usage: keep_labels.py LABELS.jsonl KEPT.jsonl.gz
"""

import gzip
import json
import sys


def kept(page: dict) -> dict:
    def block(b: dict) -> dict:
        prompt = {"subscription": b["probabilities"]["subscription"]}
        return {"label": b["label"], "part": b.get("part"), "probabilities": prompt}

    return {"path": page["path"], "blocks": [block(b) for b in page["blocks"]]}


def main(labels: str, out: str) -> None:
    with open(labels, encoding="utf-8") as lines:
        text = "".join(json.dumps(kept(json.loads(line))) + "\n" for line in lines)
    with open(out, "wb") as f:
        f.write(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
