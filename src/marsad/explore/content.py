"""What a site is made of, read once: articles with their views, gold, and the judges' readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from marsad import catalogue, source, split
from marsad.annotation import Annotation
from marsad.article import Article, read_manifest
from marsad.catalogue import VOICES
from marsad.corpus import Corpus, annotators, read_annotations
from marsad.dataset import ArticleView, look
from marsad.fault import DataError, Fault
from marsad.label import read_layers
from marsad.passage import Passage
from marsad.rooms import LAYERS, Rooms


class Places(dict[str, int]):
    """The place of each name in a list, -1 for what is not in it."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__((name, at) for at, name in enumerate(names))

    def __missing__(self, name: str) -> int:
        return -1


@dataclass(frozen=True)
class Content:
    """The corpus of a site, whose articles all have their text here, a view of each, and the
    judges' annotations by name and article; `without_text` counts the other articles by tier."""

    corpus: Corpus
    views: Sequence[ArticleView]
    judges: Mapping[str, Mapping[str, Annotation]]
    without_text: Mapping[str, int]

    @property
    def home(self) -> Rooms:
        return self.corpus.rooms

    @cached_property
    def labels(self) -> Mapping[str, Places]:
        """The places of the labels, by layer."""
        return {layer: Places(self.corpus.layers[layer].names) for layer in LAYERS}

    @cached_property
    def targets(self) -> Places:
        return Places(self.corpus.layers["stance"].target_names)

    def name(self, one: str) -> tuple[str, str]:
        """The English and the Arabic name of a holder or entity; its id where the catalogue has
        none, as a judge may have called it otherwise."""
        if one in VOICES:
            return VOICES[one]
        known = self.corpus.catalogue.get(one)
        return (known.name_en, known.name_ar) if known else (one, one)

    def entity_type(self, one: str) -> int:
        """The place of an entity's type among the labels of ner, -1 where it is no entity."""
        known = self.corpus.catalogue.get(one)
        return self.labels["ner"][known.type] if known else -1

    def split(self, view: ArticleView) -> str:
        return self.corpus.splits[view.article.article_id].split


def read(home: Rooms, *, referenced: bool) -> Content:
    """The content of a site; with `referenced` the articles of that tier that were fetched too.
    Raises DataError where the dataset is at fault in a way that leaves nothing to show."""
    listed = read_manifest(home)
    away = source.read_articles(home)
    shown = [one for one in listed if not one.withheld]
    shown += [one for one in away if referenced and not one.away]
    articles = tuple(sorted(shown, key=lambda one: one.article_id))
    everyone = (*listed, *away)
    entities = catalogue.path_of(home.annotations)
    corpus = Corpus(
        home,
        articles,
        read_layers(home),
        read_annotations(home, articles),
        catalogue.read_catalogue(entities, home.name(entities)),
        split.read_rule(home),
        split.read_splits(home),
    )
    for one in articles:
        if one.article_id not in corpus.splits:
            file = home.name(split.csv_path(home))
            raise DataError(Fault(file, 0, f"{one.article_id} has no row", "run marsad build"))
    return Content(
        corpus,
        [look(one, corpus.gold[one.article_id]) for one in articles],
        {name: read_annotations(home, everyone, name) for name in annotators(home)},
        _without(everyone, articles),
    )


def _without(everyone: Sequence[Article], shown: Sequence[Article]) -> dict[str, int]:
    here = {one.article_id for one in shown}
    found: dict[str, int] = {}
    for one in everyone:
        if one.article_id not in here:
            found[one.tier] = found.get(one.tier, 0) + 1
    return found


def place(passage: Passage) -> str:
    """A passage's place in its article, `LLL.PP`: the second half of its id."""
    return f"{passage.line:03d}.{passage.piece:02d}"
