"""``qa rubric check`` on forms made from others, and a scored form in the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.cli import cli
from qa.cli.evaluation_text import evaluation_text
from qa.model import Call
from scoring import evaluate_answers
from tests.form_builders import ask, form, section
from tests.unit.test_scoring_inheritance import BASE, CHILD


@pytest.mark.parametrize(
    ("base", "child", "code", "words"),
    [
        (BASE, CHILD, 0, "ok"),
        (
            BASE.replace("points: 3", "points: 0"),
            CHILD,
            2,
            "base.yaml:30: sections[1].criteria[0].points: expected > 0, got 0",
        ),
        (
            BASE,
            CHILD.replace("points: 4", "points: 0"),
            2,
            "child.yaml:19: sections[0].criteria[1].points: expected > 0, got 0",
        ),
    ],
)
def test_check_names_the_file_to_mend(tmp_path: Path, base: str, child: str, code: int, words: str) -> None:
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "child.yaml").write_text(child, encoding="utf-8")
    done = CliRunner().invoke(cli, ["rubric", "check", str(tmp_path / "child.yaml")], standalone_mode=False)
    assert done.return_value == code or (code == 0 and done.return_value in (0, None))
    assert words in done.output


def test_a_scored_form_in_the_terminal() -> None:
    rubric = form(
        section("Opening", ask("a", 3), ask("z", 1, on_fail="zero_section")),
        section("Extra", ask("x", 1, bonus=True)),
        section("Rest", ask("b", 6)),
        bands=[{"name": "fair", "from": 0}],
    )
    given = {"a": "met", "z": "not_met", "x": "met", "b": "met"}
    text = evaluation_text(evaluate_answers(rubric, Call(call_id="c-1"), given, "rater"), rubric)
    # 0 of 4, for the section is zeroed; 1 more as a bonus; 6 of 6: 7 of 10
    lines = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert lines[1:] == [
        "70.0 %  7 of 10 points  not passed  fair",
        "Opening  0/4, 3 taken by z",
        "Extra  1/0",
        "Rest  6/6",
    ]
