"""What every check owes the engine, run on all of them as the shipped rubrics use them."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from qa.model import Conversation, JudgeAnswer, JudgeQuestion, JudgeUse, Outcome, Quote, Reason
from scoring.checks import CHECKS, CheckParams, CheckResult, Context
from scoring.checks.result import not_scored
from scoring.engine import verified
from scoring.signals import SignalBook
from scoring.transcript import Transcript
from scoring.windows import TimesMissing
from tests.scoring_builders import call, core, rubric

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
OTHERS = """\
signals:
  hello: {title: greeting, phrases: [hello]}
  waits: {title: wait, phrases: [one moment], window: {after: hello}}
  anger: {title: anger, role: customer, phrases: [angry, hours]}
sections:
  - title: S
    criteria:
      - id: other.steps
        title: T
        question: Q
        points: 1
        check: {type: sequence, steps: [{title: a, says: hello}, {title: b, says: waits, within_s: 60, consent: anger}]}
      - id: other.judge
        title: T
        question: Q
        points: 1
        check: {type: judge, without_quote: [not_met]}
"""
"""The checks that no shipped rubric uses."""
FORMS = {"en": core("en"), "zh": core("zh"), "others": rubric(OTHERS)}
CRITERIA = [(form, criterion.id) for form in FORMS for criterion in FORMS[form].criteria]


def _judge(question: JudgeQuestion) -> JudgeAnswer:
    """Quotes the first word that the agent says."""
    said = [turn for turn in question.turns if turn.role == "agent" and turn.text.strip()]
    quotes = tuple(Quote(turn.index, turn.text.split()[0]) for turn in said[:1])
    outcome = Outcome.MET if quotes else Outcome.NOT_MET
    return JudgeAnswer(outcome, quotes, "Because.", JudgeUse(model="m", latency_s=0.1))


def _run(form: str, criterion_id: str, conversation: Conversation) -> tuple[CheckResult, Context]:
    used = FORMS[form]
    criterion = next(c for c in used.criteria if c.id == criterion_id)
    transcript = Transcript(conversation, used.language, sounds_like=used.sounds_like)
    context = Context(transcript, SignalBook(transcript, used.signals, used.words, None), _judge, criterion.question)
    (check,) = criterion.checks
    try:
        return CHECKS[check.type](context, check), context
    except TimesMissing:  # the one thing that a check may leave to its caller on a sane text
        return not_scored(context.say("no_times"), Reason.NO_TIMES), context


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("form", "criterion"), CRITERIA)
def test_a_check_answers_every_call(form: str, criterion: str, name: str) -> None:
    conversation = CALLS[name]
    result, _ = _run(form, criterion, conversation)
    assert isinstance(result.outcome, Outcome)
    assert result.explanation.strip()
    assert "{" not in result.explanation
    assert result.confidence is None or 0 <= result.confidence <= 1
    assert verified(result.evidence, conversation)
    assert isinstance(result.reason, Reason) is (result.outcome is Outcome.NOT_SCORED)


@pytest.mark.parametrize(("form", "criterion"), CRITERIA)
def test_a_check_is_pure(form: str, criterion: str) -> None:
    first, _ = _run(form, criterion, CALLS["untimed"])
    assert first == _run(form, criterion, CALLS["untimed"])[0]


def test_the_registry_and_the_form_know_the_same_checks() -> None:
    forms: list[Any] = list(get_args(get_args(CheckParams)[0]))
    assert {get_args(form.model_fields["type"].annotation)[0] for form in forms} == set(CHECKS)
    assert all(callable(form.signal_names) for form in forms)


def test_every_check_is_run_here() -> None:
    shipped = {check.type for criterion in core("en").criteria for check in criterion.checks}
    others = {check.type for criterion in FORMS["others"].criteria for check in criterion.checks}
    assert shipped | others == set(CHECKS)
    assert not shipped & others
