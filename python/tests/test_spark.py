"""Spark in this process; a real cluster is in scripts/check_spark.sh."""

import io
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


def test_addresses_are_bytes_or_text_and_names_may_have_dots(spark):
    import tollgate.spark

    rows = [(HTML.format(1), b"https://a.example/\xff", 1), (None, b"https://b.example/\xff", 2)]
    df = spark.createDataFrame(rows, "`the.page` string, url binary, `a.b` int")
    got = sorted(tollgate.spark.classify(df, html="the.page").collect(), key=lambda row: row["a.b"])
    assert [row["url"] for row in got] == ["https://a.example/\ufffd", "https://b.example/\ufffd"]
    assert [row.error_code for row in got] == [None, "column"]


def test_a_column_of_addresses_that_is_named_must_be_there(spark):
    import tollgate.spark

    df = spark.createDataFrame([("a",)], "html string")
    assert "url" in tollgate.spark.classify(df).columns
    with pytest.raises(ValueError, match="no column 'adress', but html"):
        tollgate.spark.classify(df, url="adress")


def test_an_archive_that_is_not_there_fails_the_job_or_is_a_row_if_asked_for(spark, tmp_path):
    import tollgate.spark

    def archives(**options):
        return tollgate.spark.classify_archives(spark, ["no.warc", "no.warc"], root=str(tmp_path), **options)

    with pytest.raises(Exception, match="No such file"):
        archives().collect()
    (row,) = archives(unreadable="row").collect()
    assert (row.path, row.error_code) == ("no.warc", "io") and "No such file" in row.error_message
    with pytest.raises(ValueError, match="'fail' or 'row'"):
        archives(unreadable="skip")


@pytest.mark.parametrize("seekable", [True, False])
def test_reading_goes_on_where_it_broke_off(seekable):
    from tollgate._steady import Steady

    content = bytes(range(256)) * 40
    opened = 0

    class Torn(io.BytesIO):
        left = 3

        def read(self, size=-1):
            self.left -= 1
            if self.left < 0:
                raise ConnectionError("the line is dead")
            return super().read(min(size, 700))

        def seekable(self):
            return seekable

    def again():
        nonlocal opened
        opened += 1
        if opened % 2 == 0:
            raise TimeoutError("nobody answers")
        torn = Torn(content)
        # what is passed over must not use up what it reads
        torn.left = 3 if seekable else 3 + len(got) // 700
        return torn

    file = Steady(again, pause=0)
    got = b""
    while data := file.read(1000):
        got += data
    assert got == content and opened > 2


def test_trying_again_comes_to_an_end():
    from tollgate._steady import Steady

    tried = []

    def dead():
        tried.append(1)
        raise TimeoutError("nobody answers")

    with pytest.raises(TimeoutError):
        Steady(dead, tries=3, pause=0).read(1)
    assert len(tried) == 3

    def missing():
        tried.append(1)
        raise FileNotFoundError("no such file")

    with pytest.raises(FileNotFoundError):
        Steady(missing, tries=3, pause=0).read(1)
    assert len(tried) == 4


JOB = ROOT / "scripts" / "spark_classify.py"
# the job, which tells at its end what its settings are
TOLD = f"""
import runpy, sys
from pyspark.sql import SparkSession

def stop(self):
    hadoop = self._jsparkSession.sessionState().newHadoopConf()
    rows = self.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    print("SETTINGS", hadoop.get("mapreduce.fileoutputcommitter.algorithm.version"), rows)

SparkSession.stop = stop
runpy.run_path({str(JOB)!r}, run_name="__main__")
"""


def run_job(tmp_path, flags, *arguments) -> list[str]:
    """Runs the job; the answer is its settings."""
    told = tmp_path / "told.py"
    told.write_text(TOLD)
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [submit, "--master", "local[2]", "--conf", "spark.ui.enabled=false", "--conf", "spark.driver.host=127.0.0.1"]
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    run = subprocess.run(
        [*command, *flags, told, *arguments], capture_output=True, text=True, env=environment, timeout=200
    )
    assert run.returncode == 0, run.stderr
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("SETTINGS")]
    return line.split()[1:]


def test_what_the_user_sets_stands(tmp_path):
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"html": [HTML.format(1)]}), tmp_path / "in.parquet")
    committer = "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version=2"
    flags = ["--conf", "spark.sql.execution.arrow.maxRecordsPerBatch=7", "--conf", committer]
    assert run_job(tmp_path, flags, "--parquet", tmp_path / "in.parquet", "-o", tmp_path / "out") == ["2", "7"]


def test_flags_that_would_do_nothing_are_refused():
    command = [sys.executable, JOB, "--warc", "a", "-o", "b", "--site-buckets", "4", "--partition-by", "date"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 2 and "goes with --partition-by site" in run.stderr


def test_the_job_labels_a_table(tmp_path):
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    pages = [HTML.format(i) for i in range(40)]
    urls = [f"https://www.site{i % 3}.example/{i}" for i in range(40)]
    pq.write_table(pa.table({"id": range(40), "page": pages, "address": urls}), tmp_path / "in.parquet")
    job = ["--parquet", tmp_path / "in.parquet", "--html", "page", "--url", "address", "--keep", "id"]
    assert run_job(tmp_path, [], *job, "-o", tmp_path / "out", "--partition-by", "site") == ["1", "256"]
    assert sorted(p.name for p in (tmp_path / "out").glob("site=*")) == [f"site=site{i}.example" for i in range(3)]
    got = ds.dataset(tmp_path / "out", partitioning="hive").to_table(["id", "url", "title"]).sort_by("id").to_pylist()
    assert got == [{"id": i, "url": urls[i], "title": f"Page {i}"} for i in range(40)]
