"""The signal files that come with the product, the schema of such files, and the command that lists signals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from qa.cli import cli
from qa.model import RubricError
from scoring.rubric_files import shipped_signal_files
from scoring.schema import signal_file_schema
from scoring.signal_files import load_signal_file
from scoring.yaml_lines import read
from tests.unit.test_scoring_signal_files import OURS, faults, write


@pytest.mark.parametrize("path", shipped_signal_files(), ids=lambda path: path.stem)
def test_any_shipped_file_can_be_taken_alone(tmp_path: Path, path: Path) -> None:
    content = load_signal_file(path.stem)
    assert path.stem.endswith(f".{content.language}")
    people = "[{title: A, criteria: [{id: a, title: A, question: A, points: 1, answered_by: person}]}]"
    form = f"id: a.b\nversion: 1.0.0\nlanguage: {content.language}\ntitle: A\nsignals_from: [{path.stem}]\nsections: {people}\n"
    assert faults(write(tmp_path, form=form)) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_signal_or_word_stands_in_one_shipped_file_only(language: str) -> None:
    files = [load_signal_file(path.stem) for path in shipped_signal_files() if path.stem.endswith(language)]
    for given in ([*file.signals] for file in files), ([*file.words] for file in files):
        names = [name for some in given for name in some]
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", shipped_signal_files(), ids=lambda path: path.stem)
def test_shipped_files_stay_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", shipped_signal_files(), ids=lambda path: path.stem)
def test_the_shipped_files_follow_the_schema_that_the_command_prints(path: Path) -> None:
    printed = CliRunner().invoke(cli, ["rubric", "schema", "--signals"], catch_exceptions=False)
    schema = json.loads(printed.stdout)
    assert schema == signal_file_schema()
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(read(path.read_bytes(), path.name).value)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("language: en\n", ""),
        ("title: How we greet\n", ""),
        ("words:", "word:"),
        ("title: greeting", "titel: greeting"),
    ],
)
def test_what_the_schema_refuses(old: str, new: str) -> None:
    assert old in OURS
    document: Any = read(OURS.replace(old, new).encode(), "ours.yaml").value
    assert list(jsonschema.Draft202012Validator(signal_file_schema()).iter_errors(document)) != []


def printed(*arguments: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(cli, ["rubric", "signals", *arguments, "--format", "json"], catch_exceptions=False)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def test_the_command_lists_signals_and_who_says_them(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "language: en\ntitle: Mine\nsignals:\n"
        "  asks: {title: asking, any_of: [asks_a, asks_b]}\n"
        "  asks_a: {title: asking for a, role: customer, phrases: [a please]}\n"
        "  asks_b: {title: asking for b, role: [ivr, customer], phrases: [b please]}\n",
        encoding="utf-8",
    )
    assert [(row["signal"], row["title"], row["roles"]) for row in printed(str(mine))] == [
        ("asks", "asking", ["customer", "ivr"]),
        ("asks_a", "asking for a", ["customer"]),
        ("asks_b", "asking for b", ["ivr", "customer"]),
    ]
    assert {row["file"] for row in printed("opening.en", "hold.zh")} == {"opening.en", "hold.zh"}
    everything = {(row["file"], row["signal"]) for row in printed()}
    assert {("opening.en", "greets"), ("empathy.zh", "apologises")} < everything


def test_the_command_prints_a_table() -> None:
    done = CliRunner().invoke(cli, ["rubric", "signals", "hold.en"], catch_exceptions=False)
    assert re.search(r"hold\.en .* customer_waits .* customer ", done.output)


def test_a_signal_file_that_is_not_there_or_not_good(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"no signal file 'opening'.*opening\.en"):
        load_signal_file("opening")
    bad = tmp_path / "bad.yaml"
    bad.write_text(OURS.replace("title: greeting", "titel: greeting"), encoding="utf-8")
    with pytest.raises(RubricError, match=r"bad\.yaml:7: signals\.welcomes\.title: expected this key"):
        load_signal_file(str(bad))
