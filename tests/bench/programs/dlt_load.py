"""dlt: a JSONL file to Parquet, one table an event, as its users load mixed events. Arguments: file, folder to write to, schema (not used: dlt infers)."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

file, out = Path(sys.argv[1]), Path(sys.argv[2])
os.environ.update(
    RUNTIME__DLTHUB_TELEMETRY="false",
    RUNTIME__LOG_LEVEL="ERROR",
    EXTRACT__WORKERS="1",
    NORMALIZE__WORKERS="1",
    LOAD__WORKERS="1",
    DATA_WRITER__BUFFER_MAX_ITEMS="20000",
)

import dlt  # noqa: E402 - its configuration comes from the environment
from dlt.common.json import json  # noqa: E402

PAGE = 5000


def events() -> Iterator[list[dict[str, object]]]:
    """The lines, a page at a time."""
    page = []
    with file.open("rb") as lines:
        for line in lines:
            page.append(json.loadb(line))
            if len(page) == PAGE:
                yield page
                page = []
    yield page


pipeline = dlt.pipeline(
    "bench", pipelines_dir=str(out / "pipeline"), destination=dlt.destinations.filesystem(bucket_url=str(out / "tables")), dataset_name="events"
)
resource = dlt.resource(events, name="events", table_name=lambda item: item["event"], write_disposition="append")
pipeline.run(resource, loader_file_format="parquet")
rows = sum(count for table, count in pipeline.last_trace.last_normalize_info.row_counts.items() if "__" not in table and not table.startswith("_dlt"))
print(rows)
