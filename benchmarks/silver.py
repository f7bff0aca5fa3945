"""How good silver labels are, how far their confidence can be trusted, and how fast they are made.

    python benchmarks/silver.py --models DIR          # --split test, --json for machines

Fits the models of `marsad annotate silver` into DIR, or reads those that are there, and labels the
articles of validation or test. Passages are those of the gold lines; entities are linked by their
catalogue names and what train calls them, as in a new article; lines are labelled by the line model
of `ingestion/silver.toml`. The first run takes two minutes.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from marsad import baseline, rooms, task
from marsad.calibration import calibration
from marsad.corpus import Corpus, read_corpus
from marsad.ingest.folder import Folder
from marsad.rooms import LAYERS, Rooms
from marsad.silver import Silver, learning, recipes, tuning
from marsad.silver.labeller import Labeller, Page
from marsad.silver.linking import Linker


def lines_labelled(home: Rooms, pages: Sequence[Page], split: str) -> list[Page]:
    """The pages with the line model's answers in place of the gold lines, passages as they are."""
    data = task.read_data(home, "structure")
    model = baseline.make(home, recipes.read(home)["structure"]).fit(data.rows["train"])
    rows = data.rows[split]
    answers = iter(model.predict(rows))
    by_article: dict[str, list[Any]] = {}
    for row, answer in zip(rows, answers, strict=True):
        chance = answer["probabilities"][answer["label"]]
        by_article.setdefault(row["article_id"], []).append((answer["label"], chance))
    return [
        replace(
            page,
            structure=[
                (replace(span, label=label), chance)
                for (span, _), (label, chance) in zip(
                    page.structure, by_article[page.article_id], strict=True
                )
            ],
        )
        for page in pages
    ]


def trust(sure: Sequence[float], right: Sequence[bool]) -> dict[str, float]:
    """Calibration, and how often the most and the least confident third are right."""
    p, ok = np.array(sure), np.array(right)
    order, third = np.argsort(-p, kind="stable"), len(p) // 3
    return {
        "labels": len(p),
        "right": float(ok.mean()),
        "confidence": float(p.mean()),
        "ece": calibration(p[:, None], ok[:, None], one_label=False)["ece"],
        "most_confident_third": float(ok[order[:third]].mean()),
        "least_confident_third": float(ok[order[-third:]].mean()),
    }


def stance_figures(corpus: Corpus, silver: Sequence[Silver]) -> dict[str, float]:
    """Pairs proposed against gold; of the pairs found the label, and how evidence overlaps."""
    found = given = wanted = labels = touched = 0
    shares = []
    for one in silver:
        gold = {
            (s.passage_start, s.holder, s.target): s
            for s in corpus.gold[one.annotation.article_id].stance
        }
        given += len(one.annotation.stance)
        wanted += len(gold)
        for mine in one.annotation.stance:
            theirs = gold.get((mine.passage_start, mine.holder, mine.target))
            if theirs is None:
                continue
            found += 1
            labels += mine.label == theirs.label
            shared = max(0, min(mine.end, theirs.end) - max(mine.start, theirs.start))
            whole = max(mine.end, theirs.end) - min(mine.start, theirs.start)
            touched += shared > 0
            shares.append(shared / whole)
    return {
        "pair_precision": found / given,
        "pair_recall": found / wanted,
        "pair_f1": 2 * found / (given + wanted),
        "label_right_of_found": labels / found,
        "evidence_touches": touched / found,
        "evidence_jaccard": float(np.mean(shares)),
    }


def link_figures(corpus: Corpus, silver: Sequence[Silver]) -> dict[str, float]:
    """Of silver mentions whose span and type are gold's, and whose type is linked: how many have
    gold's id, another, or none."""
    counts = {"right": 0, "none": 0, "wrong": 0}
    for one in silver:
        gold = {
            (e.start, e.end, e.label): e.entity_id
            for e in corpus.gold[one.annotation.article_id].ner
            if e.entity_id
        }
        for mine in one.annotation.ner:
            wanted = gold.get((mine.start, mine.end, mine.label))
            if wanted:
                same = mine.entity_id == wanted
                counts["right" if same else "wrong" if mine.entity_id else "none"] += 1
    total = sum(counts.values())
    return {f"link_{name}": count / total for name, count in counts.items()} | {"linked": total}


def span_figures(corpus: Corpus, silver: Sequence[Silver]) -> dict[str, float]:
    right = given = wanted = 0
    for one in silver:
        gold = corpus.gold[one.annotation.article_id]
        right += sum(tuning.rights("ner", gold, one.annotation.ner))
        given += len(one.annotation.ner)
        wanted += len(gold.ner)
    return {
        "precision": right / given,
        "recall": right / wanted,
        "f1": 2 * right / (given + wanted),
    }


def order_figures(corpus: Corpus, silver: Sequence[Silver]) -> dict[str, float]:
    """How an article's `least` goes with the share of its labels that are right."""
    least, right = [], []
    for one in silver:
        gold = corpus.gold[one.annotation.article_id]
        every = [
            ok for layer in LAYERS for ok in tuning.rights(layer, gold, one.annotation.layer(layer))
        ]
        least.append(one.least)
        right.append(float(np.mean(every)))
    order, third = np.argsort(least), len(least) // 3
    return {
        "rank_correlation": float(spearmanr(least, right).statistic),
        "least_confident_third": float(np.mean([right[at] for at in order[:third]])),
        "most_confident_third": float(np.mean([right[at] for at in order[-third:]])),
    }


def speeds(labeller: Labeller, pages: Sequence[Page], times: int = 3) -> dict[str, float]:
    """Articles a second on one core by layer, the best of some runs; stance includes neither ner
    nor linking, which it needs."""
    mentions = labeller.mentions(pages)
    work = {
        "topic": lambda: labeller.topics(pages),
        "ner": lambda: labeller.mentions(pages),
        "stance": lambda: labeller.stances(pages, mentions),
        "all": lambda: labeller.label(pages),
    }
    found = {}
    for name, run in work.items():
        taken = []
        for _ in range(times):
            begin = time.perf_counter()
            run()
            taken.append(time.perf_counter() - begin)
        found[name] = len(pages) / min(taken)
    return found


def measure(home: Rooms, models: Path, split: str) -> dict[str, Mapping[str, float]]:
    folder = Folder(models)
    learning.prepare(home, folder)
    labeller = learning.restore(home, folder, LAYERS)
    corpus = read_corpus(home)
    named = {e.entity_id for e in corpus.catalogue.values()}
    train = {
        e.entity_id
        for page in tuning.pages_of(corpus, "train")
        for e in corpus.gold[page.article_id].ner
    }
    entities = tuning.as_train_has_it(corpus)
    pages = lines_labelled(home, tuning.pages_of(corpus, split), split)
    known = {
        "as new": (entities, named),
        "of train alone": (entities, train),
        "whole catalogue": (corpus.catalogue.values(), named),
    }
    found: dict[str, Mapping[str, float]] = {}
    for name, (every, kept) in known.items():
        linker = Linker.of(e for e in every if e.entity_id in kept)
        silver = replace(labeller, linker=linker).label(pages)
        found[f"link, {name}"] = link_figures(corpus, silver)
        found[f"stance, {name}"] = stance_figures(corpus, silver)
        if name == "as new":
            found["ner"] = span_figures(corpus, silver)
            for layer in LAYERS:
                right = [
                    ok
                    for one in silver
                    for ok in tuning.rights(
                        layer,
                        corpus.gold[one.annotation.article_id],
                        one.annotation.layer(layer),
                    )
                ]
                sure = [chance for one in silver for chance in one.confidence[layer]]
                found[f"confidence, {layer}"] = trust(sure, right)
            found["articles by least"] = order_figures(corpus, silver)
    found["articles a second"] = speeds(labeller, pages)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True, help="the folder of fitted models")
    parser.add_argument("--split", choices=("validation", "test"), default="test")
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    asked = parser.parse_args()
    found = measure(rooms.find(), asked.models, asked.split)
    if asked.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(f"{name:24}" + "  ".join(f"{key} {value:.3f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
