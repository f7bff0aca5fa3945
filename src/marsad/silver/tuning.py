"""What silver labels are tuned to: the gold of validation. The threshold from which on a pair is
proposed, and how sure topics and stances are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from marsad import catalogue
from marsad.annotation import Annotation
from marsad.catalogue import CatalogueEntity
from marsad.corpus import Corpus
from marsad.silver.labeller import Labeller, Page
from marsad.silver.pairs import Proposal
from marsad.silver.scale import Scale
from marsad.silver.voices import Reading, readings

TRIED = np.linspace(0.02, 0.7, 69)  # thresholds


def pages_of(corpus: Corpus, split: str) -> list[Page]:
    """The articles of a split with their gold structure."""
    found = []
    for article in corpus.articles:
        place = corpus.splits.get(article.article_id)
        if place and place.split == split:
            labels = [one.label for one in corpus.gold[article.article_id].structure]
            own = (article.article_id, article.sha256, article.raw, labels)
            found.append(Page.of(*own, [1.0] * len(labels)))
    return found


def gold_readings(corpus: Corpus, page: Page) -> list[Reading]:
    """An article's passages with the mentions that gold has."""
    return readings(page.text, page.passages, corpus.gold[page.article_id].ner)


def gold_pairs(corpus: Corpus, page: Page) -> list[dict[tuple[str, str], str]]:
    """For each passage of an article its pairs of holder and target with their labels."""
    stances = corpus.gold[page.article_id].stance
    return [
        {(s.holder, s.target): s.label for s in stances if s.passage_start == passage.start}
        for passage in page.passages
    ]


def as_train_has_it(corpus: Corpus) -> list[CatalogueEntity]:
    """The catalogue with no aliases but those of the gold mentions of train."""
    pages = pages_of(corpus, "train")
    raws = {page.article_id: page.text for page in pages}
    seen = catalogue.surfaces((corpus.gold[page.article_id] for page in pages), raws)
    return [
        replace(entity, aliases=tuple(seen.get(entity.entity_id, ())))
        for entity in corpus.catalogue.values()
    ]


def tune(labeller: Labeller, corpus: Corpus) -> dict[str, Scale]:
    """The scales of topic and stance; sets the proposer's threshold."""
    pages = pages_of(corpus, "validation")
    pairs = [own for page in pages for own in gold_pairs(corpus, page)]
    mentions = labeller.mentions(pages)
    read = [
        one for page, own in zip(pages, mentions, strict=True) for one in labeller.read(page, own)
    ]
    labeller.proposer.threshold = best_threshold(labeller.proposer.chances(read), pairs)
    labels = {
        "topic": labeller.topics(pages),
        "stance": labeller.stances(pages, mentions),
    }
    scales = {}
    for layer, found in labels.items():
        chances = [chance for own in found for _, chance in own]
        right = [
            one
            for page, own in zip(pages, found, strict=True)
            for one in rights(layer, corpus.gold[page.article_id], [span for span, _ in own])
        ]
        scales[layer] = Scale.of(chances, right)
    return scales


def rights(layer: str, gold: Annotation, spans: Iterable[object]) -> list[bool]:
    """Whether each silver label of an article is right: a line's label, the exact set of topics,
    the span and type of an entity, holder, target and label of a stance."""
    known = {_key(layer, span) for span in gold.layer(layer)}
    return [_key(layer, span) in known for span in spans]


def best_threshold(
    proposed: Sequence[Sequence[Proposal]], gold: Sequence[Mapping[tuple[str, str], str]]
) -> float:
    """The chance from which on to propose a pair so that F1 is best: the middle of five
    neighbouring values whose mean F1 is the highest."""
    chances = np.array([one.chance for own in proposed for one in own])
    right = np.array(
        [
            (one.holder, one.target) in pairs
            for own, pairs in zip(proposed, gold, strict=True)
            for one in own
        ]
    )
    total = sum(map(len, gold))
    given = chances[None, :] >= TRIED[:, None]
    f1 = 2 * (given & right).sum(1) / np.maximum(given.sum(1) + total, 1)
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.full(5, 0.2), "valid")
    return float(TRIED[int(np.argmax(smooth))])


def _key(layer: str, span: object) -> tuple[object, ...]:
    fields = dict(vars(span))
    for name in {"ner": ("entity_id",), "stance": ("start", "end")}.get(layer, ()):
        del fields[name]
    return tuple(fields.values())
