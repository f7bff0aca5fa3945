"""The trail of a row: from a system's answer back to the raw bytes, each step a place in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad import corpus, jsonl, source
from marsad.annotation import Entity, LineLabel, PassageTopics, Record, Stance, join
from marsad.article import read_manifest
from marsad.dataset import ArticleView, Row, look
from marsad.parquet import parquet_path
from marsad.passage import Span, lines
from marsad.rooms import Rooms
from marsad.task import Key, TaskData


@dataclass(frozen=True)
class Place:
    """A file, what it is called, and in it a line from 1, a row from 0, or bytes `start:end`."""

    path: Path
    name: str
    line: int | None = None
    row: int | None = None
    bytes: Span | None = None


@dataclass(frozen=True)
class Judged:
    """What one annotator said of a row, in the form of an answer; None where nothing."""

    annotator: str
    place: Place
    says: Any


@dataclass(frozen=True)
class Trail:
    """Where a row's answer, the row itself, its gold and its raw text are on record, and what each
    judge said of it before adjudication."""

    answer: Place
    row: Place
    gold: Place
    judged: tuple[Judged, ...]
    raw: Place


class Records:
    """The files that trails lead through, each read once."""

    def __init__(self, home: Rooms, data: TaskData, split: str, predictions: Path) -> None:
        self.home, self.data, self.split, self.predictions = home, data, split, predictions
        layer = data.task.layer
        self.lines = {
            tuple(record.get(name) for name in data.task.key): line
            for line, record in jsonl.read(predictions, str(predictions))
        }
        self.rows = {data.key(row): at for at, row in enumerate(data.rows[split])}
        self.structure = corpus.read_records(home, "structure", None)
        self.gold = (
            self.structure if layer == "structure" else corpus.read_records(home, layer, None)
        )
        self.judges = {
            name: corpus.read_records(home, layer, name)
            for name in corpus.annotators(home)
            if corpus.layer_path(home, layer, name).is_file()
        }
        self.articles = {
            article.article_id: article
            for article in (*read_manifest(home), *source.read_articles(home))
        }

    def trails(self, keys: Iterable[Key]) -> dict[Key, Trail]:
        return {key: self.trail(key) for key in keys}

    def trail(self, key: Key) -> Trail:
        """The trail of a row of the split, by its key."""
        data, layer = self.data, self.data.task.layer
        at = self.rows[key]
        row = data.rows[self.split][at]
        article = self.articles[row["article_id"]]
        view = look(article, join({"structure": self.structure[article.article_id]}))
        span = _span(view, row)
        start = len(view.raw[: span.start].encode("utf-8"))
        size = len(view.raw[span.start : span.end].encode("utf-8"))
        judged = [
            Judged(
                name,
                self._place(corpus.layer_path(self.home, layer, name), record.line),
                _said(record, row, span),
            )
            for name, records in self.judges.items()
            if (record := records.get(article.article_id))
        ]
        return Trail(
            self._place(self.predictions, line=self.lines[key]),
            self._place(parquet_path(self.home.data, data.task.config, self.split), row=at),
            self._place(self.home.gold(layer), line=self.gold[article.article_id].line),
            tuple(judged),
            Place(article.path, article.name, bytes=Span(start, start + size)),
        )

    def _place(self, path: Path, line: int | None = None, row: int | None = None) -> Place:
        return Place(path, self.home.name(path), line, row)


def _span(view: ArticleView, row: Row) -> Span:
    """Where a row's text stands in the raw text of its article."""
    if "passage_id" in row:
        passage = next(p for p in view.passages if view.passage_id(p) == row["passage_id"])
        return Span(passage.start, passage.end)
    number = int(row["line_id"].rpartition(":")[2])
    line = next(line for line in lines(view.raw) if line.number == number)
    return Span(line.start, line.end)


def _said(record: Record, row: Mapping[str, Any], place: Span) -> Any:
    entities = set()
    for span in record.spans:
        match span:
            case LineLabel() if (span.start, span.end) == place:
                return span.label
            case PassageTopics() if (span.start, span.end) == place:
                return frozenset(span.topics)
            case Stance() if (span.passage_start, span.passage_end) == place:
                if (span.holder, span.target) == (row["holder"], row["target"]):
                    return span.label
            case Entity() if place.start <= span.start and span.end <= place.end:
                entities.add((span.start - place.start, span.end - place.start, span.label))
    return frozenset(entities) if "tokens" in row else None
