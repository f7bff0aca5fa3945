"""How long `marsad publish --yes` takes, verification included, for each choice of `--text`, of the
dataset and of the Space.

    pip install 'marsad[hub]'
    python benchmarks/publishing.py          # --json for machines

Publishes the committed checkout to the loopback hub of the tests, each time as a new process.
The peer is what one would write without Marsad: `upload_folder` of the same files and a tag, which
loads nothing back. Beside the Space stands the edition that its site is made from.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from marsad import edition, rooms

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from hub import WRITER, Hub, environment  # noqa: E402

PEER = """
import sys
from huggingface_hub import HfApi
api, repo = HfApi(), sys.argv[1]
api.create_repo(repo, repo_type="dataset")
api.upload_folder(repo_id=repo, repo_type="dataset", folder_path=sys.argv[2])
api.create_tag(repo, repo_type="dataset", tag="v0")
"""

EDITION = """
import sys
from pathlib import Path
from marsad import edition, rooms
edition.write(rooms.find(), Path(sys.argv[1]), sys.argv[2])
"""


def measure() -> list[dict[str, Any]]:
    """A record for each choice: seconds, files and bytes, and the peer's seconds; the seconds of
    the Space, and of the edition alone."""
    found = []
    for text in edition.TEXTS:
        with Hub() as server, tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out"
            client = environment(server, Path(folder), WRITER)
            asked = ["--repo", "org/marsad", "--text", text, "--yes", "--out", str(out)]
            seconds = timed([sys.executable, "-m", "marsad", "publish", *asked], client)
            peer = timed([sys.executable, "-c", PEER, "org/peer", str(out)], client)
            asked = ["--repo", "org/marsad", "--text", text, "--yes", "--space"]
            space = timed([sys.executable, "-m", "marsad", "publish", *asked], client)
            cut = timed([sys.executable, "-c", EDITION, str(Path(folder) / "cut"), text], client)
            sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
        record = {"text": text, "seconds": seconds, "upload_alone_seconds": peer}
        record |= {"space_seconds": space, "edition_seconds": cut}
        found.append({**record, "files": len(sizes), "bytes": sum(sizes)})
    return found


def timed(command: list[str], client: dict[str, str]) -> float:
    started = time.perf_counter()
    ran = subprocess.run(command, env=client, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stderr)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    os.environ.setdefault("MARSAD_ROOT", str(rooms.find(ROOT).root))
    found = measure()
    if arguments.json:
        print(json.dumps(found, indent=1))
        return
    print(
        "| `--text` | files | MB | published and proved | the same files by upload_folder alone "
        "| the Space | the edition alone |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for one in found:
        print(
            f"| `{one['text']}` | {one['files']} | {one['bytes'] / 1e6:.1f} "
            f"| {one['seconds']:.1f} s | {one['upload_alone_seconds']:.1f} s "
            f"| {one['space_seconds']:.1f} s | {one['edition_seconds']:.1f} s |"
        )


if __name__ == "__main__":
    main()
