"""How much is left: the second judgement of each article, scored against gold like a system.

It is the judgement of one annotator before adjudication, so gold is partly its own work and the
figure an upper bound of what agreement allows. A stance pair that the judge did not annotate counts
as unanswered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from marsad import jsonl, score, task
from marsad.annotation import Annotation
from marsad.answer import Answers
from marsad.article import digest
from marsad.corpus import annotators, layer_path, read_annotations, read_corpus
from marsad.dataset import ArticleView, look
from marsad.fault import DataError, Fault
from marsad.passage import lines
from marsad.rooms import Rooms
from marsad.task import Key

NAME = "second_judgement"
TITLE = "Second judgement (ceiling)"
MEND = "run marsad evaluate --write"


def path_of(home: Rooms, name: str) -> Path:
    return home.tasks / name / "ceiling.json"


def scores(home: Rooms) -> dict[str, dict[str, Any]]:
    """The ceiling of each task, in the form of a score file."""
    corpus = read_corpus(home)
    judges = {name: read_annotations(home, corpus.articles, name) for name in annotators(home)}
    given: dict[str, dict[Key, Any]] = {name: {} for name in _ANSWERS}
    used = set()
    for article in corpus.articles:
        view = look(article, corpus.gold[article.article_id])
        judge = second_of(judges, article.article_id)
        used.add(judge)
        second = judges[judge][article.article_id]
        for layer, answers in _ANSWERS.items():
            given[layer].update(answers(view, second))
    found = {}
    for name in task.names(home):
        data = task.read_data(home, name)
        by_split = {}
        for split in ("test", "validation"):
            keys = [data.key(row) for row in data.rows[split]]
            answered = {key: given[data.task.layer].get(key) for key in keys}
            by_split[split] = score.score(data, Answers(answered, {}), split).to_json()
        found[name] = {
            "baseline": NAME,
            "title": TITLE,
            "role": "ceiling",
            **by_split["test"],
            "validation": by_split["validation"],
            "judges": sorted(used),
            "judgements_sha256": judgements_digest(home, data.task.layer, sorted(used)),
        }
    return found


def second_of(judges: Mapping[str, Mapping[str, Annotation]], article_id: str) -> str:
    """The annotator of an article's second judgement, by name. Raises DataError where it has not
    two."""
    given = [name for name in sorted(judges) if article_id in judges[name]]
    if len(given) < 2:
        found = f"{article_id}: {len(given)} judgements"
        raise DataError(Fault("annotations", 0, found, "judge it twice"))
    return given[1]


def judgements_digest(home: Rooms, layer: str, judges: Sequence[str]) -> str:
    """The sha256 of what a ceiling is made of: the layer's gold and what these judges gave."""
    paths = [layer_path(home, layer, name) for name in (None, *judges)]
    return digest(b"".join(jsonl.read_bytes(path, home.name(path)) for path in paths))


def read(home: Rooms, name: str) -> dict[str, Any]:
    """A task's ceiling on record. Raises DataError where there is none."""
    path = path_of(home, name)
    try:
        found: dict[str, Any] = json.loads(jsonl.read_bytes(path, home.name(path)))
        if not {"metric", "signature", "judges", "judgements_sha256", "validation"} <= set(found):
            raise ValueError
    except ValueError:
        raise DataError(Fault(home.name(path), 0, "not a ceiling", MEND)) from None
    return found


def write(home: Rooms) -> None:
    """Puts the ceiling of each task on record."""
    for name, found in scores(home).items():
        jsonl.write_bytes(path_of(home, name), score.dumps(found).encode("utf-8"))


def faults(home: Rooms, signatures: Mapping[str, str]) -> Iterator[Fault]:
    """Where a ceiling is of other data or other judgements."""
    for name, signature in signatures.items():
        try:
            recorded = read(home, name)
            layer = task.read_task(home, name).layer
            judged = judgements_digest(home, layer, recorded["judges"])
        except DataError as error:
            yield from error.faults
            continue
        wanted = {"signature": signature, "judgements_sha256": judged}
        for key, value in wanted.items():
            if recorded[key] != value:
                found = f"{key} is {recorded[key]}, not {value}"
                yield Fault(home.name(path_of(home, name)), 0, found, MEND)


def forged(home: Rooms) -> Iterator[Fault]:
    """Where a ceiling says another figure than the judgements give."""
    for name, found in scores(home).items():
        if read(home, name) != json.loads(score.dumps(found)):
            what = "not what the judgements give"
            yield Fault(home.name(path_of(home, name)), 0, what, MEND)


def _structure(view: ArticleView, judged: Annotation) -> Iterator[tuple[Key, Any]]:
    labels = {(span.start, span.end): span.label for span in judged.structure}
    article = view.article.article_id
    for line in lines(view.raw):
        yield (article, f"{article}:{line.number:03d}"), labels.get((line.start, line.end))


def _topic(view: ArticleView, judged: Annotation) -> Iterator[tuple[Key, Any]]:
    topics = {(span.start, span.end): frozenset(span.topics) for span in judged.topic}
    for passage in view.passages:
        yield (view.passage_id(passage),), topics.get((passage.start, passage.end))


def _stance(view: ArticleView, judged: Annotation) -> Iterator[tuple[Key, Any]]:
    ids = {passage.start: view.passage_id(passage) for passage in view.passages}
    for span in judged.stance:
        if span.passage_start in ids:
            yield (ids[span.passage_start], span.holder, span.target), span.label


def _ner(view: ArticleView, judged: Annotation) -> Iterator[tuple[Key, Any]]:
    for passage in view.passages:
        yield (
            (view.passage_id(passage),),
            frozenset(
                (entity.start - passage.start, entity.end - passage.start, entity.label)
                for entity in judged.ner
                if passage.start <= entity.start and entity.end <= passage.end
            ),
        )


_ANSWERS = {"structure": _structure, "topic": _topic, "stance": _stance, "ner": _ner}
