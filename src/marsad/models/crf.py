"""A CRF for nested entities: a chain for the outermost spans, and one for those inside a span."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from marsad import iob2
from marsad.iob2 import TokenSpan
from marsad.models import Rows, Spans
from marsad.models.chain import Chain, from_json, train
from marsad.models.mention import characters, nest, token_spans
from marsad.models.name_lexicon import Lexicon, Tally, lexicon
from marsad.models.page import Page
from marsad.row import places

FILE = "crf.json"
AT_ONCE = 4000  # rows that are tagged together

Sequence = tuple[list[list[str]], list[str]]


@dataclass
class Crf:
    """A linear-chain CRF tags the outermost spans of a row; a second one tags what lies directly
    inside a span, and is asked again of what it finds until there are `levels` levels. Features
    are words, bare words, affixes, shapes, what train says of words and names, and the same of
    the words around.

    What train says is learned for each of `blocks` runs of articles from the others, so that no
    mention is known by itself; neighbours are often of one event, and stand in one block. `c1` and
    `c2` are the L1 and L2 regularisation.
    """

    levels: int = 3
    c1: float = 0.1
    c2: float = 0.1
    max_iterations: int = 60
    blocks: int = 10
    chains: list[Chain] = field(init=False, default_factory=list, repr=False)
    lexicon: Lexicon = field(init=False, default_factory=lambda: Lexicon({}, {}), repr=False)

    def __post_init__(self) -> None:
        for name, least in (("levels", 1), ("blocks", 2), ("max_iterations", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; give {least} or more")
        for name in ("c1", "c2"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} is {getattr(self, name)}; give 0 or more")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        whole = Tally().add(rows)
        self.lexicon = lexicon(whole)
        self.chains = []
        parameters = {"c1": self.c1, "c2": self.c2, "max_iterations": self.max_iterations}
        depth = max((found for row in rows for _, _, found in nest(token_spans(row))), default=-1)
        for inner in (False, True)[: min(depth, self.levels - 1, 1) + 1]:
            self.chains.append(train(self.sequences(rows, whole, inner), parameters))

    def sequences(self, rows: Rows, whole: Tally, inner: bool) -> Iterator[Sequence]:
        """The features and tags that a chain learns from; `whole` is the tally of the rows."""
        for block in _blocks(rows, self.blocks):
            others = lexicon(whole, Tally().add(block))
            page = self.page(others, block)
            for row, stretch in zip(block, page.rows, strict=True):
                nested = nest(token_spans(row))
                if not inner and row["tokens"]:
                    outer = [span for span, _, depth in nested if not depth]
                    yield page.features(stretch), iob2.tags(len(row["tokens"]), outer)
                for span, within, depth in nested if inner else ():
                    if depth < self.levels - 1:
                        for part in stretch.inside([span]):
                            yield page.features(part), _tags(span, within)

    def page(self, known: Lexicon, rows: Rows) -> Page:
        """Rows as the chains see them."""
        return Page(known, [row["tokens"] for row in rows])

    def predict(self, rows: Rows) -> list[Spans]:
        found: list[Spans] = []
        for first in range(0, len(rows), AT_ONCE):
            part = rows[first : first + AT_ONCE]
            spans = self._found(self.page(self.lexicon, part), sure=False)
            found += [characters(row, one) for row, one in zip(part, spans, strict=True)]
        return found

    def likely(self, rows: Rows) -> list[dict[tuple[int, int, str], float]]:
        """The spans that `predict` gives each row, with the probability of each: the share of all
        taggings of its chain, of the span around it for an inner one, that have it."""
        found = []
        for first in range(0, len(rows), AT_ONCE):
            part = rows[first : first + AT_ONCE]
            spans = self._found(self.page(self.lexicon, part), sure=True)
            for row, one in zip(part, spans, strict=True):
                at = places(row) if one else []
                found.append({(at[a][0], at[b - 1][1], name): p for (a, b, name), p in one.items()})
        return found

    def _found(self, page: Page, *, sure: bool) -> list[dict[TokenSpan, float]]:
        """The spans of each row of a page, counted from its start, and where `sure` is asked for
        how likely each is."""
        found: list[dict[TokenSpan, float]] = [{} for _ in page.rows]
        asked = [(at, row) for at, row in enumerate(page.rows) if row.end > row.start]
        for level in range(self.levels if self.chains else 0):
            chain = self.chains[min(level, len(self.chains) - 1)]
            if not asked or (level and len(self.chains) == 1):
                break
            scores, starts, ends = page.scores(chain, [part for _, part in asked])
            tagged = list(map(iob2.spans, chain.decode(scores, starts, ends)))
            chances = iter(chain.chances(scores, starts, ends, tagged) if sure else repeat(1.0))
            inner = []
            for (at, part), spans in zip(asked, tagged, strict=True):
                away = part.start - page.rows[at].start
                for first, last, name in spans:
                    found[at].setdefault((first + away, last + away, name), next(chances))
                inner += [(at, one) for one in part.inside(spans) if one != part]
            asked = inner
        return found

    def save(self, folder: Path) -> None:
        content = {
            "names": [[*name, label] for name, label in self.lexicon.names.items()],
            "words": self.lexicon.words,
            "chains": [chain.to_json() for chain in self.chains],
        }
        (folder / FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        try:
            names = {tuple(words): str(label) for *words, label in content["names"] if words}
            said = {str(word): str(what) for word, what in content["words"].items()}
            self.lexicon = Lexicon(names, said)
            self.chains = [from_json(one) for one in content["chains"]]
        except (TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"{FILE} is not what Crf.save wrote: {error}") from None


def _tags(span: TokenSpan, within: list[TokenSpan]) -> list[str]:
    first, last, _ = span
    return iob2.tags(last - first, [(a - first, b - first, label) for a, b, label in within])


def _blocks(rows: Rows, count: int) -> Iterator[Rows]:
    """The rows in so many runs of whole articles, in their order, fewer where there are fewer
    articles; a row that names no article is one by itself."""
    articles = [row["article_id"] or at for at, row in enumerate(rows)]
    number = {article: at for at, article in enumerate(dict.fromkeys(articles))}
    block_of = [number[article] * count // len(number) for article in articles]
    for one in sorted(set(block_of)):
        yield [row for row, block in zip(rows, block_of, strict=True) if block == one]
