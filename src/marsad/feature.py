"""The columns of each config, said once: as Arrow schema, as card front matter, as rows.

A feature is "string" or "int64", a `ClassLabel`, a one-element list of a feature, or a dict of
features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marsad.label import Layer

if TYPE_CHECKING:
    import pyarrow as pa

SPAN = {"start": "int64", "end": "int64"}
ENTITY = {**SPAN, "label": "string", "entity_id": "string"}


@dataclass(frozen=True)
class ClassLabel:
    """A label stored as its place in `names`."""

    names: tuple[str, ...]


def features(layers: Mapping[str, Layer]) -> dict[str, dict[str, Any]]:
    """The columns of every config, in order."""
    topics = [ClassLabel(layers["topic"].names)]
    tags = ClassLabel(("O", *(f"{p}-{name}" for name in layers["ner"].names for p in "BI")))
    passage = {"passage_id": "string", "article_id": "string", "tier": "string", "event": "string"}
    stance = {
        "passage_id": "string",
        "holder": "string",
        "target": "string",
        "label": "string",
        **SPAN,
    }
    articles = ("article_id", "tier", "outlet", "published", "event", "genre", "rights")
    return {
        "articles": {
            **dict.fromkeys((*articles, "headline", "text", "raw"), "string"),
            "topics": topics,
            "entities": [ENTITY],
            "stances": [stance],
        },
        "structure": {
            **dict.fromkeys(("article_id", "line_id", "text"), "string"),
            "label": ClassLabel(layers["structure"].names),
        },
        "topic": {**passage, "text": "string", "context": "string", "topics": topics},
        "stance": {
            **passage,
            **dict.fromkeys(
                ("text", "context", "holder", "holder_ar", "target", "target_ar"), "string"
            ),
            "label": ClassLabel(layers["stance"].names),
            "evidence": SPAN,
        },
        "ner": {
            **passage,
            "text": "string",
            "tokens": ["string"],
            "ner_tags": [tags],
            "entities": [ENTITY],
        },
    }


def to_yaml(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns as `dataset_info.features` of a dataset card has them."""
    return [{"name": name, **_yaml(feature)} for name, feature in columns.items()]


def from_yaml(features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns that `dataset_info.features` of a dataset card describe; undoes `to_yaml`.
    Raises ValueError on a feature of another kind."""
    return {feature["name"]: _feature(feature) for feature in features}


def to_schema(columns: Mapping[str, Any]) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, _arrow(feature)) for name, feature in columns.items()])


def encoder(feature: Any) -> Callable[[Any], Any]:
    """The function that turns a value's label names into numbers."""
    return _coder(feature, lambda label: label.names.index) or _same


def decoder(feature: Any) -> Callable[[Any], Any]:
    """The function that turns a value's label numbers into names; undoes `encoder`."""
    return _coder(feature, lambda label: label.names.__getitem__) or _same


def _same(value: Any) -> Any:
    return value


def _coder(
    feature: Any, of_label: Callable[[ClassLabel], Callable[[Any], Any]]
) -> Callable[[Any], Any] | None:
    """What to do to a value of this feature; None where it has no label, and stays as it is."""
    if isinstance(feature, ClassLabel):
        return of_label(feature)
    if isinstance(feature, list):
        inner = _coder(feature[0], of_label)
        return inner and (lambda items: [inner(item) for item in items])
    if isinstance(feature, dict):
        parts = {name: code for name, part in feature.items() if (code := _coder(part, of_label))}
        if parts:
            return lambda row: {**row, **{name: code(row[name]) for name, code in parts.items()}}
    return None


def _yaml(feature: Any) -> dict[str, Any]:
    if isinstance(feature, str):
        return {"dtype": feature}
    if isinstance(feature, ClassLabel):
        names = {str(at): name for at, name in enumerate(feature.names)}
        return {"dtype": {"class_label": {"names": names}}}
    if isinstance(feature, list):
        inner = _yaml(feature[0])
        return {"list": inner["struct"] if "struct" in inner else inner["dtype"]}
    return {"struct": to_yaml(feature)}


def _feature(said: Mapping[str, Any]) -> Any:
    kind = next((key for key in ("dtype", "list", "struct") if key in said), None)
    of = said[kind] if kind else None
    if isinstance(of, list):
        return [from_yaml(of)] if kind == "list" else from_yaml(of)
    if isinstance(of, dict) and "class_label" in of:
        names = of["class_label"]["names"]
        made: Any = ClassLabel(tuple(names[key] for key in sorted(names, key=int)))
    elif of in ("string", "int64"):
        made = of
    else:
        raise ValueError(f"feature {said.get('name')!r} is {of!r}")
    return [made] if kind == "list" else made


def _arrow(feature: Any) -> pa.DataType:
    import pyarrow as pa

    if isinstance(feature, ClassLabel):
        return pa.int64()
    if isinstance(feature, list):
        return pa.list_(_arrow(feature[0]))
    if isinstance(feature, dict):
        return pa.struct([(name, _arrow(part)) for name, part in feature.items()])
    return pa.string() if feature == "string" else pa.int64()
