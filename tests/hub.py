"""A hub on the loopback address for the tests: it speaks to the genuine `huggingface_hub`,
`load_dataset` and `hf`, keeps every request, and fails when told to.

    with Hub() as hub:
        hub.fail(500, method="POST", path="/commit/", times=2)
        subprocess.run([...], env=environment(hub, tmp_path, token=WRITER))

`python tests/hub.py --port 0` prints the address and serves until killed. Clients read HF_ENDPOINT
when imported, so they run in processes of their own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hub_api import answer
from hub_call import READER, WRITER, Answer, Request, refusal
from hub_fault import WAYS, Fault, spoil
from hub_repo import Commit, Repo, entry, is_large

__all__ = ["READER", "WRITER", "Hub", "environment", "kill_at"]


@dataclass
class Hub:
    """The server and what it keeps: `repos` by id, large files by sha256, all `requests`."""

    port: int = 0
    repos: dict[str, Repo] = field(default_factory=dict)
    large: dict[str, bytes] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    page: int = 1000

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.hub = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Hub:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def fail(
        self,
        how: int | str | Callable[[], object],
        *,
        method: str = ".*",
        path: str = "",
        times: int = 1,
        skip: int = 0,
        after: bool = False,
        seconds: float = 2.0,
        retry_after: int | None = None,
    ) -> Fault:
        """Go wrong: `how` is a status, one of WAYS, or a function, called before (`after`: after)
        the work is done. `method` and `path` are patterns; `path` is searched in path and query."""
        if isinstance(how, str) and how not in WAYS:
            raise ValueError(f"{how} is none of {', '.join(WAYS)}")
        made = Fault(how, method, path, times, skip, after, min(seconds, 60), retry_after)
        with self.lock:
            self.faults.append(made)
        return made

    def mend(self) -> None:
        """No more faults."""
        with self.lock:
            self.faults.clear()

    def fault_of(self, request: Request) -> Fault | None:
        with self.lock:
            return next((fault for fault in self.faults if fault.strikes(request)), None)

    # What a test does to the hub behind the client's back.

    def create(self, repo_id: str, private: bool = False) -> Repo:
        with self.lock:
            return self.repos.setdefault(repo_id, Repo(repo_id, private))

    def commit(
        self, repo_id: str, files: Mapping[str, bytes | None], title: str = "by another"
    ) -> Commit:
        """A commit as another client would make it; None deletes a file."""
        with self.lock:
            put = {p: entry(c, is_large(p, len(c))) for p, c in files.items() if c is not None}
            self.large |= {one.sha256: one.content for one in put.values() if one.sha256}
            gone = [path for path, content in files.items() if content is None]
            return self.create(repo_id).commit(put, gone, title)

    def tag(self, repo_id: str, name: str) -> None:
        with self.lock:
            self.repos[repo_id].tags[name] = self.repos[repo_id].head

    def damage(self, repo_id: str, path: str, how: str = "alter") -> None:
        """Spoil a file where it is stored: "alter" or "truncate"."""
        with self.lock:
            repo = self.repos[repo_id]
            whole = repo.head.tree[path]
            repo.damage(path, spoil(whole.content, how))
            if whole.sha256:
                self.large[whole.sha256] = spoil(whole.content, how)

    def files(self, repo_id: str, revision: str = "main") -> dict[str, bytes]:
        with self.lock:
            commit = self.repos[repo_id].at(revision)
            assert commit, revision
            return {path: one.content for path, one in commit.tree.items()}

    def leaks(self, secret: str) -> list[str]:
        """Where a secret stands other than in an Authorization header: URLs, bodies, files."""
        bare = secret.encode()
        found = []
        with self.lock:
            for one in self.requests:
                told = [one.path, *(v for k, v in one.headers.items() if k != "authorization")]
                if secret in " ".join(told) or bare in one.body:
                    found.append(f"{one.method} {one.path}")
            for repo in self.repos.values():
                for commit in repo.commits.values():
                    found += [path for path, e in commit.tree.items() if bare in e.content]
            found += [oid for oid, content in self.large.items() if bare in content]
        return found


class Handler(BaseHTTPRequestHandler):
    """HTTP alone: reads a request, lets `hub_api` answer, and fails as the hub was told."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def serve(self) -> None:
        hub: Hub = self.server.hub  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers)
        fault = hub.fault_of(request)
        how = fault.how if fault else None
        if how == "drop":
            with hub.lock:
                hub.requests.append(request)
            return self.hang_up()
        request.body = self.body()
        with hub.lock:
            hub.requests.append(request)
        if fault and how == "hang":
            hub.closing.wait(fault.seconds)
            return self.hang_up()
        if fault and callable(how) and not fault.after:
            how()
        if fault and isinstance(how, int):
            told = refusal(how)
            if fault.retry_after is not None:
                told.headers["Retry-After"] = str(fault.retry_after)
        else:
            if how in ("truncate", "alter") and request.method == "PUT":
                request.body = spoil(request.body, str(how))
            with hub.lock:
                told = answer(hub, request)
        if fault and callable(how) and fault.after:
            how()
        request.status = told.status
        if how == "lose":
            return self.hang_up()
        if how == "garbage":
            told = Answer(200, b'{"oh', {"Content-Type": "application/json"})
        self.write(request, told, fault)
        return None

    def write(self, request: Request, told: Answer, fault: Fault | None) -> None:
        body, how = told.body, fault.how if fault else None
        if how == "alter" and request.method == "GET":
            body = spoil(body, "alter")
        self.send_response(told.status)
        for name, value in {"Content-Length": str(len(body)), **told.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if request.method == "HEAD":
            return None
        if how == "truncate" and request.method == "GET":
            self.wfile.write(spoil(body, "truncate"))
            return self.hang_up()
        if fault and how == "slow":
            size = max(1, -(-len(body) // 20))
            for start in range(0, len(body), size):
                self.wfile.write(body[start : start + size])
                hub: Hub = self.server.hub  # type: ignore[attr-defined]
                hub.closing.wait(fault.seconds / 20)
            return None
        self.wfile.write(body)
        return None

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        read = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            read.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(read)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def handle(self) -> None:
        # A client that goes away is no news.
        try:
            super().handle()
        except (OSError, ValueError):
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Silent: `requests` has it all."""

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = serve  # noqa: N815


def kill_at(hub: Hub, path: str, command: Sequence[str | Path], client: Mapping[str, str]) -> None:
    """Runs a command that has to ask the hub for a path by POST, and kills it while it waits for
    the answer. The hub is well again afterwards."""
    hub.fail("hang", method="POST", path=path, seconds=60)
    running = subprocess.Popen(command, env=client, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while not any(path in one.path for one in hub.requests):
        assert running.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    hub.mend()


def environment(hub: Hub, tmp: Path, token: str | None = None) -> dict[str, str]:
    """The environment of a client of this hub: its caches in `tmp`, no other host in reach."""
    ours = ("HF_", "HUGGING", "HUB", "XDG_")
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(ours)}
    kept = {k: v for k, v in kept.items() if not k.upper().endswith("_PROXY")}
    # Port 9 discards: a proxy that refuses, so that whatever is not this hub fails at once.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    made = {
        **kept,
        **nowhere,
        "no_proxy": "127.0.0.1",
        "HOME": str(tmp),
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(tmp / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    if token:
        made["HF_TOKEN"] = token
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    with Hub(parser.parse_args().port) as hub:
        print(f"HF_ENDPOINT={hub.url} HF_TOKEN={WRITER} HF_HUB_DISABLE_XET=1", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            hub.closing.wait()


if __name__ == "__main__":
    main()
