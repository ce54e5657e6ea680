"""The run's tables as files: for spreadsheets and for other programs.

A cell of text that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV injection); numbers
stand as they are. Files are UTF-8 without a byte order mark, lines end with a line feed, None is an empty cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from qa.model import CoverageRow, Evaluation, SampleRow

COVERAGE_COLUMNS = (
    "file", "recording_id", "call_id", "status", "reason_code", "duration_s", "channel_kind", "language",
    "role_confidence", "rubric", "percent", "auto_fail",
)  # fmt: skip
SAMPLE_COLUMNS = (
    "call_id", "agent_id", "team", "language", "stratum", "inclusion_probability", "seed", "reason", "targeted",
)  # fmt: skip
RATING_COLUMNS = ("item", "criterion", "rater", "rating")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | float | int | bool | None


def write_coverage_csv(rows: Iterable[CoverageRow], path: Path) -> None:
    """``coverage.csv``: every file of the input once, in the contract's columns."""
    _write(path, COVERAGE_COLUMNS, ([getattr(row, column) for column in COVERAGE_COLUMNS] for row in rows))


def write_evaluations_jsonl(evaluations: Iterable[Evaluation], path: Path) -> None:
    """``evaluations.jsonl``: one ``qa.evaluation/1`` a line."""
    path.write_text("".join(e.to_json() + "\n" for e in evaluations), encoding="utf-8", newline="\n")


def write_calibration_sample_csv(rows: Iterable[SampleRow], path: Path) -> None:
    """``calibration_sample.csv``: the draw, one call a row, with seed and inclusion probability.

    It holds no verdict, but the reason of a targeted call tells something of one; what raters get is the form that
    goes with it, ``calibration_ratings.csv``.
    """
    _write(path, SAMPLE_COLUMNS, ([getattr(row, column) for column in SAMPLE_COLUMNS] for row in rows))


def write_calibration_ratings_csv(rows: Iterable[SampleRow], criteria: dict[str, list[str]], path: Path) -> None:
    """``calibration_ratings.csv``: the empty form, one row per call and criterion, as ``qa agreement`` reads it.

    A person copies the rows, writes a name into ``rater`` and an outcome word into ``rating`` (met, partially_met,
    not_met, not_applicable). ``criteria`` are the criterion ids by call id; ``item`` is the call id.
    """
    cells = ([row.call_id, criterion, None, None] for row in rows for criterion in criteria.get(row.call_id, []))
    _write(path, RATING_COLUMNS, cells)


def inert(cell: Cell) -> str:
    """A cell as a spreadsheet may have it: text never becomes a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return f"'{cell}" if cell.startswith(_FORMULA) else str(cell)


def _write(path: Path, columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([inert(cell) for cell in row] for row in rows)
