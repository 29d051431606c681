#!/usr/bin/env python3
"""Labels the pages of a crawl on a Spark cluster and writes them as Parquet.

WARC archives, as Common Crawl lists them (one path a line, .gz or not), under a root that all workers reach:

    spark-submit --archives environment.tar.gz#environment scripts/spark_classify.py \
        --warc-paths warc.paths.gz --root s3://commoncrawl -o s3a://mine/labels --partition-by date

or a table with a page in each row:

    spark-submit ... scripts/spark_classify.py --parquet pages/ --html body --url address -o labels

How the environment is packed: docs/python.md.
"""

import argparse
import gzip
import sys

from pyspark.sql import DataFrame, SparkSession, functions as F

from tollgate import spark as tollgate_spark
from tollgate import site_of

SETTINGS = {
    # a task's files count only when the driver has let that one try commit them, and move when all are
    # done: lost workers and speculative tries leave nothing behind
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "1",
    # pages are large: 10,000 of them, as by default, would be a gigabyte
    "spark.sql.execution.arrow.maxRecordsPerBatch": "256",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--warc-paths", metavar="FILE", help="list of archives, one a line; .gz is unpacked")
    source.add_argument("--warc", nargs="+", metavar="PATH", help="archives")
    source.add_argument("--parquet", nargs="+", metavar="PATH", help="tables with a page in each row")
    parser.add_argument("--root", default="", metavar="PLACE", help="what the archives' paths are under")
    parser.add_argument("--split", type=int, default=1, metavar="N", help="tasks that share an archive")
    parser.add_argument("--unreadable", choices=["fail", "row"], default="fail",
                        help="what an archive that can't be read does: fail the job, or become a row with an error")
    parser.add_argument("--html", default="html", metavar="COLUMN", help="column of the page")
    parser.add_argument("--url", default="url", metavar="COLUMN", help="column of its address")
    parser.add_argument("--keep", nargs="*", metavar="COLUMN", help="other columns that go along; all by default")
    parser.add_argument("--model", metavar="FILE", help="model file, sent along with --files")
    parser.add_argument("-o", "--output", required=True, metavar="PLACE", help="folder of Parquet files to write")
    parser.add_argument("--partition-by", choices=["site", "date", "none"], default="none")
    parser.add_argument(
        "--site-buckets", type=int, metavar="N", help="with site: N folders by the site's hash, not one a site"
    )
    parser.add_argument("--mode", choices=["error", "overwrite", "append"], default="error",
                        help="what to do when the folder exists")
    args = parser.parse_args()
    if args.site_buckets is not None and args.partition_by != "site":
        parser.error("--site-buckets goes with --partition-by site")
    if args.site_buckets is not None and args.site_buckets < 1:
        parser.error("--site-buckets takes a number of folders")
    return args


def listed(path: str) -> list[str]:
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip()]


def labelled(spark: SparkSession, args: argparse.Namespace) -> DataFrame:
    if args.parquet:
        pages = spark.read.parquet(*args.parquet)
        done = tollgate_spark.classify(pages, args.html, args.url, keep=args.keep, model=args.model)
        if args.partition_by == "site" and "site" not in done.columns:
            done = done.withColumn("site", F.udf(site_of)("url"))
        return done
    paths = args.warc or listed(args.warc_paths)
    return tollgate_spark.classify_archives(
        spark, paths, root=args.root, split=args.split, model=args.model, unreadable=args.unreadable
    )


def main() -> None:
    args = arguments()
    spark = SparkSession.builder.appName("tollgate").getOrCreate()
    given = spark.sparkContext.getConf()
    for name, value in SETTINGS.items():
        # what --conf says stands
        if not given.contains(name):
            spark.conf.set(name.removeprefix("spark.hadoop."), value)
    done = labelled(spark, args)
    if args.site_buckets:
        done = done.withColumn("site_bucket", F.pmod(F.xxhash64("site"), F.lit(args.site_buckets)))
    writer = done.write.mode("errorifexists" if args.mode == "error" else args.mode)
    if args.site_buckets:
        writer = writer.partitionBy("site_bucket")
    elif args.partition_by != "none":
        if args.partition_by not in done.columns:
            sys.exit(f"there is no column {args.partition_by!r} to partition by: --keep it")
        writer = writer.partitionBy(args.partition_by)
    writer.option("compression", "zstd").parquet(args.output)
    spark.stop()


if __name__ == "__main__":
    main()
