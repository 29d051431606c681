"""Labels every block of a saved web page as content, subscription or navigation, and says whether its article
is open or gated.

>>> import tollgate
>>> page = tollgate.classify("<title>A mill</title><h1>A mill</h1><p>The river stood high that day.")
>>> page.verdict
'open'

The model is part of the package; nothing is downloaded. More in ``docs/python.md``.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import _tollgate
from ._tollgate import (
    Block,
    Classifier,
    Evidence,
    Failure,
    Page,
    Pages,
    Paywall,
    __version__,
    arrow_schema,
    site_of,
    to_arrow,
)
from .errors import (
    BatchError,
    InputError,
    LabelsError,
    ModelError,
    PageError,
    TollgateError,
    TrainingError,
)

if TYPE_CHECKING:
    import pyarrow

    from .types import ArrowTable, Html, Input

__all__ = [
    "BatchError",
    "Block",
    "Classifier",
    "Evidence",
    "Failure",
    "InputError",
    "LabelsError",
    "ModelError",
    "Page",
    "PageError",
    "Pages",
    "Paywall",
    "TollgateError",
    "TrainingError",
    "__version__",
    "arrow_schema",
    "classify",
    "classify_arrow",
    "classify_batch",
    "classify_files",
    "evaluate",
    "site_of",
    "to_arrow",
    "train",
]


@functools.cache
def _embedded() -> Classifier:
    """The classifier with the embedded model, loaded when it is first used."""
    return Classifier()


def classify(
    html: Html,
    url: str | None = None,
    *,
    path: str | None = None,
    charset: str | None = None,
    text: bool = False,
) -> Page:
    """Labels a page.

    ``html`` is text, or bytes as they were saved: their encoding is found out, and gzip, zstd and MHTML are
    unpacked. ``url`` counts for more than the address that the page names. ``path`` is the name that the
    answer bears, ``charset`` what a server's header said. With ``text`` the page is plain text, a block a line.

    Raises :class:`PageError` when there is no page in it.
    """
    return _embedded().classify(html, url, path=path, charset=charset, text=text)


def classify_batch(
    pages: Iterable[Html | None],
    urls: Iterable[str | None] | None = None,
    *,
    paths: Iterable[str | None] | None = None,
    jobs: int = 0,
    text: bool = False,
) -> list[Page]:
    """Labels many pages on ``jobs`` threads (0 takes one for each core) without holding Python's lock.

    The answers stand in the order of the pages. A page that fails, ``None`` among them, raises nothing: its
    answer has ``error`` set.
    """
    return _embedded().classify_batch(pages, urls, paths=paths, jobs=jobs, text=text)


def classify_arrow(
    data: ArrowTable,
    html_column: str = "html",
    url_column: str = "url",
    *,
    jobs: int = 0,
    text: bool = False,
) -> pyarrow.RecordBatch:
    """Labels the pages of an Arrow RecordBatch, Table, or whatever has the Arrow PyCapsule interface.

    The answer has a row for each row, in the same order, with the columns of :func:`arrow_schema`. No cell is
    copied on the way in. A row that fails has ``error_code`` and ``error_message``. Needs pyarrow.

    The column ``url`` may be missing, one of another name may not. Raises :class:`BatchError` as soon as the
    answers hold more than 2 GiB of text, the most that a batch takes: hand over fewer rows at a time.
    """
    return _embedded().classify_arrow(data, html_column, url_column, jobs=jobs, text=text)


def classify_files(
    inputs: Input | list[Input],
    *,
    name: str | None = None,
    html_column: str = "html",
    url_column: str = "url",
    text: bool | None = None,
    jobs: int = 0,
    shard: tuple[int, int] = (0, 1),
) -> Pages:
    """Goes through the pages of files, folders, patterns and archives (WARC, WACZ, zip, tar, MHTML, JSON
    lines, Parquet), as ``tollgate classify`` does, in bounded memory.

    An input may be an open binary file; ``name`` is what its pages are called then, and tells text (``.txt``)
    from pages, as names of files do. The answer belongs to this process: call again after a fork. ``shard=(k, n)`` labels
    every n-th page only, beginning with the k-th (0 is the first).
    """
    return _embedded().classify_files(
        inputs,
        name=name,
        html_column=html_column,
        url_column=url_column,
        text=text,
        jobs=jobs,
        shard=shard,
    )


def _paths(paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    return [os.fspath(path) for path in paths]


def train(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    name: str = "custom",
    model: str | os.PathLike[str] | None = None,
    base: bool = True,
    folds: int = 4,
    seed: int = 1,
    jobs: int = 0,
) -> dict[str, Any]:
    """Trains a model on labelled folders or gold corpora and writes it to ``output``, as ``tollgate train``.

    With ``base`` training goes on from ``model`` (by default the embedded one) with the base rows; without it
    the pages are all there is. ``folds`` are those of the score by held-out site, 0 leaves it out.

    The answer says what was learned from (``pages``, ``sites``, ``blocks``, ``base_pages``), which pages
    ``failed``, and has the ``scorecard``.
    """
    start = None if model is None else os.fspath(model)
    report: dict[str, Any] = json.loads(
        _tollgate.train(_paths(paths), os.fspath(output), name, start, base, folds, seed, jobs)
    )
    return report


def evaluate(
    path: str | os.PathLike[str],
    *,
    model: str | os.PathLike[str] | None = None,
    folds: int | None = None,
    with_: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    lines: bool = False,
    seed: int = 1,
    jobs: int = 0,
) -> dict[str, Any]:
    """Scores a model on a labelled folder or gold corpus, as ``tollgate evaluate``; with ``folds`` it
    cross-validates by site, and every fold learns from the labelled folders of ``with_`` too. With ``lines``
    the gold segments are read as plain text.

    The answer is the scorecard, and under ``failed`` the pages that could not be read.
    """
    answer = json.loads(
        _tollgate.evaluate(
            os.fspath(path),
            None if model is None else os.fspath(model),
            folds,
            _paths(with_),
            lines,
            seed,
            jobs,
        )
    )
    return {**answer["scorecard"], "failed": answer["failed"]}


def _read_page(line: str, date: str | None) -> Page:
    """Reads a pickled page."""
    return Page.from_json(line, date=date)
