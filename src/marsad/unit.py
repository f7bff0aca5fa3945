"""Gold and answers of the same rows as arrays of units, to be counted whole or by slice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.counts import Counts, Ints, Units, pack, tally
from marsad.dataset import Row, outermost
from marsad.slice import by_row, by_span
from marsad.task import TaskData

View = Callable[[Any], Iterable[Any]]
Pairs = Sequence[tuple[Row, Any, Any]]  # a row, its gold, its answer


class Sides:
    """Gold and answers of the same rows as arrays of units. `view` is what of an answer counts,
    by default all of it."""

    def __init__(
        self,
        data: TaskData,
        pairs: Sequence[tuple[Row, Any, Any]],
        articles: Sequence[str],
        labels: Sequence[str] | None = None,
        view: View = lambda answer: answer,
    ) -> None:
        self.data, self.pairs, self.articles = data, pairs, articles
        self.labels = labels or data.layer.names
        places = {article: at for at, article in enumerate(articles)}
        names = {label: at for at, label in enumerate(self.labels)}
        self.rows: list[Ints] = []  # of gold and of the answers: each unit's row, start, end
        tables = []
        for side in (1, 2):
            listed = [
                (at, places[pair[0]["article_id"]], names[label], start, end)
                for at, pair in enumerate(pairs)
                for start, end, label in self._units(pair[side], view)
            ]
            tables.append(np.array(listed, dtype=np.int64).reshape(-1, 5))
        sizes = [int(max(t[:, at].max(initial=0) for t in tables)) + 1 for at in range(5)]
        self.units = []
        for table in tables:
            at, article, label, start, end = table.T
            kept = [sizes[i] for i in (0, 3, 4, 2)]
            self.units.append(Units(article, label, pack([at, start, end, label], kept)))
            self.rows.append(table[:, [0, 3, 4]])

    def _units(self, answer: Any, view: View) -> Iterable[tuple[int, int, str]]:
        if answer is None:
            return ()
        if self.data.task.answer == "entities":
            return view(answer)
        return [(0, 0, label) for label in ([answer] if isinstance(answer, str) else answer)]

    def counts(self, keep: Sequence[NDArray[np.bool_]] | None = None) -> Counts:
        """The counts of all units, or of those of gold and answers that `keep` marks."""
        gold, given = self.units
        if keep:
            gold, given = gold.part(keep[0]), given.part(keep[1])
        return tally(gold, given, self.labels, self.articles)

    def flat(self) -> Sides:
        """Outermost spans against outermost spans."""
        return Sides(
            self.data, self.pairs, self.articles, view=lambda answer: outermost(list(answer))
        )

    def coarse(self) -> Sides:
        """The four-type view (PERS LOC ORG MISC), nested; types outside it are left out."""
        kinds = {label.name: label.coarse for label in self.data.layer.label}
        names = sorted({kind for kind in kinds.values() if kind})

        def view(answer: Any) -> set[tuple[int, int, str]]:
            return {(s, e, kind) for s, e, label in answer if (kind := kinds[label])}

        return Sides(self.data, self.pairs, self.articles, names, view)

    def groups(self, split: str) -> dict[tuple[str, str], Counts]:
        """The counts of each group of each slice that gold has a unit of."""
        groups: dict[str, list[NDArray[np.str_]]] = {}
        for name, of_row in by_row(self.data, split).items():
            values = np.array([of_row(pair[0]) for pair in self.pairs])
            groups[name] = [values[table[:, 0]] for table in self.rows]
        for name, of_span in by_span(self.data).items():
            groups[name] = [
                np.array([of_span(self.pairs[at][0], s, e) for at, s, e in table], dtype=np.str_)
                for table in self.rows
            ]
        return {
            (name, group): self.counts([side == group for side in sides])
            for name, sides in groups.items()
            for group in sorted(set(sides[0].tolist()))
        }
