#!/usr/bin/env python3
"""Makes a crawl to test with: WARC archives of N records from the pages of a folder, varied, with broken,
empty and very large ones among them, and a list of the archives as Common Crawl has it.

usage: make_crawl.py PAGES OUT RECORDS ARCHIVES
"""

import gzip
import random
import sys
import zlib
from pathlib import Path


def member(block: bytes, site: str, number: int, kind: str = "response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://{site}/page/{number}\r\n"
        f"WARC-Date: 2026-01-{number % 4 + 1:02}T{number % 24:02}:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{number:032x}>\r\nWARC-Identified-Payload-Type: text/html\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(head.encode() + block + b"\r\n\r\n") + packer.flush()


def record(body: bytes, number: int) -> bytes:
    # few sites have most of the pages, as on the web
    site = f"site{int(random.paretovariate(0.7)) % 50}.example"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    if number % 7 == 3:
        body = gzip.compress(body, 1)
        http += b"Content-Encoding: gzip\r\n"
    return member(http + b"\r\n" + body, site, number)


def varied(body: bytes, number: int) -> bytes:
    extra = f"<p>Dispatch {number}: the ferry crossed {number % 97} times before the fog came down.</p>".encode()
    if number % 250 == 249:
        # a page that takes as long as a hundred others
        extra *= 8_000
    at = body.rfind(b"</p>")
    return body[: at + 4] + extra + body[at + 4 :] if at > 0 else body + extra


def main() -> None:
    pages, out, records, archives = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    random.seed(1)
    bodies = [path.read_bytes() for path in sorted(pages.glob("*.html"))]
    (out / "crawl").mkdir(parents=True)
    paths = [f"crawl/{i:05}.warc.gz" for i in range(archives)]
    files = [(out / path).open("wb") for path in paths]
    for number in range(records):
        # the first archive is as large as five others
        file = files[max(0, number % (archives + 4) - 4)]
        if number % 100 == 50:
            file.write(record(b" ", number))
        elif number % 100 == 51:
            file.write(record(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", number))
        else:
            file.write(record(varied(bodies[number % len(bodies)], number), number))
        if number % 500 == 499:
            # noise, and a member that breaks off: reading goes on after them
            file.write(member(b"", "x.example", number, "metadata")[:-12])
    for file in files:
        file.close()
    with gzip.open(out / "warc.paths.gz", "wt") as listed:
        listed.writelines(path + "\n" for path in paths)


if __name__ == "__main__":
    main()
