"""The topic and stance tasks for mteb: its own protocol (a few rows of each label, a light
classifier on frozen embeddings), on our rows and splits.

    mteb.evaluate(encoder, tasks=[MarsadTopic(), MarsadStance()], cache=None)

What it prints is comparable between encoders there, not with the figures of `marsad score`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from datasets import Dataset, DatasetDict
from mteb.abstasks import AbsTaskClassification, AbsTaskMultilabelClassification
from mteb.abstasks.task_metadata import TaskMetadata

from marsad import rooms, task
from marsad.figure import CITATION
from marsad.rooms import Rooms
from marsad.task import TaskData


class _Metadata:
    """The metadata of a task class, made from its data when it is first asked for."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return _metadata(rooms.find(), owner)


class MarsadTopic(AbsTaskMultilabelClassification):  # type: ignore[misc]
    """What a passage is about: one or more of the topics."""

    asks = "topic"
    kind = "MultilabelClassification"
    about = "Say what a passage of an Arabic news article is about: one or more of thirteen topics."
    subtypes = ("Topic classification",)
    metadata = _Metadata()

    def load_data(self, **_: Any) -> None:
        _load(self)

    @staticmethod
    def text(row: Mapping[str, Any]) -> str:
        return str(row["text"])


class MarsadStance(AbsTaskClassification):  # type: ignore[misc]
    """A holder's stance toward a target, as a passage gives it. The encoder sees the three as one
    text."""

    asks = "stance"
    kind = "Classification"
    about = "Say what stance a holder takes toward a target in a passage of Arabic news."
    subtypes = ("Political classification",)
    metadata = _Metadata()

    def load_data(self, **_: Any) -> None:
        _load(self)

    @staticmethod
    def text(row: Mapping[str, Any]) -> str:
        return f"{row['text']}\n{row['holder_ar']}: {row['target_ar']}"


def _load(made: Any) -> None:
    """Puts the rows into a task, labels as numbers. No network and no cache."""
    if made.data_loaded:
        return
    data = _data(rooms.find(), made.asks)
    number = {name: at for at, name in enumerate(data.layer.names)}

    def label(row: Mapping[str, Any]) -> Any:
        answer = row[data.task.answer]
        return number[answer] if isinstance(answer, str) else [number[name] for name in answer]

    made.dataset = DatasetDict(
        {
            split: Dataset.from_list(
                [{"text": made.text(row), "label": label(row)} for row in rows]
            )
            for split, rows in data.rows.items()
        }
    )
    made.data_loaded = True


@lru_cache(maxsize=4)
def _data(home: Rooms, name: str) -> TaskData:
    return task.read_data(home, name)


@lru_cache(maxsize=4)
def _metadata(home: Rooms, made: Any) -> Any:
    data = _data(home, made.asks)
    days = sorted(row["published"] for row in data.articles.values() if row["published"])
    return TaskMetadata(
        name=made.__name__,
        description=made.about,
        dataset={"path": "marsad", "name": data.task.config, "revision": data.signature},
        type=made.kind,
        category="t2c",
        modalities=["text"],
        eval_splits=["test"],
        eval_langs=["ara-Arab"],
        main_score="f1",
        date=(days[0], days[-1]),
        domains=["News", "Written"],
        task_subtypes=list(made.subtypes),
        license="cc-by-4.0",
        annotations_creators="LM-generated",
        dialect=[],
        sample_creation="multiple",
        bibtex_citation=CITATION,
        reference=None,
    )
