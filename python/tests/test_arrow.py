"""Arrow tables in and out."""

import subprocess
import sys

import pytest

import tollgate

pa = pytest.importorskip("pyarrow")

HTML = "<title>A mill</title><h1>A mill</h1><p>The river stood high that day, and the wheel turned."


def test_batches_tables_and_readers_are_taken():
    columns = {"html": [HTML, HTML], "url": ["https://a.example/", None]}
    batch = pa.record_batch(columns)
    expected = tollgate.classify_arrow(batch)
    assert isinstance(expected, pa.RecordBatch) and expected.schema == tollgate.arrow_schema()
    assert expected["url"].to_pylist() == ["https://a.example/", None]
    assert expected["title"].to_pylist() == ["A mill"] * 2
    for data in (pa.table(columns), batch.to_struct_array(), pa.RecordBatchReader.from_batches(batch.schema, [batch])):
        assert tollgate.classify_arrow(data).equals(expected)
    chunked = pa.Table.from_batches([batch.slice(0, 1), batch.slice(1, 1)])
    assert tollgate.classify_arrow(chunked, jobs=1).equals(expected)


@pytest.mark.parametrize(
    "kind", ["string", "large_string", "string_view", "binary", "large_binary", "binary_view"]
)
def test_all_columns_of_text_are_read(kind):
    column = pa.array([HTML, None, ""], pa.string()).cast(pa.type_for_alias(kind))
    got = tollgate.classify_arrow(pa.table({"page": column}), "page")
    assert got["title"].to_pylist() == ["A mill", None, None]
    assert got["error_code"].to_pylist() == [None, "column", "empty"]
    assert got["error_message"][1].as_py() == 'column "page": it holds no text'


def test_a_page_is_read_where_it_lies():
    # 400 MB of page are refused by their size, without a copy of them. In a process of its own: memory that
    # other tests took once would hide it
    code = """
import resource
import pyarrow as pa
import tollgate
large = pa.array([b" " * (400 << 20)], pa.large_binary())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
got = tollgate.classify_arrow(pa.table({"html": large}))
assert got["error_code"].to_pylist() == ["too-large"]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 100 << 10


def test_blocks_are_those_of_the_page():
    got = tollgate.classify_arrow(pa.table({"html": [HTML]}))
    page = tollgate.classify(HTML)
    (blocks,) = got["blocks"].to_pylist()
    assert [b["text"] for b in blocks] == [b.text for b in page.blocks]
    assert [b["label"] for b in blocks] == [b.label for b in page.blocks]
    assert tollgate.to_arrow([page]).equals(got)
    assert tollgate.to_arrow([]).num_rows == 0


@pytest.mark.parametrize("index", ["int8", "uint32", "int64"])
def test_dictionaries_fixed_sizes_and_columns_of_nothing_are_read(index):
    page, other = HTML, HTML.replace("A mill", "A barn")
    coded = pa.array([page, None, other, page]).cast(pa.dictionary(pa.type_for_alias(index), pa.string()))
    fixed = pa.array([HTML.encode(), None], pa.binary(len(HTML)))
    titles = tollgate.classify_arrow(pa.table({"html": coded, "url": coded}))["title"].to_pylist()
    assert titles == ["A mill", None, "A barn", "A mill"]
    assert tollgate.classify_arrow(pa.table({"html": fixed}))["title"].to_pylist() == ["A mill", None]
    nothing = tollgate.classify_arrow(pa.table({"html": pa.nulls(3), "url": pa.nulls(3)}))
    assert nothing["error_code"].to_pylist() == ["column"] * 3
    empty = pa.nulls(2).cast(pa.dictionary(pa.int8(), pa.string()))
    assert tollgate.classify_arrow(pa.table({"html": empty}))["error_code"].to_pylist() == ["column"] * 2


def test_text_of_a_table_is_read_as_text_of_python_is():
    # with an escape in it, bytes might be ISO-2022-JP
    page = "<title>Mühle</title><h1>Mühle</h1><p>Der Fluss \x1b stand hoch, und das Rad drehte sich früh."
    assert tollgate.classify(page).encoding == "UTF-8"
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        got = tollgate.classify_arrow(pa.table({"html": pa.array([page], kind)}))
        assert (got["title"].to_pylist(), got["encoding"].to_pylist()) == (["Mühle"], ["UTF-8"])


def test_a_wrong_column_of_addresses_is_a_mistake_of_the_caller():
    table = pa.table({"html": [HTML], "n": [1]})
    assert tollgate.classify_arrow(table)["url"].to_pylist() == [None]
    with pytest.raises(tollgate.PageError, match='column "adress": the table has no such column, but html, n'):
        tollgate.classify_arrow(table, url_column="adress")
    with pytest.raises(tollgate.PageError, match='column "n": it holds Int64'):
        tollgate.classify_arrow(table, url_column="n")
    with pytest.raises(tollgate.PageError, match='column "url": it holds Int64'):
        tollgate.classify_arrow(pa.table({"html": [HTML], "url": [1]}))


def test_batches_that_python_makes_on_the_way_are_taken():
    schema = pa.schema([("html", pa.string())])

    def made():
        for i in range(3):
            yield pa.record_batch({"html": [HTML.replace("mill", f"mill {i}")]}, schema)

    got = tollgate.classify_arrow(pa.RecordBatchReader.from_batches(schema, made()))
    assert got["title"].to_pylist() == [f"A mill {i}" for i in range(3)]


def test_parts_of_a_table_are_bounded_by_rows_and_by_bytes(monkeypatch):
    from tollgate import _parts

    table = pa.table({"html": [HTML] * 150, "n": range(150)})
    classifier = tollgate.Classifier()

    def parts(data):
        return list(_parts.labelled(classifier, data, "html", "url", jobs=1))

    assert [part.num_rows for part, _ in parts(table)] == [64, 64, 22]
    monkeypatch.setattr(_parts, "BYTES", 10 * len(HTML))
    got = parts(table)
    assert [part.num_rows for part, _ in got] == [10] * 15
    assert sum((part["n"].to_pylist() for part, _ in got), []) == list(range(150))
    assert all(part.num_rows == done.num_rows for part, done in got)
    monkeypatch.setattr(_parts, "BYTES", 1)
    assert [part.num_rows for part, _ in parts(table.slice(0, 3))] == [1, 1, 1]
    assert [done.num_rows for _, done in parts(table.slice(0, 0))] == [0]
    coded = table.set_column(0, "html", table["html"].dictionary_encode())
    assert sum(done.num_rows for _, done in parts(coded)) == 150


def test_parts_whose_answers_are_too_large_are_halved():
    from tollgate import _parts

    class Small:
        def classify_arrow(self, data, html, url, *, jobs, text):
            if data.num_rows > 3:
                raise tollgate.BatchError("too large", "batch")
            return tollgate.classify_arrow(data, html, url, jobs=jobs, text=text)

    table = pa.table({"html": [HTML.replace("mill", str(i)) for i in range(10)]})
    got = list(_parts.labelled(Small(), table, "html", "url", jobs=1))
    assert [part.num_rows for part, _ in got] == [2, 3, 2, 3]
    assert sum((done["title"].to_pylist() for _, done in got), []) == [f"A {i}" for i in range(10)]


def test_a_wrong_column_is_a_mistake_of_the_caller():
    with pytest.raises(tollgate.PageError, match='column "html": the table has no such column, but a, b'):
        tollgate.classify_arrow(pa.table({"a": ["x"], "b": ["y"]}))
    with pytest.raises(tollgate.PageError, match='column "html": it holds Int64'):
        tollgate.classify_arrow(pa.table({"html": [1]}))
    with pytest.raises(TypeError, match="not in list"):
        tollgate.classify_arrow([HTML])
