"""Labels pages with Ray Data: ``dataset.map_batches(tollgate.ray.Classify(), batch_format="pyarrow")``."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence

import pyarrow as pa

from . import Classifier, arrow_schema
from ._parts import labelled

__all__ = ["Classify"]


@functools.cache
def _classifier(model: str | None) -> Classifier:
    """One for each process of a worker."""
    return Classifier(model)


class Classify:
    """A batch function: takes a table of pages, gives the table of answers, row for row.

    ``keep`` are columns of the input that go along. ``jobs`` are the threads of a task; Ray gives a task one
    core unless it is told otherwise (``num_cpus``).
    """

    def __init__(
        self,
        html: str = "html",
        url: str = "url",
        *,
        keep: Sequence[str] = (),
        model: str | os.PathLike[str] | None = None,
        jobs: int = 1,
    ) -> None:
        self.html = html
        self.url = url
        self.keep = list(keep)
        self.model = None if model is None else os.fspath(model)
        self.jobs = jobs

    def __call__(self, batch: pa.Table) -> pa.Table:
        parts = labelled(_classifier(self.model), batch, self.html, self.url, jobs=self.jobs)
        answer = pa.Table.from_batches([done for _, done in parts], arrow_schema())
        for name in self.keep:
            if name in answer.column_names:
                at = answer.column_names.index(name)
                answer = answer.set_column(at, name, batch.column(name))
            else:
                answer = answer.append_column(name, batch.column(name))
        return answer
