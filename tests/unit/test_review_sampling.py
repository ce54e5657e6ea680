"""The calibration draw: who gets in, with which chance, and that it repeats."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from qa.model import Conversation, Evaluation, SampleRow, UsageError
from qa.review.sampling import draw_calibration_sample
from reports import CallRecord
from tests.report_builders import MET, NOT, record

Pair = tuple[Conversation, Evaluation]


def calls(**sizes: int) -> list[Pair]:
    """``a=3`` makes calls a-0, a-1 and a-2 of agent a."""
    return [pair(record(f"{agent}-{i}", {}, agent_id=agent)) for agent, n in sizes.items() for i in range(n)]


def pair(made: CallRecord) -> Pair:
    assert made.evaluation is not None
    return made.conversation, made.evaluation


def by_stratum(rows: tuple[SampleRow, ...]) -> dict[str, int]:
    return dict(Counter(row.stratum for row in rows))


@pytest.mark.parametrize(
    ("sizes", "size", "expected"),
    [
        # one each, and the 3 left over go where calls are left: (10-1), (4-1), (1-1) of 12 -> 2.25, 0.75, 0 -> 2, 1, 0
        ({"a": 10, "b": 4, "c": 1}, 6, {"a": 3, "b": 2, "c": 1}),
        # exactly one each
        ({"a": 10, "b": 4, "c": 1}, 3, {"a": 1, "b": 1, "c": 1}),
        # more places than calls: all of them
        ({"a": 2, "b": 1}, 9, {"a": 2, "b": 1}),
        # equal remainders (2 places over 3 equal agents: 0.67 each): by name
        ({"a": 3, "b": 3, "c": 3}, 5, {"a": 2, "b": 2, "c": 1}),
        ({"a": 3}, 0, {}),
        ({}, 5, {}),
    ],
)
def test_places_are_shared_out(sizes: dict[str, int], size: int, expected: dict[str, int]) -> None:
    assert by_stratum(draw_calibration_sample(calls(**sizes), size, seed=1)) == expected


def test_inclusion_probability_is_places_over_calls_of_the_agent() -> None:
    rows = draw_calibration_sample(calls(a=10, b=4, c=1), 6, seed=1)
    assert {row.stratum: row.inclusion_probability for row in rows} == {"a": 3 / 10, "b": 2 / 4, "c": 1.0}
    # Horvitz-Thompson: the weights of the drawn calls add up to the number of calls.
    assert sum(1 / row.inclusion_probability for row in rows) == pytest.approx(15)


def test_fewer_places_than_agents_gives_every_call_the_same_chance() -> None:
    rows = draw_calibration_sample(calls(a=6, b=3, c=1), 2, seed=3)
    assert len(rows) == 2
    assert {row.inclusion_probability for row in rows} == {2 / 10}


@pytest.mark.parametrize("size", [2, 5])
def test_the_stated_chance_is_the_real_one(size: int) -> None:
    # 4000 seeds: the standard error of a share near 0.2 .. 0.7 is at most 0.008; 0.035 is more than 4 of them.
    pairs, n_seeds = calls(a=6, b=3, c=1), 4000
    drawn: Counter[str] = Counter()
    stated: dict[str, float] = {}
    for seed in range(n_seeds):
        for row in draw_calibration_sample(pairs, size, seed):
            drawn[row.call_id] += 1
            stated[row.call_id] = row.inclusion_probability
    assert len(stated) == 10
    for call_id, chance in stated.items():
        assert drawn[call_id] / n_seeds == pytest.approx(chance, abs=0.035), call_id


def test_it_repeats_and_does_not_depend_on_the_order() -> None:
    pairs = calls(a=9, b=7, c=5)
    first = draw_calibration_sample(pairs, 6, seed=20)
    random.Random(0).shuffle(pairs)
    assert draw_calibration_sample(pairs, 6, seed=20) == first
    assert {row.seed for row in first} == {20}
    assert any(draw_calibration_sample(pairs, 6, seed) != first for seed in range(21, 25))


def test_another_agents_calls_change_nothing_for_a_stratum_of_the_same_size_of_draw() -> None:
    alone = {r.call_id for r in draw_calibration_sample(calls(a=9), 1, seed=5)}
    joined = {r.call_id for r in draw_calibration_sample(calls(a=9, b=3), 2, seed=5) if r.stratum == "a"}
    assert alone == joined


def test_flagged_calls_follow_as_targeted() -> None:
    pairs = [
        *calls(a=40),
        pair(record("unsure", {}, agent_id="a", flags=("role_uncertain", "music"))),
        pair(record("failed", {"compliance.no_abuse": NOT}, agent_id="a")),
        pair(record("both", {"compliance.no_abuse": NOT}, agent_id="a", flags=("role_uncertain",))),
        pair(record("music", {}, agent_id="a", flags=("music",))),
        pair(record("missed", {"opening.name": NOT}, agent_id="a")),
    ]
    # 45 calls, 2 drawn; with this seed none of the flagged ones is.
    rows = draw_calibration_sample(pairs, 2, seed=1)
    assert [row.targeted for row in rows] == [False, False, True, True, True]
    assert {row.call_id: row.reason for row in rows if row.targeted} == {
        "both": "auto_fail+role_uncertain",
        "failed": "auto_fail",
        "unsure": "role_uncertain",
    }
    assert {row.inclusion_probability for row in rows} == {2 / 45}


def test_a_flagged_call_that_was_drawn_stays_a_random_one() -> None:
    rows = draw_calibration_sample([pair(record("x", {"compliance.no_abuse": NOT}))], 1, seed=1)
    assert [(row.reason, row.targeted) for row in rows] == [("random", False)]


def test_no_places_still_lists_what_is_flagged() -> None:
    rows = draw_calibration_sample([pair(record("x", {"compliance.no_abuse": NOT}))], 0, seed=1)
    assert [(row.targeted, row.inclusion_probability) for row in rows] == [(True, 0.0)]


def test_calls_without_an_agent_are_a_stratum() -> None:
    rows = draw_calibration_sample([pair(record("x", {}, agent_id=None)), *calls(a=5)], 2, seed=1)
    assert by_stratum(rows) == {"a": 1, "unassigned": 1}
    assert [row.agent_id for row in rows if row.stratum == "unassigned"] == [None]


def test_a_call_scored_with_two_rubrics_is_one_call() -> None:
    twice = [pair(record("x", {"opening.name": MET})), pair(record("x", {"compliance.no_abuse": NOT}))]
    rows = draw_calibration_sample([*twice, *calls(**{"a-17": 1})], 1, seed=1)
    assert {row.inclusion_probability for row in rows} == {1 / 2}
    assert len({row.call_id for row in rows}) == len(rows)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(UsageError, match="0 or more"):
        draw_calibration_sample([], -1, seed=1)
