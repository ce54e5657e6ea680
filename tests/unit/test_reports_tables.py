"""The run's tables: exact columns, inert cells, and what a person can read back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from qa.model import Evaluation, Reason, SampleRow, Status
from reports import (
    write_calibration_ratings_csv,
    write_calibration_sample_csv,
    write_coverage_csv,
    write_evaluations_jsonl,
)
from reports.tables import Cell, inert
from tests.report_builders import MET, NOT, coverage, record


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("陈晓", "陈晓"),
        ("", ""),
        (-1.5, "-1.5"),
        (-3, "-3"),
        (1 / 3, "0.333333333333"),
        (184.2, "184.2"),
        (100.0, "100"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        (Status.SCORED, "scored"),
        (Reason.EMPTY_FILE, "empty_file"),
    ],
)
def test_cells(cell: Cell, written: str) -> None:
    assert inert(cell) == written


def test_coverage_has_the_contracts_columns_in_order(tmp_path: Path) -> None:
    path = tmp_path / "coverage.csv"
    rows = [
        coverage('-x, "y".wav', recording_id="ab", call_id="c", duration_s=61.5, percent=87.5, auto_fail=False),
        coverage("z.wav", Status.REFUSED, reason_code=Reason.NOT_AUDIO, detail="never in the table"),
    ]
    write_coverage_csv(rows, path)
    assert path.read_bytes().decode() == (
        "file,recording_id,call_id,status,reason_code,duration_s,channel_kind,language,role_confidence,rubric,percent,auto_fail\n"
        '"\'-x, ""y"".wav",ab,c,scored,,61.5,,,,,87.5,false\n'
        "z.wav,,,refused,not_audio,,,,,,,\n"
    )


def test_evaluations_are_one_json_document_a_line(tmp_path: Path) -> None:
    path = tmp_path / "evaluations.jsonl"
    made = [record(c, {"opening.name": MET}).evaluations[0] for c in ("a", "b\u2028陈")]
    write_evaluations_jsonl(made, path)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [Evaluation.from_json(line) for line in lines[:-1]] == made
    assert lines[-1] == ""
    assert json.loads(lines[0])["schema"] == "qa.evaluation/1"


def sample(call_id: str, **changes: object) -> SampleRow:
    fields: dict[str, object] = {"agent_id": "a-17", "team": "cards", "language": "en", "stratum": "a-17"}
    fields |= {"inclusion_probability": 1 / 3, "seed": 20, "reason": "random", "targeted": False}
    return SampleRow(call_id=call_id, **(fields | changes))  # type: ignore[arg-type]


def test_the_sample_says_nothing_of_the_verdicts(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    write_calibration_sample_csv([sample("a"), sample("=b", agent_id=None, targeted=True)], path)
    assert path.read_text(encoding="utf-8") == (
        "call_id,agent_id,team,language,stratum,inclusion_probability,seed,reason,targeted\n"
        "a,a-17,cards,en,a-17,0.333333333333,20,random,false\n"
        "'=b,,cards,en,a-17,0.333333333333,20,random,true\n"
    )


def test_the_ratings_form_is_what_agreement_reads(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    scored = record("a", {"opening.name": MET, "hold.thanks": NOT})
    criteria = {"a": [r.criterion for r in scored.evaluations[0].results]}
    write_calibration_ratings_csv([sample("a"), sample("without a page")], criteria, path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"item": "a", "criterion": "opening.name", "rater": "", "rating": ""},
        {"item": "a", "criterion": "hold.thanks", "rater": "", "rating": ""},
    ]
