"""Confidences of checked verdicts: calibrated on other calls than they are shown on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from qa.cli.calibration_fit import confidence_text
from qa.model import Outcome, UsageError
from qa.model.calibration import CalibrationSession
from qa.model.share import wilson
from qa.review.calibration.questions import Question, Rating
from qa.review.confidences import confidence_report
from reports.reliability import reliability_svg
from reports.text import Text
from tests.form_builders import ask, form, section
from tests.report_builders import result

FORM = form(section("S", ask("a", 1)))
SESSION = CalibrationSession(
    session_id="s", title="S", created_at=datetime(2026, 11, 1, tzinfo=UTC), created_by="lead",
    raters=("Anna", "Ben"), expert="Dora", forms=(), calls=(),
)  # fmt: skip


def question(number: int, confidence: float, right: bool) -> Question:
    said = Rating("met", 1.0) if right else Rating("not_met", 0.0)
    machine = result("a", Outcome.MET, confidence=confidence)
    return Question(SESSION, f"c-{number}", FORM, FORM.criteria[0], {"Anna": said, "Ben": said}, {}, machine, None)


def too_sure(n: int) -> list[Question]:
    """A machine that is always 0.95 or 0.55 sure, and right in 7 or 5 of 10."""
    return [
        question(2 * number + high, 0.95 if high else 0.55, number % 10 < (7 if high else 5))
        for number in range(n // 2)
        for high in (0, 1)
    ]


def test_a_machine_that_is_too_sure_is_brought_down() -> None:
    found = confidence_report(too_sure(1000), wrong=10, person=4)
    # (|.95 - .7| + |.55 - .5|) / 2
    assert found.error == pytest.approx(0.15)
    assert found.error_calibrated < 0.05
    assert (found.n, found.way) == (1000, "venn_abers")
    # A person is worth it below 1 - 4/10 = .6: the verdicts that are right in half of the cases, and no others.
    assert (found.handover.threshold, found.handover.n_to_people, found.handover.n_wrong_left) == (0.6, 500, 150)
    assert "off by 0.150" in confidence_text(found)


def test_few_verdicts_are_refused() -> None:
    with pytest.raises(UsageError, match="20 or more in each half"):
        confidence_report(too_sure(38), wrong=10, person=1)
    with pytest.raises(UsageError, match="0 verdicts"):
        confidence_report([], wrong=10, person=1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_drawing_is_well_formed_and_says_what_it_shows(language: str, tmp_path: Path) -> None:
    bins = [(0.55, wilson(50, 100)), (0.95, wilson(70, 100)), (0.99, wilson(0, 0))]
    drawing = ElementTree.fromstring(reliability_svg(bins, Text(language)))  # type: ignore[arg-type]
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawing.findall(f"{space}circle")) == 2
    described = drawing.find(f"{space}desc")
    assert described is not None and "200" in str(described.text)
    heights = [float(dot.attrib["cy"]) for dot in drawing.findall(f"{space}circle")]
    assert heights[0] > heights[1]  # more right is higher up
