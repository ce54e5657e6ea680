"""Mix of calls, group summaries and the planner, against numbers worked by hand."""

from __future__ import annotations

import itertools

import pytest

from scoring.averages import (
    Basis,
    CallScore,
    Drawn,
    Mixed,
    adjust_for_mix,
    calls_for_kappa,
    calls_for_mean,
    group_average,
)


def calls(agent: str, **scores: list[float]) -> list[Mixed]:
    """``calls("a", easy=[90, 94])`` makes two easy calls of agent a."""
    return [Mixed(agent, kind, score) for kind, some in scores.items() for score in some]


SIMPSON = [
    # Ann is 4 points better at both types, and has the hard calls: raw 0.8 * 74 + 0.2 * 94 = 78 against Bob's
    # 0.2 * 70 + 0.8 * 90 = 86. The common mix is half and half: 84 against 80.
    *calls("ann", hard=[73, 75] * 4, easy=[93, 95]),
    *calls("bob", hard=[69, 71], easy=[89, 91] * 4),
]


def test_simpsons_paradox_is_named() -> None:
    found = adjust_for_mix(SIMPSON)
    assert found.mix == {"easy": 0.5, "hard": 0.5}
    assert {name: a.raw.value for name, a in found.agents.items()} == pytest.approx({"ann": 78, "bob": 86})
    assert {name: a.adjusted.value for name, a in found.agents.items()} == pytest.approx({"ann": 84, "bob": 80})
    (flip,) = found.flips
    assert (flip.better, flip.worse, flip.sure, flip.everywhere) == ("ann", "bob", True, True)
    assert [flip.raw_difference, flip.adjusted_difference] == pytest.approx([-8, 4])
    assert [a.flips for a in found.agents.values()] == [True, True]


def test_the_adjusted_means_error() -> None:
    # every call lies 1 from its cell's mean: 20 squares over 20 - 4 degrees of freedom: 1.25;
    # ann: 0.25 * 1.25 / 8 + 0.25 * 1.25 / 2 = 0.1953
    found = adjust_for_mix(SIMPSON).agents["ann"].adjusted
    assert found.error is not None
    assert found.error**2 == pytest.approx(0.1953125)


def test_the_same_mix_changes_nothing() -> None:
    found = adjust_for_mix([*calls("ann", hard=[70, 72], easy=[90, 92]), *calls("bob", hard=[74, 76], easy=[94, 96])])
    assert found.flips == ()
    for agent in found.agents.values():
        assert agent.adjusted.value == pytest.approx(agent.raw.value)


def test_equal_agents_do_not_flip_by_rounding() -> None:
    same = {"hard": [70.1, 70.3], "easy": [90.1, 90.7]}
    assert adjust_for_mix([*calls("ann", **same), *calls("bob", **same)]).flips == ()


def test_a_type_that_an_agent_never_had_is_filled_in() -> None:
    # agent + type fits exactly: hard is 20 below easy, ann 4 above bob; cat (5 above bob) never had a hard call: 75.
    found = adjust_for_mix(
        [*calls("ann", hard=[74, 74], easy=[94, 94]), *calls("bob", hard=[70, 70], easy=[90, 90]), *calls("cat", easy=[95, 95])]
    )  # fmt: skip
    cat = found.agents["cat"]
    assert cat.n_types_filled == 1
    # mix: easy 6 of 10: 0.6 * 95 + 0.4 * 75 = 87
    assert cat.adjusted.value == pytest.approx(87)


def test_an_agent_of_another_world_is_not_compared() -> None:
    found = adjust_for_mix([*SIMPSON, *calls("cat", odd=[99, 99])])
    assert found.agents["cat"].adjusted.value is None
    assert found.agents["cat"].raw.value == pytest.approx(99)
    assert [(f.better, f.worse) for f in found.flips] == [("ann", "bob")]


def test_no_calls_no_answer() -> None:
    assert adjust_for_mix([]).agents == {}


@pytest.mark.parametrize("harder", [4, 10])
def test_every_planted_flip_is_flagged(harder: int) -> None:
    # Ten agents, each a little better everywhere than the next and with more of the hard calls: all pairs flip.
    made = []
    for i in range(10):
        hard, easy = 12 - i, 3 + i
        made += calls(f"a{i}", hard=[80 - harder * 10 - i * 0.5] * hard, easy=[90 - i * 0.5] * easy)
    flips = {(f.better, f.worse) for f in adjust_for_mix(made).flips}
    assert flips == {(f"a{i}", f"a{j}") for i, j in itertools.combinations(range(10), 2)}


def team(n_checked: int, *, n_agents: int = 10) -> list[CallScore]:
    """Ten calls each; the machine is 5 points kind; the first ``n_checked`` of each agent were drawn and scored."""
    made = []
    for i in range(n_agents):
        for j in range(10):
            people = 60 + 3 * i + (j * 7) % 10
            drawn = Drawn(people, n_checked / 10, f"a{i}", people + 5.0) if j < n_checked else None
            made.append(CallScore(f"a{i}", people + 5.0, "billing", drawn))
    return made


def test_a_checked_group_is_by_peoples_standard() -> None:
    found = group_average(team(3))
    # people's mean of agent i: 60 + 3 i + 4.5; of the group: 60 + 13.5 + 4.5 = 78; the machine's 83
    assert found.basis is Basis.PEOPLE
    assert found.mean.mean.value == pytest.approx(78)
    assert found.mean.machine == pytest.approx(83)
    assert found.mean.machine_bias.value == pytest.approx(5)
    first = found.agents[0]
    assert (first.agent, first.n_calls, first.n_checked) == ("a0", 10, 3)
    assert first.corrected is not None
    assert first.corrected.value == pytest.approx(64.5)
    assert first.machine.value == pytest.approx(69.5)
    assert found.reliability is not None
    assert found.reliability > 0.9


def test_an_unchecked_group_is_by_the_machines_standard() -> None:
    found = group_average(team(0))
    assert found.basis is Basis.MACHINE
    assert found.mean.mean.value is None
    assert [a.corrected for a in found.agents] == [None] * 10
    shown = found.agents[0].shrunken
    assert shown is not None
    assert shown.value is not None
    assert 69.5 < shown.value < 71


def test_values_stay_on_the_scale() -> None:
    found = group_average([CallScore(f"a{i}", 100.0 - (i + j) % 3, None) for i in range(6) for j in range(2)])
    for agent in found.agents:
        assert agent.shrunken is not None
        assert agent.shrunken.high is not None
        assert agent.shrunken.high <= 100


def test_a_group_without_calls_is_a_fault() -> None:
    with pytest.raises(ValueError, match="at least one"):
        group_average([])


@pytest.mark.parametrize(
    ("half_width", "deviation", "n_calls", "correlation", "expected"),
    [
        # t(24) = 2.0639: 2.0639 * 12 / 5 = 4.953 <= 5; t(23) = 2.0687: 2.0687 * 12 / sqrt(24) = 5.067
        (5, 12, None, 0.0, 25),
        # the machine leaves 1 - 0.6**2 = 0.64: sd 9.6; t(16) = 2.1199: 4.936; t(15) = 2.1314: 5.115
        (5, 12, None, 0.6, 17),
        # of 30 calls, n = 15: t(14) = 2.1448 * 12 * sqrt(0.5 / 15) = 4.699; 14: 2.1604 * 12 * sqrt(16 / 30 / 14) = 5.06
        (5, 12, 30, 0.0, 15),
        (0.001, 12, 30, 0.0, 30),
        (0.001, 12, None, 0.0, None),
        (500, 1, None, 0.0, 2),
    ],
)
def test_calls_for_a_mean(
    half_width: float, deviation: float, n_calls: int | None, correlation: float, expected: int | None
) -> None:
    assert calls_for_mean(half_width, deviation=deviation, n_calls=n_calls, correlation=correlation) == expected


def test_calls_for_kappa_are_near_the_textbooks() -> None:
    # Large sample, two answers of one half each: the variance is (1 - kappa2) / n: 0.64 * 1.96**2 / 0.1**2 = 246.
    # The interval of `qa agreement` is not symmetric, and its longer side takes a fifth more.
    n = calls_for_kappa(0.1, kappa=0.6, prevalence=0.5)
    assert n is not None
    assert 246 <= n <= 300
    assert (calls_for_kappa(0.05, kappa=0.6, prevalence=0.5) or 0) > 3.5 * n
    assert (calls_for_kappa(0.1, kappa=0.6, prevalence=0.9) or 0) > 2 * n, "a rare answer needs more calls"
    assert calls_for_kappa(0.99, kappa=0.6) == 20, "nothing is shown under 20"
    assert calls_for_kappa(0.0001) is None


@pytest.mark.parametrize("wrong", [{"half_width": 0.0}, {"kappa": 1.0}, {"prevalence": 0.4}])
def test_impossible_plans_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        calls_for_kappa(**({"half_width": 0.1} | wrong))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected"):
        calls_for_mean(0, deviation=1)
