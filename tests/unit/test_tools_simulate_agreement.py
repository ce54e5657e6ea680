"""What the page says of the simulated coverages."""

from __future__ import annotations

from tools.simulate_agreement import Cell, Coverage, _verdict


def _coverage(covered: float, drawn: int = 2000, name: str = "cohen_kappa") -> Coverage:
    return Coverage(Cell("2 answers, 50 %", 2, 30, 0.6), name, drawn, 0, covered, 0.5)


def test_the_verdict_tells_noise_from_fault() -> None:
    # Two standard errors of 2,000 samples: 2 * sqrt(.97 * .03 / 2000) = .0076 above, 2 * sqrt(.93 * .07 / 2000) = .0114 below
    found = [_coverage(x) for x in (0.93, 0.95, 0.97, 0.977, 0.978, 0.919, 0.918)]
    said = _verdict([*found, _coverage(0.5, name="percent_agreement")])
    assert "Of 7 settings" in said
    assert "3 lie between 93 and 97 %, 2 above and 2 below" in said
    assert "2 are outside by more than two standard errors" in said
    assert "Lowest: 91.8%" in said
    assert "highest: 97.8%" in said


def test_more_samples_make_the_same_figure_a_fault() -> None:
    assert "0 are outside by more" in _verdict([_coverage(0.974)])
    assert "1 are outside by more" in _verdict([_coverage(0.974, drawn=10_000)])
