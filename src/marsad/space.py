"""`marsad publish --space`: the site of `marsad explore` on a hub, as a static Space.

It is delivered as the dataset is, and made from an edition: whose texts do not go along is in none
of its files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from marsad import delivery, edition, explore, jsonl
from marsad.article import read_manifest
from marsad.card import front_matter
from marsad.delivery import Delivery
from marsad.fault import DataError, Fault
from marsad.hub import Hub, State
from marsad.publication import read_publication
from marsad.rooms import Rooms

SITE, PAGE = "data/site.js", "README.md"
# What a hub puts into a new static Space, and words of the page that it shows there.
_NEW = {".gitattributes", PAGE, "index.html", "style.css"}
_WELCOME = b"Welcome to your static Space!"
_VALUE = re.compile(r'\s*marsad\("site",\s*(\{.*\})\);\s*', re.DOTALL)


def plan(
    home: Rooms,
    hub: Hub,
    folder: Path,
    dataset: str,
    text: str = "authored",
    tag: str | None = None,
) -> Delivery:
    """Writes the site that would be published, whose page names the dataset, and says what it would
    change. Touches nothing else. Raises DataError or UsageError where it must not be published:
    for what `publish.plan` refuses, or where the Space holds something else."""
    version, tag, on = delivery.ready(home, hub, tag)
    theirs = _site_of(hub, on) if on else None
    edition.require_empty(folder)
    with TemporaryDirectory() as temporary, delivery.checked(home):
        there = edition.write(home, Path(temporary) / "edition", text)
        explore.write(there, folder)
        page = page_of(there, f"{hub.endpoint}/datasets/{dataset}", dataset, version)
        jsonl.write_bytes(folder / PAGE, page.encode("utf-8"))
        ours = _read(jsonl.read_text(folder / SITE, SITE))
        later = not theirs or delivery.number(theirs.version) < delivery.number(version)
        if theirs and theirs.data != ours.data and not later:
            found = f"it shows other data under version {theirs.version}, this is {version}"
            mend = "raise version in dataset.toml; marsad diff tells what changed"
            raise DataError(Fault(hub.name, 0, found, mend))
        return delivery.of(home, there, hub, folder, text, (version, tag, on))


def publish(hub: Hub, known: Delivery, says: Callable[[str], None]) -> str:
    """Carries out a plan: one commit of all files, which are held against those on the hub, then
    the tag. Returns the commit's id. Raises DataError as `publish.publish` does."""
    on = delivery.start(hub, known, says)
    if known.on is None:
        _site_of(hub, on)  # somebody else may have made it meanwhile

    def proof(commit: str) -> str:
        prove(hub, known, commit)
        return "every file on it is the very one sent"

    return delivery.send(hub, known, on, proof, says)


def prove(hub: Hub, known: Delivery, commit: str) -> None:
    """Raises DataError unless the hub holds exactly the files of the plan at a commit. Of a large
    file, which goes another way than the commit, the hub knows the checksum alone: it is read."""
    now = delivery.prove(hub, known, commit)
    for path in known.sizes:
        if not now.files[path].sha256:
            continue
        if hub.read(path, commit) != (known.folder / path).read_bytes():
            raise delivery.untagged(hub, commit, f"it gives another {path} than was sent")


def page_of(there: Rooms, address: str, dataset: str, version: str) -> str:
    """The Space's README.md: the front matter that a hub wants of a static Space, what it shows,
    and whose texts are in it; `there` is the edition that the site is of, `address` where the
    dataset is."""
    import yaml

    said = read_publication(there).space
    card = front_matter(jsonl.read_text(there.card, there.name(there.card)))
    head = {
        "title": said.title,
        "emoji": said.emoji,
        "colorFrom": said.color_from,
        "colorTo": said.color_to,
        "sdk": "static",
        "app_file": "index.html",
        "pinned": False,
        "license": card["license"],
        "datasets": [dataset],
        "short_description": said.short_description,
    }
    listed = read_manifest(there)
    shown = [one for one in listed if not one.withheld]
    ours = sum(one.tier == "authored" for one in shown)
    foreign, left_out, every = len(shown) - ours, len(listed) - len(shown), len(listed)
    # The Arabic puts numbers after a colon, where none asks for a form of its noun.
    return f"""---
{yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)}---

# {said.title}

{said.about.strip()}

The dataset: [{dataset}]({address}), version {version}.

Whose texts are in it:

- shown with their text: {len(shown)} of {every} articles
- written for this dataset by a language model: {ours}
- third parties', whose rights stay with them as each article's page says: {foreign}
- left out: {left_out}

<div dir="rtl" lang="ar">

{said.about_ar.strip()}

مجموعة البيانات: [{dataset}]({address})، الإصدار {version}.

لمن النصوص:

- المقالات المعروضة بنصوصها: {len(shown)} من {every}
- ما كتبه نموذج لغوي لهذه المجموعة: {ours}
- ما كتبته أطراف أخرى وتبقى حقوقه لها كما تبيّن صفحة كل مقال: {foreign}
- ما استُبعد: {left_out}

</div>
"""


def text_of(known: Delivery) -> str:
    """A plan as lines to read."""
    return "\n".join([*delivery.head(known), "", *delivery.tail(known, "left out")]) + "\n"


@dataclass(frozen=True)
class _Site:
    """What a site says of itself: the version of the data, and the digest of its rows."""

    version: str
    data: str


def _site_of(hub: Hub, on: State) -> _Site | None:
    """What the Space's site says of itself, None of a new Space. Raises DataError where it holds
    something else, which publishing would delete."""
    if set(on.files) <= {".gitattributes", PAGE}:
        return None
    if set(on.files) <= _NEW and _WELCOME in hub.read("index.html", on.commit):
        return None
    try:
        return _read(hub.read(SITE, on.commit).decode("utf-8") if SITE in on.files else "")
    except ValueError:
        mend = "name another Space with --space, or empty this one"
        raise DataError(Fault(hub.name, 0, "it holds what is no site of Marsad", mend)) from None


def _read(script: str) -> _Site:
    """What `data/site.js` says. Raises ValueError where it is none."""
    match = _VALUE.fullmatch(script)
    found = json.loads(match[1]) if match else {}
    version, data = found.get("version"), found.get("data")
    if not isinstance(version, str) or not isinstance(data, str):
        raise ValueError
    return _Site(version, data)
