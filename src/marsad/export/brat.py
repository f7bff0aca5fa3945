"""brat: `<split>/<article_id>.txt` and `.ann` over the raw article, with `annotation.conf` and
`visual.conf` beside the splits.

| line | what |
|---|---|
| `T… PERS 5 9` | an entity, nested at will; `N… Reference T… Marsad:<entity_id>` is its id |
| `T… Passage 5 90` | a passage; each of its topics is an attribute, `A… diplomacy T…` |
| `T… Stance_favor 20 40` | a stance's evidence; its note has `holder=… target=…` |
| `T… Line_body 0 90` | a raw line that is not blank, by its structure label |

Offsets are those of the raw text, in code points. brat reads CR LF as one character, which would
shift all that follow: so the `.txt` has a space for a CR before LF, and LF for one alone. A span
may not contain a tab or anything that some reader takes for a line end: there it is cut into
fragments, as brat does it itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from marsad import catalogue
from marsad.export.content import ArticleContent, Content, Made
from marsad.fault import DataError, Fault
from marsad.label import Layer
from marsad.progress import progress

KNOWLEDGE_BASE = "Marsad"
# Colours of the spans, by the stem of their type.
COLOURS = {"Line": "#eeeeee", "Passage": "#dfe8f5", "Stance_favor": "#9fd8a4"}
COLOURS |= {"Stance_against": "#f0a8a0", "Stance_neutral": "#d8d0a0"}
_BREAK = re.compile(r"[\t\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def make(content: Content, splits: Sequence[str]) -> Made:
    """Raises DataError where a span lies over the end of a line."""
    made = Made()
    made.files["annotation.conf"] = annotation_conf(content.layers).encode("utf-8")
    made.files["visual.conf"] = visual_conf(content.layers).encode("utf-8")
    home = content.home
    path = catalogue.path_of(home.annotations)
    entities = catalogue.read_catalogue(path, home.name(path))
    names = {entity_id: entity.name_ar for entity_id, entity in entities.items()}
    returns = 0
    for split in splits:
        found = list(content.articles(split))
        for article in progress(found, f"brat {split}"):
            stem = f"{split}/{article.article_id}"
            made.files[f"{stem}.txt"] = shown(article.raw).encode("utf-8")
            made.files[f"{stem}.ann"] = "".join(standoff(article, names)).encode("utf-8")
            returns += "\r" in article.raw
            made.count("entities", len(article.row["entities"]))
            made.count("stances", len(article.row["stances"]))
            made.count("passages", len(article.passages))
            made.count("lines", len(article.lines))
        made.count("articles", len(found))
    if returns:
        made.warnings.append(
            f"brat reads CR LF as one character: {returns} articles have a space for each CR, "
            "so that offsets stay those of the raw text"
        )
    return made


def shown(raw: str) -> str:
    """The raw text as brat may read it, as long as before: CR LF as space LF, CR alone as LF."""
    return raw.replace("\r\n", " \n").replace("\r", "\n")


def standoff(article: ArticleContent, names: Mapping[str, str]) -> Iterator[str]:
    """The lines of an `.ann` file. `names` are the Arabic names of the catalogue."""
    raw, number = article.raw, _Numbers()

    def spanned(kind: str, start: int, end: int) -> tuple[str, str]:
        name = number.next("T")
        return name, f"{name}\t{kind} {_extent(article, start, end)}\n"

    for line, label in article.lines:
        yield spanned(f"Line_{label}", line.start, line.end)[1]
    for passage_id, passage in article.passages.items():
        name, said = spanned("Passage", passage.start, passage.end)
        yield said
        for topic in article.topics[passage_id]:
            yield f"{number.next('A')}\t{topic} {name}\n"
        yield f"{number.next('#')}\tAnnotatorNotes {name}\tpassage_id={passage_id}\n"
    for stance in article.row["stances"]:
        name, said = spanned(f"Stance_{stance['label']}", stance["start"], stance["end"])
        note = f"holder={stance['holder']} target={stance['target']}"
        yield said
        yield f"{number.next('#')}\tAnnotatorNotes {name}\t{note}\n"
    for entity in article.row["entities"]:
        name, said = spanned(entity["label"], entity["start"], entity["end"])
        yield said
        if entity_id := entity["entity_id"]:
            surface = names.get(entity_id) or raw[entity["start"] : entity["end"]]
            reference = f"Reference {name} {KNOWLEDGE_BASE}:{entity_id}"
            yield f"{number.next('N')}\t{reference}\t{_BREAK.sub(' ', surface)}\n"


class _Numbers:
    """The next id of each kind of line: T1, T2, A1 …"""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}

    def next(self, kind: str) -> str:
        self.last[kind] = self.last.get(kind, 0) + 1
        return f"{kind}{self.last[kind]}"


def _extent(article: ArticleContent, start: int, end: int) -> str:
    """A span's fragments and its text, as they stand behind its type."""
    text = article.raw[start:end]
    if "\n" in text or "\r" in text:
        wrong = f"{article.article_id}: the span {start}:{end} lies over the end of a line"
        raise DataError(Fault("data/", 0, wrong, "run marsad check"))
    edges = [0, *(at for cut in _BREAK.finditer(text) for at in cut.span()), len(text)]
    parts = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
    extents = ";".join(f"{start + a} {start + b}" for a, b in parts)
    return f"{extents}\t{' '.join(text[a:b] for a, b in parts)}"


def types(layers: Mapping[str, Layer]) -> dict[str, list[tuple[str, str]]]:
    """Every type of span with its Arabic name, by group."""
    return {
        "Entity": [(label.name, label.name_ar) for label in layers["ner"].label],
        "Stance": [(f"Stance_{label.name}", label.name_ar) for label in layers["stance"].label],
        "Text": [
            ("Passage", "فقرة"),
            *((f"Line_{label.name}", label.name_ar) for label in layers["structure"].label),
        ],
    }


def annotation_conf(layers: Mapping[str, Layer]) -> str:
    """Every type and attribute; any span may lie in, on and across any other."""
    rows = ["[entities]"]
    for group, members in types(layers).items():
        rows += [f"!{group}", *(f"\t{name}" for name, _ in members)]
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    rows += ["", "[relations]", overlap, "", "[events]", "", "[attributes]"]
    rows += [f"{topic}\tArg:Passage" for topic in layers["topic"].names]
    return _joined(rows)


def visual_conf(layers: Mapping[str, Layer]) -> str:
    """Right to left; names in both languages; quiet colours for what lies under the entities."""
    listed = [pair for members in types(layers).values() for pair in members]
    topics = [(label.name, label.name_ar) for label in layers["topic"].label]
    rows = ["[options]", "Text\tdirection:rtl", "", "[labels]"]
    rows += [f"{name} | {name} {arabic} | {name}" for name, arabic in (*listed, *topics)]
    rows += ["", "[drawing]", "SPAN_DEFAULT\tfgColor:black, bgColor:#f3d9a4, borderColor:darken"]
    rows += ["ARC_DEFAULT\tcolor:black", "ATTRIBUTE_DEFAULT\tglyph:*"]
    for name, _ in listed:
        if colour := COLOURS.get(name) or COLOURS.get(name.split("_")[0]):
            rows.append(f"{name}\tbgColor:{colour}")
    return _joined(rows)


def _joined(rows: Iterable[str]) -> str:
    return "\n".join(rows) + "\n"
