"""A sample that ``qa calibration draw`` wrote, read back: which calls a session is about, and their chances."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path

from qa.model import SampleRow, UsageError
from qa.review.calibration.filled_in import FilledRow, filled_rows
from qa.review.calibration.handing_in import plain

_COLUMNS = tuple(field.name for field in fields(SampleRow))
_TRUTH = {"true": True, "false": False}


def read_sample(path: Path) -> list[SampleRow]:
    """The drawn calls of a sample file.

    Raises:
        UsageError: with file, row and column: a changed header, a chance outside 0 to 1, a seed that is no whole number,
            a mark that is neither true nor false, an empty cell where the draw wrote something.
    """
    return [_row(row) for row in filled_rows(path, "sample", _COLUMNS)]


def _row(row: FilledRow) -> SampleRow:
    def words(column: str) -> str | None:
        value = row.cells[column]
        return None if value is None else plain(value)

    def needed(column: str) -> str:
        value = words(column)
        if value is None:
            raise UsageError("the cell is empty", where=row.where(column), expected="what qa calibration draw wrote")
        return value

    def marked(column: str) -> bool:
        value = needed(column).casefold()  # a spreadsheet writes TRUE
        if value not in _TRUTH:
            raise UsageError(repr(value), where=row.where(column), expected="true or false")
        return _TRUTH[value]

    def number(column: str, low: float, high: float) -> float:
        try:
            value = float(needed(column))
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise UsageError(
                repr(words(column)), where=row.where(column), expected=f"a number from {low:g} to {high:g}"
            )
        return value

    seed = number("seed", -(2.0**53), 2.0**53)
    if seed != int(seed):
        raise UsageError(repr(words("seed")), where=row.where("seed"), expected="a whole number")
    return SampleRow(
        call_id=needed("call_id"),
        agent_id=words("agent_id"),
        team=words("team"),
        language=words("language"),
        stratum=needed("stratum"),
        inclusion_probability=number("inclusion_probability", 0, 1),
        seed=int(seed),
        reason=needed("reason"),
        targeted=marked("targeted"),
        weighted=marked("weighted"),
        frame=needed("frame"),
    )
