"""A filled-in file, workbook or CSV, as rows of plain cells. It is a stranger's: nothing in it is run, and it is bounded."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

from qa.model import UsageError
from qa.review.csv_rows import NO_FORMULAS, csv_rows, shown

MAX_BYTES = 50_000_000
"""Of a file, and of a workbook's parts together once unpacked."""
MAX_ROWS = 200_000
_NOT_OURS = "a workbook made by qa calibration export, saved as .xlsx"


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One row by column name: text without spaces around it, a number, or None for an empty cell."""

    number: int
    cells: dict[str, str | float | None]
    place: str
    """File, and sheet where there is one."""
    letters: dict[str, str]
    """By column, its letter in a workbook; empty for CSV."""

    def where(self, column: str) -> str:
        """As messages name a cell."""
        cell = f" ({self.letters[column]}{self.number})" if self.letters else ""
        return f"{self.place}, row {self.number}, column '{column}'{cell}"


def filled_rows(path: Path, sheet: str, columns: Sequence[str]) -> list[FilledRow]:
    """The rows of a file that hold anything below the header. A workbook is known by its bytes, not its name.

    Every one of ``columns`` has to be in the header once, in any order; other columns are left alone.

    Raises:
        UsageError: with file, sheet, row and column: the file cannot be read or is too large, no such sheet, a changed
            header, a formula, an error value, a date.
    """
    try:
        with path.open("rb") as file:
            is_workbook = file.read(4) == b"PK\x03\x04"
        size = path.stat().st_size
    except OSError as error:
        raise UsageError(
            f"cannot be read ({error.strerror})", where=str(path), expected="a workbook or CSV file"
        ) from None
    if size > MAX_BYTES:
        raise UsageError(f"{size:,} bytes", where=str(path), expected=f"at most {MAX_BYTES:,}")
    return _workbook_rows(path, sheet, columns) if is_workbook else _csv_rows(path, columns)


def _csv_rows(path: Path, columns: Sequence[str]) -> list[FilledRow]:
    rows = csv_rows(path)
    line, header = next(rows, (1, []))
    places = _header(header, columns, f"{path}: row {line}")
    found = []
    for number, cells in rows:
        if len(cells) != len(header):
            raise UsageError(
                f"the row has {len(cells)} cells",
                where=f"{path}: row {number}",
                expected=f"{len(header)}, as in the header",
                fix="A comma inside a value needs double quotes around the value.",
            )
        named = {name: cells[place].strip() or None for name, place in places.items()}
        row = FilledRow(number, dict(named), str(path), {})
        for name, value in named.items():
            if value is not None and value.startswith("="):
                raise _formula(value, row.where(name))
        found.append(row)
    return found


def _workbook_rows(path: Path, name: str, columns: Sequence[str]) -> list[FilledRow]:
    from openpyxl import load_workbook

    _refuse_bombs(path)
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
            sheets = list(book.sheetnames)
        except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
            raise UsageError(f"not readable as a workbook ({error})", where=str(path), expected=_NOT_OURS) from None
        if name not in sheets:
            raise UsageError(f"sheet '{name}' is missing", where=str(path), expected=f"{_NOT_OURS}; it has {sheets}")
        return _sheet_rows(book[name], f"{path}: sheet '{name}'", columns)


def _sheet_rows(sheet: Any, place: str, columns: Sequence[str]) -> list[FilledRow]:
    from openpyxl.utils import get_column_letter

    sheet.reset_dimensions()  # the file's own word for its size is not to be trusted
    rows = islice(sheet.iter_rows(), MAX_ROWS)
    header = ["" if cell.value is None else str(cell.value) for cell in next(rows, ())]
    places = _header(header, columns, f"{place}, row 1")
    letters = {column: get_column_letter(index + 1) for column, index in places.items()}
    found = []
    for number, cells in enumerate(rows, start=2):
        values: dict[str, str | float | None] = {}
        row = FilledRow(number, values, place, letters)
        for column, index in places.items():
            values[column] = _value(cells[index], row.where(column)) if index < len(cells) else None
        if any(value is not None for value in values.values()):
            found.append(row)
    return found


def _value(cell: Any, where: str) -> str | float | None:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        raise _formula(str(getattr(value, "text", value)), where)  # of an array formula openpyxl makes an object
    if cell.data_type == "e":
        raise UsageError(f"{shown(str(value))} is an error value", where=where, expected="words or a number")
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise UsageError(
        f"{shown(str(value))} is a {'date' if cell.is_date else 'truth value'}",
        where=where,
        expected="words or a number",
    )


def _header(header: Sequence[str], columns: Sequence[str], where: str) -> dict[str, int]:
    names = [name.strip().casefold() for name in header]
    for column in columns:
        if names.count(column) != 1:
            stands = "stands twice" if column in names else f"is missing{_instead(column, header)}"
            raise UsageError(
                f"the header was changed: column '{column}' {stands}",
                where=where,
                expected=f"{','.join(columns)}, each once",
                fix="Copy the answers into a fresh export",
            )
    return {column: names.index(column) for column in columns}


def _instead(column: str, header: Sequence[str]) -> str:
    """The heading that most looks like a changed ``column``, where one does."""
    from openpyxl.utils import get_column_letter

    alike = get_close_matches(column, [name.casefold() for name in header], n=1)
    if not alike:
        return ""
    place = [name.casefold() for name in header].index(alike[0])
    return f"; {get_column_letter(place + 1)}1 reads {shown(header[place])}"


def _formula(value: str, where: str) -> UsageError:
    return UsageError(f"{shown(value)} is a formula", where=where, expected="what it says", fix=NO_FORMULAS)


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MAX_BYTES:
                raise UsageError(f"{unpacked:,} bytes unpacked", where=str(path), expected=f"at most {MAX_BYTES:,}")
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                    raise UsageError("the workbook declares a document type", where=str(path), expected=_NOT_OURS)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UsageError(f"not readable as a workbook ({error})", where=str(path), expected=_NOT_OURS) from None
