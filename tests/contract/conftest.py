"""An empty database of each kind that the store speaks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL server that lives as long as the tests."""
    pytest.importorskip("psycopg")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(p) for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("PostgreSQL is not installed")
    programs = found[-1].parent
    # PostgreSQL refuses to run as root; the Debian package brings a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    # Not in pytest's own folder: each session of pytest closes that to other users again.
    base = Path(tempfile.mkdtemp(prefix="callibrate-postgres-"))
    base.chmod(0o755)
    data = base / "data"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, *arguments], user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)

    run("initdb", "--pgdata", str(data), "--auth", "trust", "--username", "qa", "--encoding", "UTF8", "--no-sync")
    port = 20_000 + os.getpid() % 20_000
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data} -c fsync=off"
    run("pg_ctl", "--pgdata", str(data), "--log", str(data / "log"), "--wait", "-o", options, "start")
    try:
        yield f"postgresql://qa@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "stop")
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "callibrate.db")
    import psycopg

    server = request.getfixturevalue("postgres")
    name = f"t{abs(hash(request.node.nodeid))}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"{server}/{name}"
