"""Labels the pages of a folder with Daft and counts verdicts by language."""

import sys
from pathlib import Path

import daft
from daft import col

import tollgate.daft

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "training-data/pages")
files = sorted(folder.glob("*.html"))
pages = daft.from_pydict({"name": [f.name for f in files], "html": [f.read_bytes() for f in files]})
labelled = pages.with_column("page", tollgate.daft.classify(col("html"))).exclude("html")
labelled = labelled.select("name", col("page").get("verdict"), col("page").get("lang"), col("page").get("blocks"))
labelled.groupby("verdict").agg(col("name").count().alias("pages")).sort("pages", desc=True).show()
if len(sys.argv) > 2:
    labelled.write_parquet(sys.argv[2])
