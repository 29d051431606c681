"""What the package is held to: speed beside the program, and memory over many calls."""

import subprocess
import time
from pathlib import Path

import pytest

import tollgate

SMALL = "<title>Page {0}</title><h1>Page {0}</h1><p>The river stood high on day {0}, and the wheel turned.</p>" \
    "<div class=promo><p>Subscribe to read on</p></div><nav><a href=/>Home</a></nav>"


def held() -> float:
    """Memory that this process holds now, in MB. Its peak may stem from an earlier test, and would hide growth."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the system tells no memory")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_batch_of_1000_pages_is_as_fast_as_the_program(program, own_pages, tmp_path, jobs):
    contents = [page.read_bytes() for page in own_pages]
    names = []
    for i in range(1000):
        path = tmp_path / f"{i}.html"
        path.write_bytes(contents[i % len(contents)])
        names.append(path)
    pages = [path.read_bytes() for path in names]
    tollgate.classify_batch(pages[:100], jobs=jobs)

    def ours() -> float:
        begun = time.perf_counter()
        batch = tollgate.classify_batch(pages, jobs=jobs)
        for page in batch:
            page.to_json()
        return time.perf_counter() - begun

    def theirs() -> float:
        begun = time.perf_counter()
        subprocess.run(
            [program, "classify", "-q", "-j", str(jobs), "-f", "jsonl", tmp_path, "-o", "/dev/null"], check=True
        )
        return time.perf_counter() - begun

    # in turn, so that a noisy moment falls on both; the best of each, since noise only adds
    best = program_best = float("inf")
    for round in range(20):
        best, program_best = min(best, ours()), min(program_best, theirs())
        if round >= 4 and best <= program_best / 0.95:
            break
    print(f"{jobs} threads: {1000 / best:.0f} pages/s, the program {1000 / program_best:.0f}")
    assert best <= program_best / 0.95


def test_memory_does_not_grow_over_50000_calls():
    def calls(n: int) -> None:
        for i in range(n):
            page = tollgate.classify(SMALL.format(i))
            assert page.blocks and page.to_json() and repr(page)

    calls(5_000)
    before = held()
    calls(50_000)
    grown = held() - before
    print(f"{before:.0f} MB, {grown:.1f} MB more after 50,000 calls")
    assert grown < 8


def test_memory_does_not_grow_over_batches_and_tables():
    pa = pytest.importorskip("pyarrow")
    pages = [SMALL.format(i) for i in range(500)]
    table = pa.table({"html": pages})

    def calls(n: int) -> None:
        for _ in range(n):
            assert len(tollgate.classify_batch(pages)) == tollgate.classify_arrow(table).num_rows == 500

    calls(10)
    before = held()
    calls(40)
    grown = held() - before
    print(f"{before:.0f} MB, {grown:.1f} MB more after 40 batches and tables of 500")
    assert grown < 16
