"""Error analysis: what the answers of a system take for what, what they miss and add, where the
edges of their spans are wrong, and ten examples that nobody chose."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from marsad import score
from marsad.answer import Answers, gold_answer
from marsad.boundary import ADDED, BOUNDARY, INSTEAD, MISSED, RIGHT, Span, edges, pairs
from marsad.dataset import Row
from marsad.score import Score
from marsad.task import Key, TaskData

GIVEN = "given"  # answered instead of another, as its own label counts it
KINDS = (INSTEAD, BOUNDARY, MISSED, ADDED)
EXAMPLES = 10
SHOWN = 4  # examples of one kind of wrong edge


@dataclass(frozen=True)
class Error:
    """One thing wrong in the answer to a row: `answer` given instead of `gold`, the gold label
    `missed`, or the label `added` that gold has not. Of spans, where they are, and `boundary`
    where the type is right and the edges are not."""

    key: Key
    kind: str
    gold: str | None
    answer: str | None
    gold_span: Span | None = None
    answer_span: Span | None = None

    @property
    def confusion(self) -> tuple[str, str | None, str | None]:
        return self.kind, self.gold, self.answer


@dataclass(frozen=True)
class Example:
    """A row with an error: gold and answer as answers are, and all that is wrong in it."""

    key: Key
    error: Error
    gold: Any
    answer: Any
    errors: tuple[Error, ...]


@dataclass(frozen=True)
class Analysis:
    """Where the answers to one split err.

    `wrong` counts rows with an error. `confusions` are (kind, gold, answer, count), most frequent
    first; `matrix` is (gold, answer) -> count with the right ones, None for nothing. `tallies` has
    for each label how often it is gold, answered, right, and of each kind of error. `boundaries`
    groups wrong edges. `reliability` has a bin of probabilities a line, none without them.
    """

    score: Score
    wrong: int
    kinds: Mapping[str, int]
    confusions: tuple[tuple[str, str | None, str | None, int], ...]
    matrix: Mapping[tuple[str | None, str | None], int]
    tallies: Mapping[str, Mapping[str, int]]
    boundaries: tuple[Mapping[str, Any], ...]
    reliability: tuple[Mapping[str, float], ...]
    examples: tuple[Example, ...]

    def to_json(self) -> dict[str, Any]:
        """As one JSON object; sets as sorted lists, the matrix as a list of its cells."""
        cells = [{"gold": g, "answer": a, "count": n} for (g, a), n in self.matrix.items()]
        names = ("kind", "gold", "answer", "count")
        return {
            **self.score.to_json(),
            "wrong_rows": self.wrong,
            "kinds": dict(self.kinds),
            "confusions": [dict(zip(names, one, strict=True)) for one in self.confusions],
            "matrix": cells,
            "tallies": {label: dict(of) for label, of in self.tallies.items()},
            "boundaries": [dict(of) for of in self.boundaries],
            "reliability": [dict(of) for of in self.reliability],
            "examples": [
                {**asdict(one), "gold": _listed(one.gold), "answer": _listed(one.answer)}
                for one in self.examples
            ],
        }


def analyse(data: TaskData, answers: Answers, split: str = "test") -> Analysis:
    """The analysis of checked answers, one for each row of the split."""
    rows = {data.key(row): row for row in data.rows[split]}
    judged = {key: list(_judge(data, row, answers.values[key])) for key, row in rows.items()}
    errors = {key: [e for e in of if e.kind != RIGHT] for key, of in judged.items()}
    wrong = {key: tuple(of) for key, of in errors.items() if of}
    found = [error for of in wrong.values() for error in of]
    order = {name: at for at, name in enumerate((None, *data.layer.names))}
    confused = Counter(error.confusion for error in found)
    ranked = sorted(
        confused, key=lambda c: (-confused[c], KINDS.index(c[0]), order[c[1]], order[c[2]])
    )
    passages = {key: row.get("passage_id") or row["line_id"] for key, row in rows.items()}
    scored = score.score(data, answers, split)
    cells = Counter((one.gold, one.answer) for of in judged.values() for one in of)
    return Analysis(
        scored,
        len(wrong),
        {kind: n for kind in KINDS if (n := sum(e.kind == kind for e in found))},
        tuple((*confusion, confused[confusion]) for confusion in ranked),
        {c: cells[c] for c in sorted(cells, key=lambda c: (order[c[0]], order[c[1]]))},
        _tallies(data, judged),
        tuple(_boundaries(found, rows)),
        tuple(scored.calibration["bins"] if scored.calibration else ()),
        tuple(
            Example(e.key, e, gold_answer(data, rows[e.key]), answers.values[e.key], wrong[e.key])
            for e in choose(found, ranked, passages)
        ),
    )


def choose(
    errors: Sequence[Error],
    ranked: Sequence[tuple[str, str | None, str | None]],
    passages: Mapping[Key, str],
    count: int = EXAMPLES,
) -> list[Error]:
    """Errors to show, at most one of a passage; `passages` gives each row's. The kinds of error
    take turns, and within a kind its confusions, each time the most frequent first; the errors of
    one confusion come in the order of the SHA-256 of their keys and spans, which is as good as a
    draw and the same for everyone."""
    queues: dict[str, dict[Any, list[Error]]] = defaultdict(dict)
    for kind, gold, answer in ranked:
        confusion = (kind, gold, answer)
        drawn = sorted((e for e in errors if e.confusion == confusion), key=_drawn)
        queues[kind][confusion] = drawn
    sizes = {kind: sum(map(len, of.values())) for kind, of in queues.items()}
    turns = [
        list(_in_turn(list(queues[kind].values())))
        for kind in sorted(queues, key=lambda kind: (-sizes[kind], KINDS.index(kind)))
    ]
    chosen: dict[str, Error] = {}
    for error in _in_turn(turns):
        if len(chosen) < count:
            chosen.setdefault(passages[error.key], error)
    return list(chosen.values())


def _judge(data: TaskData, row: Row, answer: Any) -> Iterator[Error]:
    """What is right and what is wrong in the answer to a row."""
    key, gold = data.key(row), gold_answer(data, row)
    if data.task.answer == "entities":
        for kind, g, a in pairs(gold, answer):
            yield Error(key, kind, g[2] if g else None, a[2] if a else None, g, a)
    elif data.task.answer == "topics":
        names = data.layer.names
        missed = [name for name in names if name in gold and name not in answer]
        added = [name for name in names if name in answer and name not in gold]
        yield from (Error(key, RIGHT, name, name) for name in names if name in gold & answer)
        if missed and added:
            yield from (Error(key, INSTEAD, m, a) for m in missed for a in added)
        else:
            yield from (Error(key, MISSED, m, None) for m in missed)
            yield from (Error(key, ADDED, None, a) for a in added)
    else:
        yield Error(key, RIGHT if gold == answer else INSTEAD, gold, answer)


def _tallies(data: TaskData, judged: Mapping[Key, Sequence[Error]]) -> dict[str, dict[str, int]]:
    """Of spans, each is counted on its own; of other answers, each label once a row."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in data.layer.names}
    for of in judged.values():
        if data.task.answer == "entities":
            for one in of:
                if one.gold:
                    counted[one.gold][one.kind] += 1
                if one.answer and one.kind in (INSTEAD, ADDED):
                    counted[one.answer][GIVEN if one.kind == INSTEAD else ADDED] += 1
            continue
        gold, given = {one.gold for one in of}, {one.answer for one in of}
        for name in filter(None, gold | given):
            kind = RIGHT if name in gold & given else MISSED if name in gold else ADDED
            counted[name][kind] += 1
    return {
        name: {
            "gold": of[RIGHT] + of[INSTEAD] + of[BOUNDARY] + of[MISSED],
            "answered": of[RIGHT] + of[GIVEN] + of[BOUNDARY] + of[ADDED],
            **{what: of[what] for what in (RIGHT, INSTEAD, BOUNDARY, MISSED, ADDED, GIVEN)},
        }
        for name, of in counted.items()
    }


def _boundaries(errors: Sequence[Error], rows: Mapping[Key, Row]) -> Iterator[dict[str, Any]]:
    """The wrong edges by place, too much or too little, and form, most frequent first."""
    groups: dict[tuple[str, bool, str], list[tuple[str, str, Error]]] = defaultdict(list)
    for error in errors:
        gold, answer = error.gold_span, error.answer_span
        if error.kind == BOUNDARY and gold and answer:
            row = rows[error.key]
            entities = [(e["start"], e["end"], e["label"]) for e in row["entities"]]
            for edge in edges(row["text"], gold, answer, entities):
                groups[edge.at, edge.extra, edge.form].append((gold[2], edge.text, error))
    for (at, extra, form), of in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        labels = Counter(label for label, _, _ in of)
        shown: dict[tuple[str, str], dict[str, Any]] = {}
        for label, part, error in sorted(of, key=lambda one: _drawn(one[2])):
            text = rows[error.key]["text"]
            gold, answer = (text[s[0] : s[1]] for s in (error.gold_span, error.answer_span) if s)
            one = {"label": label, "gold": gold, "answer": answer, "part": part, "key": error.key}
            shown.setdefault((gold, answer), one)
        yield {
            "at": at,
            "extra": extra,
            "form": form,
            "count": len(of),
            "labels": dict(sorted(labels.items(), key=lambda one: (-one[1], one[0]))),
            "examples": list(shown.values())[:SHOWN],
        }


def _in_turn(queues: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """One of each queue, then the next of each, until all are empty."""
    for turn in zip_longest(*queues):
        yield from (one for one in turn if one is not None)


def _drawn(error: Error) -> str:
    parts = (*error.key, str(error.gold_span), str(error.answer_span))
    return hashlib.sha256("|".join(parts).encode("utf-8")).hexdigest()


def _listed(answer: Any) -> Any:
    return sorted(answer) if isinstance(answer, frozenset) else answer
