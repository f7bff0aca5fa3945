"""Letters of a batch: folding with exact offsets, words, hashes."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from marsad import article, rooms, spelling
from marsad.letters import Letters, fold_with_offsets

ARABIC = st.text(alphabet="أإآٱاىيةهـًٌٍَُِّْبتث 1a\u200f\U0001f600\r\n_؟", max_size=60)
TEXTS = st.one_of(ARABIC, st.text(max_size=40))


@given(TEXTS)
@example("")
@example("ـ")
@example("مُحَمَّد إلى المدرسة")
def test_folding_says_where_every_letter_stood(text):
    folded, offsets = fold_with_offsets(text)
    assert folded == spelling.fold(text)
    assert len(offsets) == len(folded) + 1
    assert offsets[-1] == len(text)
    for at, letter in enumerate(folded):
        assert spelling.fold(text[offsets[at]]) == letter
    for left_out in set(range(len(text))) - set(offsets.tolist()):
        assert spelling.fold(text[left_out]) == ""


@given(st.lists(TEXTS, max_size=6))
def test_words_of_a_batch_are_those_of_each_text(texts):
    letters = Letters.of(texts)
    for form, each in ((letters, texts), (letters.folded, [spelling.fold(t) for t in texts])):
        assert [form.text(at) for at in range(len(form))] == each
        words = form.words
        found = [[] for _ in texts]
        for owner, start, end in zip(words.owners, words.starts, words.ends, strict=True):
            own = start - form.starts[owner], end - form.starts[owner]
            found[owner].append(form.text(owner)[own[0] : own[1]])
        assert found == [re.findall(r"\w+", text) for text in each]
        assert np.diff(words.bounds).tolist() == [len(own) for own in found]


def test_a_word_has_one_hash_wherever_it_stands():
    texts = [known.raw for known in article.read_here(rooms.find())]
    words = Letters.of(texts).words
    spelled: dict[int, str] = {}
    for value, start, end in zip(words.hashes.tolist(), words.starts, words.ends, strict=True):
        word = words.letters.codes[start:end].tobytes()
        assert spelled.setdefault(value, word) == word
    assert len(spelled) == len(set(spelled.values()))
    alone = Letters.of(["روسيا"]).words.hashes[0]
    assert Letters.of(["", "في روسيا والصين"]).words.hashes[1] == alone
