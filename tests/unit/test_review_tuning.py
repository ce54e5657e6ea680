"""Thresholds refitted: fitted on one half, shown on the other, written beside the form and never over anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml

from qa.model import UsageError
from qa.review.tunable import Edge, Threshold
from qa.review.tuning import Example, FormJudge, HeldOut, tune, write_proposal
from scoring import Rubric, load_rubric
from scoring.checks.metric import MetricParams
from tests.scoring_builders import call
from tests.unit.test_review_rescoring import BODY, Letters, form

RNG = np.random.default_rng(5)
LIKENESS = {f"c-{number:03d}": float(value) for number, value in enumerate(RNG.uniform(0.3, 1.0, 120))}
TALK = call("A: hello")


def examples(truth: float, *, n: int = 120) -> list[Example]:
    """People say met where the likeness is ``truth`` or more."""
    return [
        Example(call_id, TALK, {"care": "met" if value >= truth else "not_met", "greeting": "met"})
        for call_id, value in list(LIKENESS.items())[:n]
    ]


def judged(made: Rubric, example: Example) -> Mapping[str, str]:
    meanings = made.signals["care"].meanings
    assert meanings is not None
    return {"care": "met" if LIKENESS[example.call_id] >= meanings.threshold else "not_met", "greeting": "met"}


FORM = form(("0.99", "0.9"))


def test_a_threshold_moves_to_where_people_are() -> None:
    found = tune(FORM, examples(0.75), judged)
    (move,) = found.moves
    assert (move.of, move.before, move.after) == (Threshold("care", "threshold"), 0.9, 0.75)
    held = found.held_out
    assert (held.right_after, held.n, held.set_wrong) == (held.n, 2 * held.n_calls, 0)
    assert held.set_right == held.right_after - held.right_before > 0
    assert found.better and found.n_fitted + held.n_calls == 120


PACE = {f"p-{number:03d}": float(value) for number, value in enumerate(RNG.uniform(80, 240, 120))}
PACED = """
id: pace.en
version: 1.0.0
language: en
title: Pace
sections:
  - title: Delivery
    criteria:
      - id: delivery.pace
        title: Pace
        question: In range?
        points: 2
        check: {type: metric, feature: pace_median, role: agent, minimum: 110, maximum: 190}
"""


def paced(made: Rubric, example: Example) -> Mapping[str, str]:
    (check,) = [criterion.check for criterion in made.criteria]
    assert isinstance(check, MetricParams)
    return {"delivery.pace": "met" if check.holds(PACE[example.call_id]) else "not_met"}


def test_the_edge_of_a_band_moves_to_where_people_are_and_is_written(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text(PACED, encoding="utf-8")
    asked = [
        Example(call_id, TALK, {"delivery.pace": "met" if 110 <= value <= 209 else "not_met"})
        for call_id, value in PACE.items()
    ]
    found = tune(load_rubric(base), asked, paced)
    (move,) = found.moves
    assert (move.of, move.before, move.after) == (Edge("delivery.pace", "maximum"), 190, 209)  # 10 % up
    assert found.better and found.held_out.right_after == found.held_out.n
    write_proposal(found, str(base), tmp_path / "next.yaml")
    made = load_rubric(tmp_path / "next.yaml")
    assert made.criteria == found.form.criteria
    assert (made.criteria[0].points, made.signals) == (2, {})


def test_an_edge_stays_inside_the_wider_band_and_off_the_other_edge() -> None:
    text = PACED.replace("minimum: 110, maximum: 190", "minimum: 110, maximum: 112, partially_met: {maximum: 120}")
    made = Rubric.model_validate(yaml.safe_load(text))
    assert Edge("delivery.pace", "maximum").candidates(made) == {118.0}  # 106 crosses the minimum, 123 leaves the band
    assert {each for each in Edge("delivery.pace", "minimum").candidates(made) if each > 112} == set()


def test_nothing_moves_where_all_is_right() -> None:
    found = tune(FORM, examples(0.9), judged)
    assert (found.moves, found.better, found.form) == ((), False, FORM)


def test_few_calls_fit_nothing() -> None:
    with pytest.raises(UsageError, match="20 or more in each"):
        tune(FORM, examples(0.75, n=39), judged)


@pytest.mark.parametrize(
    ("right", "wrong", "p"),
    [(0, 0, 1.0), (5, 0, 2 / 32), (3, 1, 10 / 16), (1, 1, 1.0)],  # binomial tails at one half, both sides
)
def test_the_change_by_mcnemar(right: int, wrong: int, p: float) -> None:
    assert HeldOut(20, 40, 20, 20 + right - wrong, right, wrong).p == pytest.approx(p)


def test_the_proposal_extends_the_form_and_takes_no_files_place(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    head = "id: test.en\nversion: 1.0.0\nlanguage: en\ntitle: T\n"
    base.write_text(head + BODY.replace("0.99", "0.9"), encoding="utf-8")
    before = base.read_bytes()
    found = tune(load_rubric(base), examples(0.75), judged)
    write_proposal(found, str(base), tmp_path / "next.yaml")
    made = load_rubric(tmp_path / "next.yaml")
    assert (made.id, made.version, made.extends) == ("test.en", "1.1.0", str(base))
    assert made.signals == found.form.signals
    assert made.criteria == load_rubric(base).criteria
    for taken in (base, tmp_path / "next.yaml"):
        with pytest.raises(UsageError, match="there is such a file"):
            write_proposal(found, str(base), taken)
    assert base.read_bytes() == before


def test_judging_a_changed_form_again_is_judging_it_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.review.tuning.annotate", lambda talk, *, embedder: talk)  # the shipped heads refuse Letters
    calls = [
        Example(str(place), call(*lines), {})
        for place, lines in enumerate([("A: that must be so hard",), ("A: hello",), ("A: zzz", "C: hello")])
    ]
    kept = FormJudge(Letters())
    for threshold in ("0.99", "0.5", "0.95", "0.99"):
        made = form(("0.99", threshold))
        assert [kept(made, each) for each in calls] == [FormJudge(Letters())(made, each) for each in calls]
