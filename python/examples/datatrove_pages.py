"""Makes a text corpus of a WARC with datatrove: one line differs from a pipeline with Trafilatura."""

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import JsonlWriter

# from datatrove.pipeline.extractors import Trafilatura
from tollgate.datatrove import Tollgate

warcs, output = sys.argv[1:3]
pipeline = [
    WarcReader(warcs, glob_pattern="*.warc.gz"),
    # Trafilatura(favour_precision=True),
    Tollgate(favour_precision=True),
    JsonlWriter(output),
]
if __name__ == "__main__":
    LocalPipelineExecutor(pipeline=pipeline, tasks=1, logging_dir=f"{output}/logs").run()
