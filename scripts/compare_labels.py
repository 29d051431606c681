#!/usr/bin/env python3
"""Compares the Parquet files of a Spark job with the one that the program wrote: each page must be there
exactly once, with the same values in all columns.

usage: compare_labels.py EXPECTED.parquet JOB_FOLDER
"""

import sys

import pyarrow.dataset as ds
import pyarrow.parquet as pq


def main() -> None:
    expected = pq.read_table(sys.argv[1])
    job = ds.dataset(sys.argv[2], format="parquet", partitioning="hive", exclude_invalid_files=False)
    got = job.to_table(columns=expected.column_names).cast(expected.schema)
    got, expected = got.sort_by("path"), expected.sort_by("path")
    paths = expected["path"].to_pylist()
    if len(set(paths)) != len(paths):
        sys.exit("the program names two pages alike")
    if got["path"].to_pylist() != paths:
        there = got["path"].to_pylist()
        lost, twice = set(paths) - set(there), len(there) - len(set(there))
        sys.exit(f"{len(lost)} pages are lost, {twice} come twice, {len(set(there) - set(paths))} are strange")
    for name in expected.column_names:
        if got[name].to_pylist() != expected[name].to_pylist():
            sys.exit(f"column {name} differs")
    failed = sum(code is not None for code in got["error_code"].to_pylist())
    print(f"{len(paths)} pages ({failed} of them failed, as the program says), each once, all columns equal")


if __name__ == "__main__":
    main()
