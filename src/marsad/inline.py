"""The inline text form: an article with its annotations in it, for people and models to write.

    @ 000_c7913647ea205634 9f2c…
    = headline
    [الكرملين]ORG=kremlin: [بوتين]PERS=vladimir_putin و…
    # diplomacy defence
    ! vladimir_putin bilateral_partnership favor | يعربان عن استعدادهما
    = body
    …
    = body+
    …

The first line names the article and the sha256 of its raw file. Then each raw line that is not
blank is a block: its structure label, its text, its topics, its stances. A body line of more than
80 tokens stands as several blocks, one a passage, the later ones marked `+`. A span is `[text]TYPE`
or `[text]TYPE=entity_id`, nested at will. In the text a backslash makes the next character plain.
A stance is `! holder target label | evidence`, the evidence being text of the passage to the
letter; `|2` says that its second occurrence is meant.

Text and standoff convert into each other without loss, and reading refuses a text that differs
from the raw file by one code point.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from marsad.annotation import Annotation, Entity, LineLabel, PassageTopics, Stance, span_order
from marsad.fault import DataError, Fault
from marsad.passage import Line, Span, cut, lines

_HEADER = re.compile(r"@ (\S+) ([0-9a-f]{64})")
_LABEL = re.compile(r"= *(\S+?)(\+?)")
_STANCE = re.compile(r"! *(\S+) +(\S+) +(\S+) *\|(\d{0,4}) (.*)")
_TYPE = re.compile(r"([A-Z]+)(?:=([a-z0-9_]+))?")
UNKNOWN = "?"


@dataclass
class _Block:
    line: int
    label: str
    more: bool
    text: str = ""
    text_line: int = 0
    topics: tuple[str, ...] | None = None
    stances: list[tuple[int, str, str, str, int, str]] = field(default_factory=list)


def write(raw: str, annotation: Annotation, notes: Iterable[tuple[int, str]] = ()) -> str:
    """The inline form of an annotation; lines without a structure label are marked `?`, which
    makes an empty annotation the form to fill in. A note, an offset and what to decide there,
    stands below its block as a line `? note`, with which no form is read."""
    notes = list(notes)
    labels = {(span.start, span.end): span.label for span in annotation.structure}
    topics = {(span.start, span.end): span.topics for span in annotation.topic}
    out = [f"@ {annotation.article_id} {annotation.sha256}"]
    for line in lines(raw):
        label = labels.get((line.start, line.end), UNKNOWN)
        for piece, span in enumerate(pieces(raw, line, label)):
            out.append(f"= {label}{'+' if piece else ''}")
            inside = [e for e in annotation.ner if span.start <= e.start and e.end <= span.end]
            out.append(_bracketed(raw, span, sorted(inside, key=span_order)))
            if label != "boilerplate":
                out.append(f"# {' '.join(topics.get((span.start, span.end), ()))}".rstrip())
                for stance in sorted(annotation.stance, key=span_order):
                    if (stance.passage_start, stance.passage_end) == (span.start, span.end):
                        out.append(_stance_line(raw, stance))
            out += [f"{UNKNOWN} {says}" for at, says in notes if span.start <= at < span.end]
    return "\n".join(out) + "\n"


def read(text: str, raw: str, article_id: str, sha256: str, name: str) -> Annotation:
    """The annotation that an inline form says of this raw text. Raises DataError with every fault
    of form found, each with its line in the inline file; labels are not judged here."""
    form = _Form(name)
    blocks = form.blocks(text, article_id, sha256)
    if form.faults:
        raise DataError(*form.faults)
    wanted = lines(raw)
    parts = _by_line(blocks)
    structure: list[LineLabel] = []
    topic: list[PassageTopics] = []
    stance: list[Stance] = []
    ner: list[Entity] = []
    for line, group in zip(wanted, parts, strict=False):
        label = group[0].label
        structure.append(LineLabel(line.start, line.end, label))
        spans = form.match(raw, line, group)
        for span, block in zip(spans, group, strict=False):
            entities = form.entities(block, raw, span)
            if label == "boilerplate":
                if entities or block.topics or block.stances:
                    mend = "boilerplate has no spans, topics or stances; remove them or the label"
                    form.fault(block.text_line, "annotations in boilerplate", mend)
                continue
            ner += entities
            topic.append(PassageTopics(span.start, span.end, block.topics or ()))
            stance += form.stances(block, raw, span)
        if form.faults:
            raise DataError(*form.faults)
    if len(parts) != len(wanted):
        more = len(parts) > len(wanted)
        at = parts[len(wanted)][0].line if more else text.count("\n")
        found = f"{len(parts)} lines of text, the raw file has {len(wanted)}"
        mend = "remove the added one" if more else f"add raw line {wanted[len(parts)].number}"
        raise DataError(Fault(name, at, found, mend))
    return Annotation(
        article_id,
        sha256,
        tuple(structure),
        tuple(topic),
        tuple(sorted(stance, key=span_order)),
        tuple(sorted(ner, key=span_order)),
    )


def pieces(raw: str, line: Line, label: str) -> list[Span]:
    """The spans of a line that stand as blocks: its passages, where it may be a body line."""
    start, end = line.inner.start, line.inner.end
    if label not in ("body", UNKNOWN):
        return [Span(start, end)]
    return [Span(start + span.start, start + span.end) for span in cut(raw[start:end])]


def _by_line(blocks: Iterable[_Block]) -> list[list[_Block]]:
    parts: list[list[_Block]] = []
    for block in blocks:
        if block.more and parts:
            parts[-1].append(block)
        else:
            parts.append([block])
    return parts


def _bracketed(raw: str, span: Span, entities: list[Entity]) -> str:
    out: list[str] = []
    open_entities: list[Entity] = []
    waiting = list(entities)
    after_label = False
    for at in range(span.start, span.end + 1):
        while open_entities and open_entities[-1].end == at:
            entity = open_entities.pop()
            link = f"={entity.entity_id}" if entity.entity_id else ""
            out.append(f"]{entity.label}{link}")
            after_label = True
        while waiting and waiting[0].start == at and at < span.end:
            entity = waiting.pop(0)
            if open_entities and entity.end > open_entities[-1].end:
                raise ValueError(f"spans {open_entities[-1]} and {entity} cross")
            out.append("[")
            open_entities.append(entity)
            after_label = False
        if at < span.end:
            char = raw[at]
            plain = char in "[]\\" or (after_label and re.match(r"[A-Za-z0-9_=]", char))
            out.append(f"\\{char}" if plain else char)
            after_label = False
    return "".join(out)


def _stance_line(raw: str, stance: Stance) -> str:
    evidence = raw[stance.start : stance.end]
    passage = raw[stance.passage_start : stance.passage_end]
    offset = stance.start - stance.passage_start
    nth = _occurrences(passage, evidence).index(offset) + 1
    which = str(nth) if nth > 1 else ""
    return f"! {stance.holder} {stance.target} {stance.label} |{which} {evidence}"


def _occurrences(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _name(char: str) -> str:
    code = f"U+{ord(char):04X} {unicodedata.name(char, 'control character')}"
    return f"'{char}' ({code})" if char.isprintable() else code


class _Form:
    """Reads one inline file and gathers what is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []

    def fault(self, line: int, found: str, mend: str) -> None:
        self.faults.append(Fault(self.name, line, found, mend))

    def blocks(self, text: str, article_id: str, sha256: str) -> list[_Block]:
        rows = text.removeprefix("\ufeff").split("\n")
        header = _HEADER.fullmatch(rows[0].rstrip())
        if not header:
            self.fault(1, "no header", "begin with '@ article_id sha256'")
        elif header[1] != article_id or header[2] != sha256:
            found = f"header names {header[1]} {header[2][:12]}…"
            self.fault(1, found, f"this raw file is {article_id} {sha256[:12]}…")
        blocks: list[_Block] = []
        for number, row in enumerate(rows[1:], 2):
            row = row.removesuffix("\r")
            block = blocks[-1] if blocks else None
            if block and not block.text_line:
                block.text, block.text_line = row, number
            elif row.startswith("=") and (label := _LABEL.fullmatch(row.rstrip())):
                blocks.append(_Block(number, label[1], bool(label[2])))
            elif row.startswith("#") and block and block.topics is None:
                block.topics = tuple(row[1:].split())
            elif row.startswith("!") and block and (stance := _STANCE.fullmatch(row)):
                nth = int(stance[4]) if stance[4] else 1
                block.stances.append((number, stance[1], stance[2], stance[3], nth, stance[5]))
            elif row.startswith(UNKNOWN):
                mend = "write what holds into the block, then remove this line"
                self.fault(number, f"undecided: {row[1:].strip()[:60]!r}", mend)
            elif row.strip():
                mend = "a line is '= label', then its text, '# topics' or '! h t label | evidence'"
                self.fault(number, f"cannot be read: {row[:40]!r}", mend)
        for block in blocks:
            if not block.text_line:
                self.fault(block.line, "a block without text", "write the raw line below it")
        return blocks

    def match(self, raw: str, line: Line, group: list[_Block]) -> list[Span]:
        """The raw spans of a line's blocks, which must be the passages of the line."""
        if any(block.label != group[0].label for block in group):
            self.fault(group[0].line, "one raw line with two labels", "give its parts one label")
            return []
        spans = pieces(raw, line, group[0].label)
        if group[0].label == "boilerplate" and len(group) > 1:
            spans = pieces(raw, line, UNKNOWN)
        if len(spans) != len(group):
            found = f"raw line {line.number} has {len(group)} blocks"
            self.fault(group[0].line, found, f"as {group[0].label} it has {len(spans)}")
            return []
        return spans

    def entities(self, block: _Block, raw: str, span: Span) -> list[Entity]:
        """The bracketed spans of a block, its text compared with the raw one by one."""
        found: list[Entity] = []
        starts: list[int] = []
        at, column, text = span.start, 0, block.text

        def wrong(what: str, mend: str) -> list[Entity]:
            self.fault(block.text_line, f"column {column + 1}: {what}", mend)
            return []

        while column < len(text):
            char = text[column]
            if char == "[":
                starts.append(at)
                column += 1
                continue
            if char == "]":
                label = _TYPE.match(text, column + 1)
                if not starts or not label:
                    return wrong("']' without a span or type", "write [text]TYPE or \\]")
                found.append(Entity(starts.pop(), at, label[1], label[2]))
                column = label.end()
                continue
            if char == "\\" and column + 1 < len(text):
                column += 1
                char = text[column]
            if at >= span.end:
                return wrong(f"{_name(char)} is past the end of the raw text", "remove it")
            if raw[at] != char:
                return wrong(f"{_name(char)}, the raw file has {_name(raw[at])}", "copy the raw")
            at += 1
            column += 1
        if starts:
            return wrong("a '[' is not closed", "write [text]TYPE or \\[")
        if at < span.end:
            return wrong(f"the raw text goes on with {raw[at : at + 20]!r}", "add what is missing")
        return found

    def stances(self, block: _Block, raw: str, span: Span) -> list[Stance]:
        found = []
        passage = raw[span.start : span.end]
        for number, holder, target, label, nth, evidence in block.stances:
            places = _occurrences(passage, evidence) if evidence else []
            if not 1 <= nth <= len(places):
                what = f"evidence {evidence!r} occurs {len(places)} times in the passage"
                self.fault(number, what, f"copy it from the passage; occurrence {nth} is asked")
                continue
            start = span.start + places[nth - 1]
            end = start + len(evidence)
            found.append(Stance(span.start, span.end, holder, target, label, start, end))
        return found
