"""Labels pages with Daft: ``df.with_column("page", tollgate.daft.classify(df["html"], df["url"]))``."""

from __future__ import annotations

import functools
import os
from typing import Any

import daft
import pyarrow as pa

from . import Classifier, arrow_schema
from ._parts import labelled

__all__ = ["classify", "result_type"]

# pages are large: what Daft holds at a time beside the answers
_ROWS = 64


def result_type() -> daft.DataType:
    """The struct that :func:`classify` answers with; its fields are those of :func:`tollgate.arrow_schema`."""
    return daft.DataType.from_arrow_type(pa.struct(list(arrow_schema())))


@functools.cache
def _classifier(model: str | None) -> Classifier:
    """One for each process of a worker."""
    return Classifier(model)


def classify(
    html: daft.Expression,
    url: daft.Expression | None = None,
    *,
    model: str | os.PathLike[str] | None = None,
    jobs: int = 1,
) -> daft.Expression:
    """Labels a column of pages; the answer is a column of structs. ``jobs`` are the threads of a task."""
    name = None if model is None else os.fspath(model)

    @daft.func.batch(return_dtype=result_type(), batch_size=_ROWS)
    def tollgate_classify(html: daft.Series, url: Any) -> Any:
        columns = {"html": html.to_arrow()}
        if isinstance(url, daft.Series):
            columns["url"] = url.to_arrow()
        parts = labelled(_classifier(name), pa.table(columns), "html", "url", jobs=jobs)
        # a part each: Daft's own columns hold more than one batch of Arrow does
        return daft.Series.concat([daft.Series.from_arrow(done.to_struct_array()) for _, done in parts])

    return tollgate_classify(html, url)
