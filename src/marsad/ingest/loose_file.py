"""Loose files: a page each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from marsad.ingest import place
from marsad.ingest.intake import Intake, Limits
from marsad.ingest.listing import Item
from marsad.ingest.pages import Page, faulty, sha256, streamed_sha256, too_large
from marsad.ingest.plan import Shard

CHANGED = "unreadable: changed since it was planned; run again"
GONE = "unreadable: gone since it was planned"
_NUMBERED = re.compile(r"#\d+$")


def read(shard: Shard, intake: Intake) -> Iterator[Page]:
    """A page for each file of a shard, with a fault for those that are not to be read, are gone, or
    are no longer what was planned."""
    places = place.Places()
    for item in shard.items:
        media = "html" if _is_html(item.address, intake) else "text"
        name = page_id(item.address)
        if item.fault:
            yield faulty(name, item.fault, media)
            continue
        try:
            yield _page(item, name, media, places, intake.limits)
        except FileNotFoundError:
            yield faulty(name, GONE, media)
        except OSError as error:
            yield faulty(name, f"unreadable: {place.reason(error)}", media)
        except Exception as error:  # of an archive's or a protocol's library
            said = f"unreadable: {type(error).__name__}: {place.reason(error)}"
            yield faulty(name, said, media)


def page_id(address: str) -> str:
    """The id of a file's page: its address, and `#1` after one that ends like a record's id."""
    return f"{address}#1" if _NUMBERED.search(address) else address


def _is_html(address: str, intake: Intake) -> bool:
    return place.name_of(address).endswith(intake.suffixes.html)


def _page(item: Item, name: str, media: str, places: place.Places, limits: Limits) -> Page:
    with places.open(item.address) as file:
        local = place.is_local(item.address)
        if local and place.local_version(os.fstat(file.fileno())) != item.version:
            return faulty(name, CHANGED, media)
        content = file.read(min(item.size, limits.page_bytes) + 1)
        if item.size > limits.page_bytes and len(content) > limits.page_bytes:
            return faulty(name, too_large(limits), media, streamed_sha256(file, content))
    if len(content) != item.size:
        return faulty(name, CHANGED, media)
    fault = None if content else "empty: no byte"
    return Page(name, content, sha256(content), media, fault=fault)
