#!/usr/bin/env python3
"""Measures what one core of a cluster does: reads a WARC.gz of the given pages, labels them on one thread and
makes the columns that a Spark task hands back. Prints JSON, which scripts/scaling.py takes.

usage: measure_worker.py PAGES_FOLDER [REPEATS]      (the Python must have the wheel and pyarrow)
"""

import gzip
import json
import os
import resource
import sys
import tempfile
import time
import zlib
from pathlib import Path

import pyarrow.parquet as pq

import tollgate

ROWS = 64


def archive(folder: Path, out: Path) -> tuple[int, int]:
    """Writes the pages of a folder as a WARC; their number and bytes."""
    count = size = 0
    with out.open("wb") as warc:
        for path in sorted(folder.iterdir()):
            body = path.read_bytes()
            if path.suffix == ".gz":
                body = gzip.decompress(body)
            if not path.name.removesuffix(".gz").endswith((".html", ".htm")):
                continue
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
            head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % len(block)
            packer = zlib.compressobj(6, zlib.DEFLATED, 31)
            warc.write(packer.compress(head + block + b"\r\n\r\n") + packer.flush())
            count, size = count + 1, size + len(body)
    return count, size


def label(path: Path, out: Path) -> None:
    classifier = tollgate.Classifier()
    with path.open("rb") as file, pq.ParquetWriter(out, tollgate.arrow_schema(), compression="zstd") as writer:
        rows = []
        for page in classifier.classify_files(file, name="a.warc.gz", jobs=1):
            rows.append(page)
            if len(rows) == ROWS:
                writer.write_batch(tollgate.to_arrow(rows))
                rows = []
        if rows:
            writer.write_batch(tollgate.to_arrow(rows))


def main() -> None:
    folder, repeats = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as work:
        warc, out = Path(work) / "a.warc.gz", Path(work) / "out.parquet"
        pages, size = archive(folder, warc)
        seconds = []
        for _ in range(repeats):
            # all of the processor's time: reading, unpacking, labelling, columns, packing
            begun = time.process_time()
            label(warc, out)
            seconds.append(time.process_time() - begun)
        middle = sorted(seconds)[len(seconds) // 2]
        print(
            json.dumps(
                {
                    "pages": pages,
                    "pages_per_second": round(pages / middle, 1),
                    "page_bytes": size // pages,
                    "packed_bytes": os.path.getsize(warc) // pages,
                    "result_bytes": os.path.getsize(out) // pages,
                    "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10,
                }
            )
        )


if __name__ == "__main__":
    main()
