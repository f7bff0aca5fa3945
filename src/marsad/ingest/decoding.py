"""The decode stage: bytes to text, and web pages to the text of their article.

Nothing in a text is changed: line ends, bidi and zero-width characters and a byte order mark stay,
so that a text in its encoding is again the bytes that were received. Of a web page the text is what
the extractor makes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marsad.ingest import charset
from marsad.ingest.charset import Decoded
from marsad.ingest.intake import Intake

if TYPE_CHECKING:
    import pyarrow as pa

TOLD = ("url", "outlet", "published", "headline")
# Of the controls below a space, those that plain text has: tab and the line ends.
PLAIN = (9, 10, 13)
# The first bytes of magic, of white space in UTF-8, and of a byte order mark.
FIRST = sorted({*(magic[0] for magic in charset.MAGIC), *range(33), 0xC2, 0xE1, 0xE2, 0xE3, 0xEF})


def decode(batch: pa.RecordBatch, intake: Intake) -> pa.RecordBatch:
    """The batch with `text`, `encoding` and `extractor`, and of web pages with what the container
    did not say of url, outlet, date and headline. Pages that are no text get a fault; those that
    have one are left alone."""
    import pyarrow as pa

    received, faults = batch.column("received"), batch.column("fault").to_pylist()
    try:
        whole = received.cast(pa.string())
    except pa.ArrowInvalid:
        whole = None
    texts: dict[int, str | None] = dict.fromkeys(r for r, fault in enumerate(faults) if fault)
    encodings: list[str | None] = ["utf-8"] * batch.num_rows
    extractors: list[str | None] = [None] * batch.num_rows
    told = {name: batch.column(name).to_pylist() for name in TOLD}
    media, declared = batch.column("media").to_pylist(), batch.column("charset").to_pylist()
    for row in sorted(_odd(batch, whole is None)):
        if faults[row]:
            continue
        content = received[row].as_py()
        is_page = media[row] == "html"
        named = declared[row] or (charset.declared_in(content) if is_page else None)
        text, encodings[row], faults[row] = _decoded(content, named, intake)
        if is_page and text is not None:
            from marsad.ingest import web_page

            taken = web_page.extract(text, told["url"][row], intake.markup)
            text, faults[row], extractors[row] = taken.text, taken.fault, taken.extractor
            for name in TOLD:
                told[name][row] = told[name][row] or getattr(taken, name)
        if whole is None or is_page or faults[row] or encodings[row] != "utf-8":
            texts[row] = text
    for row, fault in enumerate(faults):
        if fault:
            encodings[row] = None
    for name, values in {**told, "fault": faults}.items():
        index = batch.schema.get_field_index(name)
        batch = batch.set_column(index, batch.schema.field(index), pa.array(values, pa.string()))
    batch = batch.append_column("text", _texts(whole, texts, batch.num_rows))
    batch = batch.append_column("encoding", pa.array(encodings, pa.string()))
    return batch.append_column("extractor", pa.array(extractors, pa.string()))


def _texts(whole: pa.Array | None, changed: dict[int, str | None], rows: int) -> pa.Array:
    """The column of texts: what was cast as a whole, with some rows put in their place."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if whole is None:
        return pa.array([changed[row] for row in range(rows)], pa.string())
    if not changed:
        return whole
    mask = np.zeros(rows, bool)
    mask[list(changed)] = True
    put = pa.array([changed[row] for row in sorted(changed)], pa.string())
    return pc.replace_with_mask(whole, pa.array(mask), put)


def _decoded(content: bytes, declared: str | None, intake: Intake) -> Decoded:
    found = charset.decode(content, declared, intake.decoding)
    if found.text is not None and not found.text.strip("\ufeff").strip():
        return Decoded(None, None, "empty: only white space")
    return found


def _odd(batch: pa.RecordBatch, all_rows: bool) -> set[int]:
    """The rows that are not plain UTF-8 text for certain, each to be looked at by itself: those of
    web pages, with control characters, or that begin like a file of another kind or like nothing
    but white space."""
    import numpy as np
    import pyarrow.compute as pc

    if all_rows:
        return set(range(batch.num_rows))
    rows = set(np.flatnonzero(pc.not_equal(batch.column("media"), "text")).tolist())
    received: pa.BinaryArray = batch.column("received")
    _, starts, held = received.buffers()
    bounds = np.frombuffer(starts, np.int32)[received.offset :][: batch.num_rows + 1]
    codes = np.frombuffer(held, np.uint8) if held is not None else np.zeros(0, np.uint8)
    controls = np.flatnonzero((codes < 32) | (codes == 127))
    controls = controls[~np.isin(codes[controls], PLAIN)]
    rows.update((np.searchsorted(bounds, controls, "right") - 1).tolist())
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    rows.update(filled[np.isin(codes[bounds[filled]], FIRST)].tolist())
    return {row for row in rows if 0 <= row < batch.num_rows}
