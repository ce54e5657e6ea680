"""The database behind a store: which one a name means, and how its connections behave."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from qa.model import UsageError

BUSY_TIMEOUT_S = 60
"""How long a writer waits for another one. A write takes milliseconds; only a stopped process makes it long."""

WRITE = "callibrate_write"
"""Execution option of a connection whose transaction will write."""


def store_url(target: str | Path) -> URL:
    """The URL that a path or a URL stands for.

    Raises:
        UsageError: it is neither, or a kind of database that the store does not speak.
    """
    name = str(target)
    if "://" not in name:
        return URL.create("sqlite", database=str(Path(name).expanduser().absolute()))
    expected = "a path, sqlite:///PATH or postgresql://USER@HOST/NAME"
    try:
        url = make_url(name)
    except ArgumentError:
        raise UsageError("--store cannot be read as a URL", expected=expected) from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UsageError(f"--store names a {url.get_backend_name()} database", expected=expected)
    return url.set(database=str(Path(url.database).expanduser().absolute()))


def open_engine(url: URL) -> Engine:
    """An engine with our rules on it; connects to nothing yet.

    Raises:
        UsageError: the driver for this database is not installed.
    """
    try:
        # A connection per transaction: cheap beside a call, and nothing is left to inherit by forked processes.
        engine = create_engine(url, poolclass=NullPool)
    except (ImportError, NoSuchModuleError):
        raise UsageError(
            f"no driver for {url.get_backend_name()}",
            where=shown(url),
            fix="Install psycopg 3: pip install 'psycopg[binary]'",
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def shown(url: URL) -> str:
    """The database as messages name it: a path, or a URL without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin_sqlite says which kind it is to be.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    _keep_write_ahead_log(connection)
    # FULL: a saved call survives a power cut. Measured: 1,490 transactions of 100 kB a second against 1,990 with
    # NORMAL, where a call takes seconds to process.
    connection.execute("PRAGMA synchronous = FULL")


def _keep_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Put a new file into WAL mode, in which readers and a writer do not wait for each other; it remembers that."""
    until = time.monotonic() + BUSY_TIMEOUT_S
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            # SQLite does not wait here, whatever the busy timeout, when another process makes the same store.
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: one that starts by reading and then finds the store changed fails without
    # waiting, whatever the busy timeout.
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
