"""The dataset card: README.md, whose front matter is what `load_dataset` reads.

The front matter's `configs` and `dataset_info` are computed from the rows; its other keys and the
page below are written by hand, but for the parts between `<!-- name:begin -->` and
`<!-- name:end -->`, which commands write.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marsad import feature, jsonl, rescore, withheld
from marsad.article import read_manifest
from marsad.dataset import CONFIGS, Canon, Row, Rows, canons, row_id
from marsad.fault import DataError, Fault
from marsad.release import read_release
from marsad.rooms import Rooms

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
Columns = Mapping[str, Mapping[str, Any]]


def configs(rows: Rows, known: Mapping[str, Canon]) -> list[dict[str, Any]]:
    """The `configs` of the front matter. The digest of the rows stands in the description, so
    that a changed dataset never comes out of an old cache. A split without rows is left out, for
    `datasets` cannot load one, and so is a config without splits."""
    return [
        {
            "config_name": config,
            **({"default": True} if config == "articles" else {}),
            "description": f"rows sha256:{known[config].digest}",
            "data_files": [
                {"split": name, "path": f"data/{config}/{name}.parquet"}
                for name, part in rows[config].items()
                if part
            ],
        }
        for config in CONFIGS
        if any(rows[config].values())
    ]


def dataset_info(rows: Rows, columns: Columns, known: Mapping[str, Canon]) -> list[dict[str, Any]]:
    """The `dataset_info` of the front matter: columns and the size of each split. `num_bytes` are
    those of the canonical JSON: `datasets` wants the key and does not check it, and Arrow's own
    size differs from version to version."""
    return [
        {
            "config_name": config,
            "features": feature.to_yaml(columns[config]),
            "splits": [
                {"name": name, "num_bytes": known[config].sizes[name], "num_examples": len(part)}
                for name, part in rows[config].items()
                if part
            ],
        }
        for config in CONFIGS
        if any(rows[config].values())
    ]


def counts(rows: Rows) -> str:
    """The rows of each config by split, as a Markdown table."""
    lines = ["| config | " + " | ".join(rows["articles"]) + " |", "|---|---:|---:|---:|"]
    for config in CONFIGS:
        sizes = " | ".join(str(len(part)) for part in rows[config].values())
        lines.append(f"| `{config}` | {sizes} |")
    return "\n".join(lines) + "\n"


def examples(rows: Rows, shown: Mapping[str, Sequence[str]]) -> str:
    """Rows of each task as an HTML table, the Arabic from right to left. `shown` names the rows by
    config. Raises DataError where one of them is no row."""
    lines = ["<table>", "<tr><th>task</th><th>a system sees</th><th>it answers</th></tr>"]
    for config, ids in shown.items():
        known = {row_id(config, row): row for part in rows[config].values() for row in part}
        for name in ids:
            if name not in known:
                mend = f"name a row of config {config}"
                raise DataError(Fault("dataset.toml", 0, f"example {name!r} is no row", mend))
            sees, answers = _SHOW[config](known[name])
            lines.append(
                f'<tr><td><code>{config}</code></td><td dir="rtl" lang="ar">{sees}</td>'
                f"<td>{answers}</td></tr>"
            )
    return "\n".join([*lines, "</table>"]) + "\n"


def front_matter(page: str) -> dict[str, Any]:
    """The front matter of a card. Raises DataError where there is none."""
    import yaml

    match = _FRONT.match(page)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(match[1], Loader=loader) if match else None
    except yaml.YAMLError as error:
        wrong = f"front matter is no YAML: {str(error).splitlines()[0]}"
        raise DataError(Fault("README.md", 1, wrong, "mend it, then run marsad build")) from None
    if not isinstance(found, dict):
        mend = "begin the page with --- and its keys"
        raise DataError(Fault("README.md", 1, "no front matter", mend))
    return found


def parts(home: Rooms, rows: Rows) -> dict[str, str]:
    """The parts of the page that are computed from the rows and the manifest, by name. Raises
    DataError where an example is no row."""
    left_out = withheld.read(home)
    shown = {
        config: [name for name in ids if name.split(":")[0] not in left_out]
        for config, ids in read_release(home).examples.items()
    }
    return {
        "counts": counts(rows),
        "examples": examples(rows, shown),
        "texts": withheld.notice(left_out, len(read_manifest(home)), scored=rescore.possible(home)),
    }


def renewed(page: str, rows: Rows, columns: Columns, parts: Mapping[str, str]) -> str:
    """The card with all that is computed from the rows made again; the hand-written keys of the
    front matter stay in front of the computed ones."""
    import yaml

    head = front_matter(page)
    head |= _computed(rows, columns, canons(rows))
    text = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)
    page = f"---\n{text}---\n" + _FRONT.sub("", page, count=1)
    for name, text in parts.items():
        page = with_part(page, name, text)
    return page


def stale(
    page: str,
    rows: Rows,
    columns: Columns,
    parts: Mapping[str, str],
    known: Mapping[str, Canon],
) -> list[str]:
    """The computed keys and parts of a card that do not agree with the rows, whose canons are
    `known`."""
    head = front_matter(page)
    computed = _computed(rows, columns, known)
    old = [f"{key} of the front matter" for key, of in computed.items() if head.get(key) != of]
    return old + [f"the part {name!r}" for name, text in parts.items() if part(page, name) != text]


def part(page: str, name: str) -> str:
    """What stands between the two marks of a computed part. Raises DataError without them."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        mend = f"put the part between {begin.strip()} and {end}"
        raise DataError(Fault("README.md", 0, f"no part {name!r}", mend))
    return page.split(begin)[1].split(end)[0]


def with_part(page: str, name: str, text: str) -> str:
    """The card with one computed part renewed."""
    old = part(page, name)
    begin = f"<!-- {name}:begin -->\n"
    return page.replace(begin + old, begin + text.rstrip("\n") + "\n")


def part_faults(home: Rooms, name: str, text: str, mend: str) -> list[Fault]:
    """A fault where a part of README is not this text."""
    if part(jsonl.read_text(home.card, home.name(home.card)), name) == text:
        return []
    return [Fault(home.name(home.card), 0, f"the part {name!r} is stale", mend)]


def write_part(home: Rooms, name: str, text: str) -> None:
    """Renews one part of README."""
    page = with_part(jsonl.read_text(home.card, home.name(home.card)), name, text)
    jsonl.write_bytes(home.card, page.encode("utf-8"))


def _computed(rows: Rows, columns: Columns, known: Mapping[str, Canon]) -> dict[str, Any]:
    return {"configs": configs(rows, known), "dataset_info": dataset_info(rows, columns, known)}


def _line(row: Row) -> tuple[str, str]:
    return html.escape(row["text"]), f"<code>{row['label']}</code>"


def _topics(row: Row) -> tuple[str, str]:
    return html.escape(row["text"]), " ".join(f"<code>{name}</code>" for name in row["topics"])


def _stance(row: Row) -> tuple[str, str]:
    start, end = row["evidence"]["start"], row["evidence"]["end"]
    text = [
        html.escape(part)
        for part in (row["text"][:start], row["text"][start:end], row["text"][end:])
    ]
    asked = f"{html.escape(row['holder_ar'])} ← {html.escape(row['target_ar'])}"
    return f"{text[0]}<u>{text[1]}</u>{text[2]}<br><b>{asked}</b>", f"<code>{row['label']}</code>"


def _entities(row: Row) -> tuple[str, str]:
    spans = [
        f'<bdi lang="ar">{html.escape(row["text"][e["start"] : e["end"]])}</bdi> '
        f"<code>{e['label']}</code>"
        for e in row["entities"]
    ]
    return html.escape(row["text"]), "<br>".join(spans)


_SHOW: Mapping[str, Callable[[Row], tuple[str, str]]] = {
    "structure": _line,
    "topic": _topics,
    "stance": _stance,
    "ner": _entities,
}
