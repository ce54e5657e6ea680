"""One Prefect server for a run: the one that ``PREFECT_API_URL`` names, or one of our own on the loopback address."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO

from qa.model import CallibrateError
from qa.settings import Settings

START_TIMEOUT_S = 180.0
"""Prefect takes 7 s to start on an idle machine with two cores, and several times that on a busy one."""
_LOOPBACK = "127.0.0.1"

SILENT = {
    "DO_NOT_TRACK": "1",  # Prefect's usage analytics in every process that imports it
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",  # the server's heartbeat to its makers
}
"""Set in any case: nothing is reported to anybody."""

_OWN_SERVER = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # or each worker process would start a server of its own
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    # A fault in a call goes into the coverage table and our own log, a fault of ours is raised; Prefect would say
    # each of them a second time.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
}


class Server:
    """A Prefect server that is starting or has started. ``url`` is its API."""

    def __init__(self, url: str, process: subprocess.Popen[bytes] | None = None, log: Path | None = None) -> None:
        self.url = url
        self._process = process
        self._log = log

    def is_up(self) -> bool:
        """True once the server answers. Raises CallibrateError when our own server ended instead."""
        if self._process is None:
            return True
        if self._process.poll() is not None:
            raise CallibrateError(
                f"the Prefect server ended while starting (exit code {self._process.returncode})",
                where=str(self._log),
                fix="Read the last lines of that file",
            )
        return _healthy(self.url)

    def wait(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Return once the server answers.

        Raises:
            CallibrateError: it ended, or did not answer in time.
        """
        until = time.monotonic() + timeout_s
        while not self.is_up():
            if time.monotonic() > until:
                raise CallibrateError(f"the Prefect server did not answer within {timeout_s:.0f} s", where=self.url)
            time.sleep(0.1)

    def stop(self) -> None:
        """End our own server; leaves anybody else's alone."""
        if self._process is None:
            return
        if self._process.stdin:
            self._process.stdin.close()  # what the child waits for
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        self._process.kill()
        self._process.wait()


@contextmanager
def prefect_server(settings: Settings) -> Iterator[Server]:
    """Start the run's server (or take the one of ``PREFECT_API_URL``) and set the environment that leads to it.

    The server is still starting when the block begins, so that the caller can use the time: call ``wait`` before the
    first flow. Import Prefect inside the block, as it reads its environment once, at import.
    """
    if url := os.environ.get("PREFECT_API_URL"):
        quiet = {"PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "WARNING")}
        with _environment({**SILENT, **quiet}):
            yield Server(url)
        return
    with _home(settings) as home, _environment({**SILENT, **_OWN_SERVER, **_here(home), **_no_proxy()}):
        server = _start(home)
        try:
            os.environ["PREFECT_API_URL"] = server.url
            yield server
        finally:
            os.environ.pop("PREFECT_API_URL", None)
            server.stop()


def _start(home: Path) -> Server:
    port = _free_port()
    log = home / "server.log"
    command = [sys.executable, "-P", str(Path(__file__).with_name("server_child.py"))]
    command += ["server", "start", "--host", _LOOPBACK, "--port", str(port), "--no-services", "--analytics-off"]
    with log.open("wb") as out:
        # A session of its own: Ctrl-C is for the run, which then still has a server to tell about it.
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    return Server(f"http://{_LOOPBACK}:{port}/api", process, log)


def _here(home: Path) -> dict[str, str]:
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
    }


def _no_proxy() -> dict[str, str]:
    """The loopback address is never reached through a proxy, whatever the environment says about other places."""
    listed = [name for name in os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")).split(",") if name]
    value = ",".join(dict.fromkeys([*listed, _LOOPBACK, "localhost"]))
    return {"NO_PROXY": value, "no_proxy": value}


@contextmanager
def _home(settings: Settings) -> Iterator[Path]:
    """Prefect's folder: one that is kept, as making its database takes 4 s, or a new one if a run is using that."""
    # A folder for each version: Prefect can bring an older database up to date, but not read a newer one.
    kept = settings.resolved_cache_dir() / "prefect" / version("prefect")
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "in_use").open("w") as lock:
        if _locked(lock):
            yield kept
            return
    temporary = Path(tempfile.mkdtemp(prefix="callibrate-prefect-"))
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _healthy(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
