"""Label Studio: two projects, each a labelling config and the tasks of each split to import.

| file | a task is |
|---|---|
| `config.xml`, `tasks-<split>.json` | a passage, with its context: entities, topics, stances |
| `structure.xml`, `structure-<split>.json` | a whole raw article: the label of each line |

An entity is a region, nested at will, with its id written to it. A stance is a region over its
evidence with holder and target given to it, and a relation to the nearest mention of the holder
where the passage has one. Topics are choices for the passage. Offsets count code points. The gold
stands as finished annotations, or as predictions to correct.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from marsad.dataset import Row
from marsad.export.content import ArticleContent, Content, Made, PassageContent
from marsad.label import Label, Layer
from marsad.release import read_release

Result = list[dict[str, Any]]
# Light enough for dark text; labels take them in turn.
COLOURS = ("#8dd3c7", "#ffd92f", "#bebada", "#fb8072", "#80b1d3", "#fdb462", "#b3de69", "#fccde5")
RIGHT_TO_LEFT = "direction: rtl; text-align: right"


def make(content: Content, splits: Sequence[str], predictions: bool = False) -> Made:
    """Tasks are numbered within their file; Label Studio gives them numbers of its own."""
    made = Made()
    made.files["config.xml"] = config(content.layers).encode("utf-8")
    made.files["structure.xml"] = structure_config(content.layers).encode("utf-8")
    model = f"marsad {read_release(content.home).version}" if predictions else None
    for split in splits:
        starts: dict[str, int] = {}
        stances: dict[str, list[Row]] = {}
        tasks = []
        for article in content.articles(split):
            starts |= {name: passage.start for name, passage in article.passages.items()}
            stances |= article.stances()
            tasks.append(task(structure_data(article), structure_result(article), model))
            made.count("lines", len(article.lines))
        made.files[f"structure-{split}.json"] = encode(tasks)
        made.count("articles", len(tasks))
        tasks = []
        for passage in content.passages(split):
            name, entities = passage.passage_id, passage.ner["entities"]
            data = passage_data(passage, starts.get(name))
            every = stances.get(name, passage.stances)  # those of held-out targets too
            result = passage_result(passage.text, entities, passage.topics, every)
            tasks.append(task(data, result, model))
            made.count("entities", len(entities))
            made.count("stances", len(every))
        made.files[f"tasks-{split}.json"] = encode(tasks)
        made.count("passages", len(tasks))
    return made


def task(data: Mapping[str, Any], result: Result, model: str | None = None) -> dict[str, Any]:
    """A task with one result: a finished annotation, or what `model` suggests."""
    if model is None:
        return {"data": data, "annotations": [{"ground_truth": True, "result": result}]}
    return {"data": data, "predictions": [{"model_version": model, "result": result}]}


def passage_data(passage: PassageContent, start: int | None) -> dict[str, Any]:
    """What is shown of a passage, and what leads back to it: `start` is its place in the raw
    text, None where that text is withheld."""
    known = ("passage_id", "article_id", "tier", "event")
    about = {name: passage.ner[name] for name in known}
    return {"text": passage.text, "context": passage.context, **about, "start": start}


def structure_data(article: ArticleContent) -> dict[str, Any]:
    known = ("article_id", "tier", "event")
    return {"text": article.raw, **{name: article.row[name] for name in known}}


def passage_result(
    text: str, entities: Iterable[Row], topics: Sequence[str], stances: Iterable[Row]
) -> Result:
    """The regions, choices and relations of a passage, from rows whose offsets are into `text`:
    entities as the ner config has them, stances as the stance config does. Where a stance says
    `within`, a start and an end, the mention of its holder is looked for there alone."""
    result: Result = []
    mentions: list[tuple[str, int, str]] = []
    for at, entity in enumerate(entities):
        region = Region(f"entity_{at}", text, entity["start"], entity["end"])
        result.append(region.says("ner", "labels", labels=[entity["label"]]))
        if entity_id := entity["entity_id"]:
            result.append(region.says("entity_id", "textarea", text=[entity_id]))
            mentions.append((entity_id, entity["start"], region.name))
    if topics:
        value = {"choices": list(topics)}
        result.append({"id": "topics", **_from("topics", "choices"), "value": value})
    for at, stance in enumerate(stances):
        start, end = stance["evidence"]["start"], stance["evidence"]["end"]
        region = Region(f"stance_{at}", text, start, end)
        result.append(region.says("stance", "labels", labels=[stance["label"]]))
        result.append(region.says("holder", "textarea", text=[stance["holder"]]))
        result.append(region.says("target", "choices", choices=[stance["target"]]))
        first, last = stance.get("within", (0, len(text)))
        near = [
            (abs(place - start), name)
            for entity_id, place, name in mentions
            if entity_id == stance["holder"] and first <= place < last
        ]
        if near:
            result.append(
                {
                    "type": "relation",
                    "from_id": region.name,
                    "to_id": min(near)[1],
                    "direction": "right",
                    "labels": ["holder"],
                }
            )
    return result


def structure_result(article: ArticleContent) -> Result:
    """A region for each raw line that is not blank."""
    return [
        Region(f"line_{line.number}", article.raw, line.start, line.end).says(
            "structure", "labels", labels=[label]
        )
        for line, label in article.lines
    ]


class Region:
    """A span of a task's text, of which several controls say something."""

    def __init__(self, name: str, text: str, start: int, end: int) -> None:
        self.name = name
        self.place = {"start": start, "end": end, "text": text[start:end]}

    def says(self, control: str, kind: str, **value: Any) -> dict[str, Any]:
        return {"id": self.name, **_from(control, kind), "value": {**self.place, **value}}


def _from(control: str, kind: str) -> dict[str, str]:
    return {"from_name": control, "to_name": "text", "type": kind}


def config(layers: Mapping[str, Layer]) -> str:
    """The labelling config of passages."""
    view = ET.Element("View", style=RIGHT_TO_LEFT)
    ET.SubElement(view, "Text", name="context", value="$context")
    labels_control(view, "ner", layers["ner"].label)
    labels_control(view, "stance", layers["stance"].label)
    ET.SubElement(view, "Text", name="text", value="$text")
    ET.SubElement(view, "Header", value="Topics الموضوعات", size="5")
    choices = control(view, "Choices", "topics", choice="multiple", showInline="true")
    for label in layers["topic"].label:
        ET.SubElement(choices, "Choice", value=label.name, hint=label.name_ar)
    span_controls(view, layers)
    holder_relation(view)
    return xml(view)


def span_controls(view: ET.Element, layers: Mapping[str, Layer]) -> None:
    """Adds what is said of a marked entity, if its type is linked, and of a stance."""
    ner, stance = layers["ner"], layers["stance"]
    linked = [name for name in ner.names if name in ner.linked]
    region = {"perRegion": "true", "whenTagName": "ner", "whenLabelValue": ",".join(linked)}
    text = {"maxSubmissions": "1", "editable": "true"}
    control(view, "TextArea", "entity_id", placeholder="entity id", **region, **text)
    region |= {"whenTagName": "stance", "whenLabelValue": ",".join(stance.names)}
    control(view, "TextArea", "holder", placeholder="holder الجهة", **region, **text)
    choices = control(view, "Choices", "target", choice="single", showInline="true", **region)
    for target in stance.target:
        ET.SubElement(choices, "Choice", value=target.name, hint=target.name_ar)


def holder_relation(view: ET.Element) -> None:
    """Adds the relation of a stance to the mention of its holder."""
    relations = ET.SubElement(view, "Relations")
    ET.SubElement(relations, "Relation", value="holder")


def structure_config(layers: Mapping[str, Layer]) -> str:
    """The labelling config of whole raw articles."""
    view = ET.Element("View", style=RIGHT_TO_LEFT)
    labels_control(view, "structure", layers["structure"].label)
    ET.SubElement(view, "Text", name="text", value="$text")
    return xml(view)


def labels_control(
    view: ET.Element, name: str, labels: Iterable[Label], colours: Sequence[str] = COLOURS
) -> None:
    """Adds a control that marks spans of the text with these labels."""
    marks = control(view, "Labels", name)
    for at, label in enumerate(labels):
        colour = colours[at % len(colours)]
        ET.SubElement(marks, "Label", value=label.name, hint=label.name_ar, background=colour)


def control(view: ET.Element, tag: str, name: str, **attributes: str) -> ET.Element:
    """Adds a control of the text."""
    return ET.SubElement(view, tag, {"name": name, "toName": "text", **attributes})


def xml(view: ET.Element) -> str:
    """A labelling config as text."""
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def encode(tasks: Sequence[Mapping[str, Any]]) -> bytes:
    """The content of a file of tasks, which are numbered from 1."""
    numbered = [{"id": at, **task} for at, task in enumerate(tasks, 1)]
    return (json.dumps(numbered, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
