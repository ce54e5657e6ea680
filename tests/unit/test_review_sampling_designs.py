"""The designs: who gets in, with which chance, and that weighted means are unbiased over draws."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from qa.model import SampleRow, UsageError
from qa.review.sampling import (
    Allocation,
    Candidate,
    Design,
    Dimension,
    DrawOrder,
    Urgency,
    draw,
    draw_quota,
    draw_random,
    draw_stratified,
    draw_targeted,
    scored_sample,
)
from qa.review.sampling.allocation import share_out
from qa.review.sampling.chance import probabilities

BY_AGENT = (Dimension.AGENT,)

# 18 calls of unlike agents, types, scores and signs
SCORES = [90, 85, 95, 40, 70, 88, 92, 60, 77, 81, 99, 35, 66, 84, 90, 73, 58, 97]
CALLS = [
    Candidate(
        f"c-{i:02d}",
        agent_id="abc"[(i * i) % 3] if i % 7 else None,
        team="cards" if i % 3 else "loans",
        call_type="complaint" if i % 4 == 0 else "billing",
        language="zh" if i % 2 else "en",
        percent=float(score) - 5 + i % 3,
        tenure_days=i * 20,
        risks=("auto_fail",) if score < 50 else (),
        uncertainty=(i % 5) / 5,
        disagreement=(i % 6) / 6,
    )
    for i, score in enumerate(SCORES)
]
SCORE = {call.call_id: float(score) for call, score in zip(CALLS, SCORES, strict=True)}

DESIGNS: dict[str, Callable[[int], tuple[SampleRow, ...]]] = {
    "random": lambda seed: draw_random(CALLS, 5, seed),
    "by agent": lambda seed: draw_stratified(CALLS, 7, seed, by=BY_AGENT),
    "by agent and language, too few places": lambda seed: draw_stratified(
        CALLS, 3, seed, by=(Dimension.AGENT, Dimension.LANGUAGE)
    ),
    "equal": lambda seed: draw_stratified(CALLS, 8, seed, by=(Dimension.TEAM,), allocation=Allocation.EQUAL),
    "neyman": lambda seed: draw_stratified(CALLS, 8, seed, by=(Dimension.CALL_TYPE,), allocation=Allocation.NEYMAN),
    "by the agents' level": lambda seed: draw_stratified(CALLS, 7, seed, by=(Dimension.AGENT_LEVEL,)),
    "neyman, too few places": lambda seed: draw_stratified(CALLS, 5, seed, by=BY_AGENT, allocation=Allocation.NEYMAN),
    "quota": lambda seed: draw_quota(CALLS, 2, seed),
    "risk": lambda seed: draw_targeted(CALLS, 6, seed, Urgency.RISK),
    "uncertainty": lambda seed: draw_targeted(CALLS, 5, seed, Urgency.UNCERTAINTY, boost=4),
    "disagreement": lambda seed: draw_targeted(CALLS, 5, seed, Urgency.DISAGREEMENT),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_sampling_is_unbiased_over_10_000_draws(name: str) -> None:
    # Horvitz and Thompson: the drawn scores over their chances add up to the sum of all scores, on average over draws.
    # Four standard errors of that average: one test in 16,000 would fail by chance, and the seeds are fixed.
    totals, drawn = [], Counter[str]()
    stated: dict[str, float] = {}
    for seed in range(10_000):
        rows = DESIGNS[name](seed)
        chances = {row.call_id: row.chance for row in rows}
        totals.append(sum(SCORE[call_id] / chance for call_id, chance in chances.items() if chance))
        drawn.update(chances.keys())
        stated |= {row.call_id: row.inclusion_probability for row in rows}
    error = float(np.std(totals)) / 100
    assert abs(float(np.mean(totals)) - sum(SCORES)) <= max(4 * error, 1e-6)
    assert set(stated) == set(SCORE), "every call has a chance"
    for call_id, chance in stated.items():
        # 4.5 standard errors: 18 calls and ten designs are looked at
        allowed = 4.5 * np.sqrt(chance * (1 - chance) / 10_000) + 1e-9
        assert abs(drawn[call_id] / 10_000 - chance) <= allowed, call_id


@pytest.mark.parametrize("name", DESIGNS)
def test_the_same_seed_draws_the_same_whatever_the_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = DESIGNS[name](20)
    shuffled = CALLS.copy()
    random.Random(1).shuffle(shuffled)
    monkeypatch.setitem(globals(), "CALLS", shuffled)
    assert DESIGNS[name](20) == first
    assert any(DESIGNS[name](seed) != first for seed in range(21, 26))
    assert all(row.seed == 20 and row.reason and row.stratum and row.frame == "all" for row in first)


@pytest.mark.parametrize(
    ("places", "sizes", "weights", "floor", "expected"),
    [
        (6, {"a": 10, "b": 4, "c": 1}, {"a": 9.0, "b": 3.0, "c": 0.0}, 1, {"a": 3, "b": 2, "c": 1}),
        # b's share (4 of 8 left) is over its room (2): a and c take the rest
        (11, {"a": 9, "b": 3, "c": 9}, {"a": 1.0, "b": 2.0, "c": 1.0}, 1, {"a": 4, "b": 3, "c": 4}),
        (9, {"a": 2, "b": 2}, {"a": 1.0, "b": 1.0}, 1, {"a": 2, "b": 2}),
        # no weight left: by room
        (5, {"a": 3, "b": 5}, {"a": 0.0, "b": 0.0}, 1, {"a": 2, "b": 3}),
        (0, {}, {}, 1, {}),
    ],
)
def test_share_out(
    places: int, sizes: dict[str, int], weights: dict[str, float], floor: int, expected: dict[str, int]
) -> None:
    assert share_out(places, sizes, weights, floor=floor) == expected


def test_the_level_is_the_third_of_the_agents_mean_and_parts_no_agent() -> None:
    scores = {"a": [90, 50], "b": [60, 60], "c": [95, 85], "d": [40], "e": [100]}  # means 70, 60, 90, 40, 100
    made = [
        Candidate(f"{agent}-{i}", agent_id=agent, percent=float(score))
        for agent, some in scores.items()
        for i, score in enumerate(some)
    ]
    rows = draw_stratified(made, 8, 1, by=(Dimension.AGENT_LEVEL,))
    levels = {str(row.agent_id): row.stratum for row in rows}
    # by mean: d b b a a c c e; of eight calls the middle of b's stands at 2, a's at 4, c's at 6
    assert levels == {
        **dict.fromkeys("db", "agent_level=low"),
        "a": "agent_level=middle",
        **dict.fromkeys("ce", "agent_level=high"),
    }
    unscored = [Candidate("x", agent_id="f"), *made]
    assert len(draw_stratified(unscored, 9, 1, by=(Dimension.AGENT_LEVEL, Dimension.TEAM))) == 9


def test_neyman_goes_where_scores_differ() -> None:
    calm = [Candidate(f"calm-{i}", team="calm", percent=80 + i % 2) for i in range(50)]
    wild = [Candidate(f"wild-{i}", team="wild", percent=60 + 20 * (i % 3)) for i in range(50)]
    rows = draw_stratified([*calm, *wild], 20, 1, by=(Dimension.TEAM,), allocation=Allocation.NEYMAN)
    # spreads 0.505 and 16.5: 20 places by 0.03 to 0.97, and two at least
    assert Counter(row.stratum for row in rows) == {"team=calm": 2, "team=wild": 18}
    assert {row.stratum: row.inclusion_probability for row in rows} == {"team=calm": 2 / 50, "team=wild": 18 / 50}


def test_equal_allocation_and_quota() -> None:
    made = [Candidate(f"a-{i}", agent_id="a") for i in range(30)] + [
        Candidate(f"b-{i}", agent_id="b") for i in range(3)
    ]
    rows = draw_stratified(made, 10, 1, by=BY_AGENT, allocation=Allocation.EQUAL)
    assert Counter(row.agent_id for row in rows) == {"a": 7, "b": 3}
    assert Counter(row.agent_id for row in draw_quota(made, 4, 1)) == {"a": 4, "b": 3}


def test_strata_of_odd_names_stay_apart() -> None:
    made = [Candidate("c-1", agent_id="a, team=b", team="c"), Candidate("c-2", agent_id="a", team="b, team=c")]
    rows = draw_stratified(made, 2, 1, by=(Dimension.AGENT, Dimension.TEAM))
    assert len({row.stratum for row in rows}) == 2


def test_more_places_than_calls_takes_all() -> None:
    for name in (Urgency.RISK, Urgency.UNCERTAINTY):
        assert {row.inclusion_probability for row in draw_targeted(CALLS, 99, 1, name)} == {1.0}
    assert len(draw_random(CALLS, 99, 1)) == len(CALLS)


def test_shares_over_one_are_certain() -> None:
    # two places for 10 + 1 + 1: a's share 20/12 is over 1, the other place goes half and half
    assert probabilities({"a": 10.0, "b": 1.0, "c": 1.0}, 2) == {"a": 1.0, "b": 0.5, "c": 0.5}
    assert probabilities({"a": 1.0, "b": 0.0}, 2) == {"a": 1.0, "b": 0.0}


def test_targeted_rows_are_marked_and_weighted_only() -> None:
    rows = draw_targeted(CALLS, 6, 20, Urgency.RISK)
    assert all(row.targeted and row.weighted and row.chance == row.inclusion_probability for row in rows)
    chances = {
        row.reason: row.inclusion_probability
        for seed in range(40)
        for row in draw_targeted(CALLS, 2, seed, Urgency.RISK, boost=3)
    }
    # two of 18 are risky: 2 * 3 / (16 + 2 * 3) and 2 * 1 / 22
    assert chances == pytest.approx({"auto_fail": 6 / 22, "no_risk": 2 / 22})


def row(call_id: str, chance: float = 0.5, **changes: object) -> SampleRow:
    made = SampleRow(call_id, "a", "t", "en", "a", chance, 20, "random")
    return replace(made, **changes)  # type: ignore[arg-type]


def test_only_known_chances_get_into_averages() -> None:
    rows = [
        row("plain"),
        row("flagged", targeted=True, reason="auto_fail"),
        row("by design", 0.25, targeted=True, weighted=True, reason="auto_fail"),
        row("other", frame="hired within 90 days"),
        row("never", 0.0, targeted=True, weighted=True),
    ]
    assert [r.chance for r in rows] == [0.5, None, 0.25, 0.5, None]
    scores = {r.call_id: 80.0 for r in rows}
    found = scored_sample(rows, scores, scores)
    assert {name: d.probability for name, d in found.drawn.items()} == {"plain": 0.5, "by design": 0.25}
    assert (found.n_without_chance, found.n_unscored, found.lost_strata) == (3, 0, ())
    new = scored_sample(rows, scores, scores, frame="hired within 90 days")
    assert set(new.drawn) == {"other"}


def test_who_was_not_scored_is_spoken_for_by_the_stratum() -> None:
    rows = [row("a", 0.2), row("b", 0.2), row("c", 0.4, stratum="z"), row("d", 0.4, stratum="lost")]
    found = scored_sample(rows, {"a": 80.0, "c": 70.0, "d": 60.0}, {"a": 81.0, "b": 82.0, "c": 71.0})
    # one of two scored in stratum a: the other's 5 calls are spoken for too, so 0.2 * 1/2
    assert {name: d.probability for name, d in found.drawn.items()} == {"a": 0.1, "c": 0.4}
    assert (found.n_unscored, found.lost_strata) == (2, ("lost",))


def test_new_hires_are_a_frame_of_their_own() -> None:
    rows = draw(CALLS, DrawOrder(Design.RANDOM, 4, 20, hired_within_days=90))
    # tenure 0, 20, 40, 60, 80 days: five calls
    assert {r.frame for r in rows} == {"hired within 90 days"}
    assert {r.inclusion_probability for r in rows} == {4 / 5}
    assert {r.call_id for r in rows} <= {f"c-0{i}" for i in range(5)}
    unknown = [replace(CALLS[0], tenure_days=None), replace(CALLS[1], tenure_days=-3)]
    with pytest.raises(UsageError, match="no call to draw from"):
        draw(unknown, DrawOrder(Design.RANDOM, 4, 20, hired_within_days=90))


@pytest.mark.parametrize("design", list(Design))
def test_every_design_can_be_ordered(design: Design) -> None:
    by = BY_AGENT if design is Design.STRATIFIED else ()
    rows = draw(CALLS, DrawOrder(design, 4, 20, by))
    assert rows == draw(reversed(CALLS), DrawOrder(design, 4, 20, by))
    # agents b and a have 10 and 5 calls, the unassigned are three
    assert len(rows) == (4 + 4 + 3 if design is Design.QUOTA else 4)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (DrawOrder(Design.RANDOM, 0, 20), "at least one call"),
        (DrawOrder(Design.QUOTA, -1, 20), "at least one call"),
        (DrawOrder(Design.STRATIFIED, 4, 20), "needs strata"),
        (DrawOrder(Design.RISK, 4, 20, BY_AGENT), "no strata"),
        (DrawOrder(Design.RISK, 4, 20, boost=0.5), "out of range"),
        (DrawOrder(Design.RISK, 4, 20, boost=float("nan")), "out of range"),
    ],
)
def test_impossible_orders_are_refused(order: DrawOrder, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        draw(CALLS, order)
