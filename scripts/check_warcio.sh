#!/usr/bin/env bash
# A WARC written by another tool, Python's warcio, is read whole: its pages have the blocks of the same pages
# as plain files. Skipped, and said so, where pip can't install warcio.
# usage: scripts/check_warcio.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
pages=$(realpath "$(dirname "$0")/../training-data/golden")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! python3 -m pip install --quiet --disable-pip-version-check --target "$work/lib" warcio >/dev/null 2>&1; then
    echo "SKIPPED: warcio can't be installed here"
    exit 0
fi
PYTHONPATH="$work/lib" python3 - "$program" "$pages" "$work" <<'PY'
import glob, gzip, io, json, os, subprocess, sys
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
program, pages, work = sys.argv[1:4]
names = sorted(glob.glob(os.path.join(pages, "*.html")))
for packed in (False, True):
    archive = os.path.join(work, "a.warc.gz" if packed else "a.warc")
    expected = []
    with open(archive, "wb") as out:
        writer = WARCWriter(out, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "check"}))
        for i, name in enumerate(names):
            body, uri = open(name, "rb").read(), f"https://a.example/{i}"
            if i % 4 == 3:
                record = writer.create_warc_record(uri, "resource", payload=io.BytesIO(body), warc_content_type="text/html")
            else:
                headers = [("Content-Type", "text/html; charset=utf-8")]
                if i % 4 == 1:
                    body = gzip.compress(body)
                    headers.append(("Content-Encoding", "gzip"))
                if i % 4 == 2:
                    body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:1000], body[1000:])) + b"0\r\n\r\n"
                    headers.append(("Transfer-Encoding", "chunked"))
                http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
                record = writer.create_warc_record(uri, "response", payload=io.BytesIO(body), http_headers=http)
            writer.write_record(record)
            expected.append((name, uri))
        writer.write_record(writer.create_warc_record("https://a.example/t", "conversion",
            payload=io.BytesIO(b"One line of text.\nAnother line.\n"), warc_content_type="text/plain"))
    run = lambda *a: [json.loads(l) for l in subprocess.run([program, "classify", "-q", "-f", "jsonl", *a], check=True, stdout=subprocess.PIPE).stdout.splitlines()]
    got, alone = run(archive), run(*names)
    assert len(got) == len(names) + 1, (len(got), len(names))
    for page, plain, (name, uri) in zip(got, alone, expected):
        assert page["url"] == uri and page["blocks"] == plain["blocks"], name
    assert len(got[-1]["blocks"]) == 2 and got[-1]["blocks"][0]["tag"] is None
    print(f"{os.path.basename(archive)} by warcio: {len(got)} pages, blocks as in the plain files")
PY
