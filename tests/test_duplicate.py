"""Signatures and duplicates: the same in any batch, exact where compared, and linear in number."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marsad import article, rooms, spelling
from marsad.ingest import duplicate
from marsad.ingest.signature import Banding, Shingles, bands, shingles
from marsad.letters import Letters

BANDING = Banding(32, 4)
WORDS = st.lists(st.sampled_from(["روسيا", "إلى", "الى", "قمة", "في", "بكين", "ـ"]), max_size=14)


def _signed(texts, size=3, banding=BANDING):
    found = shingles(Letters.of(texts).folded.words, size)
    return found, bands(found, banding)


def _sets(texts, size):
    """Shingles as plain Python has them."""
    found = []
    for text in texts:
        words = re.findall(r"\w+", spelling.fold(text))
        runs = {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}
        found.append(runs or ({tuple(words)} if words else set()))
    return found


@given(st.lists(WORDS.map(" ".join), min_size=2, max_size=6), st.integers(1, 5))
def test_similarity_is_the_jaccard_of_word_runs(texts, size):
    found, _ = _signed(texts, size)
    plain = _sets(texts, size)
    pairs = [(i, j) for j in range(len(texts)) for i in range(j)]
    earlier, later = (np.array(side) for side in zip(*pairs, strict=True))
    much = duplicate.similarities(earlier, later, lambda each: duplicate.taken(found, each))
    for (i, j), value in zip(pairs, much, strict=True):
        union = plain[i] | plain[j]
        assert value == pytest.approx(len(plain[i] & plain[j]) / len(union) if union else 0)


def test_a_signature_is_the_same_in_every_batch():
    texts = [known.raw for known in article.read_here(rooms.find())][:40]
    whole, of_whole = _signed(texts)
    for at, text in enumerate(texts):
        alone, of_alone = _signed([text])
        assert (alone.values == whole.values[whole.starts[at] : whole.starts[at + 1]]).all()
        assert (of_alone[0] == of_whole[at]).all()


def test_bands_meet_as_often_as_the_similarity_says():
    draw = np.random.default_rng(3)
    rows, similarity = 600, 0.6
    both = round(200 * similarity / (1 + similarity) * 2)
    values = []
    for _ in range(rows):
        shared = draw.integers(2**32, size=both, dtype=np.uint32)
        for _ in range(2):
            own = draw.integers(2**32, size=200 - both, dtype=np.uint32)
            values.append(np.concatenate([shared, own]))
    starts = np.cumsum([0, *map(len, values)])
    found = bands(Shingles(np.concatenate(values), starts), Banding(128, 1))
    agree = (found[0::2] == found[1::2]).mean(axis=1)
    jaccard = both / (400 - both)
    assert agree.mean() == pytest.approx(jaccard, abs=0.01)
    assert agree.std() == pytest.approx((jaccard * (1 - jaccard) / 128) ** 0.5, rel=0.15)


def test_spelling_and_a_few_words_make_no_other_text():
    said = "أكدت الصين وروسيا إلى جانب دول أخرى أن الحوار هو الطريق الوحيد إلى تسوية الأزمة القائمة"
    copy = said.replace("أ", "ا").replace("إ", "ا").replace("ى", "ي").replace("القائمة", "الراهنة")
    other = "تراجعت أسعار النفط اليوم بعد بيانات عن ارتفاع المخزونات في الولايات المتحدة الأمريكية"
    found, banded = _signed([other, said, copy, said])
    of = duplicate.find(banded.T, found, 0.5)
    assert of.of.tolist() == [-1, -1, 1, 1]
    assert of.similarity[3] == 1
    assert 0.5 < of.similarity[2] < 1


def test_what_is_kept_stays_kept_when_more_texts_come():
    draw = np.random.default_rng(1)
    words = [f"كلمة{at}" for at in range(300)]
    texts = []
    for _ in range(60):
        base = texts[draw.integers(len(texts))].split() if texts and draw.random() < 0.5 else None
        own = list(base or draw.choice(words, 40))
        own[draw.integers(40)] = str(draw.choice(words))
        texts.append(" ".join(own))
    found, banded = _signed(texts)
    whole = duplicate.find(banded.T, found, 0.5)
    assert 5 < (whole.of >= 0).sum() < 55
    for count in (1, 20, 45):
        part, of_part = _signed(texts[:count])
        assert duplicate.find(of_part.T, part, 0.5).of.tolist() == whole.of[:count].tolist()
    for copy in np.flatnonzero(whole.of >= 0):
        assert whole.of[whole.of[copy]] == -1


def test_a_bucket_of_many_makes_few_pairs():
    count = 20_000
    pairs = duplicate.pairs_of_band(np.zeros(count, np.uint64), np.arange(count))
    assert len(pairs) < duplicate.FIRST * count
    earlier, later = duplicate.joined([pairs])
    assert set(later.tolist()) == set(range(1, count))
    assert (earlier < later).all()
    assert earlier.max() < duplicate.FIRST


def test_texts_without_words_are_no_duplicates():
    found, banded = _signed(["", "…", "", "قمة بكين"])
    assert duplicate.find(banded.T, found, 0.5).of.tolist() == [-1] * 4


def test_the_same_digest_leads_to_the_earliest():
    digests = np.array([b"b" * 16, b"a" * 16, b"b" * 16, b"b" * 16], dtype="V16")
    assert duplicate.same(digests).tolist() == [-1, -1, 0, 0]


@pytest.mark.parametrize("texts", [[], ["قمة"]])
def test_few_texts(texts):
    found, banded = _signed(texts)
    assert duplicate.find(banded.T, found, 0.5).of.tolist() == [-1] * len(texts)
