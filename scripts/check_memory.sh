#!/usr/bin/env bash
# Peak memory must not grow with the number of pages: classifies a WARC of N and of 10 N pages on 2 threads,
# made by repeating the pages of a folder. Fails when the second peak is over 120 % of the first, or over 400 MB.
# usage: scripts/check_memory.sh PROGRAM FOLDER [N]
set -euo pipefail
program=$1 folder=$2 pages=${3:-2000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$program" "$folder" "$pages" "$work" <<'PY'
import glob, gzip, os, sys, zlib
program, folder, n, work = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
names = sorted(p for e in ("*.html", "*.html.gz") for p in glob.glob(os.path.join(folder, e)))[:500]
if not names:
    sys.exit(f"no pages in {folder}")
members = []
for name in names:
    body = (gzip.open(name) if name.endswith(".gz") else open(name, "rb")).read()
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % len(block)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    members.append(packer.compress(head + block + b"\r\n\r\n") + packer.flush())
peaks = []
for count in (n, 10 * n):
    archive = os.path.join(work, f"{count}.warc.gz")
    with open(archive, "wb") as out:
        for i in range(count):
            out.write(members[i % len(members)])
    pid = os.posix_spawn(program, [program, "classify", "-q", "-j", "2", "-f", "jsonl", archive, "-o", "/dev/null"], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"classifying {count} pages failed")
    peaks.append(usage.ru_maxrss / 1024)
    print(f"{count} pages: peak {peaks[-1]:.0f} MB, {usage.ru_utime + usage.ru_stime:.1f} s of CPU", flush=True)
    os.remove(archive)
if peaks[1] > 1.2 * peaks[0] or max(peaks) > 400:
    sys.exit("memory grows with the number of pages, or is over 400 MB")
PY
