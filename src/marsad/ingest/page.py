"""A page on its way through ingest: a row of an Arrow batch, to which each stage adds columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# Why a page cannot be an article: the word before the colon of its `fault`.
REASONS = (
    "empty",
    "too_large",
    "unreadable",
    "unsafe_path",
    "truncated",
    "binary",
    "encoding",
    "markup",
    "no_text",
    "too_short",
    "too_long",
    "language",
    "quality",
    "controls",
)


def received() -> pa.Schema:
    """What a reader gives of a page.

    `page_id` is its address, for a line, row or record of a container with `#` and its number from
    1. `received` are its bytes, empty where they could not be had. `fault` is `<reason>: <detail>`
    where it cannot be an article; later stages leave such a page alone.
    """
    import pyarrow as pa

    texts = ("url", "outlet", "published", "headline", "charset", "fault")
    return pa.schema(
        [
            pa.field("page_id", pa.string(), nullable=False),
            pa.field("received", pa.binary(), nullable=False),
            pa.field("sha256", pa.string(), nullable=False),
            pa.field("media", pa.string(), nullable=False),
            *(pa.field(name, pa.string()) for name in texts),
        ]
    )
