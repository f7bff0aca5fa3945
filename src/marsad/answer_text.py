"""An answer as a language model writes it: gold put into words, and generated text read.

Reading is lenient in form and strict in content: bullets, quotation marks, another language's name
of a label or JSON are no fault, but a mention counts only where it stands in the passage to the
letter, in whole tokens.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marsad.label import Layer
from marsad.passage import edges
from marsad.spelling import fold

SpanOf = tuple[int, int, str]  # start, end, label

_BULLET = re.compile(r"^\s*(?:[-*•–·]|\d+[.)-])\s+")
_NUMBERED = re.compile(r"^(.*\S)\s*#\s*(\d+)$")
_AROUND = " \t\"'`*_.,،;؛:«»“”()[]{}"
_SEPARATOR = re.compile(r"[,،;؛|\n]")
_FENCE = re.compile(r"^```\w*$|^```$", re.MULTILINE)
_TYPE_KEYS = ("type", "label", "النوع")
_MENTION_KEYS = ("mention", "text", "entity", "الكيان")


@dataclass(frozen=True)
class Reading:
    """What a generated text says. `unplaced` are the labels of mentions that are not in the
    passage, each a wrong answer; `unread` is the share of its parts that say nothing known."""

    answer: frozenset[Any]
    unplaced: tuple[str, ...] = ()
    unread: float = 0.0


def names(layer: Layer, language: str) -> dict[str, str]:
    """What each label is called in a prompt of this language."""
    return {one.name: one.name_ar if language == "ar" else one.name for one in layer.label}


def legend(layer: Layer, language: str) -> str:
    """The labels with their meaning, one a line, as a prompt lists them."""
    lines = []
    for one in layer.label:
        name, meaning = (
            (one.name_ar, one.meaning_ar) if language == "ar" else (one.name, one.meaning)
        )
        lines.append(f"- {name}" if name == meaning else f"- {name}: {meaning}")
    return "\n".join(lines)


def known(layer: Layer) -> dict[str, str]:
    """The labels by what they may be called, in either language, folded."""
    return {_fold(name): one.name for one in layer.label for name in (one.name, one.name_ar)}


def write_topics(topics: Sequence[str], called: Mapping[str, str], language: str) -> str:
    """Topics in the order of their layer, with commas between them."""
    return ("، " if language == "ar" else ", ").join(called[t] for t in called if t in topics)


def read_topics(written: str, by_name: Mapping[str, str]) -> Reading:
    """The topics of a text: those of the first line that names any, and of the lines right after it
    that name nothing else."""
    found: set[str] = set()
    parts = unread = 0
    for line in filter(str.strip, _FENCE.sub("", written).splitlines()):
        named = [by_name.get(_fold(part)) for part in _SEPARATOR.split(line) if part.strip(_AROUND)]
        if found and None in named:
            break  # the answer has ended, the model went on
        parts += len(named)
        unread += named.count(None)
        found |= {name for name in named if name}
    return Reading(frozenset(found), (), unread / parts if parts else 1.0)


def write_entities(text: str, spans: Sequence[SpanOf], called: Mapping[str, str]) -> str:
    """One line a span, `type: mention`, in the order of the text and the outer before the inner.
    ` #2` says which occurrence is meant where it is not the next one of that mention and type."""
    lines = []
    next_one: Counter[tuple[str, str]] = Counter()
    for start, end, label in sorted(spans, key=lambda s: (s[0], -s[1], s[2])):
        mention = text[start:end]
        number = _occurrences(text, mention).index(start)
        mark = "" if number == next_one[mention, label] else f" #{number + 1}"
        next_one[mention, label] = number + 1
        lines.append(f"{called[label]}: {mention}{mark}")
    return "\n".join(lines)


def read_entities(written: str, text: str, by_name: Mapping[str, str], none: str) -> Reading:
    """The spans of a text's lines. A line names a type and a mention; the mention's next occurrence
    that crosses no span already read is taken. `none` is the word for no entities."""
    spans: list[SpanOf] = []
    unplaced: list[str] = []
    next_one: Counter[tuple[str, str]] = Counter()
    lines = unread = 0
    for kind, mention in _pairs(written):
        if not mention and _fold(kind) == _fold(none):
            continue
        lines += 1
        label = by_name.get(_fold(kind))
        if label is None or not mention:
            unread += 1
            continue
        mention, number = _placed_as(mention, text)
        places = _occurrences(text, mention)
        asked = (
            places[next_one[mention, label] :] if number is None else places[:number][number - 1 :]
        )
        for at in asked:
            span = (at, at + len(mention), label)
            if span not in spans and not any(_cross(span, other) for other in spans):
                spans.append(span)
                next_one[mention, label] = places.index(at) + 1
                break
        else:
            unplaced.append(label)
    nothing = not lines and not written.strip()
    return Reading(
        frozenset(spans), tuple(unplaced), 1.0 if nothing else unread / lines if lines else 0.0
    )


def _pairs(written: str) -> Iterator[tuple[str, str]]:
    """The type and the mention of each part of a text; a part without a mention is all type."""
    bare = _FENCE.sub("", written).strip()
    if (whole := _json(bare)) is not None:
        yield from map(_pair, whole)
        return
    for line in filter(str.strip, bare.splitlines()):
        if (one := _json(line)) is not None:
            yield from map(_pair, one)
            continue
        kind, _, mention = _BULLET.sub("", line).partition(":")
        yield kind, mention.strip()


def _json(written: str) -> list[Any] | None:
    """The objects of a JSON text, None where it is none."""
    if written[:1] not in ("[", "{"):
        return None
    try:
        found = json.loads(written.rstrip(","))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else [found]


def _pair(found: Any) -> tuple[str, str]:
    record = found if isinstance(found, dict) else {}
    kind, mention = (
        next((str(record[key]) for key in keys if key in record), "")
        for keys in (_TYPE_KEYS, _MENTION_KEYS)
    )
    return kind, mention


def _placed_as(mention: str, text: str) -> tuple[str, int | None]:
    """The mention as it stands in the text and the number of the occurrence that is asked for:
    as it is written, else without its mark, else without what stands around it."""
    if _occurrences(text, mention):
        return mention, None
    match = _NUMBERED.match(mention)
    number = int(match[2]) if match else None
    bare = match[1] if match else mention
    return (bare if _occurrences(text, bare) else bare.strip(_AROUND)), number


def _occurrences(text: str, mention: str) -> list[int]:
    """Where a mention begins in a text, in whole tokens."""
    starts, ends = edges(text)
    found, at = [], text.find(mention) if mention else -1
    while at >= 0:
        if at in starts and at + len(mention) in ends:
            found.append(at)
        at = text.find(mention, at + 1)
    return found


def _cross(one: SpanOf, other: SpanOf) -> bool:
    (a, b), (c, d) = sorted((one[:2], other[:2]))
    return a < c < b < d


def _fold(name: str) -> str:
    bare = _BULLET.sub("", name).strip(_AROUND)
    return fold(re.sub(r"[\s_-]+", " ", bare).casefold())
