"""An edition: the dataset as it leaves the checkout, with the texts that may go along.

It is a folder of the same rooms in which whatever is derived was made again from what is there, so
that every command works in it and `marsad check` holds it to the same rules. `marsad restore` turns
it into a full one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from marsad import arrival, article, derived, withheld
from marsad.article import Article
from marsad.fault import DataError, Fault, UsageError
from marsad.rooms import Rooms
from marsad.withheld import Withheld

TEXTS = {  # the tiers whose texts go along, by the choice of --text
    "authored": ("authored",),
    "all": article.TIERS,
    "none": (),
}
ROOMS = (
    *("articles", "annotations", "tasks", "baselines", "data"),
    *("harnesses", "metrics", "ingestion"),
)
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "DATASHEET.md",
    "LICENSE",
    "dataset.toml",
    "publication.toml",
)
RUN = 12  # words in a row that only a withheld text has, and that no other file may have
_WORD = re.compile(r"[\u0620-\u065f\u066e-\u06d3]+")


def write(home: Rooms, out: Path, text: str = "authored") -> Rooms:
    """Writes the edition to an empty folder. `text` says whose texts go along: `authored`, `all`
    or `none`. Raises DataError where a withheld text would stand in some other file."""
    there = cut(home, out, text)
    finish(there, without(home, text))
    return there


def cut(home: Rooms, out: Path, text: str) -> Rooms:
    """The first half of `write`: the texts that go along, and the rows and the card of them."""
    copy(home, out)
    there = Rooms(out)
    if left_out := without(home, text):
        listed = [Withheld(a.article_id, a.sha256, len(a.content), len(a.raw)) for a in left_out]
        withheld.write(there, [*listed, *withheld.read(home).values()])
        for one in left_out:
            (there.articles / one.tier / one.path.name).unlink()
        for came in arrival.differing(there, left_out).values():
            arrival.kept(there, came).unlink()
        derived.renew_rows(there)
    return there


def finish(there: Rooms, left_out: Sequence[Article]) -> None:
    """The second half, which takes most of the time: the records of these rows, and the proof."""
    if left_out:
        derived.renew_records(there, left_out)
        prove(there, left_out)


def without(home: Rooms, text: str) -> list[Article]:
    """The articles whose texts an edition leaves out."""
    return [one for one in article.read_here(home) if one.tier not in TEXTS[text]]


def copy(home: Rooms, out: Path) -> None:
    """Copies what git tracks of the rooms and pages. Raises UsageError where this is no checkout,
    or the folder has something in it."""
    require_empty(out)
    for name in tracked(home.root, *ROOMS, *PAGES):
        to = out / name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home.root / name, to)


def require_empty(out: Path) -> None:
    """Raises UsageError where a folder that is to be filled has something in it."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not an empty folder; name a new one")


def tracked(root: Path, *names: str) -> list[str]:
    """The files that git tracks below these names, as paths from the root."""
    return [name for name in git(root, "ls-files", "-z", "--", *names).split("\0") if name]


def git(root: Path, *arguments: str) -> str:
    """What git says in the checkout. Raises UsageError where there is no git, or no checkout."""
    command = ["git", "-C", str(root), *arguments]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UsageError("git is not installed; install it, as what it tracks goes out") from None
    if ran.returncode:
        says = ran.stderr.strip().splitlines() or ["git failed"]
        raise UsageError(f"{root}: {says[-1]}; publish from a git checkout")
    return ran.stdout


def prove(there: Rooms, left_out: Iterable[Article]) -> None:
    """Raises DataError where a page, label or record has twelve words in a row that only a withheld
    text has. Raw files and data/ need no look: they are the texts that are here, and their rows."""
    kept_back = {run for one in left_out for _, run in runs(one.raw)}
    kept_back -= {run for one in article.read_here(there) for _, run in runs(one.raw)}
    own = [there.data, *(there.articles / tier for tier in article.TIERS)]
    faults = []
    for path in sorted(path for path in there.root.rglob("*") if path.is_file()):
        if any(path.is_relative_to(folder) for folder in own):
            continue
        for line, run in runs(path.read_bytes().decode("utf-8", errors="ignore")):
            if run in kept_back:
                found = f"has words of a withheld text: {' '.join(run)}"
                mend = "take them out, or publish with --text all"
                faults.append(Fault(there.name(path), line, found, mend))
                break
    if faults:
        raise DataError(*faults)


def runs(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every run of words with the line that it begins on."""
    words = [
        (number, word)
        for number, line in enumerate(text.split("\n"), 1)
        for word in _WORD.findall(line)
    ]
    for at in range(len(words) - RUN + 1):
        yield words[at][0], tuple(word for _, word in words[at : at + RUN])
