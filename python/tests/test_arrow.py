"""Arrow tables in and out."""

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
    # 400 MB of page are refused by their size, without a copy of them
    import resource

    large = pa.array([b" " * (400 << 20)], pa.large_binary())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    got = tollgate.classify_arrow(pa.table({"html": large}))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert got["error_code"].to_pylist() == ["too-large"]
    assert grown < 100 << 10


def test_blocks_are_those_of_the_page():
    got = tollgate.classify_arrow(pa.table({"html": [HTML]}))
    page = tollgate.classify(HTML)
    (blocks,) = got["blocks"].to_pylist()
    assert [b["text"] for b in blocks] == [b.text for b in page.blocks]
    assert [b["label"] for b in blocks] == [b.label for b in page.blocks]
    assert tollgate.to_arrow([page]).equals(got)
    assert tollgate.to_arrow([]).num_rows == 0


def test_a_wrong_column_is_a_mistake_of_the_caller():
    with pytest.raises(tollgate.PageError, match='column "html": the table has no such column, but a, b'):
        tollgate.classify_arrow(pa.table({"a": ["x"], "b": ["y"]}))
    with pytest.raises(tollgate.PageError, match='column "html": it holds Int64'):
        tollgate.classify_arrow(pa.table({"html": [1]}))
    with pytest.raises(TypeError, match="not in list"):
        tollgate.classify_arrow([HTML])
