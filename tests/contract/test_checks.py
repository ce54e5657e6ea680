"""What every check owes the engine, run on all of them as the shipped rubrics use them."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from qa.model import Conversation, Outcome, Reason
from scoring.checks import CHECKS, CheckParams, CheckResult, Context
from scoring.engine import verified
from scoring.signals import SignalBook
from scoring.transcript import Transcript
from tests.scoring_builders import call, core

CALLS: dict[str, Conversation] = {
    "agent only": call("A: hello, this is a long enough turn to say something in"),
    "one word each": call("A: hello", "C: hi"),
    "untimed": call("A: hello", "C: I am so angry", "A: one moment", "C: ok", "A: thanks for waiting", timed=False),
    "silence": call("A: hello", "C: hello, I would like to know my balance please", "90s", "A: forty pounds"),
    "customer first": call("C: hello? is anybody there? I have been waiting for hours", "A: yes"),
    "ivr and unknown": call("I: press one", "?: hm", "A: hello", "?: what", "C: hi"),
    "empty texts": call("A: ", "C: ", "A: "),
    "abrupt end": call("A: hello", "C: forget it, bye"),
}
CRITERIA = [(language, criterion.id) for language in ("en", "zh") for criterion in core(language).criteria]


def _run(language: str, criterion_id: str, conversation: Conversation) -> tuple[CheckResult, Context]:
    rubric = core(language)
    criterion = next(c for c in rubric.criteria if c.id == criterion_id)
    transcript = Transcript(conversation, rubric.language, sounds_like=rubric.sounds_like)
    context = Context(transcript, SignalBook(transcript, rubric.signals, rubric.words, None))
    return CHECKS[criterion.check.type](context, criterion.check), context


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("language", "criterion"), CRITERIA)
def test_a_check_answers_every_call(language: str, criterion: str, name: str) -> None:
    conversation = CALLS[name]
    result, _ = _run(language, criterion, conversation)
    assert isinstance(result.outcome, Outcome)
    assert result.explanation.strip()
    assert "{" not in result.explanation
    assert result.confidence is None or 0 <= result.confidence <= 1
    assert verified(result.evidence, conversation)
    assert isinstance(result.reason, Reason) is (result.outcome is Outcome.NOT_SCORED)


@pytest.mark.parametrize(("language", "criterion"), CRITERIA)
def test_a_check_is_pure(language: str, criterion: str) -> None:
    first, _ = _run(language, criterion, CALLS["untimed"])
    assert first == _run(language, criterion, CALLS["untimed"])[0]


def test_the_registry_and_the_form_know_the_same_checks() -> None:
    forms: list[Any] = list(get_args(get_args(CheckParams)[0]))
    assert {get_args(form.model_fields["type"].annotation)[0] for form in forms} == set(CHECKS)
    assert all(callable(form.signal_names) for form in forms)


def test_every_check_is_used_by_the_shipped_rubrics() -> None:
    assert {criterion.check.type for criterion in core("en").criteria} == set(CHECKS)
