"""Workbooks: tables in sheets, in which a stranger's words stay words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from reports.tables import inert

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | None
MAX_CELL = 32_767
"""Characters that fit into a cell."""
_WIDTH = 14


def fill_sheet(
    sheet: Worksheet, columns: Sequence[str], rows: Iterable[Sequence[Value]], widths: Mapping[str, float] | None = None
) -> None:
    """Write a heading and rows. Text never becomes a formula; what XML cannot hold becomes a replacement character."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate([list(columns), *rows], start=1):
        for place, value in enumerate(row, start=1):
            write_cell(sheet, number, place, value)
            sheet.cell(number, place).alignment = wrapped
    for place, name in enumerate(columns, start=1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = (widths or {}).get(name, _WIDTH)
    sheet.freeze_panes = "A2"


def write_cell(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    """Write one cell, row and column from 1."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = sheet.cell(row, column)
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", inert(value))[:MAX_CELL]
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
