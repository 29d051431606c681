"""Labels pages on Spark, by ``mapInArrow``: nothing is copied row by row, and Spark's own retries and commits
see to it that each page comes out once. Workers need this package and pyarrow, the driver pandas, too.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Literal, cast

import pyarrow as pa
import pyarrow.compute as pc
from pyspark import SparkFiles
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from . import Classifier, Page, arrow_schema, site_of, to_arrow
from ._parts import BYTES, ROWS, labelled
from ._steady import Steady

__all__ = ["classify", "classify_archives", "result_schema"]


def _signed(kind: pa.DataType) -> pa.DataType:
    """The type that Spark has for one: it knows no unsigned numbers."""
    if kind == pa.uint32():
        return pa.int32()
    if pa.types.is_list(kind):
        return pa.list_(_signed(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, _signed(f.type)) for f in kind])
    return kind


@functools.cache
def result_schema() -> pa.Schema:
    """The columns of the answer, as Spark has them: those of :func:`tollgate.arrow_schema`."""
    return pa.schema([pa.field(f.name, _signed(f.type)) for f in arrow_schema()])


@functools.cache
def _classifier(model: str | None) -> Classifier:
    """One for each Python process of a worker."""
    if model is not None and not os.path.exists(model):
        # a file that was sent along with --files
        model = SparkFiles.get(os.path.basename(model))
    return Classifier(model)


def _columns_of(batch: pa.RecordBatch, schema: pa.Schema) -> list[pa.Array]:
    return [batch.column(field.name).cast(field.type) for field in schema]


def classify(
    df: DataFrame,
    html: str = "html",
    url: str | None = "url",
    *,
    keep: Sequence[str] | None = None,
    model: str | None = None,
    text: bool = False,
) -> DataFrame:
    """Labels the pages in a column of ``df``; the answer has a row for each row.

    ``keep`` are the columns that go along, by default all but ``html`` and ``url``. After them come the
    columns of :func:`result_schema` without ``path``. A page that fails has ``error_code`` and
    ``error_message``. ``model`` is a file that workers see, or that was sent along with ``--files``. The column
    ``url`` may be missing, one of another name may not.
    """
    if html not in df.columns:
        raise ValueError(f"there is no column {html!r}, but {', '.join(df.columns)}")
    if url is not None and url != "url" and url not in df.columns:
        raise ValueError(f"there is no column {url!r}, but {', '.join(df.columns)}")
    kept = [c for c in df.columns if c not in (html, url)] if keep is None else list(keep)
    result = pa.schema([f for f in result_schema() if f.name != "path"])
    clash = sorted(set(kept) & set(result.names))
    if clash:
        raise ValueError(f"columns of the answer are called {', '.join(clash)}, too: rename or don't keep them")
    address = url if url is not None and url in df.columns else None
    schema = StructType([*(df.schema[name] for name in kept), *from_arrow_schema(result).fields])
    needed = list(dict.fromkeys([html, *([address] if address else []), *kept]))
    work = functools.partial(
        _batches, names=needed, html=html, url=address, kept=kept, result=result, model=model, text=text
    )
    # in backticks a dot is part of the name; mapInArrow knows no backticks
    columns = [F.col("`" + name.replace("`", "``") + "`").alias(f"_{i}") for i, name in enumerate(needed)]
    return df.select(*columns).mapInArrow(work, schema)


def _texts(column: pa.Array) -> pa.Array:
    """A column of addresses as text, whatever its bytes are."""
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        texts = [url and url.decode("utf-8", "replace") for url in column.to_pylist()]
        return pa.array(texts, pa.string())
    return column.cast(pa.string())


def _batches(
    batches: Iterable[pa.RecordBatch],
    *,
    names: list[str],
    html: str,
    url: str | None,
    kept: list[str],
    result: pa.Schema,
    model: str | None,
    text: bool,
) -> Iterator[pa.RecordBatch]:
    classifier = _classifier(model)
    for batch in batches:
        batch = pa.RecordBatch.from_arrays(batch.columns, names=names)
        # Spark gives each task a core
        for part, done in labelled(classifier, batch, html, url or html, jobs=1, text=text):
            columns = [part.column(name) for name in kept] + _columns_of(done, result)
            if url is not None:
                # rows of a cluster have no order to tell failed pages by
                at = len(kept) + result.get_field_index("url")
                columns[at] = pc.coalesce(columns[at], _texts(part.column(url)))
            yield pa.RecordBatch.from_arrays(columns, names=kept + result.names)


def classify_archives(
    spark: SparkSession,
    paths: Iterable[str],
    *,
    root: str = "",
    split: int = 1,
    model: str | None = None,
    unreadable: Literal["fail", "row"] = "fail",
) -> DataFrame:
    """Labels the pages of WARC archives, each archive in a task of its own, in bounded memory.

    ``paths`` stand under ``root``: a folder that all workers see, or a place that pyarrow (``s3://``,
    ``gs://``, ``hdfs://``) or else fsspec can open. The columns are those of :func:`result_schema`, with
    ``path`` as listed and the record's number, ``date`` (``YYYY-MM-DD``, of the capture) and ``site``.

    With ``split`` each archive is shared by so many tasks: each reads it whole and labels its part, which
    pays off when archives are few or of very different size.

    When reading breaks off, a task opens the archive again and goes on where it was. An archive that still
    can't be read fails the task, which Spark tries again, and in the end the job; with ``unreadable="row"`` it
    becomes a row with an error, after those of the pages before.
    """
    tasks = [(path, part, split) for path in dict.fromkeys(paths) for part in range(split)]
    if not tasks:
        raise ValueError("no archives are listed")
    if unreadable not in ("fail", "row"):
        raise ValueError(f"unreadable is 'fail' or 'row', not {unreadable!r}")
    rows = spark.sparkContext.parallelize(tasks, len(tasks))
    listed = spark.createDataFrame(rows, "path string, part int, parts int")
    schema = result_schema().append(pa.field("date", pa.string())).append(pa.field("site", pa.string()))
    work = functools.partial(_archives, root=root, model=model, as_row=unreadable == "row")
    return listed.mapInArrow(work, from_arrow_schema(schema))


def _open(root: str, path: str) -> IO[bytes]:
    """Opens an archive, unpacked by nobody."""
    whole = f"{root.rstrip('/')}/{path}" if root else path
    if "://" not in whole:
        return open(whole, "rb")
    from pyarrow import fs

    try:
        system, place = fs.FileSystem.from_uri(whole)
    except pa.ArrowInvalid:
        import fsspec

        return cast("IO[bytes]", fsspec.open(whole, "rb", compression=None).open())
    return cast("IO[bytes]", system.open_input_stream(place, compression=None))


def _archives(
    batches: Iterable[pa.RecordBatch], *, root: str, model: str | None, as_row: bool
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for row in batch.to_pylist():
            yield from _archive(_classifier(model), root, row["path"], (row["part"], row["parts"]), as_row)


def _archive(
    classifier: Classifier, root: str, path: str, shard: tuple[int, int], as_row: bool
) -> Iterator[pa.RecordBatch]:
    rows: list[Page] = []
    held = 0
    try:
        with Steady(lambda: _open(root, path)) as file:
            for page in classifier.classify_files(file, name=path, jobs=1, shard=shard):
                if rows and held + page.text_bytes > BYTES:
                    yield _table(rows)
                    rows, held = [], 0
                rows.append(page)
                held += page.text_bytes
                if len(rows) == ROWS:
                    yield _table(rows)
                    rows, held = [], 0
    except OSError as error:
        if not as_row:
            raise
        part, parts = shard
        rows.append(_failed(path if parts == 1 else f"{path} (part {part + 1} of {parts})", error))
    if rows:
        yield _table(rows)


def _failed(path: str, error: OSError) -> Page:
    import json

    told: dict[str, Any] = dict.fromkeys(
        ["url", "title", "lang", "encoding", "paywall", "content_status", "content_reason"]
    )
    failure = {"code": "io", "message": f"{path}: {error}"}
    return Page.from_json(json.dumps({**told, "path": path, "blocks": [], "error": failure}))


def _table(pages: list[Page]) -> pa.RecordBatch:
    columns = _columns_of(to_arrow(pages), result_schema())
    columns.append(pa.array([page.date and page.date[:10] for page in pages], pa.string()))
    columns.append(pa.array([site_of(page.url) for page in pages], pa.string()))
    return pa.RecordBatch.from_arrays(columns, names=[*result_schema().names, "date", "site"])
