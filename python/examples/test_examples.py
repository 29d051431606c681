"""The examples run, and what they write is what the package answers."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tollgate

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGES = ROOT / "training-data" / "pages"


@pytest.fixture(scope="module")
def verdicts():
    """What the package says of our pages."""
    files = sorted(PAGES.glob("*.html"))
    pages = tollgate.classify_batch([file.read_bytes() for file in files])
    return {file.name: page.verdict for file, page in zip(files, pages)}


def example(name: str, *args: object) -> str:
    command = [sys.executable, HERE / name, *map(str, args)]
    # these tools tell their makers about runs
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "DAFT_ANALYTICS_ENABLED": "0", "DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "1"}
    environment = {**os.environ, **quiet}
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, env=environment)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_daft(verdicts, tmp_path):
    import pyarrow.dataset as ds

    shown = example("daft_pages.py", PAGES, tmp_path / "out")
    assert "hard" in shown
    rows = ds.dataset(tmp_path / "out").to_table(columns=["name", "verdict"]).to_pylist()
    assert {row["name"]: row["verdict"] for row in rows} == verdicts and len(rows) == len(verdicts)


def test_ray(verdicts, tmp_path):
    import pyarrow.dataset as ds

    shown = example("ray_pages.py", PAGES, tmp_path / "out")
    assert "hard" in shown
    rows = ds.dataset(tmp_path / "out").to_table(columns=["path", "verdict"]).to_pylist()
    assert {Path(row["path"]).name: row["verdict"] for row in rows} == verdicts and len(rows) == len(verdicts)


def test_datatrove(tmp_path):
    crawl, out = tmp_path / "crawl", tmp_path / "out"
    make = [sys.executable, ROOT / "scripts" / "make_crawl.py", PAGES, crawl, "150", "1"]
    subprocess.run(make, check=True)
    example("datatrove_pages.py", crawl / "crawl", out)
    with gzip.open(next(out.glob("*.jsonl.gz")), "rt") as lines:
        texts = {doc["metadata"]["url"]: doc["text"] for doc in map(json.loads, lines)}
    expected = {
        page.url: page.text(body=True).rstrip("\n")
        for page in tollgate.classify_files(crawl / "crawl" / "00000.warc.gz")
        if page.error is None and page.text(body=True)
    }
    assert len(texts) > 100 and texts == expected
