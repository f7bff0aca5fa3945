"""A state of the dataset, whichever way it is named: a folder, a git revision, a hub dataset.

A folder is a checkout, or what was published or downloaded of one: README.md, dataset.toml,
articles/, annotations/, tasks/, data/, and baselines/ where it has them.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from pathlib import Path

from marsad.fault import UsageError
from marsad.hub import Hub

# What states are compared by; predictions and searches are long and tell nothing of the data.
CONTENT = ("README.md", "dataset.toml", "articles", "annotations", "tasks", "data", "baselines")
LEFT_OUT = ("baselines/predictions", "baselines/searches")
_SCHEME = "hf://datasets/"
_DATASET = re.compile(r"([\w.-]+/[\w.-]+)(?:@([^@\s]+))?")


def resolve(where: str, into: Path, home: Path, endpoint: str | None = None) -> Path:
    """The folder that holds the state `where` names: that very folder, or `into` (empty) filled
    from a revision of the git repository at `home`, else from the hub at `endpoint`. Raises
    UsageError where no reading fits, with the readings that were tried, and DataError where the hub
    refuses or cannot be reached."""
    if not where.startswith(_SCHEME):
        path = Path(where)
        if path.exists():
            return _folder(path)
        tried = [f"no folder {where}"]
        commit, said = git_commit(where, home)
        if commit:
            git_archive(commit, into, home)
            return _whole(into, where, f"revision {where}")
        tried.append(said)
    else:
        tried = []
    mend = "name a folder, a tag or commit, or a hub dataset"
    dataset = _DATASET.fullmatch(where.removeprefix(_SCHEME))
    if dataset is None:
        tried.append("not org/name@revision of a hub dataset")
        raise UsageError(f"{where}: {', '.join(tried)}; {mend}")
    only = [name if "." in name else f"{name}/*" for name in CONTENT]
    without = [f"{name}/*" for name in LEFT_OUT]
    try:
        hub = Hub(dataset[1], endpoint)
        found = hub.download(dataset[2] or "main", into, only, without)
    except UsageError as error:
        raise UsageError(f"{where}: {', '.join([*tried, str(error)])}") from None
    if found is None:
        tried.append(f"{hub.name} is not there, or not shown to you")
        raise UsageError(f"{where}: {', '.join(tried)}; {mend}, or log in with hf auth login")
    return _whole(into, where, hub.name)


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise UsageError(f"{path}: a file; name a folder, a tag or commit, or a hub dataset")
    return _whole(path, str(path), "the folder")


def _whole(folder: Path, where: str, what: str) -> Path:
    """The folder. Raises UsageError where it is no state of the dataset."""
    if (folder / "articles" / "manifest.jsonl").is_file() or (folder / "data").is_dir():
        return folder
    found = f"{where}: {what} has neither articles/manifest.jsonl nor data/"
    raise UsageError(f"{found}; name a state of the dataset (refs/heads/… for a branch)")


def git_commit(revision: str, home: Path) -> tuple[str | None, str]:
    """The commit that a revision of the repository at `home` names, or None and why not."""
    if revision.startswith("-"):
        return None, "no revision begins with -"
    try:
        run = _git(home, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    except UsageError as error:
        return None, str(error)
    if run.returncode == 0:
        return run.stdout.decode().strip(), ""
    said = run.stderr.decode(errors="replace").strip().splitlines()
    if said and "not a git repository" in said[0]:
        return None, f"{home} is no git repository"
    return None, f"no revision in {home}" + (f" (git: {said[0]})" if said else "")


def git_archive(commit: str, into: Path, home: Path) -> None:
    """Writes what `CONTENT` names of a commit into a folder. Raises UsageError where git fails."""
    listed = _git(home, "ls-tree", "--name-only", commit)
    there = listed.stdout.decode().splitlines()
    wanted = [name for name in CONTENT if name in there]
    if not wanted:
        return
    excluded = [f":(exclude){name}" for name in LEFT_OUT]
    run = _git(home, "archive", "--format=tar", commit, "--", *wanted, *excluded)
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise UsageError(f"git archive {commit[:12]} failed: {said[0]}; mend the repository")
    try:
        with tarfile.open(fileobj=io.BytesIO(run.stdout)) as archive:
            archive.extractall(into, filter="data")
    except (tarfile.TarError, OSError) as error:
        found = f"{commit[:12]} cannot be unpacked: {type(error).__name__}"
        raise UsageError(f"{found}; make room in the temporary folder") from None


def _git(home: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # A hook that runs us points git at its own repository by these.
    own = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    environment = {key: value for key, value in os.environ.items() if key not in own}
    try:
        return subprocess.run(
            ["git", "-C", str(home), *arguments],
            capture_output=True,
            check=False,
            env={**environment, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise UsageError("git is not installed, so no revision can be read") from None
