"""Spark in this process; a real cluster is in scripts/check_spark.sh."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tollgate

pyspark = pytest.importorskip("pyspark")
pa = pytest.importorskip("pyarrow")

ROOT = Path(__file__).resolve().parents[2]
HTML = "<title>Page {0}</title><h1>Page {0}</h1><p>The river stood high that day, and the wheel turned."


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = pyspark.sql.SparkSession.builder.master("local[2]")
    for key, value in {"ui.enabled": "false", "driver.host": "127.0.0.1", "sql.shuffle.partitions": "2"}.items():
        builder = builder.config(f"spark.{key}", value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_a_row_gives_a_row_with_the_columns_that_go_along(spark):
    import tollgate.spark

    rows = [(i, HTML.format(i) if i % 5 else None, f"https://a.example/{i}") for i in range(150)]
    df = spark.createDataFrame(rows, "id int, html string, url string")
    done = tollgate.spark.classify(df)
    assert done.columns == ["id", *(n for n in tollgate.arrow_schema().names if n != "path")]
    got = sorted(done.collect(), key=lambda row: row.id)
    pages = tollgate.classify_batch([row[1] for row in rows])
    for row, page, (number, _, url) in zip(got, pages, rows):
        assert (row.id, row.url, row.title, row.verdict) == (number, url, page.title, page.verdict)
        assert row.error_code == (None if number % 5 else "column")
        assert [b.text for b in row.blocks or []] == [b.text for b in page.blocks]
    assert len(got) == 150
    assert tollgate.spark.classify(df, keep=[]).columns[0] == "url"


def test_columns_that_would_clash_are_named(spark):
    import tollgate.spark

    df = spark.createDataFrame([("a", "b")], "html string, title string")
    with pytest.raises(ValueError, match="called title, too"):
        tollgate.spark.classify(df)
    with pytest.raises(ValueError, match="no column 'page', but html, title"):
        tollgate.spark.classify(df, "page")


def test_an_archive_that_is_not_there_is_a_row_with_an_error(spark, tmp_path):
    import tollgate.spark

    (row,) = tollgate.spark.classify_archives(spark, ["no.warc", "no.warc"], root=str(tmp_path)).collect()
    assert (row.path, row.error_code) == ("no.warc", "io") and "No such file" in row.error_message


def test_the_job_labels_a_table(tmp_path):
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    pages = [HTML.format(i) for i in range(40)]
    urls = [f"https://www.site{i % 3}.example/{i}" for i in range(40)]
    pq.write_table(pa.table({"id": range(40), "page": pages, "address": urls}), tmp_path / "in.parquet")
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [submit, "--master", "local[2]", "--conf", "spark.ui.enabled=false", "--conf", "spark.driver.host=127.0.0.1"]
    job = [ROOT / "scripts" / "spark_classify.py", "--parquet", tmp_path / "in.parquet", "--html", "page"]
    job += ["--url", "address", "--keep", "id", "-o", tmp_path / "out", "--partition-by", "site"]
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    run = subprocess.run([*command, *job], capture_output=True, text=True, env=environment, timeout=200)
    assert run.returncode == 0, run.stderr
    assert sorted(p.name for p in (tmp_path / "out").glob("site=*")) == [f"site=site{i}.example" for i in range(3)]
    got = ds.dataset(tmp_path / "out", partitioning="hive").to_table(["id", "url", "title"]).sort_by("id").to_pylist()
    assert got == [{"id": i, "url": urls[i], "title": f"Page {i}"} for i in range(40)]
