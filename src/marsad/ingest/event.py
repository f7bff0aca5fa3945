"""Which articles are of one event: those of close dates that name the same entities and begin with
the same words."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marsad.ingest.likeness import UNDATED, Numbers, pairs
from marsad.ingest.settings import Events

if TYPE_CHECKING:
    import pyarrow as pa


_NAMED = 2  # entities in the name of an event


def records() -> pa.Schema:
    """What grouping asks of an article. `entities` are catalogue ids, the most mentioned first;
    `stems` are `lead.lead_stems`; `leader` is the article it is a near-duplicate of, null or its
    own id where it is none; `event` is null for an article that has none yet."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("article_id", pa.string(), nullable=False),
            pa.field("published", pa.string()),
            pa.field("entities", pa.list_(pa.string()), nullable=False),
            pa.field("stems", pa.list_(pa.uint32()), nullable=False),
            pa.field("leader", pa.string()),
            pa.field("event", pa.string()),
        ]
    )


def group(table: pa.Table, settings: Events) -> list[str]:
    """The event of each article of a table of `records`, in its order.

    An article that has an event keeps it. A near-duplicate goes with its leader. Any other joins,
    in the order of dates, the event whose articles are most like it, if they are like enough;
    else it begins one, named by its date and the entities it tells of.
    """
    import pyarrow.compute as pc

    given = _days(table["published"].to_pylist())
    order = np.lexsort((pc.rank(table["article_id"]).to_numpy(), given))
    days, table = given[order], table.take(order)
    ids: list[str] = table["article_id"].to_pylist()
    told: list[str | None] = table["event"].to_pylist()
    new = np.array([event is None for event in told], np.bool_)
    newcomers, others, alike = pairs(table, days, new, settings)
    begins = np.searchsorted(newcomers, np.arange(len(ids) + 1)).tolist()
    neighbours, likeness = others.tolist(), alike.tolist()
    leaders = _leaders(ids, table["leader"].to_pylist(), new)
    dates: list[str | None] = table["published"].to_pylist()
    named: list[list[str]] = pc.list_slice(table["entities"], 0, _NAMED).to_pylist()
    events = _Events(days.tolist(), settings)
    for at, event in enumerate(told):
        if event is not None:
            events.join(at, event)
    for at in np.flatnonzero(new).tolist():
        if leaders[at] is None:
            near = slice(begins[at], begins[at + 1])
            event = events.best(at, neighbours[near], likeness[near])
            events.join(at, event or events.new_name(dates[at], named[at], ids[at]))
    found = np.empty(len(ids), object)
    found[order] = [
        events.of[at if leader is None else leader] for at, leader in enumerate(leaders)
    ]
    return [str(event) for event in found]


def group_by_parts(table: pa.Table, settings: Events) -> list[str]:
    """As `group`, in memory that does not grow with the number of articles: the newcomers of so
    many days as have `at_once` of them, with what is known of those days, then those of the next.
    """
    import pyarrow as pa

    events: list[str | None] = table["event"].to_pylist()
    new = np.array([event is None for event in events], np.bool_)
    if new.sum() <= settings.at_once:
        return group(table, settings)
    days = _days(table["published"].to_pylist())
    waiting = np.flatnonzero(new)
    waiting = waiting[np.argsort(days[waiting], kind="stable")]
    for begin in range(0, len(waiting), settings.at_once):
        part = waiting[begin : begin + settings.at_once]
        first, last = days[part[0]] - settings.days, days[part[-1]] + settings.days
        near = np.flatnonzero(~new & (days >= first) & (days <= last))[-settings.at_once :]
        rows = np.concatenate([near, part])
        given = pa.array([events[row] for row in rows.tolist()], pa.string())
        some = table.take(rows)
        some = some.set_column(some.schema.get_field_index("event"), "event", given)
        for row, event in zip(part.tolist(), group(some, settings)[len(near) :], strict=True):
            events[row] = event
        new[part] = False
    return [str(event) for event in events]


class _Events:
    """The events so far: the day each began, how many articles it has, and which is of which."""

    def __init__(self, days: list[int], settings: Events) -> None:
        self.days, self.settings = days, settings
        self.of: dict[int, str] = {}
        self.began: dict[str, int] = {}
        self.size: dict[str, int] = {}

    def join(self, article: int, event: str) -> None:
        self.of[article] = event
        self.began[event] = min(self.began.get(event, UNDATED), self.days[article])
        self.size[event] = self.size.get(event, 0) + 1

    def best(self, article: int, near: list[int], alike: list[float]) -> str | None:
        """The event whose articles are most like this one, if they are like enough: the mean of
        the most similar ones, so many as the settings say or as there are. Of equal ones that
        whose article comes first."""
        settings, day = self.settings, self.days[article]
        by_event: dict[str, list[float]] = {}
        for other, similarity in zip(near, alike, strict=True):
            event = self.of.get(other)
            if event is not None:
                by_event.setdefault(event, []).append(similarity)
        best, most = None, 0.0
        for event, similarities in by_event.items():
            began = self.began[event]
            undated = day == UNDATED or began == UNDATED
            if not undated and abs(day - began) > settings.span:
                continue
            counted = min(self.size[event], settings.members)
            mean = sum(sorted(similarities)[-counted:]) / counted
            if mean > most and mean >= (
                settings.undated_threshold if undated else settings.threshold
            ):
                best, most = event, mean
        return best

    def new_name(self, published: str | None, entities: list[str], article_id: str) -> str:
        """The name of an event that an article begins: its date and the entities it names most;
        with a mark of the article where there are none, or another event has that name."""
        name = "_".join([published.replace("-", "_") if published else "undated", *entities])
        if entities and name not in self.began:
            return name
        mark = hashlib.sha256(article_id.encode()).hexdigest()
        size = next(n for n in range(6, 65) if f"{name}_{mark[:n]}" not in self.began)
        return f"{name}_{mark[:size]}"


def _days(published: list[str | None]) -> Numbers:
    """The day of each article as a number."""
    known = {text: date.fromisoformat(text).toordinal() for text in set(published) if text}
    return np.array([known[text] if text else UNDATED for text in published], np.int64)


def _leaders(ids: list[str], leaders: list[str | None], new: NDArray[np.bool_]) -> list[int | None]:
    """Of each newcomer that is a near-duplicate, which article it goes with: the last of its
    leaders."""
    if all(leader is None or leader == one for one, leader in zip(ids, leaders, strict=True)):
        return [None] * len(ids)
    places = {article_id: at for at, article_id in enumerate(ids)}
    found: list[int | None] = []
    for at, leader in enumerate(leaders):
        place, seen = at, {at}
        while new[place] and (leader := leaders[place]) is not None:
            following = places.get(leader, place)
            if following in seen:
                # Where leaders lead in a circle, the first of it.
                place = place if following == place else min(seen)
                break
            place = following
            seen.add(place)
        found.append(place if place != at else None)
    return found
