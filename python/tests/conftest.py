"""What the tests share: the program to compare with, and the pages."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "training-data"
CORPUS = ROOT.parent / "shared" / "corpus" / "pages"


@pytest.fixture(scope="session")
def program() -> str:
    """The Rust program, built by the same checkout."""
    path = os.environ.get("TOLLGATE_PROGRAM", str(ROOT / "target" / "release" / "tollgate"))
    path = os.path.abspath(path)
    if not shutil.which(path):
        pytest.fail(f"there is no program at {path}: build it, or name it with TOLLGATE_PROGRAM")
    return path


@pytest.fixture(scope="session")
def own_pages() -> list[Path]:
    """Our own pages."""
    return sorted(PAGES.glob("pages/*.html")) + sorted(PAGES.glob("golden/*.html"))


@pytest.fixture(scope="session")
def corpus_pages() -> list[Path]:
    """500 pages of the corpus, evenly picked."""
    pages = sorted(CORPUS.iterdir()) if CORPUS.is_dir() else []
    if len(pages) < 500:
        pytest.skip(f"{CORPUS} holds no 500 pages: the program is compared on our own pages alone")
    return [pages[i * len(pages) // 500] for i in range(500)]


@pytest.fixture(scope="session")
def gated() -> bytes:
    """A gated page."""
    return (PAGES / "golden" / "nl-krant-hard-golden.html").read_bytes()
