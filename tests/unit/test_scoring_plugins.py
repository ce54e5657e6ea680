"""Checks of third parties: found by entry point, validated like our own, harmless when they fail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.model import CriterionResult, RubricError
from scoring import evaluate
from tests.scoring_builders import call, rubric

MODULE = """\
from typing import Literal

from pydantic import Field

from qa.model import Outcome
from scoring.checks import CheckForm, CheckResult, CheckType


class LongParams(CheckForm):
    type: Literal["long_words"]
    least: int = Field(gt=0)
    signal: str

    def signal_names(self):
        yield self.signal


def long_words(context, params):
    hits = [hit for hit in context.signals.hits(params.signal) if hit.end - hit.start >= params.least]
    if not hits:
        return CheckResult(Outcome.NOT_MET, "No long word.", looked_in=(0,))
    return CheckResult(Outcome.MET, "A long word.", evidence=context.evidence(tuple(hits)), method="long_words")


class PlainParams(CheckForm):
    type: Literal["unproven", "boom", "none"]


def boom(context, params):
    raise ZeroDivisionError("secret text")


LONG = CheckType(LongParams, long_words)
UNPROVEN = CheckType(PlainParams, lambda context, params: CheckResult(Outcome.MET, "Trust me."))
BOOM = CheckType(PlainParams, boom)
NONE = CheckType(PlainParams, lambda context, params: None)
NO_TYPE = "a string"
"""
ENTRIES = """\
[callibrate.checks]
long_words = a_foreign_check:LONG
unproven = a_foreign_check:UNPROVEN
boom = a_foreign_check:BOOM
none = a_foreign_check:NONE
no_type = a_foreign_check:NO_TYPE
gone = a_foreign_check:NOT_THERE
said = a_foreign_check:LONG
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with checks, on the path of this test only."""
    (tmp_path / "a_foreign_check.py").write_text(MODULE, encoding="utf-8")
    info = tmp_path / "a_foreign_check-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-foreign-check\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(ENTRIES, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("a_foreign_check", None)


def check(spec: str, text: str = "a word") -> CriterionResult:
    body = f"""\
signals:
  word: {{title: word, phrases: ["\\\\w+"]}}
sections:
  - title: S
    criteria:
      - id: c.one
        title: T
        question: Q?
        points: 1
        check: {spec}
"""
    return evaluate(call(f"A: {text}"), rubric(body)).results[0]


LONG = "{type: long_words, least: 6, signal: word}"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("text", "outcome"), [("a wonderful day", "met"), ("a nice day", "not_met")])
def test_an_installed_check_judges(text: str, outcome: str) -> None:
    result = check(LONG, text)
    assert result.outcome == outcome
    if outcome == "met":
        assert (result.method, result.evidence[0].quote, result.evidence[0].start_s) == (
            "long_words",
            "a wonderful day",
            0,
        )


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (LONG.replace("6", "0"), "test.yaml:14: sections[0].criteria[0].check.least: expected > 0, got 0"),
        (LONG.replace("least: 6, ", ""), "sections[0].criteria[0].check.least: expected this key, got none"),
        (LONG.replace("signal: word", "signal: word, lest: 1"), "check.lest: expected a known key, got 'lest'"),
        (LONG.replace("signal: word", "signal: wort"), "expected a declared signal, got 'wort'; did you mean 'word'?"),
        (
            "{type: no_type}",
            "test.yaml:14: sections[0].criteria[0].check: expected a_foreign_check:NO_TYPE to be a CheckType",
        ),
        ("{type: gone}", "check: expected a check that loads, got 'gone': AttributeError"),
    ],
)
def test_faults_in_its_parameters_have_their_place(spec: str, message: str) -> None:
    with pytest.raises(RubricError) as raised:
        check(spec)
    assert message in str(raised.value)


@pytest.mark.usefixtures("installed")
def test_an_unknown_check_names_those_that_are_known() -> None:
    with pytest.raises(RubricError) as raised:
        check("{type: long_word}")
    message = str(raised.value)
    assert message.startswith("test.yaml:14: sections[0].criteria[0].check.type: expected one of 'said', 'never', ")
    assert "'sequence'" in message
    assert "'judge'" in message
    assert "'long_words'" in message
    assert message.endswith("got 'long_word'; did you mean 'long_words'?")


@pytest.mark.usefixtures("installed")
def test_a_built_in_check_cannot_be_replaced() -> None:
    assert check("{type: said, met: word}").method == "phrase"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "reason", "text"),
    [
        ("unproven", "unverified_quote", "the verdict was dropped"),  # a verdict on words needs words
        ("boom", "check_failed", "The check boom failed: ZeroDivisionError."),
        ("none", "check_failed", "The check none failed: NoneType."),
    ],
)
def test_what_it_does_wrong_spoils_its_own_criterion_only(name: str, reason: str, text: str) -> None:
    result = check(f"{{type: {name}}}")
    assert (result.outcome, result.reason_code) == ("not_scored", reason)
    assert text in result.explanation
    assert "secret" not in result.explanation


def test_when_it_is_not_installed_it_is_unknown() -> None:
    with pytest.raises(RubricError, match="expected one of 'said'"):
        check(LONG)
