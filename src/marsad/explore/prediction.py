"""What the baselines answered, as on record: laid over each article, the layer of their task."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marsad import jsonl, record, task
from marsad.answer import Answers, check_answers
from marsad.corpus import Corpus, read_corpus
from marsad.dataset import Row, Rows, build_rows, canons, look
from marsad.explore import score, script
from marsad.explore.content import Places
from marsad.fault import DataError, Fault
from marsad.passage import lines
from marsad.rooms import Rooms
from marsad.task import TaskData

NOWHERE = (-1, -1)  # the evidence of an answer that gives none


@dataclass(frozen=True)
class Recorded:
    """The digest of the dataset's rows, six hex digits; the script `predictions/ID` of each article
    that has one, and the baselines in it, in the order of the score table."""

    digest: str
    scripts: Mapping[str, bytes]
    names: Mapping[str, Sequence[str]]

    def baselines(self, article_id: str) -> Sequence[str]:
        return self.names.get(article_id, ())


def read(home: Rooms) -> Recorded:
    """The recorded answers of all baselines with a score, those of their first seed, to the rows
    that are here. Raises DataError on an answer that its task does not allow, and where the layers
    of gold do not fit each other."""
    corpus = read_corpus(home)
    rows, digest = _rows(corpus)
    by_task: dict[str, TaskData] = {}
    for name in task.names(home):
        known = task.read_task(home, name)
        layer = corpus.layers[known.layer]
        by_task[name] = TaskData(known, layer, rows[known.config], {}, frozenset(), "")
    places = _Places(corpus)
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for scored in score.listed(home):
        data = by_task[scored["task"]]
        for split in score.splits(scored):
            answered, answers = _answers(home, scored["baseline"], data, split)
            for article_id, reading in places.readings(data, answered, answers):
                found[article_id][scored["baseline"]] = reading
    return Recorded(
        digest,
        {one: script.encode(f"predictions/{one}", of) for one, of in found.items()},
        {one: list(of) for one, of in found.items()},
    )


def _rows(corpus: Corpus) -> tuple[Rows, str]:
    """The dataset's rows and their digest, six hex digits."""
    mend = "run marsad check, and mend what it finds"
    try:
        rows = build_rows(corpus)
        digests = "".join(canon.digest for canon in canons(rows).values())
    except KeyError as error:
        found = f"the layers of gold do not fit each other at {error.args[0]!r}"
        raise DataError(Fault("annotations", 0, found, mend)) from None
    except UnicodeEncodeError:
        found = "a text has half of a surrogate pair, which is no character"
        raise DataError(Fault("articles/manifest.jsonl", 0, found, "take it out")) from None
    return rows, hashlib.sha256(digests.encode()).hexdigest()[:6]


def _answers(home: Rooms, name: str, data: TaskData, split: str) -> tuple[list[Row], Answers]:
    """The rows of a split that the record answers, and its checked answers. Where texts are
    withheld, or gold has changed since, it has answers to rows that are not here, and rows are here
    that it does not answer."""
    path = record.predictions_path(home, name, split)
    rows = {data.key(row): row for row in data.rows[split]}
    given = []
    keys = set()
    for line, answer in jsonl.read(path, home.name(path)):
        key = tuple(str(answer.get(part)) for part in data.task.key)
        if key in rows:
            keys.add(key)
            given.append((line, {k: v for k, v in answer.items() if k != "signature"}))
    answered = [row for key, row in rows.items() if key in keys]
    asked = replace(data, rows={split: answered})
    return answered, check_answers(given, asked, split, home.name(path))


class _Places:
    """Where the rows of all tasks stand in the raw pages."""

    def __init__(self, corpus: Corpus) -> None:
        self.targets = Places(corpus.layers["stance"].target_names)
        self.lines: dict[str, int] = {}  # of each line its place among the page's
        self.sizes: dict[str, int] = {}  # of each article how many lines it has
        self.passages: dict[str, tuple[int, int]] = {}
        for one in corpus.articles:
            view = look(one, corpus.gold[one.article_id])
            self.passages.update((view.passage_id(p), (p.start, p.end)) for p in view.passages)
            listed = lines(view.raw)
            self.sizes[one.article_id] = len(listed)
            names = (f"{one.article_id}:{line.number:03d}" for line in listed)
            self.lines.update((name, at) for at, name in enumerate(names))

    def readings(
        self, data: TaskData, rows: Iterable[Row], answers: Answers
    ) -> Iterable[tuple[str, dict[str, Any]]]:
        """The reading of each article that has answers."""
        by_article: dict[str, list[tuple[Row, Any]]] = defaultdict(list)
        for row in rows:
            by_article[row["article_id"]].append((row, answers.values[data.key(row)]))
        labels = Places(data.layer.names)
        for article_id, given in by_article.items():
            match data.task.answer, data.task.layer:
                case "label", "structure":
                    said: list[Any] = [-1] * self.sizes[article_id]
                    for row, label in given:
                        said[self.lines[row["line_id"]]] = labels[label]
                case "label", _:
                    said = [self._stance(row, labels[label]) for row, label in given]
                case "topics", _:
                    said = [
                        (*self.passages[row["passage_id"]], sorted(labels[name] for name in topics))
                        for row, topics in given
                    ]
                case _:
                    said = [
                        span for row, spans in given for span in self._spans(row, spans, labels)
                    ]
            yield article_id, {data.task.layer: said}

    def _stance(self, row: Row, label: int) -> tuple[Any, ...]:
        target = self.targets[row["target"]]
        return (*self.passages[row["passage_id"]], row["holder"], target, label, *NOWHERE)

    def _spans(
        self, row: Row, spans: Iterable[tuple[int, int, str]], labels: Places
    ) -> list[tuple[int, int, int, None]]:
        """Mentions, outer ones first; those that the answer did not find in the text are left
        out."""
        begin, end = self.passages[row["passage_id"]]
        inside = [span for span in spans if span[1] <= end - begin]
        return [
            (begin + s, begin + e, labels[label], None)
            for s, e, label in sorted(inside, key=lambda span: (span[0], -span[1], span[2]))
        ]
