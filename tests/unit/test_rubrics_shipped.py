"""The shipped rubrics against the contract, against each other, and against their own documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scoring import find_faults
from scoring.checks import CHECKS
from tests.scoring_builders import core

README = Path(__file__).parents[2] / "rubrics" / "README.md"

# contracts.md, section 4: ids and severities.
CONTRACT = {
    "opening.greeting": "non_critical",
    "opening.name": "non_critical",
    "opening.offer_help": "non_critical",
    "compliance.recording_notice": "critical_compliance",
    "compliance.verify_identity": "critical_compliance",
    "compliance.no_secret_request": "critical_compliance",
    "compliance.no_guarantee": "critical_compliance",
    "compliance.no_abuse": "critical_customer",
    "empathy.acknowledge": "non_critical",
    "empathy.apology": "non_critical",
    "empathy.ownership": "non_critical",
    "listening.probing": "non_critical",
    "listening.confirm_understanding": "non_critical",
    "listening.no_interruptions": "non_critical",
    "hold.permission": "non_critical",
    "hold.thanks": "non_critical",
    "resolution.solution": "critical_customer",
    "resolution.timeframe": "non_critical",
    "resolution.confirm": "non_critical",
    "resolution.escalation": "critical_customer",
    "closing.further_help": "non_critical",
    "closing.thanks": "non_critical",
    "delivery.pace": "non_critical",
    "delivery.dead_air": "non_critical",
    "delivery.sentiment_recovery": "non_critical",
}
AUTO_FAIL = {"compliance.no_secret_request", "compliance.no_abuse"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_ids_severities_and_auto_fails_are_those_of_the_contract(language: str) -> None:
    criteria = core(language).criteria
    assert {c.id: c.severity.value for c in criteria} == CONTRACT
    assert {c.id for c in criteria if c.auto_fail} == AUTO_FAIL


def test_both_languages_weigh_and_judge_alike() -> None:
    def form(language: str) -> list[tuple[object, ...]]:
        return [(c.id, c.points, c.severity, c.auto_fail, [k.type for k in c.checks]) for c in core(language).criteria]

    assert form("en") == form("zh")
    assert [len(s.criteria) for s in core("en").sections] == [len(s.criteria) for s in core("zh").sections]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_signal_is_used(language: str) -> None:
    rubric = core(language)
    used = {name for criterion in rubric.criteria for name in criterion.signal_names()}
    waiting = list(used)
    while waiting:
        for name in rubric.signals[waiting.pop()].refers_to():
            if name not in used:
                used.add(name)
                waiting.append(name)
    assert set(rubric.signals) == used


@pytest.mark.parametrize("language", ["en", "zh"])
def test_anchors_stay_affordable(language: str) -> None:
    # An anchor costs 14 to 19 ms the first time.
    anchors = [t for s in core(language).signals.values() if s.meanings for t in (*s.meanings.like, *s.meanings.unlike)]
    assert len(anchors) <= 150


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_check_is_documented(check: str) -> None:
    assert f"### `{check}`" in README.read_text(encoding="utf-8")


def test_every_key_of_a_signal_is_documented() -> None:
    from scoring.signals.model import Signal

    text = README.read_text(encoding="utf-8")
    for name, field in Signal.model_fields.items():
        assert re.search(rf"`{field.alias or name}`", text), name


def test_the_worked_example_is_a_good_rubric() -> None:
    example = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    assert find_faults(example[1], "example.yaml") == []
