"""The gate over two nights: a judge that people contradict loses its say in the next run, one that they confirm keeps it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from qa.model import (
    Call,
    Conversation,
    Evaluation,
    JudgeAnswer,
    JudgeQuestion,
    JudgeUse,
    Outcome,
    Quote,
    SpeakerRole,
    Turn,
)
from qa.model.gate import GateReason
from qa.review.calibration import close_session, new_session
from qa.review.gating import read_gates
from qa.store import Store
from scoring import Rubric, evaluate, evaluate_answers, load_rubric
from tests.orchestration import fake_pipeline
from tests.orchestration.conftest import Night
from tests.orchestration.test_nightly import evaluations

FORM = """
id: gate.en
version: {version}
language: en
title: Gate
pass_mark: {pass_mark}
signals:
  thanks: {{title: thanks, phrases: [thank you]}}
sections:
  - title: All
    criteria:
      - {{id: closing.thanks, title: Thanks, question: "Are there thanks?", points: 1, check: {{type: said, met: thanks}}}}
      - id: empathy.warm
        title: Warm
        question: Is it warm?
        points: 3
        severity: critical_customer
        auto_fail: true
        gate: {{before_calibration: {before}}}
        check: {{type: judge, without_quote: [not_met]}}
"""
N = 30
CALLS = [f"c-{number:02d}" for number in range(N)]
USE = JudgeUse(model="m", latency_s=0.0)
Say = Callable[[str], Outcome]


def truth(call_id: str) -> Outcome:
    """What people find: every second call is warm."""
    return Outcome.MET if int(call_id[2:]) % 2 else Outcome.NOT_MET


def biased(call_id: str) -> Outcome:
    return Outcome.NOT_MET


def write(path: Path, before: str = "automatic", version: str = "1.0.0", pass_mark: int = 80) -> str:
    path.write_text(FORM.format(before=before, version=version, pass_mark=pass_mark), encoding="utf-8")
    return str(path)


def asked(call_id: str, say: Say, question: JudgeQuestion) -> JudgeAnswer:
    outcome = say(call_id)
    quotes = (Quote(0, "Thank you for calling"),) if outcome is Outcome.MET else ()
    return JudgeAnswer(outcome, quotes, "so it is", USE)


@pytest.fixture
def judged_by(night: Night, monkeypatch: pytest.MonkeyPatch) -> Callable[[Say], None]:
    def use(say: Say) -> None:
        def score(conversation: Conversation, rubric: Rubric) -> Evaluation:
            return evaluate(conversation, rubric, judge=partial(asked, conversation.call.call_id, say))

        monkeypatch.setattr(fake_pipeline, "score", score)

    def load(names: list[str]) -> fake_pipeline.FakeRubrics:
        return fake_pipeline.FakeRubrics(tuple(load_rubric(Path(name)) for name in names))  # type: ignore[misc]

    monkeypatch.setattr(fake_pipeline, "load_rubrics", load)
    night.add(*(f"{call_id}.wav" for call_id in CALLS))
    return use


def people_score(night: Night, form: str, calls: list[str], session_id: str = "cal-1") -> None:
    """A closed session in which two raters find the truth."""
    with Store.open(night.out / "callibrate.db") as store:
        session = new_session(
            store,
            raters=["Anna", "Ben"],
            expert="Dora",
            author="lead",
            calls=calls,
            forms=[form],
            session_id=session_id,
        )
        rubric = load_rubric(Path(form))
        for rater in session.raters:
            given = [
                evaluate_answers(
                    rubric,
                    Call(call_id=call_id, language="en"),
                    {"closing.thanks": "met", "empathy.warm": truth(call_id)},
                    rater,
                )
                for call_id in calls
            ]
            store.calibration.save_scores(session_id, rater, given)
        close_session(store, session_id, "lead")


def test_a_biased_judge_turns_its_criterion_report_only_in_the_next_run(
    night: Night, judged_by: Callable[[Say], None], tmp_path: Path
) -> None:
    form = write(tmp_path / "gate.yaml")
    judged_by(biased)
    night.run(form)
    before = evaluations(night.out)["c-01"]
    warm = before.result("empathy.warm")
    assert warm is not None and warm.gate is not None
    assert (warm.gate.report_only, warm.gate.reason) == (False, GateReason.NOT_CALIBRATED)
    # 1 of 1 + 3 points, and the judge's miss fails the call
    assert (before.totals.percent, before.totals.passed, before.auto_fail) == (25.0, False, True)
    assert before.critical_errors.customer == ("empathy.warm",)

    people_score(night, form, CALLS)
    night.add("c-99.wav")
    summary = night.run(form)
    assert (summary["n_scored"], summary["n_skipped"]) == (1, N)
    for call_id in ("c-01", "c-99"):  # scored before, and new
        after = evaluations(night.out)[call_id]
        warm = after.result("empathy.warm")
        assert warm is not None and warm.gate is not None
        assert (warm.gate.reason, warm.gate.n_calls, warm.report_only) == (GateReason.LOW_AGREEMENT, N, True)
        assert warm.gate.low is not None and warm.gate.low < warm.gate.needed
        assert (warm.outcome, warm.points, warm.possible) == (Outcome.NOT_MET, 0, 0)
        assert (after.totals.points, after.totals.possible, after.totals.percent) == (1, 1, 100.0)
        assert (after.totals.passed, after.auto_fail, bool(after.critical_errors)) == (True, False, False)
        assert (after.totals.n_met, after.totals.n_not_met, after.totals.n_report_only) == (1, 0, 1)
    assert night.rows(summary)["c-01.wav"].percent == 100.0
    pages = "".join(path.read_text(encoding="utf-8") for path in night.out.rglob("*.html"))
    assert "Report only" in pages and "Not in the score: over 30 calls the machine agrees with people by" in pages


def test_a_judge_that_people_confirm_keeps_its_say(
    night: Night, judged_by: Callable[[Say], None], tmp_path: Path
) -> None:
    form = write(tmp_path / "gate.yaml", before="report_only")
    judged_by(truth)
    night.run(form)
    assert evaluations(night.out)["c-01"].totals.possible == 1  # report-only until people have scored calls
    people_score(night, form, CALLS)
    night.run(form)
    found = evaluations(night.out)["c-01"]
    warm, thanks = found.result("empathy.warm"), found.result("closing.thanks")
    assert warm is not None and warm.gate is not None and thanks is not None and thanks.gate is not None
    assert (warm.report_only, warm.gate.reason) == (False, None)
    # Everybody always says met: the form's before_calibration holds, and that is automatic here.
    assert (thanks.report_only, thanks.gate.reason, thanks.gate.n_calls) == (False, GateReason.ONE_ANSWER, N)
    assert (found.totals.points, found.totals.possible, found.totals.n_report_only) == (4, 4, 0)
    assert found.totals == evaluate_as(found, truth, form).totals


def evaluate_as(found: Evaluation, say: Say, form: str) -> Evaluation:
    conversation = Conversation(
        call=Call(call_id=found.call_id, language="en"),
        duration_s=60,
        turns=(Turn(index=0, role=SpeakerRole.AGENT, text="Thank you for calling.", start_s=0.5, end_s=2.0),),
    )
    return evaluate(conversation, load_rubric(Path(form)), judge=partial(asked, found.call_id, say))


def test_too_few_calls_decide_nothing(night: Night, judged_by: Callable[[Say], None], tmp_path: Path) -> None:
    form = write(tmp_path / "gate.yaml")
    judged_by(biased)
    night.run(form)
    people_score(night, form, CALLS[:19])
    night.run(form)
    warm = evaluations(night.out)["c-01"].result("empathy.warm")
    assert warm is not None and warm.gate is not None
    assert (warm.report_only, warm.gate.reason, warm.gate.n_calls) == (False, GateReason.NOT_CALIBRATED, 19)


def test_a_new_version_inherits_what_it_judges_in_the_same_way(
    night: Night, judged_by: Callable[[Say], None], tmp_path: Path
) -> None:
    form = write(tmp_path / "gate.yaml")
    judged_by(biased)
    night.run(form)
    people_score(night, form, CALLS)
    next_version = load_rubric(Path(write(tmp_path / "next.yaml", version="1.1.0", pass_mark=50)))
    asks_other = tmp_path / "other.yaml"
    asks_other.write_text(Path(form).read_text().replace("Is it warm?", "Is it kind?").replace("1.0.0", "2.0.0"))
    other = load_rubric(asks_other)
    with Store.open(night.out / "callibrate.db") as store:
        gates = read_gates(store, [next_version, other])
    assert gates[next_version.sha256]["empathy.warm"].reason is GateReason.LOW_AGREEMENT
    assert gates[other.sha256]["empathy.warm"].reason is GateReason.NOT_CALIBRATED
    thanks = gates[other.sha256]["closing.thanks"]
    assert (thanks.report_only, thanks.reason, thanks.n_calls) == (False, GateReason.ONE_ANSWER, N)


def test_one_answer_is_left_out_where_the_form_starts_report_only(
    night: Night, judged_by: Callable[[Say], None], tmp_path: Path
) -> None:
    form = write(tmp_path / "gate.yaml")
    starts_closed = "title: Gate\ngate: {before_calibration: report_only}"
    Path(form).write_text(Path(form).read_text(encoding="utf-8").replace("title: Gate", starts_closed), "utf-8")
    judged_by(truth)
    night.run(form)
    people_score(night, form, CALLS)
    night.run(form)
    found = evaluations(night.out)["c-01"]
    thanks = found.result("closing.thanks")
    assert thanks is not None and thanks.gate is not None
    assert (thanks.outcome, thanks.report_only, thanks.gate.reason) == (Outcome.MET, True, GateReason.ONE_ANSWER)
    assert (found.totals.points, found.totals.possible, found.totals.n_report_only) == (3, 3, 1)
