"""The dataset: the rows of every config, made from the sources."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marsad import split
from marsad.annotation import Annotation, Entity
from marsad.article import Article
from marsad.catalogue import holder_name
from marsad.corpus import Corpus
from marsad.fault import DataError, Fault
from marsad.passage import Passage, clean, contexts, lines, passages, tokens

CONFIGS = ("articles", "structure", "topic", "stance", "ner")
Row = dict[str, Any]
Rows = dict[str, dict[str, list[Row]]]


@dataclass(frozen=True)
class ArticleView:
    """An article with its gold annotation and the views that its rows are made of."""

    article: Article
    gold: Annotation
    labels: Mapping[int, str]
    passages: Sequence[Passage]

    @property
    def raw(self) -> str:
        return self.article.raw

    def passage_id(self, passage: Passage) -> str:
        return f"{self.article.article_id}:{passage.line:03d}.{passage.piece:02d}"

    def text(self, passage: Passage) -> str:
        return self.raw[passage.start : passage.end]

    def headline(self) -> str:
        return "".join(self.text(p) for p in self.passages if p.label == "headline")

    @cached_property
    def contexts(self) -> Sequence[str]:
        return contexts(self.raw, self.passages)

    def context(self, at: int) -> str:
        """The headline and the passage before, one a line; nothing twice."""
        return self.contexts[at]

    def head(self, passage: Passage) -> Row:
        return {
            "passage_id": self.passage_id(passage),
            "article_id": self.article.article_id,
            "tier": self.article.tier,
            "event": self.article.event,
        }


def look(article: Article, gold: Annotation) -> ArticleView:
    """The views of one annotated article."""
    labelled = {(span.start, span.end): span.label for span in gold.structure}
    labels = {
        line.number: labelled[line.start, line.end]
        for line in lines(article.raw)
        if (line.start, line.end) in labelled
    }
    return ArticleView(article, gold, labels, passages(article.raw, labels))


def build_rows(corpus: Corpus) -> Rows:
    """All rows by config and split, labels as names, in the order of article and passage. Raises
    DataError where an article has no split or two rows share an id."""
    rows: Rows = {config: {name: [] for name in split.SPLITS} for config in CONFIGS}
    for article in corpus.articles:
        place = corpus.splits.get(article.article_id)
        if place is None:
            file = corpus.rooms.name(split.csv_path(corpus.rooms))
            raise DataError(Fault(file, 0, f"{article.article_id} has no row", "run marsad build"))
        view = look(article, corpus.gold[article.article_id])
        test = place.split == "test"
        held_out = () if test else corpus.rule.held_out_targets
        for config, made in (
            ("articles", articles_rows(view, corpus)),
            ("structure", structure_rows(view)),
            ("topic", topic_rows(view)),
            ("stance", stance_rows(view, corpus, held_out)),
            ("ner", ner_rows(view)),
        ):
            rows[config][place.split] += made
    for config, by_split in rows.items():
        _unique(config, [row for part in by_split.values() for row in part])
    return rows


def row_id(config: str, row: Mapping[str, Any]) -> str:
    """What a row is known by, unique within its config."""
    if config == "stance":
        return f"{row['passage_id']}|{row['holder']}|{row['target']}"
    key = {"articles": "article_id", "structure": "line_id"}.get(config, "passage_id")
    return str(row[key])


def articles_rows(view: ArticleView, corpus: Corpus) -> Iterator[Row]:
    article, gold = view.article, view.gold
    known = {name for span in gold.topic for name in span.topics}
    ids = {p.start: view.passage_id(p) for p in view.passages}
    yield {
        "article_id": article.article_id,
        "tier": article.tier,
        "outlet": article.outlet,
        "published": article.published,
        "event": article.event,
        "genre": article.genre,
        "rights": article.rights,
        "headline": view.headline(),
        "text": clean(view.raw, view.labels).text,
        "raw": view.raw,
        "topics": [name for name in corpus.layers["topic"].names if name in known],
        "entities": [entity_row(entity, 0) for entity in gold.ner],
        "stances": [
            {
                "passage_id": ids[span.passage_start],
                "holder": span.holder,
                "target": span.target,
                "label": span.label,
                "start": span.start,
                "end": span.end,
            }
            for span in gold.stance
        ],
    }


def structure_rows(view: ArticleView) -> Iterator[Row]:
    for line in lines(view.raw):
        yield {
            "article_id": view.article.article_id,
            "line_id": f"{view.article.article_id}:{line.number:03d}",
            "text": view.raw[line.start : line.end],
            "label": view.labels[line.number],
        }


def topic_rows(view: ArticleView) -> Iterator[Row]:
    topics = {(span.start, span.end): span.topics for span in view.gold.topic}
    for at, passage in enumerate(view.passages):
        yield {
            **view.head(passage),
            "text": view.text(passage),
            "context": view.context(at),
            "topics": list(topics[passage.start, passage.end]),
        }


def stance_rows(view: ArticleView, corpus: Corpus, held_out: Sequence[str]) -> Iterator[Row]:
    phrases = {target.name: target.name_ar for target in corpus.layers["stance"].target}
    for at, passage in enumerate(view.passages):
        spans = [span for span in view.gold.stance if span.passage_start == passage.start]
        for span in sorted(spans, key=lambda s: (s.holder, s.target)):
            if span.target in held_out:
                continue
            yield {
                **view.head(passage),
                "text": view.text(passage),
                "context": view.context(at),
                "holder": span.holder,
                "holder_ar": holder_name(span.holder, corpus.catalogue),
                "target": span.target,
                "target_ar": phrases[span.target],
                "label": span.label,
                "evidence": {
                    "start": span.start - passage.start,
                    "end": span.end - passage.start,
                },
            }


def ner_rows(view: ArticleView) -> Iterator[Row]:
    for passage in view.passages:
        inside = [
            entity
            for entity in view.gold.ner
            if passage.start <= entity.start and entity.end <= passage.end
        ]
        text = view.text(passage)
        entities = [entity_row(entity, passage.start) for entity in inside]
        spans = [(e["start"], e["end"], e["label"]) for e in entities]
        yield {
            **view.head(passage),
            "text": text,
            "tokens": [text[t.start : t.end] for t in tokens(text)],
            "ner_tags": flat_tags(text, spans),
            "entities": entities,
        }


def entity_row(entity: Entity, offset: int) -> Row:
    return {
        "start": entity.start - offset,
        "end": entity.end - offset,
        "label": entity.label,
        "entity_id": entity.entity_id,
    }


def outermost(spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The flat view of nested spans: those that lie in no other, in order."""
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1], s[2])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def flat_tags(text: str, spans: Sequence[tuple[int, int, str]]) -> list[str]:
    """The IOB2 tag of each token, from the outermost spans."""
    kept = outermost(spans)
    tags = []
    for token in tokens(text):
        tag = "O"
        for start, end, label in kept:
            if start <= token.start < end:
                tag = f"{'B' if token.start == start else 'I'}-{label}"
        tags.append(tag)
    return tags


@dataclass(frozen=True)
class Canon:
    """What a config's rows say, apart from how Parquet packs them: the sha256 of their canonical
    JSON, and its bytes by split that has rows."""

    digest: str
    sizes: Mapping[str, int]


def canons(rows: Rows) -> dict[str, Canon]:
    """The canon of each config."""
    return {config: canon(by_split) for config, by_split in rows.items()}


def canon(rows: Mapping[str, Sequence[Row]]) -> Canon:
    """The canon of one config's rows by split."""
    texts = {
        name: json.dumps(rows[name], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for name in sorted(rows)
        if rows[name]
    }
    whole = ",".join(f'"{name}":{text}' for name, text in texts.items())
    digest = hashlib.sha256(f"{{{whole}}}".encode()).hexdigest()
    return Canon(digest, {name: len(text.encode("utf-8")) for name, text in texts.items()})


def _unique(config: str, rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if (key := row_id(config, row)) in seen:
            mend = "make ids unique in the sources"
            raise DataError(Fault(f"data/{config}", 0, f"two rows {key!r}", mend))
        seen.add(key)
