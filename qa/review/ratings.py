"""``RATINGS.csv``: who rated which item how, in long form.

The file is a stranger's: every cell is checked before anything is counted, and the first fault ends the reading with the
file, the row and the column. One pass, which keeps only integers.
"""

from __future__ import annotations

import math
import re
from array import array
from itertools import repeat
from pathlib import Path

import numpy as np

from qa.model import Outcome, UsageError
from qa.review.csv_rows import NO_FORMULAS, csv_rows, shown
from scoring.agreement.table import OUTCOME_SCALE, Ints, RatingsTable

COLUMNS = ("item", "criterion", "rater", "rating")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_MISSING = -1


def read_ratings(path: Path, *, scale: tuple[float, float] | None = None) -> RatingsTable:
    """Read ratings from a CSV file in UTF-8 (with or without a byte-order mark) or GB18030, as Excel in China writes it.

    The header names the columns item, criterion, rater and rating, in any order; others are left alone. A rating is an
    outcome word, a number (within ``scale``, when given), or empty: missing.

    Raises:
        UsageError: naming file, row (the header is row 1), column and what belongs there: no such column, a repeated
            item-criterion-rater, an empty name, an unknown word, a number off the scale, words and numbers under one
            criterion, a formula, no rating at all.
    """
    rows = csv_rows(path)
    line, header = next(rows, (1, []))
    places = _columns(header, path, line)
    names: list[dict[str, int]] = [{}, {}, {}]
    categories = _Categories(scale)
    has_words: dict[int, bool] = {}
    columns = [array("q") for _ in range(5)]
    for line, cells in rows:
        where = f"{path}: row {line}"
        if len(cells) != len(header):
            raise UsageError(
                f"the row has {len(cells)} cells",
                where=where,
                expected=f"{len(header)}, as in the header",
                fix="A comma inside a value needs double quotes around the value.",
            )
        *keys, rating = (cells[place].strip() for place in places)
        item, criterion, rater = map(_number, names, keys, COLUMNS, repeat(where))
        code = categories.code(rating, where)
        if code != _MISSING and has_words.setdefault(criterion, categories.words[code]) != categories.words[code]:
            before, now = ("numbers", "a word") if categories.words[code] else ("outcome words", "a number")
            raise _wrong_rating(rating, where, f"{before}, as above under criterion {shown(keys[1])}, not {now}")
        for column, number in zip(columns, (item, criterion, rater, code, line), strict=True):
            column.append(number)
    items, in_criteria, raters, codes, lines = (np.frombuffer(column, dtype=np.int64) for column in columns)
    _refuse_repeated(path, [items, in_criteria, raters], names, lines)
    given = codes != _MISSING
    if not given.any():
        raise UsageError("the file holds no rating", where=str(path), expected="a rating in at least one row")
    return RatingsTable(
        items[given],
        in_criteria[given],
        raters[given],
        codes[given],
        tuple(names[1]),
        tuple(categories.labels),
        np.array(categories.places),
        np.array(categories.words),
    )


class _Categories:
    """The ratings met so far, numbered: the five outcome words first, then numbers as they come."""

    def __init__(self, scale: tuple[float, float] | None) -> None:
        self._scale = scale
        self.labels = [str(outcome) for outcome in Outcome]
        self.places = [OUTCOME_SCALE.get(outcome, math.nan) for outcome in Outcome]
        self.words = [True] * len(self.labels)
        self._codes = {label: code for code, label in enumerate(self.labels)} | {"": _MISSING}

    def code(self, rating: str, where: str) -> int:
        """The category's number, ``_MISSING`` for an empty cell. Raises UsageError."""
        known = self._codes.get(rating)
        if known is None:
            known = self._codes[rating] = self._new(rating, where)
        return known

    def _new(self, rating: str, where: str) -> int:
        if rating.casefold() in self._codes:
            return self._codes[rating.casefold()]
        if not _NUMBER.fullmatch(rating) or not math.isfinite(value := float(rating)):
            raise _wrong_rating(rating, where, f"{', '.join(Outcome)}, a number, or nothing")
        if self._scale and not self._scale[0] <= value <= self._scale[1]:
            raise _wrong_rating(rating, where, f"a number from {self._scale[0]:g} to {self._scale[1]:g}")
        label = f"{value + 0.0:.15g}"  # 3, 3.0 and 03 are one category, and so are 0 and -0
        if label not in self._codes:
            self._codes[label] = len(self.labels)
            self.labels.append(label)
            self.places.append(value)
            self.words.append(False)
        return self._codes[label]


def _wrong_rating(rating: str, where: str, expected: str) -> UsageError:
    fix = NO_FORMULAS if rating.startswith("=") else ""
    return UsageError(f"{shown(rating)}", where=f"{where}, column 'rating'", expected=expected, fix=fix)


def _number(known: dict[str, int], name: str, column: str, where: str) -> int:
    number = known.get(name)
    if number is None:
        if not name:
            raise UsageError("the cell is empty", where=f"{where}, column '{column}'", expected=f"the {column}'s name")
        if name.startswith("="):
            raise UsageError(
                f"{shown(name)} is a formula",
                where=f"{where}, column '{column}'",
                expected=f"the {column}'s name",
                fix=NO_FORMULAS,
            )
        number = known[name] = len(known)
    return number


def _columns(header: list[str], path: Path, line: int) -> list[int]:
    names = [name.strip().casefold() for name in header]
    for column in COLUMNS:
        if names.count(column) != 1:
            stands = (
                "stands twice in the header"
                if column in names
                else f"is missing; the header reads {shown(','.join(header))}"
            )
            raise UsageError(
                f"column '{column}' {stands}", where=f"{path}: row {line}", expected=f"{','.join(COLUMNS)}, each once"
            )
    return [names.index(column) for column in COLUMNS]


def _refuse_repeated(path: Path, keys: list[Ints], names: list[dict[str, int]], lines: Ints) -> None:
    order = np.lexsort(keys)  # stable: of two rows with one key the earlier comes first
    same = np.ones(max(0, len(order) - 1), dtype=bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    if not same.any():
        return
    first, second = min(((order[at], order[at + 1]) for at in np.flatnonzero(same)), key=lambda pair: int(pair[1]))
    item, criterion, rater = (list(known)[key[second]] for known, key in zip(names, keys, strict=True))
    raise UsageError(
        f"rater {shown(rater)} has rated item {shown(item)} under {shown(criterion)} already in row {lines[first]}",
        where=f"{path}: row {lines[second]}, column 'rater'",
        expected="one rating of each item by each rater under each criterion",
    )
