"""Averages against numbers worked by hand or printed in the literature."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from scoring.averages import (
    AgentCalls,
    Drawn,
    Estimate,
    Target,
    agent_means,
    corrected_mean,
    machine_means,
    places,
    reliability,
    shrink,
    spearman_brown,
    times_as_many,
    weighted_mean,
)


def _value(found: Estimate) -> float:
    assert found.value is not None
    return found.value


def simple(scores: Sequence[float], n_calls: int, machine: Sequence[float] = ()) -> list[Drawn]:
    """A simple random sample."""
    theirs: list[float | None] = [*machine] or [None] * len(scores)
    return [Drawn(score, len(scores) / n_calls, machine=other) for score, other in zip(scores, theirs, strict=True)]


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.1, math.nan])
def test_nothing_without_a_known_chance_can_be_averaged(chance: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        Drawn(80.0, chance)


@pytest.mark.parametrize(("score", "machine"), [(math.nan, None), (80.0, math.inf)])
def test_a_score_is_a_number(score: float, machine: float | None) -> None:
    with pytest.raises(ValueError, match="finite"):
        Drawn(score, 0.5, machine=machine)


def test_simple_random_sample_has_the_textbooks_error() -> None:
    # Cochran, Sampling Techniques, ch. 2: s2 = ((80-85)2 + 0 + (90-85)2) / 2 = 25; v = (1 - 3/10) * 25 / 3 = 5.8333
    found = weighted_mean(simple([80, 85, 90], 10), n_calls=10)
    assert found.n == 3
    assert found.value == pytest.approx(85)
    assert found.error == pytest.approx(math.sqrt(5.83333333))
    # Student's t with 2 degrees of freedom: 4.3027
    assert [found.low, found.high] == pytest.approx([85 - 4.302653 * 2.415229, 85 + 4.302653 * 2.415229], abs=1e-4)


def test_performance_has_the_error_of_the_calls_too() -> None:
    # without the correction for a finite number of calls: s2 / n = 25 / 3 (0.7 * 25/3 + 25/10)
    found = weighted_mean(simple([80, 85, 90], 10), n_calls=10, target=Target.PERFORMANCE)
    assert found.error == pytest.approx(math.sqrt(25 / 3))


def test_strata_weigh_as_many_calls_as_they_have() -> None:
    # easy: 2 of 8 calls, 90 and 100, mean 95, s2 50; hard: 2 of 2, 60 and 70, mean 65.
    # mean (8 * 95 + 2 * 65) / 10 = 89, not 80; variance (8/10)2 * (1 - 2/8) * 50 / 2 + 0 = 12
    easy = [Drawn(90, 0.25, "easy"), Drawn(100, 0.25, "easy")]
    found = weighted_mean([*easy, Drawn(60, 1.0, "hard"), Drawn(70, 1.0, "hard")])
    assert found.value == pytest.approx(89)
    assert found.error == pytest.approx(math.sqrt(12))


def test_unequal_chances_weigh_by_their_inverse() -> None:
    # (50 / 0.5 + 80 / 0.1) / (2 + 10) = 900 / 12 = 75
    assert weighted_mean([Drawn(50, 0.5), Drawn(80, 0.1)]).value == pytest.approx(75)


def test_all_calls_scored_leaves_no_doubt_about_the_period() -> None:
    everyone = simple([70, 80, 90], 3)
    assert weighted_mean(everyone).error == 0
    assert weighted_mean(everyone, target=Target.PERFORMANCE).error == pytest.approx(math.sqrt(100 / 3))


def test_lone_strata_are_joined_and_a_single_call_has_no_interval() -> None:
    joined = weighted_mean([Drawn(70, 0.1, "a"), Drawn(90, 0.1, "b")])
    together = weighted_mean([Drawn(70, 0.1, "x"), Drawn(90, 0.1, "x")])
    assert joined == together
    one = weighted_mean([Drawn(70, 0.1)])
    assert (one.value, one.error, one.low) == (70, None, None)
    assert weighted_mean([]) == Estimate(0, None)


def test_one_lone_stratum_joins_another() -> None:
    found = weighted_mean([Drawn(70, 0.1, "a"), Drawn(90, 0.1, "a"), Drawn(80, 0.1, "b")])
    assert found == weighted_mean([Drawn(70, 0.1), Drawn(90, 0.1), Drawn(80, 0.1)])


def test_one_uncertain_call_among_certain_ones_has_no_interval() -> None:
    found = weighted_mean([Drawn(70, 1.0), Drawn(90, 1.0), Drawn(80, 0.1)])
    assert found.value == pytest.approx((70 + 90 + 800) / 12)
    assert found.low is None


def test_a_perfect_machine_leaves_no_doubt() -> None:
    # people = machine - 6 everywhere: power 1, and the mean is that of all calls less 6.
    machine = [50.0, 60.0, 70.0, 80.0, 90.0, 55.0, 65.0, 75.0, 85.0, 95.0] * 3
    drawn = simple([m - 6 for m in machine[:10]], 30, machine[:10])
    found = corrected_mean(drawn, machine)
    assert found.power == pytest.approx(1)
    assert found.mean.value == pytest.approx(72.5 - 6)
    assert found.mean.error == pytest.approx(0, abs=1e-6)
    assert found.machine_bias.value == pytest.approx(6)
    assert found.labels_saved == pytest.approx(1)


def test_corrected_mean_worked_by_hand() -> None:
    # Eight of 80 calls. machine deviations -3,-1,1,3 twice around 73: sum of squares 40; people 2 * that plus or minus 1:
    # covariance with the machine 2 * 40 = 80 over 40 -> slope 2, kept at 1. Residual people - machine: mean 70 - 73 = -3.
    machine = [70.0, 72.0, 74.0, 76.0, 70.0, 72.0, 74.0, 76.0]
    people = [65.0, 67.0, 71.0, 77.0, 63.0, 69.0, 73.0, 75.0]
    everyone = machine + [75.0] * 72
    found = corrected_mean(simple(people, 80, machine), everyone)
    assert found.power == 1
    # mean of all: (8 * 73 + 72 * 75) / 80 = 74.8, less 3
    assert found.mean.value == pytest.approx(71.8)
    assert found.people.value == pytest.approx(70)
    # residuals -5,-5,-3,1,-7,-3,-1,-1: deviations from -3: -2,-2,0,4,-4,0,2,2: squares 48; s2 = 48 / 7;
    # v = (1 - 0.1) * s2 / 8 * (7 / 6: a degree of freedom for the power) = 0.9
    assert found.mean.error == pytest.approx(math.sqrt(0.9))


def test_a_useless_machine_is_not_used() -> None:
    people = [65.0, 67.0, 71.0, 77.0, 63.0, 69.0, 73.0, 75.0]
    against = [76.0, 74.0, 72.0, 70.0, 76.0, 74.0, 72.0, 70.0]
    for machine in (against, [50.0] * 8):
        found = corrected_mean(simple(people, 80, machine), machine * 10)
        assert (found.power, found.labels_saved) == (0.0, None)
        assert found.mean == found.people


def test_few_scored_calls_are_not_tuned() -> None:
    found = corrected_mean(simple([70, 80, 90], 30, [71, 81, 91]), [80.0] * 30)
    assert found.power == 0.0


def test_faults_of_the_caller_are_named() -> None:
    with pytest.raises(ValueError, match="1 have none"):
        corrected_mean([Drawn(70, 0.5)], [80.0, 80.0])
    with pytest.raises(ValueError, match="all calls of the frame"):
        corrected_mean(simple([70, 80], 2, [70, 80]), [80.0])


BATTERS = [x / 1000 for x in (400, 378, 356, 333, 311, 311, 289, 267, 244, 244, 222, 222, 222, 222, 222, 200, 178, 156)]


def test_shrinking_gives_efron_and_morris_batters() -> None:
    # Efron and Morris (1977), "Stein's paradox in statistics": mean .265, 45 at bats each, factor .212;
    # Clemente .400 -> .294, Alvis .156 -> .242. Their batting averages are rounded, so is the answer.
    mean = sum(BATTERS) / 18
    error = math.sqrt(mean * (1 - mean) / 45)
    found = shrink({f"{i:02d}": Estimate(45, y, error) for i, y in enumerate(BATTERS)})
    values = [e.value for e in found.agents.values() if e.value is not None]
    assert found.expected["00"] == pytest.approx(0.265, abs=5e-4)
    assert (values[0] - mean) / (BATTERS[0] - mean) == pytest.approx(0.212, abs=2e-3)
    assert [values[0], values[-1]] == pytest.approx([0.294, 0.242], abs=1e-3)
    # all equal errors: Morris's s2 = V (1 - 17/18 B) + 2/15 B2 (y - mean)2, B = 1 - .212
    b = 1 - (values[0] - mean) / (BATTERS[0] - mean)
    variance = error**2 * (1 - 17 / 18 * b) + 2 / 15 * b**2 * (BATTERS[0] - mean) ** 2
    assert found.agents["00"].error == pytest.approx(math.sqrt(variance))


def test_the_less_sure_is_drawn_farther() -> None:
    means = {f"sure-{i}": Estimate(50, y, 1.0) for i, y in enumerate((70.0, 75.0, 85.0, 90.0))}
    means["few"] = Estimate(3, 95.0, 6.0)
    found = shrink(means)
    moved = {name: _value(means[name]) - _value(e) for name, e in found.agents.items()}
    assert moved["few"] > 3 * moved["sure-3"] > 0


def test_equal_agents_are_drawn_together() -> None:
    found = shrink({str(i): Estimate(5, y, 5.0) for i, y in enumerate((79, 80, 80, 81, 80, 80))})
    assert found.signal_variance == 0
    # pull (6 - 3) / (6 - 1) = 0.6: the doubt about the spread keeps it below 1
    assert found.agents["0"].value == pytest.approx(80 - 0.4)
    assert reliability(found) == 0


def test_three_agents_are_left_as_they_are() -> None:
    means = {name: Estimate(5, y, 3.0) for name, y in (("a", 70.0), ("b", 80.0), ("c", 90.0))}
    found = shrink(means)
    assert found.agents == means
    assert (found.signal_variance, reliability(found)) == (None, None)


def test_agents_without_an_error_are_left_out() -> None:
    means = {str(i): Estimate(5, 70.0 + i, 3.0) for i in range(5)}
    assert "new" not in shrink({**means, "new": Estimate(1, 50.0)}).agents


def test_a_predictor_that_tells_draws_to_its_line() -> None:
    truth = [60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0, 72.0, 88.0]
    noise = [6, -6, 5, -5, 6, -6, 5, -5, 4, -4]
    means = {str(i): Estimate(5, t + e, 5.5) for i, (t, e) in enumerate(zip(truth, noise, strict=True))}
    line = shrink(means, {str(i): t + 3 for i, t in enumerate(truth)})
    centre = shrink(means)

    def rmse(found: dict[str, Estimate]) -> float:
        return math.sqrt(sum((_value(found[str(i)]) - t) ** 2 for i, t in enumerate(truth)) / 10)

    assert rmse(dict(line.agents)) < 0.6 * rmse(dict(centre.agents))
    few = {name: means[name] for name in list(means)[:7]}
    assert shrink(few, {name: float(name) for name in few}) == shrink(few), "seven agents make no line"
    assert shrink(means, dict.fromkeys(means, 80.0)) == centre


def test_places_are_certain_only_without_overlap() -> None:
    def between(low: float, high: float) -> Estimate:
        return Estimate(9, (low + high) / 2, 1.0, low, high)

    found = places({"top": between(90, 95), "b": between(80, 86), "c": between(84, 88), "last": between(60, 70)})
    assert {name: (p.best, p.worst, p.rank) for name, p in found.items()} == {
        "top": (1, 1, 1),
        "b": (2, 3, None),
        "c": (2, 3, None),
        "last": (4, 4, 4),
    }
    touching = places({"a": between(80, 86), "b": between(86, 90)})
    assert [p.rank for p in touching.values()] == [None, None]
    unsure = places({"a": between(80, 86), "b": between(88, 90), "new": Estimate(1, 99.0), "none": Estimate(0, None)})
    assert {name: (p.best, p.worst) for name, p in unsure.items()} == {"a": (2, 3), "b": (1, 2), "new": (1, 3)}


def test_spearman_brown_and_its_inverse() -> None:
    # Brown's own case: doubling a test of reliability 0.5 gives 2 * 0.5 / 1.5 = 0.667
    assert spearman_brown(0.5, 2) == pytest.approx(2 / 3)
    assert times_as_many(0.5, 2 / 3) == pytest.approx(2)
    assert times_as_many(0.4, 0.8) == pytest.approx(6)  # .8 * .6 / (.4 * .2)
    assert times_as_many(0.0, 0.8) is None
    assert times_as_many(0.5, 1.0) == math.inf


def test_agents_share_one_variance() -> None:
    # a: 70, 90 (squares 200); b: 80, 80 (0): pooled 200 / 2 = 100. Two of ten calls each, as performance:
    # (1 - 0.2) * 100 / 2 + 100 / 10 = 50
    agents = {
        "a": AgentCalls(simple([70, 90], 10, [80, 80]), [80.0] * 10),
        "b": AgentCalls(simple([80, 80], 10, [80, 80]), [80.0] * 10),
        "none": AgentCalls([], [80.0] * 10),
    }
    found = agent_means(agents)
    assert set(found.people) == {"a", "b"}
    assert [e.error for e in found.people.values()] == pytest.approx([math.sqrt(50)] * 2)
    assert (found.power, found.corrected) == (0.0, found.people)


def test_the_machine_corrects_an_agents_mean() -> None:
    # Six agents, two of ten calls each; people = machine - 4 on each call, so the corrected mean is the machine's of all ten - 4.
    machine = {str(i): [60.0 + i + 3 * (j % 5) for j in range(10)] for i in range(8)}
    agents = {
        name: AgentCalls(simple([theirs[1] - 4, theirs[4] - 4], 10, [theirs[1], theirs[4]]), theirs)
        for name, theirs in machine.items()
    }
    found = agent_means(agents)
    assert found.power == pytest.approx(1)
    for name, theirs in machine.items():
        assert found.corrected[name].value == pytest.approx(sum(theirs) / 10 - 4)


def test_machine_means_need_no_people() -> None:
    # squares 50 and 0 around 75 and 80, 4 - 2 degrees of freedom: variance 25, over two calls 12.5
    found = machine_means({"a": AgentCalls([], [70, 80]), "b": AgentCalls([], [80, 80]), "none": AgentCalls([], [])})
    assert {name: e.value for name, e in found.items()} == {"a": 75, "b": 80}
    assert found["a"].error == pytest.approx(math.sqrt(12.5))
