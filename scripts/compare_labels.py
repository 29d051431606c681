#!/usr/bin/env python3
"""Compares the Parquet files of a Spark job with the one that the program wrote: each page must be there
exactly once, with the same values in all columns; day and site must be those of its record in the archives.

usage: compare_labels.py EXPECTED.parquet JOB_FOLDER CRAWL_FOLDER LEAST_PAGES
"""

import gzip
import sys
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq

import tollgate


def days_and_sites(crawl: Path) -> dict[str, tuple[str | None, str | None]]:
    """Day and site of each record, by its name."""
    known = {}
    with gzip.open(crawl / "warc.paths.gz", "rt") as listed:
        paths = [line.strip() for line in listed]
    for path in paths:
        with (crawl / path).open("rb") as file:
            for page in tollgate.classify_files(file, name=path):
                known[page.path] = (page.date and page.date[:10], tollgate.site_of(page.url))
    return known


def main() -> None:
    expected = pq.read_table(sys.argv[1])
    job = ds.dataset(sys.argv[2], format="parquet", partitioning="hive", exclude_invalid_files=False)
    whole = job.to_table()
    told = {
        path: (date and str(date), site)
        for path, date, site in zip(*(whole[name].to_pylist() for name in ("path", "date", "site")))
    }
    got = whole.select(expected.column_names).cast(expected.schema)
    got, expected = got.sort_by("path"), expected.sort_by("path")
    paths = expected["path"].to_pylist()
    if len(paths) < int(sys.argv[4]):
        sys.exit(f"the program found {len(paths)} pages, no {sys.argv[4]}")
    if len(set(paths)) != len(paths):
        sys.exit("the program names two pages alike")
    if got["path"].to_pylist() != paths:
        there = got["path"].to_pylist()
        lost, twice = set(paths) - set(there), len(there) - len(set(there))
        sys.exit(f"{len(lost)} pages are lost, {twice} come twice, {len(set(there) - set(paths))} are strange")
    for name in expected.column_names:
        if got[name].to_pylist() != expected[name].to_pylist():
            sys.exit(f"column {name} differs")
    known = days_and_sites(Path(sys.argv[3]))
    wrong = [path for path in paths if told[path] != known[path]]
    if wrong:
        sys.exit(f"day or site of {len(wrong)} pages differ: {wrong[0]} is {told[wrong[0]]}, no {known[wrong[0]]}")
    failed = sum(code is not None for code in got["error_code"].to_pylist())
    print(f"{len(paths)} pages ({failed} of them failed, as the program says), each once, all columns equal, day and site too")


if __name__ == "__main__":
    main()
