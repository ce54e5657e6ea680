"""The simulation behind the section of docs/benchmarks.md runs, and its plainest claims hold on few rounds."""

from __future__ import annotations

from tools.simulate_averages import agents, page, simpson, team


def test_the_simulation_on_few_rounds() -> None:
    results = [*team(0.7, 30, 1), *agents(0.7, 5.0, 2.0, 4, 1)]
    by_method = {r.method: r for r in results}
    wrong = by_method["risk-targeted 60, taken as if random (wrong)"]
    right = by_method["risk-targeted 60, weighted and corrected"]
    assert wrong.bias_se < -1.5, "risky calls score low: unweighted they pull the mean down"
    assert abs(right.bias_se) < 0.75  # four standard errors of 30 rounds
    assert by_method["stratified 60 (call type, Neyman), corrected"].width < by_method["random 100, people alone"].width
    assert by_method["corrected, shrunken to the machine's line"].rmse < 0.8 * by_method["raw mean of 5"].rmse

    found = simpson(5, 1)
    assert found.planted_in_data == found.flagged_in_data == 5

    text = page(results, found, 30)
    assert text.count("| 0.7 |") == 7
    assert "| correlation 0.7, spread 5, unfair 2 | raw mean of 5 |" in text
