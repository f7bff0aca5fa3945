"""The command as its user meets it: exit status, one line for an error, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT
from marsad.cli import main
from marsad.rooms import Rooms

COMMANDS = (
    "build",
    "fetch",
    "check",
    "evaluate",
    "score",
    "table",
    "compare",
    "reproduce",
    "report",
    "tune",
    "fit",
    "predict",
    "harness",
    "agreement",
    "stats",
    "publish",
    "restore",
    "diff",
    "export",
    "ingest",
    "annotate",
    "promote",
    "explore",
)
ACTIONS = ("export", "import", "silver", "disagreement", "aliases")


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize("command", [(c,) for c in COMMANDS] + [("annotate", a) for a in ACTIONS])
def test_every_command_has_help_with_an_example(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    assert f"example: marsad {' '.join(command)}" in capsys.readouterr().out


def test_help_lists_every_command_and_the_readme_tells_of_each(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"\n    {command} " in shown
        assert f"marsad {command}" in readme, command


def test_check_says_all_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path))
    missing = "160 of 160 referenced texts are not here; run marsad fetch ant\n"
    assert run(capsys, "check") == (0, "all well\n", missing)
    assert run(capsys, "check", "--json") == (0, "[]\n", "")


def test_check_finds_fault_with_exit_status_1(
    capsys: pytest.CaptureFixture[str], copy: Callable[[], Rooms]
) -> None:
    there = copy()
    (there.articles / "authored" / "stray.txt").write_text("0")
    status, out, err = run(capsys, "--root", there.root, "check")
    assert (status, err) == (1, "")
    assert out.splitlines()[-1] == "1 faults"
    status, out, err = run(capsys, "--root", there.root, "check", "--json")
    assert status == 1
    assert json.loads(out)[0]["file"] == "articles/authored/stray.txt"


def test_score_prints_figures_interval_and_signature(capsys: pytest.CaptureFixture[str]) -> None:
    file = ROOT / "baselines/predictions/ner_crf.jsonl"
    status, out, _ = run(capsys, "score", "ner", file)
    assert status == 0
    assert out.startswith("nested_f1 ")
    assert "95 % interval" in out
    assert out.splitlines()[-1].startswith("ner:1|data:")
    status, out, _ = run(capsys, "score", "ner", file, "--split", "test", "--json")
    found = json.loads(out)
    wanted = {"nested_f1", "flat_f1", "precision", "recall", "intervals", "by_label", "by_slice"}
    assert wanted | {"signature"} <= set(found)
    assert {"tier", "mention"} <= set(found["by_slice"])


WRONG_USE = [
    (("score", "sentiment", "x"), "no task 'sentiment'; the tasks are structure, topic"),
    (("evaluate", "--task", "sentiment"), "no task 'sentiment'"),
    (("evaluate", "--baseline", "ner_bert"), "no baseline 'ner_bert'; the baselines are"),
    (("evaluate", "--split", "validation", "--write"), "validation and test are recorded together"),
    (("publicate",), "invalid choice: 'publicate'"),
    ((), "the following arguments are required: COMMAND; see marsad --help"),
    (("annotate",), "the following arguments are required: ACTION; see marsad annotate --help"),
    (("--root", "/nowhere", "check"), "/nowhere: no articles/ and annotations/ here"),
    (("annotate", "export", "x", "--out", "/tmp/never"), "no article 'x'"),
    (("annotate", "export", "--annotator", "z", "--out", "/tmp/never"), "no annotator 'z'; name"),
    (("annotate", "import", "/nowhere", "--annotator", "z"), "/nowhere: no such file or folder"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG_USE)
def test_wrong_use_is_told_in_one_line_with_exit_status_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("marsad: ")
    assert says in err
    assert err.count("\n") == 1


def test_bad_predictions_are_told_in_one_line_with_exit_status_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = (ROOT / "baselines/predictions/ner_crf.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "short.jsonl").write_text("".join(lines[1:]))
    status, out, err = run(capsys, "score", "ner", tmp_path / "short.jsonl")
    assert (status, out) == (1, "")
    assert "no answer for 000_" in err
    assert err.count("\n") == 1
    status, out, err = run(capsys, "score", "ner", tmp_path / "absent.jsonl")
    assert (status, out) == (1, "")
    assert err.endswith("absent.jsonl: no such file; restore it or correct the name\n")


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_half_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    for command in (
        ("build", "--out", tmp_path / "file"),
        ("annotate", "export", "--out", tmp_path / "file" / "forms"),
    ):
        status, _, err = run(capsys, *command)
        assert status == 2
        assert "cannot be written: " in err
        assert err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "in the way"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_raw_file_that_is_not_utf8_stops_a_build_before_it_writes(
    capsys: pytest.CaptureFixture[str], copy: Callable[[], Rooms]
) -> None:
    there = copy()
    raw = there.articles / "collected" / "000_c7913647ea205634.txt"
    raw.write_bytes(b"\xc7\xe1" + raw.read_bytes())
    before = {p: p.stat().st_mtime_ns for p in there.data.rglob("*")}
    status, out, err = run(capsys, "--root", there.root, "build")
    assert (status, out) == (1, "")
    assert "000_c7913647ea205634.txt: not UTF-8: byte 0xc7 at offset 0" in err
    assert {p: p.stat().st_mtime_ns for p in there.data.rglob("*")} == before


def test_forms_go_out_and_come_back(
    capsys: pytest.CaptureFixture[str], copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there = copy()
    before = {p: p.read_bytes() for p in there.annotations.rglob("*.jsonl")}
    for annotator in ("gold", "reader_a", "reader_b"):
        forms = tmp_path / annotator
        export = ("annotate", "export", "--annotator", annotator, "--out", forms)
        assert run(capsys, "--root", there.root, *export)[0] == 0
        back = ("annotate", "import", forms, "--annotator", annotator)
        status, out, _ = run(capsys, "--root", there.root, *back)
        assert status == 0
        assert out.endswith("all well, on record\n")
    assert run(capsys, "--root", there.root, "annotate", "aliases")[0] == 0
    assert {p: p.read_bytes() for p in there.annotations.rglob("*.jsonl")} == before


def test_a_form_with_a_changed_letter_is_refused_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there = copy()
    name = "002_716e8ccbd9555d23"
    run(
        capsys,
        "--root",
        there.root,
        "annotate",
        "export",
        name,
        "--annotator",
        "gold",
        "--out",
        tmp_path,
    )
    form = tmp_path / f"{name}.txt"
    form.write_text(form.read_text().replace("الروسى", "الروسي", 1))
    before = there.gold("ner").read_bytes()
    status, _, err = run(
        capsys, "--root", there.root, "annotate", "import", form, "--annotator", "gold"
    )
    assert status == 1
    assert "U+064A ARABIC LETTER YEH), the raw file has 'ى' (U+0649" in err
    assert there.gold("ner").read_bytes() == before


def test_recorded_predictions_give_every_figure_of_score_files_ceilings_and_readme(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(capsys, "table", "--check")[0] == 0
    status, out, _ = run(capsys, "table", "--format", "markdown")
    assert status == 0
    assert out in (ROOT / "README.md").read_text(encoding="utf-8")
    assert run(capsys, "table")[0] == 0
    recipes = list((ROOT / "baselines").glob("*.toml"))
    assert len(json.loads(run(capsys, "table", "--format", "json")[1])) == len(recipes) + 4


def test_agreement_is_computed_for_every_layer(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "agreement", "--json")
    assert status == 0
    assert {"structure", "topic", "stance", "ner"} <= set(json.loads(out))
    assert "split test" in run(capsys, "agreement", "--split", "test")[1]


def test_evaluate_prints_a_table_without_colours_in_a_pipe() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "marsad", "evaluate", "--baseline", "ner_gazetteer"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert "Gazetteer of train mentions" in ran.stdout
    assert "\x1b[" not in ran.stdout
    assert "…" not in ran.stdout
    assert ran.stderr == ""


def test_evaluate_writes_the_record_it_has(
    capsys: pytest.CaptureFixture[str], copy: Callable[[], Rooms]
) -> None:
    there = copy()
    path = there.baselines / "predictions" / "stance_majority.jsonl"
    before = path.read_bytes()
    path.unlink()
    status, _, _ = run(
        capsys, "--root", there.root, "evaluate", "--baseline", "stance_majority", "--write"
    )
    assert status == 0
    assert path.read_bytes() == before
    assert run(capsys, "--root", there.root, "table", "--write")[0] == 0
