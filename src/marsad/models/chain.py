"""A linear-chain CRF: trained by CRFsuite, decoded here on arrays, many sequences at once."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.iob2 import TokenSpan

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

NEVER = np.float32(-1e6)  # the score of a step that IOB2 does not have
BATCH = 128  # sequences decoded at once
BLOCK = 2048  # rows of weights or scores at once: they fit into the cache of a processor


@dataclass(frozen=True)
class Chain:
    """What was learned: the IOB2 tags, the row of `weights` of each feature (a column a tag), and
    the weight of each tag (row) before another.

    A feature of what stands some steps away begins with the step: `-1w=…`, `+2w=…`.
    """

    tags: tuple[str, ...]
    features: Mapping[str, int]
    weights: Floats
    transitions: Floats
    _steps: Floats = field(init=False, repr=False)
    _looks: Mapping[str, int] = field(init=False, repr=False)
    _rows: Mapping[int, Ints] = field(init=False, repr=False)
    _opens: Ints = field(init=False, repr=False)
    _inside: Ints = field(init=False, repr=False)
    _before: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        steps = self.transitions.copy()
        for at, tag in enumerate(self.tags):
            if tag.startswith("I-"):
                steps[[one not in (tag, f"B-{tag[2:]}") for one in self.tags], at] = NEVER
        inside = [at for at, tag in enumerate(self.tags) if tag.startswith("I-")]
        before = [self.tags.index(f"B-{self.tags[at][2:]}") for at in inside]
        opens = [at for at in range(len(self.tags)) if at not in inside]
        for name, places in (("_opens", opens), ("_inside", inside), ("_before", before)):
            object.__setattr__(self, name, np.array(places, dtype=np.intp))
        looks: dict[str, int] = {}
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for name, row in self.features.items():
            step = int(name[:2]) if name[0] in "+-" else 0
            found[step][looks.setdefault(name[2:] if step else name, len(looks))] = row
        rows = {step: np.full(len(looks) + 1, -1, dtype=np.intp) for step in found}
        for step, of in found.items():
            rows[step][list(of)] = list(of.values())
        object.__setattr__(self, "_steps", steps)
        object.__setattr__(self, "_looks", looks)
        object.__setattr__(self, "_rows", rows)

    def looks(self, names: Sequence[str]) -> Ints:
        """The numbers of names of features, which have no step yet."""
        unknown = len(self._looks)
        get = self._looks.get
        return np.array([get(name, unknown) for name in names], dtype=np.intp)

    def table(self, looks: Ints, owners: Ints, count: int, step: int) -> Floats:
        """Of each of so many owners the sum of the weights of its looks, by tag, as seen from so
        many steps away. Owners are numbers in ascending order, one for each look."""
        found = np.zeros((count, len(self.tags)), dtype=np.float32)
        if step in self._rows:
            rows = self._rows[step][looks]
            known = rows >= 0
            rows, owners = rows[known], owners[known]
            if len(rows):
                starts = np.flatnonzero(np.diff(owners, prepend=-1))
                for at in range(0, len(starts), BLOCK):
                    part = starts[at : at + BLOCK]
                    first, last = part[0], starts[at + BLOCK] if at + BLOCK < len(starts) else None
                    sums = np.add.reduceat(self.weights[rows[first:last]], part - first, axis=0)
                    found[owners[part]] = sums
        return found

    def decode(self, scores: Floats, starts: Ints, ends: Ints) -> list[list[str]]:
        """The best tags of each sequence, which is the rows of `scores` (positions by tags) from
        a start to an end."""
        found = np.zeros(len(scores), dtype=np.intp)
        lengths = ends - starts
        order = np.argsort(-lengths, kind="stable")[: int((lengths > 0).sum())]
        for at in range(0, len(order), BATCH):
            part = order[at : at + BATCH]
            self._viterbi(scores, starts[part], lengths[part], found)
        tags = [self.tags[number] for number in found.tolist()]
        return [tags[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]

    def _viterbi(self, scores: Floats, starts: Ints, lengths: Ints, found: Ints) -> None:
        """The best tags of sequences, the longest first, written into `found`. Arrays are tags by
        sequences. Only what opens can follow every tag; an I follows its B or itself."""
        opens, inside, before = self._opens, self._inside, self._before
        openings = self._steps[:, opens, None]
        from_inside = self._steps[inside, inside, None]
        from_begin = self._steps[before, inside, None]
        going = (lengths[:, None] > np.arange(lengths[0])).sum(axis=0).tolist()
        best = np.empty((len(going), len(self.tags), len(starts)), dtype=np.float32)
        best[0] = scores[starts].T
        best[0, inside] = NEVER
        room = np.empty(len(self.tags) * len(opens) * len(starts), dtype=np.float32)
        for at in range(1, len(going)):
            n = going[at]
            last, now = best[at - 1, :, :n], best[at, :, :n]
            paths = room[: len(last) * len(opens) * n].reshape(len(last), len(opens), n)
            np.add(last[:, None, :], openings, out=paths)
            now[opens] = paths.max(axis=0)
            now[inside] = np.maximum(last[inside] + from_inside, last[before] + from_begin)
            now += scores[starts[:n] + at].T
        tags = np.zeros(len(starts), dtype=np.intp)
        for at in range(len(going) - 1, -1, -1):
            n, ending = going[at], going[at + 1] if at + 1 < len(going) else 0
            tags[:ending] = (best[at, :, :ending] + self._steps[:, tags[:ending]]).argmax(axis=0)
            tags[ending:n] = best[at, :, ending:n].argmax(axis=0)
            found[starts[:n] + at] = tags[:n]

    def chances(
        self, scores: Floats, starts: Ints, ends: Ints, spans: Sequence[Sequence[TokenSpan]]
    ) -> list[float]:
        """How likely each span of each sequence is, one after the other: the share of all tags
        that a sequence may have, by their weight, in which just this span is tagged."""
        found: list[list[float]] = [[] for _ in spans]
        lengths = ends - starts
        order = np.argsort(-lengths, kind="stable")[: int((lengths > 0).sum())].tolist()
        for at in range(0, len(order), BATCH):
            part = [one for one in order[at : at + BATCH] if spans[one]]
            if part:
                own = self._chances(scores, starts[part], lengths[part], [spans[n] for n in part])
                for one, values in zip(part, own, strict=True):
                    found[one] = values
        return [value for values in found for value in values]

    def _chances(
        self, scores: Floats, starts: Ints, lengths: Ints, spans: Sequence[Sequence[TokenSpan]]
    ) -> list[list[float]]:
        """The same for sequences that have spans, the longest first, by the forward and backward
        sums of each position, scaled so that their products sum to 1. Arrays are positions by tags
        by sequences."""
        steps = np.exp(self._steps.astype(np.float64))
        going = (lengths[:, None] > np.arange(lengths[0])).sum(axis=0).tolist()
        shape = (len(going), len(self.tags), len(starts))
        here, onward = np.zeros(shape), np.ones(shape)
        for at, n in enumerate(going):
            own = scores[starts[:n] + at].T.astype(np.float64)
            here[at, :, :n] = np.exp(own - own.max(axis=0))
        here[0, self._inside] = 0.0
        forward = here.copy()
        for at, n in enumerate(going):
            if at:
                forward[at, :, :n] *= steps.T @ forward[at - 1, :, :n]
            scale = forward[at, :, :n].sum(axis=0)
            forward[at, :, :n] /= scale
            here[at, :, :n] /= scale
        for at in range(len(going) - 2, -1, -1):
            n = going[at + 1]
            onward[at, :, :n] = steps @ (here[at + 1, :, :n] * onward[at + 1, :, :n])
        return [
            [_share(span, self.tags, steps, forward, here, onward, at) for span in own]
            for at, own in enumerate(spans)
        ]

    def to_json(self) -> dict[str, Any]:
        """The chain as JSON has it: of each feature the tags that it speaks for or against."""
        weights = {
            name: {
                self.tags[at]: _number(self.weights[row, at])
                for at in np.flatnonzero(self.weights[row])
            }
            for name, row in self.features.items()
        }
        transitions = [[_number(one) for one in row] for row in self.transitions]
        return {"tags": list(self.tags), "transitions": transitions, "weights": weights}


def _share(
    span: TokenSpan,
    tags: Sequence[str],
    steps: NDArray[np.float64],
    forward: NDArray[np.float64],
    here: NDArray[np.float64],
    onward: NDArray[np.float64],
    at: int,
) -> float:
    """The weight of all tags of sequence `at` that have this span, as a share of that of all: up
    to its B, through each I, and from its last tag to anything but a further I."""
    first, last, label = span
    tag, inside = tags.index(f"B-{label}"), -1
    if f"I-{label}" in tags:
        inside = tags.index(f"I-{label}")
    share = forward[first, tag, at]
    for place in range(first + 1, last):
        share *= steps[tag, inside] * here[place, inside, at]
        tag = inside
    after = onward[last - 1, tag, at]
    if inside >= 0 and last < len(here):  # past the end of a sequence `here` is 0
        after -= steps[tag, inside] * here[last, inside, at] * onward[last, inside, at]
    return float(min(max(share * after, 0.0), 1.0))


def from_json(content: Mapping[str, Any]) -> Chain:
    """Raises ValueError, KeyError or TypeError where the content is no chain."""
    tags = tuple(map(str, content["tags"]))
    columns = {tag: at for at, tag in enumerate(tags)}
    given = content["weights"].items()
    weights = np.zeros((len(given), len(tags)), dtype=np.float32)
    for row, (_, by_tag) in enumerate(given):
        for tag, weight in by_tag.items():
            weights[row, columns[tag]] = weight
    transitions = np.array(content["transitions"], dtype=np.float32)
    if transitions.shape != (len(tags), len(tags)):
        raise ValueError(f"transitions of {len(tags)} tags have shape {transitions.shape}")
    if not (np.isfinite(weights).all() and np.isfinite(transitions).all()):
        raise ValueError("a weight is no finite number")
    return Chain(tags, {name: row for row, (name, _) in enumerate(given)}, weights, transitions)


def _number(weight: np.float32) -> float:
    """The shortest decimal that reads back as the same weight."""
    return float(str(weight))


def train(
    sequences: Iterable[tuple[Sequence[Sequence[str]], Sequence[str]]],
    parameters: Mapping[str, Any],
) -> Chain:
    """A chain learned from sequences, none of them empty: the features of each position and its
    tag. The parameters are those of CRFsuite's L-BFGS."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    features: dict[str, bytes] = {}
    tags: dict[str, bytes] = {}
    for items, gold in sequences:
        numbered = [[_numbered(features, name) for name in item] for item in items]
        trainer.append(numbered, [_numbered(tags, tag) for tag in gold])
    listed, names = list(features), tuple(tags)
    del features
    trainer.set_params({"feature.possible_transitions": True, **parameters})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        trainer.train(str(path))
        del trainer
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        learned = tagger.info()
        tagger.close()
    known = sorted({int(feature) for feature, _ in learned.state_features})
    rows = {number: row for row, number in enumerate(known)}
    weights = np.zeros((len(known), len(names)), dtype=np.float32)
    for (feature, tag), weight in learned.state_features.items():
        weights[rows[int(feature)], int(tag)] = weight
    transitions = np.zeros((len(names), len(names)), dtype=np.float32)
    for (before, after), weight in learned.transitions.items():
        transitions[int(before), int(after)] = weight
    kept = {listed[number]: row for number, row in rows.items()}
    return Chain(names, kept, weights, transitions)


def _numbered(known: dict[str, bytes], name: str) -> bytes:
    """A name's number in ASCII: CRFsuite cuts names at a NUL, and its dump at a line end."""
    return known.setdefault(name, b"%d" % len(known))
