"""`load_dataset` on the checkout, the builder class and the stream give the same rows, with the
newest and the oldest supported `datasets`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from marsad.dataset import CONFIGS, Rows
from marsad.feature import features, to_yaml
from marsad.label import read_layers
from marsad.rooms import Rooms

# Run in a process of its own: it prints what three ways of loading give, and in which version.
LOAD = """
import json, sys
import datasets
sys.path.insert(0, sys.argv[1])
from dataset_script import Marsad

datasets.disable_progress_bars()
root, config, cache = sys.argv[1:4]
loaded = datasets.load_dataset(root, config, cache_dir=cache)
builder = Marsad(config_name=config, cache_dir=cache + "/builder")
builder.download_and_prepare()
built = builder.as_dataset()
streamed = builder.as_streaming_dataset()

def decoded(rows, features):
    def names(feature, value):
        if isinstance(feature, datasets.ClassLabel):
            return feature.int2str(value)
        inner = getattr(feature, "feature", feature[0] if isinstance(feature, list) else None)
        if isinstance(inner, datasets.ClassLabel):
            return [inner.int2str(one) for one in value]
        return value
    return [{key: names(features[key], value) for key, value in row.items()} for row in rows]

found = {}
for name in loaded:
    rows = loaded[name].to_list()
    assert rows == built[name].to_list(), name
    assert rows == list(streamed[name]), name
    assert loaded[name].features == built[name].features, name
    found[name] = decoded(rows, loaded[name].features)
print(json.dumps({"version": datasets.__version__, "rows": found}))
"""


def load(python: str, config: str, cache: Path) -> dict[str, object]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(cache / "home")}
    ran = subprocess.run(
        [python, "-c", LOAD, str(ROOT), config, str(cache)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, object] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("config", CONFIGS)
def test_load_dataset_builder_and_stream_give_the_rows(
    config: str, rows: Rows, tmp_path: Path
) -> None:
    assert load(sys.executable, config, tmp_path)["rows"] == rows[config]


@pytest.mark.peers
@pytest.mark.parametrize("config", CONFIGS)
def test_so_does_the_oldest_supported_version(config: str, rows: Rows, tmp_path: Path) -> None:
    found = load(os.environ["MARSAD_OLDEST_PYTHON"], config, tmp_path)
    assert found["version"] == "2.21.0"
    assert found["rows"] == rows[config]


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
