"""spaCy: `<split>.spacy`, a `DocBin` with a `Doc` for each passage, its text to the character.

| where | what |
|---|---|
| `doc.spans["sc"]` | all entities, nested ones included; `kb_id_` is the entity id |
| `doc.ents` | the outermost of them |
| `doc.cats` | each topic, 1.0 or 0.0 |
| `doc.spans["stance"]` | the evidence of each stance; `kb_id_` is its holder, `id_` its target |
| `doc.user_data` | passage_id, article_id, tier, event, context |

The tokens are ours; white space other than one space between them is a token of its own, as spaCy
has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from marsad.export.content import Content, Made, PassageContent
from marsad.fault import DataError, Fault, UsageError
from marsad.passage import tokens
from marsad.progress import progress

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

ABOUT = ("passage_id", "article_id", "tier", "event")


def make(content: Content, splits: Sequence[str]) -> Made:
    """Raises UsageError where spaCy is not installed."""
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError:
        raise UsageError("this format needs the extra spacy; pip install 'marsad[spacy]'") from None
    vocab = spacy.blank("ar").vocab
    topics = content.layers["topic"].names
    made = Made()
    for split in splits:
        found = list(content.passages(split))
        # No attribute of a token but its text and what `ents` says: nothing else is annotated.
        bin_ = DocBin(
            attrs=["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID"], store_user_data=True
        )
        for passage in progress(found, f"spacy {split}"):
            made_doc = doc(passage, topics, vocab)
            bin_.add(made_doc)
            made.count("entities", len(made_doc.spans["sc"]))
            made.count("stances", len(made_doc.spans["stance"]))
        made.count("passages", len(found))
        made.files[f"{split}.spacy"] = bin_.to_bytes()
    annotated = sum(
        len(row["stances"]) for split in splits for row in content.rows("articles", split)
    )
    if left := annotated - made.counts.get("stances", 0):
        made.warnings.append(
            f"spacy holds the rows of the stance task: {left} stances toward held-out targets, "
            "which no train or validation row has, left out"
        )
    return made


def doc(passage: PassageContent, topics: Sequence[str], vocab: Vocab) -> Doc:
    """One passage. Raises DataError where a span does not lie on the edges of tokens."""
    from spacy.tokens import Doc
    from spacy.util import get_words_and_spaces

    text = passage.text
    words, spaces = get_words_and_spaces([text[t.start : t.end] for t in tokens(text)], text)
    made = Doc(vocab, words=words, spaces=spaces)

    def span(start: int, end: int, label: str, kb_id: str | None, span_id: str = "") -> Span:
        found = made.char_span(start, end, label=label, kb_id=kb_id or "", span_id=span_id)
        if found is None:
            wrong = f"{passage.passage_id}: {label} at {start}:{end} cuts a token"
            raise DataError(Fault("data/", 0, wrong, "run marsad check"))
        return found

    made.spans["sc"] = [
        span(e["start"], e["end"], e["label"], e["entity_id"]) for e in passage.ner["entities"]
    ]
    made.ents = [span(e["start"], e["end"], e["label"], e["entity_id"]) for e in passage.outermost]
    made.spans["stance"] = [
        span(s["evidence"]["start"], s["evidence"]["end"], s["label"], s["holder"], s["target"])
        for s in passage.stances
    ]
    made.cats = {topic: float(topic in passage.topics) for topic in topics}
    made.user_data = {name: passage.ner[name] for name in ABOUT}
    made.user_data["context"] = passage.context
    return made
