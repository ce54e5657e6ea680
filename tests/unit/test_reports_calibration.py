"""The calibration report's pages, workbook and JSON: complete in both languages, inert, and nothing shown too early."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from qa.model import Evidence, Language, SpeakerRole
from reports.calibration import calibration_view, page_name, write_calibration_pages
from reports.calibration_data import (
    CalibrationReport,
    CriterionLine,
    DisputedCall,
    DisputedQuestion,
    Figure,
    Given,
    HeatCell,
    MachineCounts,
    RaterLine,
    Reliability,
    SessionLine,
    Verdict,
)
from reports.calibration_tables import report_json, write_calibration_workbook
from reports.page import render
from reports.text import Text

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ATTACK = "<script>alert(1)</script>"


def figure(n: int = 30, value: float = 0.8) -> Figure:
    return (
        Figure(value, value - 0.1, value + 0.1, n) if n >= 20 else Figure(value, None, None, n, "fewer_than_20_items")
    )


def reliability(n: int = 30) -> Reliability:
    names = ("percent_agreement", "gwet_ac1", "krippendorff_alpha", "cohen_kappa")
    return Reliability(n, dict.fromkeys(names, figure(n)), {"met": 0.75, "not_met": 0.25})


def line(verdict: Verdict, n: int = 30, language: Language = "en") -> CriterionLine:
    return CriterionLine(
        form="small.en", version="1.0.0", language=language, section="All", criterion=f"x.{verdict}",
        title=f"Title {verdict} {ATTACK}", question="Was it so?",
        coefficient="gwet_ac1", needed=0.6, verdict=verdict, people=reliability(n),
        machine=reliability(n), counts=MachineCounts(n_same=20, n_higher=7, n_open=3),
        cells={"Anna": HeatCell(20, 30, n), "=Ben": HeatCell(20, 30, n)},
    )  # fmt: skip


def report(n: int = 30) -> CalibrationReport:
    proof = Evidence(turn=3, role=SpeakerRole.AGENT, quote=f"=1+1 {ATTACK}", start_s=61.0)
    question = DisputedQuestion(
        "x.agreed", "Title", (Given("Anna", "met", f"heard {ATTACK}"), Given("=Ben", "warm", "@SUM(1)")),
        Given("machine", "not_met", "Not heard."), (proof,), Given("Dora", "partially_met", "half of it"),
    )  # fmt: skip
    undecided = replace(question, machine=None, evidence=(), final=None)
    raters = tuple(
        RaterLine(name, n, HeatCell(20, 30, n), figure(n, 0.1), {"cal-1": figure(n, 0.1)}, drift)
        for name, drift in (("Anna", figure(n, 0.3)), ("=Ben", Figure(None, None, None, 0, "no_item_rated_twice")))
    )
    return CalibrationReport(
        made_at=NOW, by_consensus=True,
        sessions=(SessionLine("cal-1", "October", NOW, ("Anna", "=Ben"), "Dora", n, 4, figure(n)),),
        raters=raters, criteria=tuple(line(verdict, n) for verdict in Verdict), overall={"small.en": reliability(n)},
        calls=(DisputedCall("cal-1", "c-1", "small.en", "en", 7, 1.5, (question, undecided)),),
        n_disputed=12, n_undecided=1, left_out=("small.en 0.9.0",),
    )  # fmt: skip


def page(language: Language, found: CalibrationReport) -> str:
    view = calibration_view(found, language)
    return render("calibration.html.j2", view.text, root="", view=view, report=found)


class Words(HTMLParser):
    """The text that a reader sees, the tags and the ids."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text, self.tags, self.ids, self.labels = "", [""], [""], [""]
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.labels += [value or "" for name, value in attrs if name == "aria-labelledby"]

    def handle_data(self, data: str) -> None:
        self.text += data if self.tags[-1] != "style" else ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_whole_and_says_verdicts_then_numbers_then_calls(language: Language) -> None:
    source = page(language, report())
    words = Words(source)
    text = Text(language)
    sections = [name for name in words.ids if name in ("verdicts", "numbers", "heat", "bias", "disputed")]
    assert sections == ["verdicts", "numbers", "heat", "bias", "disputed"]
    for verdict in Verdict:
        assert text(f"calibration.act.{verdict}") in words.text
    assert text.count("calibration.undecided", 1) in words.text
    assert set(words.labels) <= set(words.ids)
    assert len(words.ids) == len(set(words.ids)) + words.ids.count("") - 1
    assert "script" not in words.tags
    assert not re.search(r"(src|href)=\"(?!calibration|#|data:)", source)  # needs no other file
    assert ATTACK in words.text
    assert source.count("<h1") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_under_twenty_calls_no_number_is_shown_and_under_fifty_there_is_a_warning(language: Language) -> None:
    text = Text(language)
    few, some, many = (Words(page(language, report(n))).text for n in (19, 49, 50))
    assert text("calibration.none_shown", n=19) in few
    assert "0.80" not in few
    assert "80%" not in few
    assert "0.80" in some
    assert text("calibration.few_notice") in some
    assert text("calibration.few_notice") not in many + few


def test_shades_and_drift_and_signs() -> None:
    text = Words(page("en", report())).text
    assert "+30.0" in text
    assert "changed" in text
    cells = [HeatCell(n, 100, 20).shade for n in (100, 99, 90, 89, 80, 79, 60, 59, 0)]
    assert cells == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert HeatCell(0, 19, 19).shade is None
    view = calibration_view(report(), "en")
    assert view.number(Figure(-0.001, None, None, 30)) == "0.00"
    assert view.number(Figure(-0.001, None, None, 30), 100, 1) == "-0.1"


def test_an_empty_report_has_a_page() -> None:
    empty = replace(report(), criteria=(), calls=(), raters=(), n_disputed=0)
    assert Text("zh")("calibration.empty") in page("zh", empty)


def test_both_pages_are_written_and_point_to_each_other(tmp_path: Path) -> None:
    written = write_calibration_pages(report(), tmp_path / "new")
    assert [path.name for path in written] == [page_name("en"), page_name("zh")]
    for path, other in zip(written, reversed(written), strict=True):
        assert f'href="{other.name}"' in path.read_text("utf-8")


def test_the_workbook_holds_no_formula_and_nothing_too_early(tmp_path: Path) -> None:
    write_calibration_workbook(report(), tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert book.sheetnames == ["verdicts", "raters", "pairs", "sessions", "calls"]
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "@"))]
    head, first, *_ = book["verdicts"].iter_rows(values_only=True)
    row = dict(zip(head, first, strict=True))
    assert (row["verdict"], row["people gwet_ac1"], row["people answers"]) == (
        "people_differ",
        0.8,
        "met 75%, not_met 25%",
    )
    write_calibration_workbook(report(19), tmp_path / "c.xlsx")
    head, first, *_ = openpyxl.load_workbook(tmp_path / "c.xlsx")["verdicts"].iter_rows(values_only=True)
    row = dict(zip(head, first, strict=True))
    assert (row["people calls"], row["people gwet_ac1"]) == (19, None)


def test_json_holds_everything() -> None:
    found = json.loads(report_json(report()))
    assert found["schema"] == "qa.calibration_report/1"
    assert found["made_at"] == "2026-11-20T09:00:00+00:00"
    assert [criterion["verdict"] for criterion in found["criteria"]] == [verdict.value for verdict in Verdict]
    assert found["calls"][0]["questions"][0]["evidence"][0]["quote"] == f"=1+1 {ATTACK}"
    assert found["criteria"][0]["people"]["figures"]["gwet_ac1"] == {
        "value": 0.8, "low": 0.8 - 0.1, "high": 0.8 + 0.1, "n": 30, "reason": None
    }  # fmt: skip
