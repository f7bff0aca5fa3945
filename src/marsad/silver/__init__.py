"""Silver labels: what the best baselines say of the candidates of an ingest folder, each label with
how likely it is right. They are suggestions to a reviewer, always marked, and never gold.

A line of `silver/<shard>.jsonl` is an article: `{"article_id", "sha256", "silver": true,
"baselines": {layer: "recipe signature"}, "structure": [{…span, "confidence"}], "topic", "stance",
"ner"}`. No reader of `annotations/` takes such a line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from marsad import jsonl
from marsad.annotation import Annotation, read_span, span_order
from marsad.fault import DataError, Fault, UsageError
from marsad.ingest.folder import Folder, open_folder
from marsad.rooms import LAYERS

MARK, SURE = "silver", "confidence"
KEYS = ("article_id", "sha256", MARK, "baselines", *LAYERS)
DIGITS = 4  # of a confidence on disk


@dataclass(frozen=True)
class Silver:
    """The silver labels of one article. `confidence` has for each layer the probability, 0 to 1,
    that each of its spans is right, in their order; `baselines` says for each layer that was
    labelled by which recipe, with the signature of the data it was fitted on."""

    annotation: Annotation
    confidence: Mapping[str, tuple[float, ...]]
    baselines: Mapping[str, str]

    @property
    def least(self) -> float:
        """How sure the article is, 0 to 1, which is what "least confident first" sorts by: the
        mean confidence of all its labels, so the share of them that is expected to be right; 0
        without a label."""
        return fmean([sure for given in self.confidence.values() for sure in given] or [0.0])


def to_record(silver: Silver) -> dict[str, Any]:
    """The record of one article, as a line of a silver file has it."""
    layers = {
        layer: [
            {**asdict(span), SURE: round(sure, DIGITS)}
            for span, sure in zip(
                silver.annotation.layer(layer), silver.confidence.get(layer, ()), strict=True
            )
        ]
        for layer in LAYERS
    }
    return {
        "article_id": silver.annotation.article_id,
        "sha256": silver.annotation.sha256,
        MARK: True,
        "baselines": dict(silver.baselines),
        **layers,
    }


def from_record(record: Mapping[str, Any], name: str, line: int) -> Silver:
    """What `to_record` gave. Raises DataError, naming the line, on anything else."""
    mend = "remove the file and run marsad annotate silver again"
    layers: dict[str, Any] = {}
    sure: dict[str, tuple[float, ...]] = {}
    try:
        if set(record) != set(KEYS) or record[MARK] is not True:
            raise ValueError(f"keys {', '.join(map(repr, record))}")
        for layer in LAYERS:
            rows = [dict(row) for row in record[layer]]
            sure[layer] = tuple(_confidence(row.pop(SURE)) for row in rows)
            layers[layer] = tuple(read_span(layer, row) for row in rows)
            if sorted(layers[layer], key=span_order) != list(layers[layer]):
                raise ValueError(f"the {layer} spans are not in order")
        baselines = {str(layer): str(said) for layer, said in record["baselines"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found = f"no silver record: {str(error) or type(error).__name__}"
        raise DataError(Fault(name, line, found, mend)) from None
    annotation = Annotation(str(record["article_id"]), str(record["sha256"]), **layers)
    return Silver(annotation, sure, baselines)


def read_silver(root: Path, ids: Collection[str] = ()) -> Iterator[Silver]:
    """The silver labels of an ingest folder in the order of its candidates, of all or of these
    ids. Raises UsageError where a shard has none yet, DataError on a line of another shape."""
    folder = open_folder(root)
    for shard in folder.shards():
        path = folder.silver(shard)
        if not path.is_file():
            raise UsageError(f"{root}: shard {shard} has no silver labels; {_make(folder)}")
        for line, record in jsonl.read(path, str(path)):
            if not ids or record.get("article_id") in ids:
                yield from_record(record, str(path), line)


def _make(folder: Folder) -> str:
    return f"run marsad annotate silver {folder.root}"


def _confidence(value: object) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"confidence {value!r}, not a number from 0 to 1")
    return float(value)
