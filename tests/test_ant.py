"""The ANT articles themselves, where a mirror of them lies beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from marsad import rooms, source
from marsad.check import check
from marsad.cli import main
from marsad.corpus import read_corpus
from marsad.dataset import build_rows
from marsad.split import SPLITS

MIRROR = ROOT.parent / "shared" / "referenced" / "ant"

pytestmark = pytest.mark.skipif(not MIRROR.is_dir(), reason="no mirror of the texts here")


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path))
    assert main(["--root", str(ROOT), "fetch", "ant", "--mirror", str(MIRROR)]) == 0


@pytest.mark.usefixtures("fetched")
def test_the_whole_tier_holds() -> None:
    home = rooms.find(ROOT)
    assert source.missing(source.read_articles(home)) is None
    assert "\n".join(str(fault) for fault in check(home)) == ""


@pytest.mark.usefixtures("fetched")
def test_its_rows() -> None:
    rows = build_rows(read_corpus(rooms.find(ROOT), referenced=True))
    tokens = sum(
        len(row["tokens"])
        for name in SPLITS
        for row in rows["ner"][name]
        if row["tier"] == "referenced"
    )
    assert tokens >= 25_000
    shares = [
        sum(row["tier"] == "referenced" for row in rows["articles"][name]) / 160 for name in SPLITS
    ]
    assert shares == pytest.approx([0.50, 0.15, 0.35], abs=0.05)
