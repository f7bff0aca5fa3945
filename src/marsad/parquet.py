"""The Parquet files that hold the rows: `data/<config>/<split>.parquet`."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad import feature, jsonl
from marsad.dataset import Row, Rows
from marsad.fault import DataError, Fault

if TYPE_CHECKING:
    import pyarrow as pa


def parquet_path(data: Path, config: str, name: str) -> Path:
    return data / config / f"{name}.parquet"


def to_table(rows: Sequence[Row], columns: Mapping[str, Any]) -> pa.Table:
    """Rows as an Arrow table, labels as numbers."""
    import pyarrow as pa

    encoded = list(map(feature.encoder(columns), rows))
    return pa.Table.from_pylist(encoded, schema=feature.to_schema(columns))


def write_parquet(rows: Rows, columns: Mapping[str, Mapping[str, Any]], data: Path) -> None:
    """Writes `data/<config>/<split>.parquet`. Nothing is written before every file is ready, and
    each is written whole or not at all."""
    import pyarrow.parquet as pq

    files: dict[Path, bytes] = {}
    for config, by_split in rows.items():
        for name, part in by_split.items():
            sink = io.BytesIO()
            pq.write_table(
                to_table(part, columns[config]),
                sink,
                compression="zstd",
                use_content_defined_chunking=True,
                write_page_index=True,
            )
            files[parquet_path(data, config, name)] = sink.getvalue()
    for path, content in files.items():
        jsonl.write_bytes(path, content)


def read_parquet(path: Path, columns: Mapping[str, Any]) -> list[Row]:
    """One Parquet file's rows, labels as names. Raises DataError as `read_encoded`
    does."""
    return list(map(feature.decoder(columns), read_encoded(path, columns)))


def holds(path: Path, rows: Sequence[Row], columns: Mapping[str, Any]) -> bool:
    """Whether a Parquet file has exactly these rows. Raises DataError as `read_encoded` does."""
    # Lists are compared, not Arrow tables: making one imports pandas, which costs half a second.
    return read_encoded(path, columns) == list(map(feature.encoder(columns), rows))


def read_encoded(path: Path, columns: Mapping[str, Any]) -> list[Row]:
    """One Parquet file's rows, labels as numbers. Raises DataError where the file is missing, no
    Parquet, or of another schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = f"data/{path.parent.name}/{path.name}"
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        found = "no such file" if isinstance(error, FileNotFoundError) else "not Parquet"
        raise DataError(Fault(name, 0, found, "run marsad build")) from None
    if table.schema != feature.to_schema(columns):
        raise DataError(Fault(name, 0, "not the columns of this version", "run marsad build"))
    rows: list[Row] = table.to_pylist()
    return rows
