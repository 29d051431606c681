#!/usr/bin/env python3
"""What a crawl of billions of pages takes on 1, 100 and 10,000 cores: the arithmetic behind docs/scaling.md.

Takes what scripts/measure_worker.py measured for one core, and plays the job through: archives of different
length, handed to cores as they get free, workers that start cold, and cores that are lost with the work they
had in hand. The same seed gives the same table.

usage: scaling.py [--measured FILE] [--check DOC | --update DOC] [flags]
"""

import argparse
import heapq
import json
import random
import re
import sys
from pathlib import Path

# scripts/measure_worker.py ../shared/corpus/pages 5, on a 2-core cloud machine that had other work, too
MEASURED = {
    "pages": 1910,
    "pages_per_second": 276.8,
    "page_bytes": 288718,
    "packed_bytes": 48282,
    "result_bytes": 10100,
    "peak_memory": 357584896,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measured", type=Path, help="JSON of scripts/measure_worker.py")
    parser.add_argument("--pages", type=float, default=3e9, help="pages of the crawl")
    parser.add_argument("--archives", type=int, default=90_000, help="archives that they are in")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 100, 10_000])
    parser.add_argument("--split", type=int, default=1, help="tasks that share an archive")
    parser.add_argument("--unpack-rate", type=float, default=100e6, help="packed bytes/s of reading past others' pages")
    parser.add_argument("--spread", type=float, default=0.3, help="standard deviation of archives' length, a share")
    parser.add_argument("--start", type=float, default=60, help="seconds until a core has its environment")
    parser.add_argument("--lost", type=float, default=0.02, help="share of the cores that is lost in an hour")
    parser.add_argument("--price", type=float, default=0.04, help="dollars for an hour of a core (a vCPU, on demand)")
    parser.add_argument("--seed", type=int, default=1)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--check", type=Path, metavar="DOC", help="fail when the document shows another table")
    group.add_argument("--update", type=Path, metavar="DOC", help="write the table into the document")
    return parser.parse_args()


def play(args: argparse.Namespace, measured: dict, cores: int, split: int) -> tuple[float, float]:
    """Seconds until the last task is done, and seconds of work that were lost and done again."""
    draw = random.Random(args.seed)
    work = args.pages / args.archives / measured["pages_per_second"]
    # a part reads the whole archive, and labels its share
    passed = args.pages / args.archives * measured["packed_bytes"] / args.unpack_rate
    lengths = [max(0.05, draw.gauss(1, args.spread)) for _ in range(args.archives)]
    tasks = [length * (work / split + passed * (1 - 1 / split)) for length in lengths for _ in range(split)]
    tasks.reverse()
    free = [args.start] * cores
    heapq.heapify(free)
    again = end = 0.0
    while tasks:
        begun, seconds = heapq.heappop(free), tasks.pop()
        until_lost = draw.expovariate(args.lost / 3600) if args.lost else float("inf")
        if until_lost < seconds:
            # the core comes back cold, the task goes to whoever is free next
            again += until_lost
            tasks.append(seconds)
            heapq.heappush(free, begun + until_lost + args.start)
            continue
        end = max(end, begun + seconds)
        heapq.heappush(free, begun + seconds)
    return end, again


def human(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def table(args: argparse.Namespace, measured: dict) -> str:
    busy = args.pages / measured["pages_per_second"]
    rows = [
        f"{args.pages / 1e9:g} billion pages in {args.archives:,} archives, {measured['pages_per_second']:g} pages/s on one core "
        f"({measured['page_bytes'] / 1e3:.0f} kB a page, {measured['packed_bytes'] / 1e3:.0f} kB packed): "
        f"{busy / 3600:,.0f} core-hours of labelling.",
        "",
        "| cores | split | time | cores at work | done again | read | write | memory | dollars |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for cores in args.cores:
        for split in sorted({args.split, 4 if cores >= 10_000 else args.split}):
            end, again = play(args, measured, cores, split)
            read = args.pages * measured["packed_bytes"] * split / end
            rows.append(
                f"| {cores:,} | {split} | {human(end)} | {busy / (end * cores):.0%} | {again / busy:.2%} "
                f"| {read * 8 / 1e9:.2f} Gbit/s | {args.pages * measured['result_bytes'] / end / 1e6:,.1f} MB/s "
                f"| {cores * measured['peak_memory'] / 1e9:,.1f} GB | {end * cores / 3600 * args.price:,.0f} |"
            )
    rows += [
        "",
        f"In all {args.pages * measured['packed_bytes'] / 1e12:,.0f} TB are read and "
        f"{args.pages * measured['result_bytes'] / 1e12:,.0f} TB of Parquet written.",
    ]
    return "\n".join(rows)


def main() -> None:
    args = arguments()
    measured = json.loads(args.measured.read_text()) if args.measured else MEASURED
    text = table(args, measured)
    doc = args.check or args.update
    if doc is None:
        print(text)
        return
    old = doc.read_text(encoding="utf-8")
    new = re.sub(r"(<!-- scaling -->\n).*?(<!-- /scaling -->)", lambda m: f"{m[1]}{text}\n{m[2]}", old, flags=re.S)
    if args.update:
        doc.write_text(new, encoding="utf-8")
    elif new != old:
        sys.exit(f"{doc} shows another table than scripts/scaling.py prints: run it with --update {doc}")


if __name__ == "__main__":
    main()
