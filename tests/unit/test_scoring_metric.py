"""Any measured feature against bands."""

from __future__ import annotations

import pytest

from qa.model import CriterionResult, Feature, SpeakerRole
from scoring import evaluate
from tests.scoring_builders import call, rubric


def check(spec: str, *features: Feature, timed: bool = True) -> CriterionResult:
    body = f"""\
signals: {{any: {{title: x, phrases: [x]}}}}
sections:
  - title: S
    criteria:
      - id: c.one
        title: T
        question: Q
        points: 1
        check: {spec}
"""
    conversation = call("A: hello there everybody in this call today", "C: hi", timed=timed)
    return evaluate(conversation.model_copy(update={"features": features}), rubric(body)).results[0]


def feature(
    name: str, value: float | None, unit: str, role: SpeakerRole | None = SpeakerRole.AGENT, **more: str
) -> Feature:
    return Feature(name=name, value=value, unit=unit, role=role, reason=more.get("reason"))


TALK = "{type: metric, feature: talk_ratio, minimum: 0.4, maximum: 0.6, partially_met: {minimum: 0.3, maximum: 0.7}}"


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (0.4, "met"), (0.6, "met"), (0.39, "partially_met"), (0.61, "partially_met"),
        (0.3, "partially_met"), (0.29, "not_met"), (0.71, "not_met"),
    ],
)  # fmt: skip
def test_bands(value: float, outcome: str) -> None:
    result = check(TALK, feature("talk_ratio", value, "ratio"))
    assert (result.outcome, result.method) == (outcome, "metric")


def test_the_explanation_gives_value_unit_and_band() -> None:
    latency = feature("response_latency_median", 2.345, "s")
    result = check("{type: metric, feature: response_latency_median, maximum: 2}", latency)
    assert (result.outcome, result.explanation) == ("not_met", "2.3 s; range ≤ 2.")


@pytest.mark.parametrize("role", ["null", "customer"])
def test_whose_feature(role: str) -> None:
    spec = f"{{type: metric, feature: silence, role: {role}, maximum: 5}}"
    whole, customer = feature("silence", 9, "s", None), feature("silence", 3, "s", SpeakerRole.CUSTOMER)
    assert check(spec, whole, customer).outcome == ("not_met" if role == "null" else "met")


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(9.0, "met"), (11.0, "not_met")],  # a call of 9 s is shorter than the period: it has the whole allowance of 10 s
)
def test_a_sum_becomes_a_rate(seconds: float, outcome: str) -> None:
    spec = "{type: metric, feature: silence, role: null, maximum: 10, per_s: 60}"
    assert check(spec, feature("silence", seconds, "s", None)).outcome == outcome


@pytest.mark.parametrize(
    ("spec", "given", "timed", "reason"),
    [
        ("{type: metric, feature: pich, maximum: 1}", (), True, "not_measured"),
        (
            "{type: metric, feature: talk_ratio, role: ivr, maximum: 1}",
            (feature("talk_ratio", 1, "ratio"),),
            True,
            "not_measured",
        ),
        (
            "{type: metric, feature: pitch_median, maximum: 1}",
            (feature("pitch_median", None, "Hz", reason="no_audio"),),
            True,
            "no_audio",
        ),
        (
            "{type: metric, feature: pitch_median, maximum: 1}",
            (feature("pitch_median", None, "Hz", reason="odd"),),
            True,
            "not_measured",
        ),
        ("{type: metric, feature: pace_median, maximum: 1}", (), False, "no_times"),
        ("{type: metric, feature: pace_median, maximum: 1}", (), True, None),  # worked out from turn times
    ],
)
def test_what_was_not_measured(spec: str, given: tuple[Feature, ...], timed: bool, reason: str | None) -> None:
    assert check(spec, *given, timed=timed).reason_code == reason
