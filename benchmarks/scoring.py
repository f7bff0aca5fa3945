"""How fast is scoring? Strict span F1 beside seqeval, and a paired bootstrap beside the bare matrix
product that it cannot do without.

    pip install 'marsad[benchmarks]'
    python benchmarks/scoring.py            # --json for machines

Made-up data of the size of a large corpus: a million tokens in sentences of 25 with about 60,000
entities in gold, a fifth of them spoilt in the answers; 4,000 articles with counts of 21 types,
whole and by slice. Each time is the best of several, in one process and on the same data.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from marsad import iob2, metric
from marsad.counts import Counts, Ints
from marsad.metric import METRICS

SENTENCES, LENGTH, PER_SENTENCE = 40_000, 25, 1.65
TYPES = 21
ARTICLES, RESAMPLES = 4_000, 1_000
SLICES = {"tier": 3, "genre": 5, "length": 3, "mention": 2, "outlet": 8}
SEED = 20261122

Tags = list[list[str]]


def made_up() -> tuple[Tags, Tags]:
    """Gold and predicted IOB2 tags by sentence."""
    rng = np.random.default_rng(SEED)
    gold: Tags = []
    predicted: Tags = []
    for _ in range(SENTENCES):
        edges = np.sort(rng.choice(LENGTH + 1, 2 * rng.poisson(PER_SENTENCE), replace=True))
        spans = [
            (int(a), int(min(b, a + 5)), f"T{rng.integers(TYPES):02d}")
            for a, b in edges.reshape(-1, 2)
            if a < b
        ]
        given = []
        for first, last, label in spans:
            fate = rng.random()
            if fate > 0.2 or last - first == 1:
                given.append((first, last, label if fate > 0.05 else "T00"))
            elif fate > 0.1:
                given.append((first, last - 1, label))
        gold.append(iob2.tags(LENGTH, spans))
        predicted.append(iob2.tags(LENGTH, given))
    return gold, predicted


def as_array(tags: Tags) -> Ints:
    """The spans of tags: sentence, first token, the one after the last, type."""
    found = [
        (at, first, last, int(label[1:]))
        for at, one in enumerate(tags)
        for first, last, label in iob2.spans(one)
    ]
    return np.array(found, dtype=np.int64)


def best(of: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The shortest time of a call, in seconds, and what it gave."""
    shortest, found = float("inf"), None
    for _ in range(times):
        started = time.perf_counter()
        found = of()
        shortest = min(shortest, time.perf_counter() - started)
    return shortest, found


def span_f1() -> dict[str, Any]:
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    gold, predicted = made_up()
    arrays = as_array(gold), as_array(predicted)
    theirs, their_f1 = best(lambda: f1_score(gold, predicted, mode="strict", scheme=IOB2), 2)
    ours, our_f1 = best(lambda: metric.span_f1(*arrays), 20)
    from_tags, _ = best(lambda: metric.span_f1(as_array(gold), as_array(predicted)), 3)
    return {
        "tokens": SENTENCES * LENGTH,
        "gold_entities": len(arrays[0]),
        "predicted_entities": len(arrays[1]),
        "seqeval_seconds": theirs,
        "marsad_seconds": ours,
        "marsad_seconds_from_lists_of_tags": from_tags,
        "times_as_fast": theirs / ours,
        "times_as_fast_from_lists_of_tags": theirs / from_tags,
        "seqeval_f1": float(their_f1),
        "marsad_f1": our_f1,
        "same_to_1e-9": bool(abs(their_f1 - our_f1) < 1e-9),
    }


def bootstrap() -> dict[str, Any]:
    rng = np.random.default_rng(SEED)
    names = tuple(map(str, range(ARTICLES)))
    labels = tuple(map(str, range(TYPES)))
    nested = METRICS["nested_f1"]

    def counts(share: float) -> Counts:
        gold = rng.binomial(3, share, (ARTICLES, TYPES))
        tp = rng.binomial(gold, 0.8)
        return Counts(names, labels, tp, tp + rng.binomial(1, 0.2, tp.shape), gold)

    systems = [counts(0.25) for _ in range(2)]
    sliced = [counts(0.25 / size) for size in SLICES.values() for _ in range(2 * size)]
    drawing, drawn = best(lambda: metric.weights(ARTICLES, RESAMPLES, SEED), 5)
    tables = [part for one in systems for part in (one.tp, one.predicted, one.gold)]
    bare_table = np.concatenate(tables, axis=1).astype(np.float64)
    wide = drawn.astype(np.float64)
    bare, _ = best(lambda: wide @ bare_table, 5)

    def ours() -> Any:
        values = metric.resampled([(nested, one) for one in (*systems, *sliced)], drawn)
        apart = values[0::2] - values[1::2]
        return metric.bounds(np.concatenate([values, apart]))

    seconds, found = best(ours, 5)
    return {
        "articles": ARTICLES,
        "resamples": RESAMPLES,
        "groups_of_slices": sum(SLICES.values()),
        "intervals": len(found),
        "bare_product_seconds": bare,
        "marsad_seconds": seconds,
        "times_the_bare_product": seconds / bare,
        "drawing_the_resamples_seconds": drawing,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    try:
        found = {"span_f1": span_f1(), "bootstrap": bootstrap()}
    except ImportError as error:
        print(
            f"scoring: {error.name} is missing; pip install 'marsad[benchmarks]'", file=sys.stderr
        )
        return 2
    if arguments.json:
        print(json.dumps(found, indent=1))
        return 0
    f1, boot = found["span_f1"], found["bootstrap"]
    print(
        f"strict span F1, {f1['tokens']:,} tokens, {f1['gold_entities']:,} entities\n"
        f"  seqeval, from lists of tags       {f1['seqeval_seconds']:9.4f} s  "
        f"F1 {f1['seqeval_f1']:.9f}\n"
        f"  marsad, from arrays of spans      {f1['marsad_seconds']:9.4f} s  "
        f"F1 {f1['marsad_f1']:.9f}  {f1['times_as_fast']:.0f} times as fast\n"
        f"  marsad, from lists of tags        {f1['marsad_seconds_from_lists_of_tags']:9.4f} s  "
        f"{f1['times_as_fast_from_lists_of_tags']:.1f} times as fast\n"
        f"paired bootstrap, {boot['articles']:,} articles, {boot['resamples']:,} resamples, "
        f"{boot['groups_of_slices']} groups of slices, {boot['intervals']} intervals\n"
        f"  bare matrix product of two systems {boot['bare_product_seconds']:8.4f} s\n"
        f"  marsad, with every slice           {boot['marsad_seconds']:8.4f} s  "
        f"{boot['times_the_bare_product']:.2f} times the product\n"
        f"  drawing the resamples, once        {boot['drawing_the_resamples_seconds']:8.4f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
