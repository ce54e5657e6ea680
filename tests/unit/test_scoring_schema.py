"""The published JSON Schema: the stored copy is what the command prints, and it says what the loader says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from qa.cli import cli
from scoring import shipped_rubrics
from scoring.schema import rubric_schema
from scoring.yaml_lines import read
from tests.unit.test_scoring_inheritance import BASE, CHILD

STORED = Path(__file__).parents[2] / "rubrics" / "rubric.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(rubric_schema())


def test_the_stored_copy_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(cli, ["rubric", "schema"], catch_exceptions=False)
    assert printed.exit_code == 0
    # To mend: qa rubric schema > rubrics/rubric.schema.json
    assert printed.stdout == STORED.read_text(encoding="utf-8")


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(rubric_schema())


def faults(document: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize("path", shipped_rubrics(), ids=lambda path: path.stem)
def test_the_shipped_forms_follow_it(path: Path) -> None:
    assert faults(read(path.read_bytes(), path.name).value) == []


@pytest.mark.parametrize("text", [BASE, CHILD], ids=["base", "derived"])
def test_whole_and_derived_forms_follow_it(text: str) -> None:
    assert faults(yaml.safe_load(text)) == []


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (BASE, "points: 2", "points: -2"),
        (BASE, "title: Greeting", "titel: Greeting"),
        (BASE, "type: said", "type: sayd"),
        (BASE, "pass_mark: 70", "pass_mark: 170"),
        (BASE, "language: en", "language: fr"),
        (BASE, "title: Base\n", ""),
        (CHILD, "version: 2.0.0\n", ""),
        (CHILD, "      - id: opening.greeting\n        points: 5", "      - points: 5"),
        (CHILD, "queue: cards", "que: cards"),
        (CHILD, "type: free_text", "type: words"),
    ],
)
def test_what_it_refuses(text: str, old: str, new: str) -> None:
    assert old in text
    assert faults(yaml.safe_load(text.replace(old, new, 1))) != []


@pytest.mark.parametrize(
    "condition",
    [
        "a_signal",
        {"signal": "a", "before": "b"},
        {"any": ["a", {"criterion": "c.one", "outcome": "met"}]},
        {"all": [{"call": {"direction": "outbound"}}, {"none": ["a"]}]},
        {"criterion": "c.one", "answer": ["good", "fair"]},
        {"at_least": 2, "of": ["a", "b", {"call": {"queue": ["x", "y"]}}]},
    ],
)
def test_conditions(condition: Any) -> None:
    document = yaml.safe_load(BASE)
    document["sections"][0]["criteria"][0]["applies_when"] = condition
    assert faults(document) == []


def test_a_condition_that_is_none() -> None:
    document = yaml.safe_load(BASE)
    document["sections"][0]["criteria"][0]["applies_when"] = {"criterium": "c.one", "outcome": "met"}
    assert faults(document) != []
