"""Which database a store is, and which ones it refuses."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, UniqueConstraint, create_engine, inspect, text

from qa.model import UsageError
from qa.store import Store, schema
from qa.store.connection import open_engine, shown, store_url
from qa.store.migrations import MIGRATIONS, migrate
from qa.store.rows import evaluation_row
from tests.store_builders import evaluation


@pytest.mark.parametrize("name", ["callibrate.db", "deep/er/callibrate.db", "with space é 库.db", "percent%20.db"])
def test_a_path_is_an_sqlite_file(tmp_path: Path, name: str) -> None:
    Store.open(tmp_path / name).close()
    assert (tmp_path / name).is_file()


def test_a_url_and_a_path_are_the_same_store(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.db") as store:
        store.begin_run("r", "/in", {})
    with Store.open(f"sqlite:///{tmp_path / 's.db'}") as store:
        assert [run.run_id for run in store.runs()] == ["r"]


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("mysql://me@host/db", "names a mysql database"),
        ("http://host/db", "names a http database"),
        ("sqlite://", "names a sqlite database"),
        ("://", "cannot be read as a URL"),
    ],
)
def test_what_is_no_store_is_refused_by_name(target: str, fault: str) -> None:
    with pytest.raises(UsageError, match=fault):
        Store.open(target)


def test_a_password_is_not_shown() -> None:
    assert shown(store_url("postgresql://me:hush@host/db")) == "postgresql+psycopg://me:***@host/db"


def test_a_missing_store_is_not_made_for_a_reader(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such store"):
        Store.open(tmp_path / "s.db", create=False)
    assert not (tmp_path / "s.db").exists()


def test_another_kind_of_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at as one\n" * 20)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"notes\.txt: cannot be opened as a store \(file is not a database\)"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be opened as a store"):
        Store.open(tmp_path)


def test_a_newer_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES ('m999_from_the_future', '2030-01-01')")
    connection.close()
    with pytest.raises(UsageError, match=r"newer Callibrate \(it has m999_from_the_future\)") as caught:
        Store.open(path)
    assert caught.value.where == str(path)


def test_the_connection_keeps_our_rules(tmp_path: Path) -> None:
    Store.open(tmp_path / "s.db").close()
    with open_engine(store_url(tmp_path / "s.db")).connect() as connection:
        rules = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert rules == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}


def test_the_migrated_tables_are_the_tables_of_the_code(tmp_path: Path) -> None:
    Store.open(tmp_path / "s.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 's.db'}")
    found = inspect(engine)
    assert set(found.get_table_names()) - {"schema_migrations"} == set(schema.metadata.tables)
    for name, table in schema.metadata.tables.items():
        columns = {c["name"]: c["nullable"] for c in found.get_columns(name)}
        # SQLite reports a single-column text key as nullable; nobody writes an empty one.
        expected = {c.name: bool(c.nullable) or (columns[c.name] and c.primary_key) for c in table.columns}
        assert columns == expected, name
        assert set(found.get_pk_constraint(name)["constrained_columns"]) == {c.name for c in table.primary_key}
        unique = {frozenset(u["column_names"]) for u in found.get_unique_constraints(name)}
        assert unique == {frozenset(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)}
    engine.dispose()


def add_note(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE runs ADD COLUMN note TEXT"))


def break_off(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE half (id TEXT)"))
    raise RuntimeError("broke off")


def test_an_older_store_gets_only_what_it_lacks_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(path) as store:
        store.begin_run("r", "/in", {})
    engine = open_engine(store_url(path))
    with engine.begin() as connection:
        migrate(connection, "now", where="here", migrations=(*MIGRATIONS, add_note))
        migrate(connection, "now", where="here", migrations=(*MIGRATIONS, add_note))
        assert connection.execute(text("SELECT run_id, note FROM runs")).all() == [("r", None)]


def test_an_evaluation_from_before_kept_hits_has_none(tmp_path: Path) -> None:
    made, path = evaluation(), tmp_path / "s.db"
    engine = open_engine(store_url(path))
    with engine.begin() as connection:
        migrate(connection, "now", where="here", migrations=MIGRATIONS[:4])
        for statement in (
            "INSERT INTO recordings VALUES ('r', 'a.wav', 1, 1.0, 8000, 2, 'stereo', 'pcm', NULL, NULL, 'then')",
            """INSERT INTO conversations (conversation_id, recording_id, fingerprint, call_id, flags, "call", document,
               saved_at) VALUES ('c', 'r', 'f', 'c-a', '[]', '{"call_id":"c-a"}', '{}', 'then')""",
        ):
            connection.execute(text(statement))
        row = evaluation_row("c", made, "then", "sha") | {"conversation_id": "c"}
        connection.execute(schema.evaluations.insert().values({k: v for k, v in row.items() if k != "hits"}))
    engine.dispose()
    with Store.open(path) as store:
        (found,) = store.rescoring.rescorable(["c"], made.rubric.id)
    assert found.earlier == made
    assert found.earlier is not None
    assert found.earlier.hits == b""


def test_migrations_are_all_or_none(tmp_path: Path) -> None:
    engine = open_engine(store_url(tmp_path / "s.db"))
    with pytest.raises(RuntimeError, match="broke off"), engine.begin() as connection:
        migrate(connection, "now", where="here", migrations=(*MIGRATIONS, break_off))
    assert inspect(engine).get_table_names() == []


def test_migration_names_are_numbered_without_gaps() -> None:
    assert [step.__name__[:5] for step in MIGRATIONS] == [f"m{n:03d}_" for n in range(1, len(MIGRATIONS) + 1)]
