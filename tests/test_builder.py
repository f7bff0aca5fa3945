"""The checkout, the builder class, the hub at a tag and the streams give the same rows, with every
supported `datasets`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from hub import Hub, environment
from marsad.dataset import CONFIGS, Rows, canons
from marsad.feature import features, to_yaml
from marsad.label import read_layers
from marsad.rooms import Rooms

ID = "org/marsad"
# The other versions of datasets, and what each is installed with.
PEERS = sorted(path.stem for path in (ROOT / "tests" / "peers").glob("*.txt"))

# Run in a process of its own, once for a version: prints the digest of the rows and the features
# that each way of loading gives.
LOAD = """
import json, sys
import datasets
import huggingface_hub
import marsad.builder
from marsad.dataset import CONFIGS, canon

datasets.disable_progress_bars()
root, repo, cache = sys.argv[1:]

# The builders of the five configs read the same sources; once is enough.
def once(work):
    made = []
    def same(given):
        made or made.append(work(given))
        return made[0]
    return same

marsad.builder.read_corpus = once(marsad.builder.read_corpus)
marsad.dataset.build_rows = once(marsad.dataset.build_rows)
from dataset_script import Marsad

def named(feature):
    if isinstance(feature, datasets.ClassLabel):
        return feature.int2str
    inner = getattr(feature, "feature", feature[0] if isinstance(feature, list) else None)
    if isinstance(inner, datasets.ClassLabel):
        return lambda numbers: [inner.int2str(one) for one in numbers]
    return lambda value: value

def batched(split):
    return (
        dict(zip(batch, row))
        for batch in split.iter(batch_size=1000)
        for row in zip(*batch.values())
    )

def told(splits, rows_of=batched):
    rows = {}
    for name, split in splits.items():
        decode = {column: named(feature) for column, feature in split.features.items()}
        rows[str(name)] = [
            {key: decode[key](value) for key, value in row.items()} for row in rows_of(split)
        ]
    return [canon(rows).digest, repr(next(iter(splits.values())).features)]

found = {}
for config in CONFIGS:
    load = lambda *named, **more: datasets.load_dataset(*named, config, cache_dir=cache, **more)
    builder = Marsad(config_name=config, cache_dir=cache + "/builder")
    builder.download_and_prepare()
    found[config] = {
        "checkout": told(load(root)),
        "checkout, streamed": told(load(root, streaming=True)),
        "builder": told(builder.as_dataset()),
        # Row by row: 3.6 cannot batch a builder's stream where a column is all null in a batch.
        "builder, streamed": told(builder.as_streaming_dataset(), iter),
        "hub": told(load(repo, revision="v1")),
        "hub, streamed": told(load(repo, revision="v1", streaming=True)),
    }
print(json.dumps([datasets.__version__, huggingface_hub.__version__, found]))
"""


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """A hub with the card and data/ of the checkout at the tag v1, and something else after it."""
    files = {"README.md": ROOT / "README.md"}
    files |= {str(path.relative_to(ROOT)): path for path in ROOT.glob("data/*/*.parquet")}
    with Hub() as made:
        made.commit(ID, {name: path.read_bytes() for name, path in files.items()})
        made.tag(ID, "v1")
        made.commit(ID, dict.fromkeys(files))
        yield made


def load(python: str, hub: Hub, tmp: Path) -> tuple[str, str, dict[str, dict[str, Any]]]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    ran = subprocess.run(
        [python, "-c", LOAD, str(ROOT), ID, str(tmp / "cache")],
        capture_output=True,
        text=True,
        check=False,
        env=environment(hub, tmp) | {"PYTHONPATH": path},
        cwd=tmp,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    version, client, found = json.loads(ran.stdout)
    return version, client, found


def assert_same_rows(found: dict[str, dict[str, Any]], rows: Rows) -> None:
    expected = {config: one.digest for config, one in canons(rows).items()}
    digests = {config: {way: one[0] for way, one in ways.items()} for config, ways in found.items()}
    assert digests == {
        config: dict.fromkeys(ways, expected[config]) for config, ways in found.items()
    }
    assert sorted(found) == sorted(CONFIGS)
    for config, ways in found.items():
        assert len({columns for _, columns in ways.values()}) == 1, (config, ways)


def test_every_way_gives_the_rows(rows: Rows, hub: Hub, tmp_path: Path) -> None:
    assert_same_rows(load(sys.executable, hub, tmp_path)[2], rows)


@pytest.mark.peers
@pytest.mark.parametrize("version", PEERS)
def test_so_does_every_way_of_other_versions(
    version: str, rows: Rows, hub: Hub, tmp_path: Path
) -> None:
    if "MARSAD_DATASETS_PYTHONS" not in os.environ:
        pytest.skip("make test sets MARSAD_DATASETS_PYTHONS: the interpreters of the versions")
    pythons = os.environ["MARSAD_DATASETS_PYTHONS"].split(os.pathsep)
    python = dict(zip(PEERS, pythons, strict=True))[version]
    pins = (ROOT / "tests" / "peers" / f"{version}.txt").read_text(encoding="utf-8").splitlines()
    given, client, found = load(python, hub, tmp_path)
    assert {f"datasets=={given}", f"huggingface_hub=={client}"} <= set(pins)
    assert given == version
    assert_same_rows(found, rows)


def test_the_default_config_is_articles(tmp_path: Path) -> None:
    import datasets

    loaded = datasets.load_dataset(str(ROOT), cache_dir=str(tmp_path), split="test")
    assert "raw" in loaded.features


def test_front_matter_features_are_what_datasets_itself_would_write(home: Rooms) -> None:
    import datasets

    from marsad.builder import _features

    for columns in features(read_layers(home)).values():
        own = datasets.Features(_features(columns))
        assert to_yaml(columns) == own._to_yaml_list()
