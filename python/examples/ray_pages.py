"""Labels the pages of a folder with Ray Data and writes Parquet."""

import sys

import ray

import tollgate.ray

# on a cluster: ray.init()
ray.init(address="local", _node_ip_address="127.0.0.1", include_dashboard=False)
folder = sys.argv[1] if len(sys.argv) > 1 else "training-data/pages"
pages = ray.data.read_binary_files(folder, include_paths=True, file_extensions=["html"])
labelled = pages.map_batches(
    tollgate.ray.Classify(html="bytes", keep=["path"]), batch_format="pyarrow", batch_size=256
)
labelled = labelled.materialize()
print(labelled.select_columns(["verdict"]).to_pandas().value_counts())
if len(sys.argv) > 2:
    labelled.write_parquet(sys.argv[2])
