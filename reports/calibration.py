"""The calibration report: how far people agree, and the machine with them, on one page that needs no other file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa.model import Language
from reports.calibration_data import FEW_ITEMS, MIN_ITEMS, CalibrationReport, CriterionLine, Figure, Verdict
from reports.page import render
from reports.text import Text

_LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """What the template shows."""

    text: Text
    report: CalibrationReport
    groups: tuple[tuple[Verdict, tuple[CriterionLine, ...]], ...]
    """Criteria by verdict, the most urgent first; empty ones left out."""
    forms: tuple[tuple[str, str, tuple[CriterionLine, ...]], ...]
    """Form, version and criteria, in the form's order."""
    n_calls: int
    n_targeted: int
    rules: tuple[str, ...]
    """What the verdicts go by, in words."""
    few: bool
    """A shown number rests on fewer than 50 calls."""
    other: tuple[Language, str]
    """The other language and the page in it."""

    def number(self, figure: Figure, scale: float = 1, digits: int = 2) -> str:
        """A figure's value, with a sign where it is a difference (``scale`` not 1)."""
        return _number(figure.value, scale, digits)

    def interval(self, figure: Figure, scale: float = 1, digits: int = 2) -> str:
        """Its 95 % interval."""
        low, high = (_number(end, scale, digits) for end in (figure.low, figure.high))
        return self.text("range", low=low, high=high)

    def among_people(self, line: CriterionLine) -> Figure:
        """The coefficient that the verdict goes by, or alpha for one that is for two raters only."""
        name = "krippendorff_alpha" if line.coefficient.endswith("kappa") else line.coefficient
        return line.people.figures[name]

    def is_few(self, line: CriterionLine) -> bool:
        """Shown from fewer calls than make narrow intervals."""
        return MIN_ITEMS <= line.people.n_calls < FEW_ITEMS

    def why_not(self, figure: Figure) -> str:
        """Why a figure is not shown: the calls that are missing, or its own reason."""
        if figure.n and figure.value is not None:
            return self.text("calibration.none_shown", n=figure.n)
        return self.text.named("calibration.why", figure.reason or "")


def calibration_view(report: CalibrationReport, language: Language) -> CalibrationView:
    """The page in one language; forms keep their own."""
    groups = ((v, tuple(line for line in report.criteria if line.verdict is v)) for v in Verdict)
    forms: dict[tuple[str, str], list[CriterionLine]] = {}
    for line in report.criteria:
        forms.setdefault((line.form, line.version), []).append(line)
    figures = [f for line in report.criteria for r in (line.people, line.machine) for f in r.figures.values()]
    other: Language = "zh" if language == "en" else "en"
    text = Text(language)
    rules = {
        f"{text(f'calibration.coefficient.{line.coefficient}')} ≥ {line.needed:.2f}": None for line in report.criteria
    }
    return CalibrationView(
        text=text,
        rules=tuple(rules),
        report=report,
        groups=tuple((verdict, lines) for verdict, lines in groups if lines),
        forms=tuple((*form, tuple(lines)) for form, lines in forms.items()),
        n_calls=sum(session.n_calls for session in report.sessions),
        n_targeted=sum(session.n_targeted for session in report.sessions),
        few=any(figure.shown and figure.n < FEW_ITEMS for figure in figures),
        other=(other, page_name(other)),
    )


def _number(value: float | None, scale: float, digits: int) -> str:
    if value is None:
        return "–"
    rounded = round(value * scale, digits) + 0.0  # never -0.00
    return f"{rounded:+.{digits}f}" if scale != 1 else f"{rounded:.{digits}f}"


def page_name(language: Language) -> str:
    """``calibration.html`` is English; the Chinese one lies beside it."""
    return f"{Text(language)('calibration.file')}.html"


def write_calibration_pages(report: CalibrationReport, out: Path) -> list[Path]:
    """Write the page in both languages into ``out`` (made when missing); returns the paths, the English one first."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for language in _LANGUAGES:
        view = calibration_view(report, language)
        page = render("calibration.html.j2", view.text, root="", view=view, report=report)
        written.append(out / page_name(language))
        written[-1].write_text(page, encoding="utf-8", newline="\n")
    return written
