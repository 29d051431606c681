"""Labels tables of any size a part at a time: pages are large, so parts are bounded by bytes as well as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from . import BatchError

if TYPE_CHECKING:
    from . import Classifier

ROWS = 64
BYTES = 32 << 20

Data = TypeVar("Data", pa.RecordBatch, pa.Table)


def _sizes(column: pa.Array | pa.ChunkedArray) -> list[int]:
    try:
        return [size or 0 for size in pc.binary_length(column).to_pylist()]
    except pa.ArrowNotImplementedError:
        # dictionaries and views tell no lengths
        return [column.nbytes // max(len(column), 1)] * len(column)


def _cuts(sizes: list[int]) -> Iterator[tuple[int, int]]:
    """Start and length of each part."""
    start = held = 0
    for at, size in enumerate(sizes):
        if at > start and (at - start == ROWS or held + size > BYTES):
            yield start, at - start
            start, held = at, 0
        held += size
    if start < len(sizes):
        yield start, len(sizes) - start


def labelled(
    classifier: Classifier, data: Data, html: str, url: str, *, jobs: int, text: bool = False
) -> Iterator[tuple[Data, pa.RecordBatch]]:
    """Parts of a table in their order, each with its answers."""

    def answers(part: Data) -> Iterator[tuple[Data, pa.RecordBatch]]:
        try:
            done = classifier.classify_arrow(part, html, url, jobs=jobs, text=text)
        except BatchError:
            # pages that were packed are larger than they looked
            if part.num_rows < 2:
                raise
            half = part.num_rows // 2
            yield from answers(part.slice(0, half))
            yield from answers(part.slice(half))
            return
        yield part, done

    if html not in data.schema.names or not data.num_rows:
        # tells which columns there are
        yield from answers(data)
        return
    for start, length in _cuts(_sizes(data.column(html))):
        yield from answers(data.slice(start, length))
