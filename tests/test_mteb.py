"""The mteb tasks, run offline with an encoder that counts words."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import pytest

from marsad import task
from marsad.rooms import Rooms

mteb = pytest.importorskip("mteb")

from mteb.models.model_meta import ModelMeta  # noqa: E402

from marsad.mteb import MarsadStance, MarsadTopic  # noqa: E402


class Counting:
    """An encoder whose vector of a text counts its words, hashed into 32 places."""

    mteb_model_meta = ModelMeta.create_empty({"name": "test/counting", "revision": "1"})

    def encode(self, inputs: Any, **_: Any) -> Any:
        texts = [text for batch in inputs for text in batch["text"]]
        found = np.zeros((len(texts), 32), dtype=np.float32)
        for at, text in enumerate(texts):
            for word in text.split():
                found[at, crc32(word.encode()) % 32] += 1
        return found

    def similarity(self, one: Any, other: Any) -> Any:
        return one @ other.T

    def similarity_pairwise(self, one: Any, other: Any) -> Any:
        return (one * other).sum(-1)


def test_the_tasks_run_offline(home: Rooms) -> None:
    tasks = [MarsadTopic(), MarsadStance()]
    for made in tasks:
        made.n_experiments = 2
    found = mteb.evaluate(Counting(), tasks=tasks, cache=None, show_progress_bar=False)
    assert [result.task_name for result in found.task_results] == ["MarsadTopic", "MarsadStance"]
    for result, made in zip(found.task_results, tasks, strict=True):
        assert 0 < result.get_score() < 1
        assert result.dataset_revision == task.read_data(home, made.asks).signature


@pytest.mark.parametrize("kind", [MarsadTopic, MarsadStance])
def test_the_rows_are_ours_and_the_metadata_is_whole(home: Rooms, kind: Any) -> None:
    made = kind()
    made.load_data()
    data = task.read_data(home, made.asks)
    assert {name: len(rows) for name, rows in made.dataset.items()} == {
        name: len(rows) for name, rows in data.rows.items()
    }
    row, ours = made.dataset["test"][0], data.rows["test"][0]
    assert set(row) == {"text", "label"}
    shown = ("text", "holder_ar", "target_ar") if made.asks == "stance" else ("text",)
    assert all(ours[part] in row["text"] for part in shown)
    labels = row["label"] if isinstance(row["label"], list) else [row["label"]]
    gold = ours[data.task.answer]
    assert [data.layer.names[at] for at in labels] == ([gold] if isinstance(gold, str) else gold)
    metadata = made.metadata
    assert metadata.eval_langs == ["ara-Arab"]
    assert metadata.license == "cc-by-4.0"
    unfilled = [name for name, value in metadata if value is None]
    assert set(unfilled) <= {
        "reference",
        "prompt",
        "adapted_from",
        "contributed_by",
        "superseded_by",
    }
    made.unload_data()
    assert made.metadata == metadata
