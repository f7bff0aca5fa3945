"""CoNLL-2003's manner: `<split>.conll`, a token a line, a blank line after each passage.

The columns stand between tabs: the token, the passage's id, the token's start and end in the
passage's text, and its IOB2 tag from the outermost entities.
"""

from __future__ import annotations

from collections.abc import Sequence

from marsad.dataset import flat_tags
from marsad.export.content import Content, Made, PassageContent
from marsad.passage import tokens
from marsad.progress import progress

COLUMNS = ("token", "passage_id", "start", "end", "tag")


def make(content: Content, splits: Sequence[str]) -> Made:
    """The flat entities of the passages; nested ones are counted and left out."""
    made = Made()
    nested = 0
    for split in splits:
        found = list(content.passages(split))
        text = "".join(block(passage) for passage in progress(found, f"conll {split}"))
        made.files[f"{split}.conll"] = text.encode("utf-8")
        kept = sum(len(passage.outermost) for passage in found)
        made.count("passages", len(found))
        made.count("entities", kept)
        nested += sum(len(passage.ner["entities"]) for passage in found) - kept
    if nested:
        whole = made.counts["entities"] + nested
        made.warnings.append(
            f"conll holds outermost entities alone: {nested} nested ones of {whole} left out"
        )
    return made


def block(passage: PassageContent) -> str:
    """The lines of one passage and the blank one after it."""
    text = passage.text
    spans = [(e["start"], e["end"], e["label"]) for e in passage.ner["entities"]]
    rows = [
        f"{text[t.start : t.end]}\t{passage.passage_id}\t{t.start}\t{t.end}\t{tag}\n"
        for t, tag in zip(tokens(text), flat_tags(text, spans), strict=True)
    ]
    return "".join([*rows, "\n"])
