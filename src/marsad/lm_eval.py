"""What the task files of harnesses/lm_eval call: rows, the reading of answers, our metrics.

    lm_eval run --model … --tasks marsad_ner_ar --include_path harnesses/lm_eval --log_samples

`predictions` turns the samples of such a run into answer rows that `marsad score` reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad import answer_text, figure, jsonl, label, rooms, task
from marsad.answer import answer_row, gold_answer
from marsad.answer_text import Reading
from marsad.counts import Counts, count
from marsad.dataset import Row, outermost
from marsad.fault import DataError, Fault, UsageError
from marsad.label import Layer
from marsad.metric import METRICS
from marsad.rooms import Rooms
from marsad.task import Task, TaskData

if TYPE_CHECKING:
    from datasets import DatasetDict

LANGUAGES = ("ar", "en")
Item = Mapping[str, Any]  # one row's units: its task and article, gold, what was given, unplaced


def load(task: str, language: str, none: str = "", split: str = "test", **_: Any) -> DatasetDict:
    """The rows that a task file asks about, under `asked`, and those of train, under `train`.

    A row has the inputs of the task and, in the prompt's language, `labels` (with their meaning),
    `choices` and `answer` (gold in words). `none` is the word for an empty answer. The harness
    passes what stands in the file's metadata too, so `--metadata '{"split": "validation"}'` asks
    about another split. Raises UsageError on a language or split that is not there.
    """
    from datasets import Dataset, DatasetDict

    data = _data(rooms.find(), task)
    for what, value, known in (
        ("language", language, LANGUAGES),
        ("split", split, tuple(data.rows)),
    ):
        if value not in known:
            raise UsageError(f"no {what} {value!r}; write one of {', '.join(known)}")
    return DatasetDict(
        {
            key: Dataset.from_list(docs(data, data.rows[part], language, none))
            for key, part in (("train", "train"), ("asked", split))
        }
    )


def results(doc: Mapping[str, Any], responses: Sequence[Any]) -> dict[str, Any]:
    """What one row adds to each figure: its units, by the name of the figure, and which share of
    the answer could not be read."""
    asked, _, _ = _known(rooms.find(), doc["task"])
    reading, _ = _read(doc, responses)
    item = {
        "task": asked.name,
        "article_id": doc["article_id"],
        "gold": _plain(_gold(doc, asked)),
        "given": _plain(reading.answer),
        "unplaced": list(reading.unplaced),
    }
    main, *others = figure.names(asked)
    shown = (main, f"{main}_low", f"{main}_high", *others)
    return {**dict.fromkeys(shown, item), "unread": reading.unread}


def macro_f1(items: Sequence[Item]) -> float:
    return METRICS["macro_f1"].value(_counts(items))


def macro_f1_low(items: Sequence[Item]) -> float:
    return figure.interval("macro_f1", _counts(items))[0]


def macro_f1_high(items: Sequence[Item]) -> float:
    return figure.interval("macro_f1", _counts(items))[1]


def micro_f1(items: Sequence[Item]) -> float:
    return METRICS["micro_f1"].value(_counts(items))


def nested_f1(items: Sequence[Item]) -> float:
    return METRICS["nested_f1"].value(_counts(items))


def nested_f1_low(items: Sequence[Item]) -> float:
    return figure.interval("nested_f1", _counts(items))[0]


def nested_f1_high(items: Sequence[Item]) -> float:
    return figure.interval("nested_f1", _counts(items))[1]


def flat_f1(items: Sequence[Item]) -> float:
    return METRICS["flat_f1"].value(_counts(items, flat=True))


def precision(items: Sequence[Item]) -> float:
    return METRICS["precision"].value(_counts(items))


def recall(items: Sequence[Item]) -> float:
    return METRICS["recall"].value(_counts(items))


def predictions(path: Path) -> list[Row]:
    """The answer rows of a run's `samples_*.jsonl`. A mention that is not in its passage stands
    under `unplaced` by its label. Raises DataError on what is no sample of these tasks."""
    name = str(path)
    rows = []
    for line, sample in jsonl.read(path, name):
        try:
            doc, responses = sample["doc"], sample["filtered_resps"]
            asked, _, _ = _known(rooms.find(), doc["task"])
            reading, chances = _read(doc, responses)
            answer = next(iter(reading.answer)) if asked.answer == "label" else reading.answer
            row = answer_row(asked, doc, answer, chances)
            row["signature"] = doc["signature"]
        except (KeyError, TypeError, ValueError, IndexError, UsageError) as error:
            found = f"no sample of a Marsad task: {type(error).__name__} {error}"
            mend = "name a samples file of lm_eval run --log_samples"
            raise DataError(Fault(name, line, found, mend)) from None
        if reading.unplaced:
            row["unplaced"] = list(reading.unplaced)
        rows.append(row)
    return rows


def docs(data: TaskData, rows: Sequence[Row], language: str, none: str = "") -> list[Row]:
    """Rows as the prompts' templates see them. See `load`."""
    called = answer_text.names(data.layer, language)
    prompt = {
        "labels": answer_text.legend(data.layer, language),
        "choices": list(called.values()),
        "none": none,
    }
    shown = [name for name in data.task.inputs if name != "tokens"]
    found = []
    for row in rows:
        gold = gold_answer(data, row)
        if data.task.answer == "entities":
            answer = answer_text.write_entities(row["text"], list(gold), called)
        elif data.task.answer == "topics":
            answer = answer_text.write_topics(list(gold), called, language)
        else:
            answer = called[gold]
        found.append(
            {
                "task": data.task.name,
                "signature": data.signature,
                **{name: row[name] for name in (*shown, data.task.answer)},
                **prompt,
                "answer": answer or none,
            }
        )
    return found


def _read(doc: Mapping[str, Any], responses: Sequence[Any]) -> tuple[Reading, dict[str, float]]:
    """The answer in what a model gave for a row, with probabilities where it chose one label."""
    asked, layer, by_name = _known(rooms.find(), doc["task"])
    if asked.answer == "entities":
        return answer_text.read_entities(responses[0], doc["text"], by_name, doc["none"]), {}
    if asked.answer == "topics":
        return answer_text.read_topics(responses[0], by_name), {}
    likelihoods = [float(one[0]) for one in responses]
    if not all(value < math.inf for value in likelihoods) or max(likelihoods) == -math.inf:
        shown = " ".join(str(doc[name]) for name in asked.key)
        raise ValueError(f"row {shown}: log-likelihoods {likelihoods}; the model gives no numbers")
    best = max(likelihoods)
    weights = [math.exp(value - best) for value in likelihoods]
    chances = dict(zip(layer.names, (w / sum(weights) for w in weights), strict=True))
    return Reading(frozenset({layer.names[likelihoods.index(best)]})), chances


def _gold(doc: Mapping[str, Any], asked: Task) -> Any:
    if asked.answer == "entities":
        return [(e["start"], e["end"], e["label"]) for e in doc["entities"]]
    return doc["topics"] if asked.answer == "topics" else [doc["label"]]


def _plain(answer: Any) -> list[Any]:
    return sorted(list(part) if isinstance(part, tuple) else part for part in answer)


def _counts(items: Sequence[Item], flat: bool = False) -> Counts:
    """The counts of all items together, unplaced mentions among what was given."""
    _, layer, _ = _known(rooms.find(), items[0]["task"])
    articles = [item["article_id"] for item in items]
    sides: list[list[Any]] = [
        [[p if isinstance(p, str) else tuple(p) for p in item[side]] for item in items]
        for side in ("gold", "given")
    ]
    if flat:
        sides = [[outermost(answer) for answer in side] for side in sides]
    gold, given = (list(figure.units(side, articles)) for side in sides)
    given += [
        (item["article_id"], name, (at, "unplaced", nth))
        for at, item in enumerate(items)
        for nth, name in enumerate(item["unplaced"])
    ]
    return count(gold, given, layer.names, list(dict.fromkeys(articles)))


@lru_cache(maxsize=8)
def _known(home: Rooms, name: str) -> tuple[Task, Layer, Mapping[str, str]]:
    """A task, its labels, and the labels by what they may be called."""
    asked = task.read_task(home, name)
    layer = label.read_layer(home, asked.layer)
    return asked, layer, answer_text.known(layer)


@lru_cache(maxsize=4)
def _data(home: Rooms, name: str) -> TaskData:
    return task.read_data(home, name)
