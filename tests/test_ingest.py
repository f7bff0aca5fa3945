"""`marsad ingest`: every page has a verdict, nothing is done twice, no page stops the rest."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from marsad import article, passage, split
from marsad.cli import main
from marsad.fault import UsageError
from marsad.ingest import ingest, verdict
from marsad.ingest.folder import Folder, open_folder, read_candidates

ROOT = Path(__file__).resolve().parents[1]
KEPT_APART = sorted((ROOT / "benchmarks" / "pages").glob("*.txt"))


@pytest.fixture(scope="session")
def warm(home, tmp_path_factory):
    """An ingest folder that has nothing but its settings and the fitted line model."""
    root = tmp_path_factory.mktemp("warm")
    (root / "source").mkdir()
    (root / "source" / "empty.txt").write_bytes(b"")
    ingest(home, [str(root / "source")], root / "into", jobs=1)
    for part in ("plan", "pages", "signatures", "verdicts"):
        shutil.rmtree(root / "into" / part)
    return root / "into"


@pytest.fixture
def into(warm, tmp_path):
    shutil.copytree(warm, tmp_path / "into")
    return tmp_path / "into"


@pytest.fixture
def source(tmp_path):
    """Pages kept apart, one of them twice under other spelling and boilerplate."""
    folder = tmp_path / "source"
    folder.mkdir()
    for path in KEPT_APART[:12]:
        shutil.copy(path, folder)
    return folder


def _command(home, source: Path, into: Path, *more: str) -> list[str]:
    own = ["ingest", str(source), "--into", str(into)]
    return [sys.executable, "-m", "marsad", "--root", str(home.root), *own, *more]


def _verdicts(into: Path) -> dict[str, dict]:
    return {Path(row["page_id"]).name: row for row in verdict.read(Folder(into))}


def _everything(into: Path) -> list:
    """All that was written of pages, but for what tells where they lay."""
    folder = Folder(into)
    found = []
    for shard in folder.shards():
        for path in (folder.pages(shard), folder.verdicts(shard)):
            found.append((shard, pq.ParquetFile(path).read().to_pylist()))
    return found


def test_every_page_has_one_verdict_and_the_counts_add_up(home, source, into, capsys):
    (source / "empty.txt").write_bytes(b"")
    (source / "binary.txt").write_bytes(b"\x00\x01\x02" * 300)
    (source / "english.txt").write_text("The leaders met in Kazan. " * 40)
    shutil.copy(KEPT_APART[0], source / "the_same.txt")
    own = next(iter(article.read_here(home)))
    shutil.copy(own.path, source / "known.txt")
    assert main(["ingest", str(source), "--into", str(into), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pages"] == told["new"] == 17
    assert (told["accepted"], told["duplicate"], told["quarantined"]) == (12, 2, 3)
    rows = _verdicts(into)
    assert len(rows) == 17
    assert Counter(row["status"] for row in rows.values()) == {
        "accepted": 12,
        "duplicate": 2,
        "quarantined": 3,
    }
    assert rows["known.txt"]["duplicate_of"] == own.article_id
    assert rows["known.txt"]["event"] == own.event
    assert rows["the_same.txt"]["similarity"] == 1
    reasons = {name: rows[name]["reason"].partition(":")[0] for name in ("empty.txt", "binary.txt")}
    assert reasons == {"empty.txt": "empty", "binary.txt": "binary"}
    assert sum(told["reasons"].values()) == 3


def test_running_again_does_nothing_twice_and_new_pages_join(home, source, into):
    first = ingest(home, [str(source)], into, jobs=1)
    written = (path for path in into.rglob("*.*") if path.is_file() and path.name != ".lock")
    before = {path: path.stat().st_mtime_ns for path in written}
    again = ingest(home, [str(source)], into, jobs=1)
    assert (first.new, again.new, again.pages) == (12, 0, 12)
    kept = {path: path.stat().st_mtime_ns for path in before}
    assert kept == before
    verdicts = _verdicts(into)
    for path in KEPT_APART[12:15]:
        shutil.copy(path, source)
    copy = KEPT_APART[3].read_bytes().decode("utf-8")
    for mark, letter in ("أا", "إا", "ىي", "ةه"):
        copy = copy.replace(mark, letter)
    (source / "a_copy.txt").write_text("الصفحة الأولى | اتصل بنا\n" + copy + "\nشارك", "utf-8")
    more = ingest(home, [str(source)], into, jobs=1)
    assert (more.new, more.pages, more.duplicate) == (4, 16, 1)
    after = _verdicts(into)
    assert {name: after[name] for name in verdicts} == verdicts
    assert after["a_copy.txt"]["duplicate_of"] == verdicts[KEPT_APART[3].name]["article_id"]


def test_candidates_are_the_pages_to_the_letter(home, source, into):
    content = (source / KEPT_APART[1].name).read_bytes().decode("utf-8")
    windows = source / "windows.txt"
    shutil.move(source / KEPT_APART[1].name, windows)
    windows.write_bytes(content.replace("٪", "%").encode("cp1256", "replace"))
    ingest(home, [str(source)], into, jobs=1)
    found = {Path(one.page_id).name: one for one in read_candidates(into)}
    assert len(found) == 12
    rows = _verdicts(into)
    for name, one in found.items():
        received = (source / name).read_bytes()
        assert one.received == received
        assert one.received_sha256 == article.digest(received)
        assert one.sha256 == article.digest(one.text.encode("utf-8"))
        assert one.text.encode(one.encoding) == received
        assert [(s.start, s.end) for s in one.structure] == [
            (line.start, line.end) for line in passage.lines(one.text)
        ]
        assert sum(span.label == "headline" for span in one.structure) == 1
        assert one.headline in one.text
        assert one.split == rows[name]["split"]
    assert found["windows.txt"].encoding.lower().replace("-", "") in ("cp1256", "windows1256")
    one = found["windows.txt"]
    assert [each.page_id for each in read_candidates(into, [one.article_id])] == [one.page_id]


def test_an_article_inherits_the_split_of_its_event(home, source, into):
    ingest(home, [str(source)], into, jobs=1)
    places = {place.group: place.split for place in split.read_splits(home).values()}
    rule = split.read_rule(home)
    for row in _verdicts(into).values():
        if row["status"] == "accepted":
            assert row["split"] == places.get(row["event"], rule.of_event(row["event"]))


def test_a_run_that_is_killed_goes_on_as_if_it_had_not(home, warm, tmp_path):
    lines = [path.read_bytes().decode("utf-8") for path in KEPT_APART]
    source = tmp_path / "pages"
    source.mkdir()
    for number in range(8):
        records = ({"text": f"{text}\n{number}"} for text in lines)
        content = "".join(json.dumps(record) + "\n" for record in records)
        (source / f"{number}.jsonl").write_text(content)
    settings = tmp_path / "settings"
    shutil.copytree(warm / "settings", settings)
    reading = (settings / "reading.toml").read_text("utf-8")
    small = reading.replace("shard_files = 1_000", "shard_files = 1")
    assert small != reading
    (settings / "reading.toml").write_text(small, "utf-8")

    def command(into: Path) -> list[str]:
        shutil.copytree(warm / "models", into / "models")
        shutil.copytree(settings, into / "settings")
        return _command(home, source, into, "--jobs", "2")

    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(command(whole), check=True, capture_output=True)
    process = subprocess.Popen(command(killed), start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(killed.glob("pages/[0-9]*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(list(killed.glob("pages/[0-9]*")))
    assert done > 0
    assert not list(killed.glob("verdicts/*"))
    (killed / "pages" / ".000009.parquet.1").write_bytes(b"half")
    ingest(home, [str(source)], killed, jobs=1)
    assert _everything(killed) == _everything(whole)
    assert not list(killed.glob("pages/.*"))


def test_verdicts_of_a_run_killed_while_they_take_their_names(home, source, into):
    ingest(home, [str(source)], into, jobs=1)
    folder = Folder(into)
    (name,) = folder.shards()
    whole = folder.verdicts(name).read_bytes()
    (into / verdict.WAITING).mkdir()
    folder.verdicts(name).rename(into / verdict.WAITING / f"{name}.parquet")
    (into / verdict.WAITING / verdict.WHOLE).touch()
    ingest(home, [str(source)], into, jobs=1)
    assert folder.verdicts(name).read_bytes() == whole
    (into / verdict.WAITING).mkdir()
    (into / verdict.WAITING / f"{name}.parquet").write_bytes(b"half")
    ingest(home, [str(source)], into, jobs=1)
    assert folder.verdicts(name).read_bytes() == whole
    assert not (into / verdict.WAITING).exists()


def test_a_page_that_ends_its_reader_is_quarantined_and_the_rest_goes_on(
    home, source, into, tmp_path
):
    """An extractor that crashes stands in for a library with a fault in its C code."""
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "trafilatura.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    (source / "deadly.html").write_text("<html><body><p>قمة</p></body></html>", "utf-8")
    done = subprocess.run(
        _command(home, source, into, "--json", "--jobs", "2"),
        env={**os.environ, "PYTHONPATH": f"{fake}:{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["accepted"], told["quarantined"], told["pages"]) == (12, 1, 13)
    assert _verdicts(into)["deadly.html"]["reason"].startswith("unreadable: ends the process")


def test_a_full_disk_is_one_line_and_costs_nothing(home, source, into):
    """A limit on the size of files stands in for the end of the disk."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        _command(home, source, into, "--jobs", "1"),
        preexec_fn=limited,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert not list(into.glob("pages/*"))
    assert ingest(home, [str(source)], into, jobs=1).accepted == 12


def test_two_runs_do_not_fill_one_folder(home, source, into):
    import fcntl

    with (into / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another run is filling it"):
            ingest(home, [str(source)], into, jobs=1)
    assert ingest(home, [str(source)], into, jobs=1).pages == 12


def test_other_settings_and_other_folders_are_refused(home, source, into, tmp_path, capsys):
    ingest(home, [str(source)], into, jobs=1)
    other = tmp_path / "other"
    shutil.copytree(into / "settings", other)
    gate = other / "gate.toml"
    gate.write_text(gate.read_text("utf-8").replace("threshold = 0.5", "threshold = 0.6"), "utf-8")
    with pytest.raises(UsageError, match="made with other settings"):
        ingest(home, [str(source)], into, given=other, jobs=1)
    with pytest.raises(UsageError, match="is no ingest folder and not empty"):
        ingest(home, [str(source)], source, jobs=1)
    with pytest.raises(UsageError, match="no settings"):
        ingest(home, [str(source)], tmp_path / "new", given=source, jobs=1)
    assert main(["ingest", str(tmp_path / "nowhere"), "--into", str(into)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    with pytest.raises(UsageError, match="no ingest folder"):
        open_folder(source)


def test_candidates_of_a_run_that_has_not_ended_are_not_given(into, home, source):
    ingest(home, [str(source)], into, jobs=1)
    shutil.rmtree(into / "verdicts")
    with pytest.raises(UsageError, match="not finished"):
        list(read_candidates(into))


def test_a_folder_without_pages_is_an_ingest_of_none(home, into, tmp_path):
    (tmp_path / "nothing").mkdir()
    done = ingest(home, [str(tmp_path / "nothing")], into, jobs=1)
    assert done.to_json() == {
        "pages": 0,
        "accepted": 0,
        "duplicate": 0,
        "quarantined": 0,
        "new": 0,
        "reasons": {},
    }
