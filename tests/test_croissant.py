"""`croissant.json`, as mlcroissant validates it and reads it back, and `eval.yaml`."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT
from marsad import (
    card,
    croissant_reading,
    feature,
    jsonl,
    publication,
    registry,
    release,
    rooms,
    task,
)
from marsad.croissant import croissant
from marsad.dataset import CONFIGS
from marsad.fault import DataError, UsageError
from marsad.feature import features
from marsad.label import read_layers
from marsad.parquet import parquet_path, read_encoded, write_parquet
from marsad.publication import Publication
from marsad.rooms import Rooms
from marsad.split import SPLITS

Columns = Mapping[str, Mapping[str, Any]]
PAGE = "http://127.0.0.1:9/datasets/org/marsad"
TOP = ("README.md", "dataset.toml", "CITATION.cff")


@pytest.fixture(scope="module")
def said(home: Rooms) -> Publication:
    return publication.read_publication(home)


@pytest.fixture(scope="module")
def columns(home: Rooms) -> Columns:
    return features(read_layers(home))


def described(folder: Path, said: Publication, **place: str) -> Path:
    """A copy of what is published in a folder, with its description."""
    shutil.copytree(ROOT / "data", folder / "data")
    for name in TOP:
        shutil.copy(ROOT / name, folder / name)
    return write(folder, said, **place)


def write(folder: Path, said: Publication, **place: str) -> Path:
    path = folder / "croissant.json"
    path.write_text(json.dumps(croissant(folder, said, **place), ensure_ascii=False), "utf-8")
    return path


@pytest.fixture(scope="module")
def whole(said: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder described as at a hub where nothing answers: the files beside it are read."""
    folder = tmp_path_factory.mktemp("published")
    return described(folder, said, page=PAGE)


def test_mlcroissant_finds_no_error_and_no_warning(whole: Path) -> None:
    assert croissant_reading.validate(whole) == []


def test_every_record_read_back_is_a_row_of_data(
    whole: Path, home: Rooms, columns: Columns
) -> None:
    found = croissant_reading.records(whole)
    assert {config: set(parts) for config, parts in found.items()} == {
        config: set(SPLITS) for config in CONFIGS
    }
    for config, parts in found.items():
        for split, rows in parts.items():
            path = parquet_path(home.data, config, split)
            assert rows == read_encoded(path, columns[config]), (config, split)
    assert any(
        one["start"] == other["start"] and one["end"] < other["end"]
        for row in found["ner"]["test"]
        for one in row["entities"]
        for other in row["entities"]
    )


def test_the_description_says_what_the_folder_says(whole: Path, home: Rooms) -> None:
    made = json.loads(whole.read_text("utf-8"))
    version = release.read_release(home).version
    assert made["version"] == version
    assert made["url"] == PAGE
    files = {file["@id"]: file for file in made["distribution"]}
    assert len(files) == 15
    assert files["data/ner/test.parquet"]["contentUrl"] == (
        f"{PAGE}/resolve/v{version}/data/ner/test.parquet"
    )
    sets = {one["@id"]: one for one in made["recordSet"]}
    assert sets["labels/stance_label"]["data"][1] == {
        "labels/stance_label/number": 1,
        "labels/stance_label/name": "against",
    }
    assert made["citeAs"].count("{") == made["citeAs"].count("}")
    assert f"version = {{{version}}}" in made["citeAs"]
    assert {name for name in made if name.startswith("rai:")} >= {
        "rai:dataCollection",
        "rai:dataAnnotationProtocol",
        "rai:dataBiases",
        "rai:dataLimitations",
        "rai:dataUseCases",
        "rai:dataSocialImpact",
        "rai:personalSensitiveInformation",
        "rai:dataReleaseMaintenancePlan",
    }
    assert made == croissant(whole.parent, publication.read_publication(home), PAGE)


def test_the_keys_name_a_row_and_are_those_of_the_tasks(
    said: Publication, home: Rooms, columns: Columns
) -> None:
    for config, about in said.config.items():
        names = [
            tuple(row[column] for column in about.key)
            for split in SPLITS
            for row in read_encoded(parquet_path(home.data, config, split), columns[config])
        ]
        assert len(set(names)) == len(names), config
    for name in task.names(home):
        asks = task.read_task(home, name)
        assert said.config[asks.config].key == asks.key


def test_a_citation_of_another_version_is_an_error(said: Publication, tmp_path: Path) -> None:
    described(tmp_path, said)
    (tmp_path / "dataset.toml").write_text('version = "99.0.0"\n', "utf-8")
    with pytest.raises(DataError, match=r"CITATION\.cff: version is '.*', not '99\.0\.0'"):
        croissant(tmp_path, said)


def test_a_changed_byte_is_noticed(said: Publication, tmp_path: Path) -> None:
    path = described(tmp_path, said)
    file = tmp_path / "data" / "ner" / "test.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"test\.parquet is not identical"):
        croissant_reading.records(path, ["ner"], ["test"])


def test_empty_splits_are_read_as_empty(
    said: Publication, columns: Columns, tmp_path: Path
) -> None:
    described(tmp_path, said)
    empty = {config: {split: [] for split in SPLITS} for config in CONFIGS}
    write_parquet(empty, columns, tmp_path / "data")
    path = write(tmp_path, said)
    assert croissant_reading.validate(path) == []
    assert croissant_reading.records(path) == empty


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address that it is served at."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    handler = functools.partial(Quiet, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_it_is_read_from_the_hubs_address_as_it_stands(
    said: Publication,
    home: Rooms,
    columns: Columns,
    served: tuple[Path, str],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import etils.epath
    from mlcroissant._src.core import constants

    root, address = served
    cache = etils.epath.Path(tmp_path_factory.mktemp("cache"))
    monkeypatch.setattr(constants, "DOWNLOAD_PATH", cache)
    tag = f"v{release.read_release(home).version}"
    place = root / "datasets" / "org" / "marsad" / "resolve" / tag
    path = described(place, said, page=f"{address}/datasets/org/marsad")
    there = f"{address}/{path.relative_to(root).as_posix()}"
    rows = croissant_reading.records(there, ["stance"], ["validation"])["stance"]["validation"]
    path = parquet_path(home.data, "stance", "validation")
    assert rows == read_encoded(path, columns["stance"])
    assert len(list(Path(cache).iterdir())) == 1


def test_what_is_wrong_is_told_in_lines(whole: Path, tmp_path: Path) -> None:
    made = json.loads(whole.read_text("utf-8"))
    del made["license"]
    del made["distribution"][0]["sha256"]
    broken = tmp_path / "croissant.json"
    broken.write_text(json.dumps(made), "utf-8")
    found = croissant_reading.validate(broken)
    assert any("sha256" in line for line in found)
    assert all("\n" not in line for line in found)


def test_a_column_without_words_is_an_error(said: Publication, tmp_path: Path) -> None:
    described(tmp_path, said)
    page = (tmp_path / "README.md").read_text("utf-8")
    page = page.replace("- name: holder_ar", "- name: holder_fr", 1)
    (tmp_path / "README.md").write_text(page, "utf-8")
    with pytest.raises(DataError, match=r"publication\.toml.*'holder_fr'"):
        croissant(tmp_path, said)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("dataBiases", "dataBiasses", "unknown key 'dataBiasses'"),
        ('annotationsPerItem = "', 'annotationsPerItem = 2 # "', "annotationsPerItem is 2"),
        ("[benchmark]", "[benchmarks]", "benchmark is None"),
        ('row = "A line', 'rows = "A line', "unknown key 'rows'"),
    ],
)
def test_publication_toml_takes_no_unknown_key(
    home: Rooms, tmp_path: Path, old: str, new: str, found: str
) -> None:
    text = (home.root / "publication.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "publication.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(DataError) as raised:
        publication.read_publication(Rooms(tmp_path))
    assert found in str(raised.value)


def test_the_features_of_the_card_are_read_back(columns: Columns) -> None:
    for known in columns.values():
        assert feature.from_yaml(feature.to_yaml(known)) == known
    with pytest.raises(ValueError, match="'x' is 'float32'"):
        feature.from_yaml([{"name": "x", "dtype": "float32"}])


def test_eval_yaml_names_tasks_configs_and_splits_that_are_there(
    home: Rooms, said: Publication
) -> None:
    made = registry.entry(home, said)
    assert yaml.safe_load(registry.to_yaml(made)) == made
    assert list(made) == ["name", "description", "evaluation_framework", "tasks"]
    head = card.front_matter(jsonl.read_text(home.card, "README.md"))
    configs = {
        one["config_name"]: [file["split"] for file in one["data_files"]] for one in head["configs"]
    }
    assert made["tasks"]
    for one in made["tasks"]:
        assert set(one) == {"id", "config", "split"}
        assert one["split"] in configs[one["config"]]


def test_eval_yaml_refuses_a_task_that_is_not_there(home: Rooms, tmp_path: Path) -> None:
    text = (home.root / "publication.toml").read_text("utf-8")
    for name in ("publication.toml", "other"):
        (tmp_path / name).write_text(text.replace('"topic", "stance"]', '"topics"]'), "utf-8")
    said = publication.read_publication(Rooms(tmp_path))
    with pytest.raises(DataError, match="no task 'topics'"):
        registry.entry(rooms.find(ROOT), said)
