"""The Parquet as other libraries read it: README's lines run, and every library gives our rows;
and what an import of Marsad costs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from marsad import card
from marsad.dataset import CONFIGS, Row
from marsad.feature import features
from marsad.label import read_layers
from marsad.parquet import parquet_path, read_encoded, read_parquet
from marsad.rooms import Rooms
from marsad.split import SPLITS

# What each of README's blocks comes to, by the library it begins with.
SHOWN = {
    "pandas": "same_event.values.tolist()",
    "polars": "mentions.rows()",
    "duckdb": "stances.fetchall()",
    "pyarrow": "topic.to_pylist()",
    "datasets": "[len(ner), tags, ner[0]['text'], ner[0]['entities']]",
}
RUN = """
import json, sys
found = {}
for name, (block, shown) in json.load(sys.stdin).items():
    names = {}
    exec(block, names)
    found[name] = eval(shown, names)
print(json.dumps(found))
"""
HEAVY = {"datasets", "huggingface_hub", "numpy", "pandas", "pyarrow", "scipy", "sklearn"}

Columns = Mapping[str, Mapping[str, Any]]


def _plain(value: Any) -> Any:
    """Arrays as lists, at every depth."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [_plain(one) for one in value] if isinstance(value, list) else value


def with_pandas(path: Path) -> list[Row]:
    import pandas

    def cell(value: Any) -> Any:
        return None if pandas.api.types.is_scalar(value) and pandas.isna(value) else _plain(value)

    rows = pandas.read_parquet(path).to_dict("records")
    return [{str(key): cell(value) for key, value in row.items()} for row in rows]


def with_polars(path: Path) -> list[Row]:
    import polars

    return polars.read_parquet(path).to_dicts()


def with_duckdb(path: Path) -> list[Row]:
    import duckdb

    found = duckdb.sql(f"SELECT * FROM '{path}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def with_pyarrow(path: Path) -> list[Row]:
    import pyarrow.parquet

    rows: list[Row] = pyarrow.parquet.read_table(path).to_pylist()
    return rows


@pytest.fixture(scope="module")
def columns(home: Rooms) -> Columns:
    return features(read_layers(home))


@pytest.mark.parametrize("read", [with_pandas, with_polars, with_duckdb, with_pyarrow])
def test_every_library_reads_the_same_rows(
    read: Callable[[Path], list[Row]], home: Rooms, columns: Columns
) -> None:
    for config in CONFIGS:
        for split in SPLITS:
            path = parquet_path(home.data, config, split)
            assert read(path) == read_encoded(path, columns[config]), (config, split)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What README's blocks come to, run beside a checkout that is called marsad."""
    part = card.part((ROOT / "README.md").read_text("utf-8"), "readers")
    blocks = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    names = [re.match(r"(?:import|from) (\w+)", block)[1] for block in blocks]  # type: ignore[index]
    assert names == list(SHOWN)
    folder = tmp_path_factory.mktemp("readers")
    (folder / "marsad").symlink_to(ROOT)
    ran = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(
            {name: (block, SHOWN[name]) for name, block in zip(names, blocks, strict=True)}
        ),
        cwd=folder,
        env={**os.environ, "HF_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_readmes_lines_give_what_they_say(
    shown: dict[str, Any], home: Rooms, columns: Columns
) -> None:
    def rows(config: str, *splits: str) -> list[Row]:
        paths = [parquet_path(home.data, config, split) for split in splits]
        return [row for path in paths for row in read_parquet(path, columns[config])]

    same_event = [
        [row["tier"], row["genre"], row["headline"]]
        for row in rows("articles", "test")
        if row["event"] == "wada_russia_ban_2019"
    ]
    assert shown["pandas"] == same_event
    assert len(same_event) > 1
    ner = rows("ner", "test")
    assert shown["polars"] == [
        [entity["label"], row["text"][entity["start"] : entity["end"]]]
        for row in ner
        for entity in row["entities"]
    ]
    pairs: dict[tuple[str, str], int] = {}
    for row in rows("stance", *SPLITS):
        pairs[row["target"], row["label"]] = pairs.get((row["target"], row["label"]), 0) + 1
    assert shown["duckdb"] == [[*key, pairs[key]] for key in sorted(pairs)]
    wanted = ("passage_id", "text", "topics")
    names = columns["topic"]["topics"][0].names
    assert [{**row, "topics": [names[at] for at in row["topics"]]} for row in shown["pyarrow"]] == [
        {key: row[key] for key in wanted} for row in rows("topic", "test")
    ]
    first = ner[0]
    assert shown["datasets"] == [len(ner), first["ner_tags"], first["text"], first["entities"]]


def test_an_import_of_marsad_loads_nothing_heavy() -> None:
    code = "import sys, marsad, marsad.cli; print(*{name.split('.')[0] for name in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(ran.stdout.split())
