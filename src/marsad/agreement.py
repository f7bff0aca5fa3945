"""How far two independent judgements of the same articles agree, before adjudication.

Nothing is filtered: a passage, pair or span that only one annotator has counts as a disagreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from marsad.annotation import Annotation
from marsad.metric import f1

Value = Hashable
Distance = Callable[[Any, Any], float]
ABSENT = "none"


def nominal(a: Value, b: Value) -> float:
    """0 for equal values, 1 for others."""
    return float(a != b)


def masi(a: frozenset[str], b: frozenset[str]) -> float:
    """The MASI distance of two sets (R. Passonneau, LREC 2006): 1 - Jaccard x monotonicity, which
    is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 otherwise."""
    if a == b:
        return 0.0
    shared = len(a & b)
    if not shared:
        return 1.0
    monotonicity = 2 / 3 if shared == min(len(a), len(b)) else 1 / 3
    return 1 - shared / len(a | b) * monotonicity


def alpha(pairs: Sequence[tuple[Any, Any]], distance: Distance = nominal) -> float:
    """Krippendorff's alpha of two annotators over units that both have judged: 1 is agreement, 0
    is chance. nan without units; 1 where nobody ever used a second value."""
    if not pairs:
        return float("nan")
    observed = sum(distance(a, b) for a, b in pairs) / len(pairs)
    counts = Counter(value for pair in pairs for value in pair)
    total = sum(counts.values())
    expected = sum(n * m * distance(a, b) for a, n in counts.items() for b, m in counts.items()) / (
        total * (total - 1)
    )
    return 1.0 if expected == 0 else 1 - observed / expected


def span_f1(first: set[Any], second: set[Any]) -> float:
    """F1 of two sets of spans, the same whichever is taken for the gold one."""
    return f1(len(first & second), len(first), len(second))


def agreement(
    first: Mapping[str, Annotation], second: Mapping[str, Annotation], articles: Iterable[str]
) -> dict[str, Any]:
    """The agreement of two annotators on these articles, by layer. Keys: `structure` (alpha,
    accuracy, lines), `topic` (alpha with MASI distance, exact, passages), `stance` (alpha over
    all pairs that either has, an absent one being a value of its own; `shared_alpha` over the
    pairs that both have; pair_f1; pairs), `ner` (f1, by_label, linking accuracy, mentions)."""
    both = [(first[a], second[a]) for a in articles if a in first and a in second]
    return {
        "articles": len(both),
        "structure": _structure(both),
        "topic": _topic(both),
        "stance": _stance(both),
        "ner": _ner(both),
    }


def by_label(
    first: Mapping[str, Annotation], second: Mapping[str, Annotation], articles: Iterable[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """By layer and label: `f1` of two annotators with each other, `first` and `second` how often
    each gave it. What must be equal: the line (structure), the passage (topic), passage, holder and
    target (stance), the exact span (ner)."""
    given: dict[str, tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]] = {
        layer: (set(), set()) for layer in _UNITS
    }
    for article in articles:
        if article in first and article in second:
            for layer, units in _UNITS.items():
                for own, annotation in zip(
                    given[layer], (first[article], second[article]), strict=True
                ):
                    own.update((article, *unit) for unit in units(annotation))
    return {layer: _f1_by_label(*both) for layer, both in given.items()}


def _f1_by_label(
    first: set[tuple[Any, ...]], second: set[tuple[Any, ...]]
) -> dict[str, dict[str, float]]:
    shared, one, other = (
        Counter(unit[-1] for unit in units) for units in (first & second, first, second)
    )
    return {
        label: {
            "f1": f1(shared[label], one[label], other[label]),
            "first": one[label],
            "second": other[label],
        }
        for label in sorted({*one, *other})
    }


# What of an annotation is given or not, each with its label last.
_UNITS: dict[str, Callable[[Annotation], Iterable[tuple[Any, ...]]]] = {
    "structure": lambda a: ((s.start, s.end, s.label) for s in a.structure),
    "topic": lambda a: ((s.start, s.end, topic) for s in a.topic for topic in s.topics),
    "stance": lambda a: ((s.passage_start, s.holder, s.target, s.label) for s in a.stance),
    "ner": lambda a: ((s.start, s.end, s.label) for s in a.ner),
}

Both = Sequence[tuple[Annotation, Annotation]]


def _structure(both: Both) -> dict[str, Any]:
    pairs: list[tuple[str, str]] = []
    for a, b in both:
        labels = {(s.start, s.end): s.label for s in a.structure}
        other = {(s.start, s.end): s.label for s in b.structure}
        pairs += [
            (labels.get(at, ABSENT), other.get(at, ABSENT)) for at in sorted({*labels, *other})
        ]
    equal = sum(a == b for a, b in pairs)
    return {"alpha": alpha(pairs), "accuracy": _share(equal, len(pairs)), "lines": len(pairs)}


def _topic(both: Both) -> dict[str, Any]:
    pairs: list[tuple[frozenset[str], frozenset[str]]] = []
    for a, b in both:
        sets = {(s.start, s.end): frozenset(s.topics) for s in a.topic}
        other = {(s.start, s.end): frozenset(s.topics) for s in b.topic}
        nothing: frozenset[str] = frozenset()
        pairs += [(sets.get(at, nothing), other.get(at, nothing)) for at in sorted({*sets, *other})]
    equal = sum(a == b for a, b in pairs)
    exact = _share(equal, len(pairs))
    return {"alpha": alpha(pairs, masi), "exact": exact, "passages": len(pairs)}


def _stance(both: Both) -> dict[str, Any]:
    pairs: list[tuple[str, str]] = []
    for a, b in both:
        labels = {(s.passage_start, s.holder, s.target): s.label for s in a.stance}
        other = {(s.passage_start, s.holder, s.target): s.label for s in b.stance}
        pairs += [
            (labels.get(at, ABSENT), other.get(at, ABSENT)) for at in sorted({*labels, *other})
        ]
    shared = [pair for pair in pairs if ABSENT not in pair]
    sizes = [sum(pair[at] != ABSENT for pair in pairs) for at in (0, 1)]
    return {
        "alpha": alpha(pairs),
        "shared_alpha": alpha(shared),
        "shared_accuracy": _share(sum(a == b for a, b in shared), len(shared)),
        "pair_f1": f1(len(shared), *sizes),
        "pairs": len(pairs),
        "shared": len(shared),
    }


def _ner(both: Both) -> dict[str, Any]:
    first: set[tuple[str, int, int, str]] = set()
    second: set[tuple[str, int, int, str]] = set()
    links: tuple[dict[Any, str], dict[Any, str]] = ({}, {})
    for pair in both:
        for annotation, spans, link in zip(pair, (first, second), links, strict=True):
            for e in annotation.ner:
                key = (annotation.article_id, e.start, e.end, e.label)
                spans.add(key)
                if e.entity_id:
                    link[key] = e.entity_id
    linked = [key for key in links[0] if key in links[1]]
    sizes = [
        Counter(key[3] for key in keys) for keys in (first & second, first, second, first | second)
    ]
    return {
        "f1": span_f1(first, second),
        "by_label": {
            name: {
                "f1": f1(sizes[0][name], sizes[1][name], sizes[2][name]),
                "mentions": sizes[3][name],
            }
            for name in sorted(sizes[3])
        },
        "linking": _share(sum(links[0][k] == links[1][k] for k in linked), len(linked)),
        "mentions": len(first | second),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
