"""What labels an article in all layers: fitted baselines, the linker, the proposer of stances. And
the one pure function of it, from an Arrow batch to an Arrow batch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marsad import row
from marsad.annotation import (
    Annotation,
    Entity,
    LineLabel,
    PassageTopics,
    Stance,
    span_order,
)
from marsad.baseline import Baseline
from marsad.catalogue import CatalogueEntity, holder_name
from marsad.ingest.folder import Candidate
from marsad.jsonl import dumps
from marsad.label import Layer
from marsad.passage import Passage, contexts, lines, passages, tokens
from marsad.silver import Silver, to_record
from marsad.silver.linking import Linker
from marsad.silver.pairs import Proposer
from marsad.silver.scale import Scale
from marsad.silver.voices import Reading, readings

if TYPE_CHECKING:
    import pyarrow as pa

Sure = list[tuple[Any, float]]  # spans, each with its chance


@dataclass(frozen=True)
class Page:
    """An article as it is labelled: its text, the lines with their labels, its passages and the
    context of each."""

    article_id: str
    sha256: str
    text: str
    structure: Sure
    passages: Sequence[Passage]
    contexts: Sequence[str]

    @classmethod
    def of(
        cls, article_id: str, sha256: str, text: str, labels: Sequence[str], likely: Sequence[float]
    ) -> Page:
        """The page of a text and the label of each of its lines that are not blank."""
        known = lines(text)
        structure: Sure = [
            (LineLabel(line.start, line.end, label), chance)
            for line, label, chance in zip(known, labels, likely, strict=True)
        ]
        numbered = {line.number: label for line, label in zip(known, labels, strict=True)}
        cut = passages(text, numbered)
        return cls(article_id, sha256, text, structure, cut, contexts(text, cut))

    def rows(self) -> list[dict[str, str]]:
        return [
            {"text": self.text[one.start : one.end], "context": context}
            for one, context in zip(self.passages, self.contexts, strict=True)
        ]


@dataclass(frozen=True)
class Labeller:
    """Everything that labels: the baselines of topic, stance and ner, fitted; the linker of their
    catalogue; the proposer of pairs of holder and target; the scales of topic and stance; and what
    a record says of the baselines of the layers that are labelled."""

    models: Mapping[str, Baseline]
    proposer: Proposer
    scales: Mapping[str, Scale]
    layers: Mapping[str, Layer]
    catalogue: Mapping[str, CatalogueEntity]
    linker: Linker
    baselines: Mapping[str, str]

    def label(self, pages: Sequence[Page]) -> list[Silver]:
        """The silver labels of some articles, in their order."""
        asked = [layer for layer in self.baselines if layer in ("ner", "stance")]
        mentions = self.mentions(pages) if asked else [[] for _ in pages]
        nothing: list[Sure] = [[] for _ in pages]
        found = {
            "structure": [page.structure for page in pages],
            "topic": self.topics(pages) if "topic" in self.baselines else nothing,
            "stance": self.stances(pages, mentions) if "stance" in self.baselines else nothing,
            "ner": mentions,
        }
        silver = []
        for at, page in enumerate(pages):
            layers = {layer: sorted(found[layer][at], key=_order) for layer in self.baselines}
            spans: dict[str, Any] = {
                layer: tuple(span for span, _ in own) for layer, own in layers.items()
            }
            sure = {layer: tuple(chance for _, chance in own) for layer, own in layers.items()}
            annotation = Annotation(page.article_id, page.sha256, **spans)
            silver.append(Silver(annotation, sure, self.baselines))
        return silver

    def topics(self, pages: Sequence[Page]) -> list[Sure]:
        """The topics of each passage; the chance that it is just this set."""
        order = self.layers["topic"].names
        answers = self.models["topic"].predict([one for page in pages for one in page.rows()])
        sets = [[name for name in order if name in one["topics"]] for one in answers]
        chances = [set_chance(one["topics"], one.get("probabilities", {})) for one in answers]
        every = iter(zip(sets, self.scales["topic"](chances), strict=True))
        return [
            [
                (PassageTopics(one.start, one.end, tuple(topics)), sure)
                for one, (topics, sure) in zip(page.passages, every, strict=False)
            ]
            for page in pages
        ]

    def mentions(self, pages: Sequence[Page]) -> list[Sure]:
        """The named entities of each article, linked where the name says which entity it is."""
        model = self.models["ner"]
        rows = row.asked([one for page in pages for one in page.rows()], model.task)
        every = iter(model.method.likely(rows))  # type: ignore[attr-defined]
        found = []
        for page in pages:
            chances = {
                Entity(start + one.start, end + one.start, label): chance
                for one in page.passages
                for (start, end, label), chance in next(every).items()
            }
            ordered = sorted(chances, key=span_order)
            linked = self.linker.link(page.text, ordered)
            found.append([(to, chances[one]) for to, one in zip(linked, ordered, strict=True)])
        return found

    def stances(self, pages: Sequence[Page], mentions: Sequence[Sure]) -> list[Sure]:
        """The stances proposed for each article; the chance that the passage has that pair of
        holder and target, and the label is right."""
        read = [self.read(page, own) for page, own in zip(pages, mentions, strict=True)]
        proposed = self.proposer.propose([one for own in read for one in own])
        every = iter(proposed)
        pairs = [
            (at, one, pair)
            for at, own in enumerate(read)
            for one, pairs in zip(own, every, strict=False)
            for pair in pairs
        ]
        rows = [self.asked(one, pair.holder, pair.target) for _, one, pair in pairs]
        model = self.models["stance"]
        explained = model.method.explained(row.asked(rows, model.task))  # type: ignore[attr-defined]
        sure = self.scales["stance"](
            [
                pair.chance * likely.probabilities[likely.answer]
                for (_, _, pair), (likely, _) in zip(pairs, explained, strict=True)
            ]
        )
        found: list[Sure] = [[] for _ in pages]
        for (at, one, pair), (likely, place), chance in zip(pairs, explained, sure, strict=True):
            begin = one.passage.start
            start, end = on_tokens(one.text, *place)
            key = (begin, one.passage.end, pair.holder, pair.target, likely.answer)
            found[at].append((Stance(*key, begin + start, begin + end), chance))
        return found

    def read(self, page: Page, mentions: Sure) -> list[Reading]:
        return readings(page.text, page.passages, [one for one, _ in mentions])

    def asked(self, reading: Reading, holder: str, target: str) -> dict[str, str]:
        """A pair as a row of the stance task."""
        phrases = {one.name: one.name_ar for one in self.layers["stance"].target}
        return {
            "text": reading.text,
            "context": reading.context,
            "holder": holder,
            "holder_ar": holder_name(holder, self.catalogue),
            "target": target,
            "target_ar": phrases[target],
        }


def set_chance(chosen: Iterable[str], chances: Mapping[str, float]) -> float:
    """How likely just these labels are, each being independent of the others."""
    given = set(chosen)
    return math.prod(p if name in given else 1 - p for name, p in chances.items())


def on_tokens(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch of a text from the start of its first token to the end of its last."""
    own = [one for one in tokens(text) if one.end > start and one.start < end]
    return own[0].start, own[-1].end


def label(batch: pa.RecordBatch, labeller: Labeller) -> pa.RecordBatch:
    """From columns `article_id`, `sha256`, `text`, `labels` (of each line that is not blank) and
    `likely` (the probability of each) to `article_id` and `record`, the silver record as JSON;
    a row an article, in the same order."""
    import pyarrow as pa

    pages = [Page.of(**one) for one in batch.to_pylist()]
    records = [dumps(to_record(one)) for one in labeller.label(pages)]
    columns = [pa.array([page.article_id for page in pages], pa.string())]
    columns.append(pa.array(records, pa.string()))
    return pa.RecordBatch.from_arrays(columns, ["article_id", "record"])


def batch_of(candidates: Sequence[Candidate]) -> pa.RecordBatch:
    """The batch that `label` takes, of some candidates."""
    import pyarrow as pa

    schema = pa.schema(
        [
            ("article_id", pa.string()),
            ("sha256", pa.string()),
            ("text", pa.string()),
            ("labels", pa.list_(pa.string())),
            ("likely", pa.list_(pa.float32())),
        ]
    )
    rows = [
        {
            "article_id": one.article_id,
            "sha256": one.sha256,
            "text": one.text,
            "labels": [span.label for span in one.structure],
            "likely": list(one.likely),
        }
        for one in candidates
    ]
    return pa.RecordBatch.from_pylist(rows, schema)


def _order(one: tuple[Any, float]) -> tuple[Any, ...]:
    return span_order(one[0])
