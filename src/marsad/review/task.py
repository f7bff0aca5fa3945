"""A task of Label Studio: a whole article with all four layers, so that one submitted task is one
judgement of one article.

Passages follow from the labels of the lines, and an annotator may change those: tasks made of
passages beforehand would be wrong from then on. So a task is the article, and the labels of lines,
like all else, are regions of its one text:

| region | control | said of it |
|---|---|---|
| a line that is not blank; of more than 80 tokens, each passage of it | `structure` | `topics` |
| an entity, nested at will | `ner` | `entity_id` |
| the evidence of a stance | `stance` | `holder`, `target`; a relation `holder` to a mention |

The regions of lines are there from the start, also in a blank task, with the label `?` until
someone decides. Offsets count code points into the text as it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from marsad import jsonl
from marsad.annotation import Annotation
from marsad.export.label_studio import (
    RIGHT_TO_LEFT,
    Region,
    Result,
    control,
    holder_relation,
    labels_control,
    passage_result,
    span_controls,
    xml,
)
from marsad.fault import DataError, Fault
from marsad.inline import UNKNOWN, pieces
from marsad.label import Label, Layer
from marsad.passage import CLEAN_LABELS, Line, Span, lines
from marsad.rooms import Rooms

if TYPE_CHECKING:
    from marsad.ingest.folder import Candidate

Confidence = Mapping[str, Sequence[float]]
ABOUT = ("headline", "outlet", "published", "url", "event", "split")
_VERSION = re.compile(r"^Version (\d+)", re.MULTILINE)
# The controls stay in sight above and below a long text.
_FLOATING = "position: sticky; {}: 0; z-index: 5; background: white; padding: 4px 0"
# Of lines: pale, since the entities of a line are marked upon it.
LINES = ("#b0bec5", "#eceff1", "#d7ccc8", "#ff8a80")
UNDECIDED = Label(UNKNOWN, "لم يُحدَّد", "not decided yet", "لم يُحدَّد بعد")


def shown(text: str) -> str:
    """The text as it is given to Label Studio: of the same length, every line end a line feed.
    Label Studio keeps a carriage return and its offset, and shows it as one more line end."""
    return text.replace("\r\n", " \n").replace("\r", "\n")


def version(home: Rooms, layers: Mapping[str, Layer]) -> str:
    """What a task is judged by: `structure 1, topic 1, stance 1, ner 1, guidelines 3`."""
    path = home.annotations / "GUIDELINES.md"
    found = _VERSION.search(jsonl.read_text(path, home.name(path)))
    if not found:
        mend = "begin a line with 'Version 3'"
        raise DataError(Fault(home.name(path), 0, "says no version", mend))
    labels = [f"{name} {layer.version}" for name, layer in layers.items()]
    return ", ".join([*labels, f"guidelines {found[1]}"])


def data(candidate: Candidate, judged_by: str) -> dict[str, Any]:
    """What is shown of an article, and what leads back to it."""
    about = {name: getattr(candidate, name) for name in ABOUT}
    return {
        "article_id": candidate.article_id,
        "sha256": candidate.sha256,
        "labels": judged_by,
        **about,
        "text": shown(candidate.text),
    }


def prediction(
    text: str,
    annotation: Annotation,
    model: str,
    confidence: Confidence | None = None,
    least: float | None = None,
) -> dict[str, Any]:
    """An annotation as what `model` suggests; where it is known, with the confidence of each span
    by layer, and with `least`, that of the whole."""
    made = {"model_version": model, "result": result(text, annotation, confidence or {})}
    return made if least is None else {**made, "score": least}


def result(text: str, annotation: Annotation, confidence: Confidence) -> Result:
    """The regions and relations of an annotation; lines without a label are marked `?`."""
    visible = shown(text)
    scores: dict[tuple[str, str], float] = {}
    labels = {(s.start, s.end): (at, s.label) for at, s in enumerate(annotation.structure)}
    topics = {(s.start, s.end): (at, s.topics) for at, s in enumerate(annotation.topic)}
    found: Result = []
    for line in lines(text):
        number, label = labels.get((line.start, line.end), (None, UNKNOWN))
        for piece, span in enumerate(parts(text, line, label), 1):
            region = Region(f"line_{line.number}_{piece}", visible, *span)
            found.append(region.says("structure", "labels", labels=[label]))
            if number is not None:
                scores |= _score(confidence, "structure", number, region.name, "structure")
            if span in topics:
                at, given = topics[span]
                found.append(region.says("topics", "choices", choices=list(given)))
                scores |= _score(confidence, "topic", at, region.name, "topics")
    entities = [{**vars(span)} for span in annotation.ner]
    stances = [
        {
            **vars(span),
            "evidence": {"start": span.start, "end": span.end},
            "within": (span.passage_start, span.passage_end),
        }
        for span in annotation.stance
    ]
    found += passage_result(visible, entities, (), stances)
    for at in range(len(entities)):
        scores |= _score(confidence, "ner", at, f"entity_{at}", "ner")
    for at in range(len(stances)):
        scores |= _score(confidence, "stance", at, f"stance_{at}", "stance")
    for one in found:
        known = (one.get("id", ""), one.get("from_name", ""))
        if known in scores:
            one["score"] = scores[known]
    return found


def parts(text: str, line: Line, label: str) -> list[Span]:
    """The regions of a line: of a headline one, of any other its passages if it were body, so that
    changing its label changes no region."""
    return pieces(text, line, label if label == "headline" else UNKNOWN)


def config(layers: Mapping[str, Layer], *, differences: bool = False) -> str:
    """The labelling config of articles; with `differences` those of two judgements are shown."""
    view = ET.Element("View", style=RIGHT_TO_LEFT)
    if differences:
        ET.SubElement(view, "Text", name="differences", value="$differences")
    marks = ET.SubElement(view, "View", style=_FLOATING.format("top"))
    labels_control(marks, "structure", (*layers["structure"].label, UNDECIDED), LINES)
    labels_control(marks, "ner", layers["ner"].label)
    labels_control(marks, "stance", layers["stance"].label)
    ET.SubElement(view, "Text", name="text", value="$text")
    said = ET.SubElement(view, "View", style=_FLOATING.format("bottom"))
    region = {"perRegion": "true", "whenTagName": "structure"}
    region["whenLabelValue"] = ",".join(CLEAN_LABELS)
    choices = control(said, "Choices", "topics", choice="multiple", showInline="true", **region)
    for label in layers["topic"].label:
        ET.SubElement(choices, "Choice", value=label.name, hint=label.name_ar)
    span_controls(said, layers)
    holder_relation(view)
    return xml(view)


def _score(
    confidence: Confidence, layer: str, at: int, region: str, said: str
) -> dict[tuple[str, str], float]:
    return {(region, said): confidence[layer][at]} if layer in confidence else {}


def task(
    candidate: Candidate, judged_by: str, predictions: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """A task with what is suggested for it."""
    return {"data": data(candidate, judged_by), "predictions": list(predictions)}
