"""Files for raters: a workbook and a CSV file each, and the transcripts. Nobody's file holds anything of anybody else's."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from qa.model import Conversation, Language, UsageError
from qa.model.calibration import CalibrationSession
from qa.review.calibration.sessions import conversation_of, forms_of
from qa.review.calibration.sheet import COLUMNS, TRANSCRIPT_COLUMNS, SheetRow, sheet_rows
from qa.store import Store
from reports import file_names
from reports.tables import inert
from reports.text import Text
from reports.workbook import Value, fill_sheet, write_cell

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

RATINGS_SHEET = "ratings"
TRANSCRIPTS_SHEET = "transcripts"
LISTS_SHEET = "lists"
_PIECE = 30_000
"""Characters of a turn that go into one cell; a workbook's takes no more than 32,767."""
_WIDTHS = {"call_id": 16, "form": 18, "section": 16, "criterion": 28, "question": 60, "possible_answers": 44, "answer": 18,
           "comment": 50, "turn": 6, "role": 10, "start": 9, "text": 110}  # fmt: skip


def export_session(store: Store, session_id: str, out: Path, *, raters: Sequence[str] = ()) -> list[Path]:
    """Write ``SESSION.RATER.xlsx`` and ``.csv`` for each rater (all, or those named), and ``SESSION.transcripts.csv``.

    What a rater handed in before stands in that rater's own files. Returns the paths.

    Raises:
        UsageError: no such session or rater.
    """
    session = store.calibration.session(session_id)
    forms = forms_of(session)
    spoken = {call.call_id: conversation_of(store, call) for call in session.calls}
    language: Language = "zh" if all(form.language == "zh" for form in session.forms) else "en"
    names = file_names(session.raters)
    stem = file_names([session_id])[session_id]
    out.mkdir(parents=True, exist_ok=True)
    written = [out / f"{stem}.transcripts.csv"]
    _write_csv(written[0], TRANSCRIPT_COLUMNS, _transcript_rows(session, spoken))
    for rater in raters or session.raters:
        if rater not in names:
            raise UsageError(f"{rater!r} is no rater of session {session_id}", expected=f"one of {', '.join(names)}")
        own = {e.call_id: e for e in store.calibration.scores(session_id, rater, of=rater)}
        rows = list(sheet_rows(session, forms, rater, own))
        path = out / f"{stem}.{names[rater]}"
        written += [Path(f"{path}.xlsx"), Path(f"{path}.csv")]
        _write_workbook(written[-2], session, rater, rows, spoken, Text(language))
        _write_csv(written[-1], COLUMNS, (row.cells for row in rows))
    return written


def _transcript_rows(session: CalibrationSession, spoken: Mapping[str, Conversation]) -> Iterable[tuple[Value, ...]]:
    """What was said, by whom and when: no act, no sentiment, no confidence and no flag, which all are the machine's."""
    for call in session.calls:
        text = Text(spoken[call.call_id].language or "en")
        for turn in spoken[call.call_id].turns:
            pieces = [turn.text[i : i + _PIECE] for i in range(0, len(turn.text), _PIECE)] or [""]
            for piece in pieces:
                yield call.call_id, float(turn.index), text(f"role.{turn.role}"), text.clock(turn.start_s), piece


def _write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable[Value]]) -> None:
    # With a byte-order mark, unlike our other tables: a person opens this one, and Excel takes it for another
    # encoding without.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([inert(cell) for cell in row] for row in rows)


def _write_workbook(
    path: Path,
    session: CalibrationSession,
    rater: str,
    rows: Sequence[SheetRow],
    spoken: Mapping[str, Conversation],
    text: Text,
) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = RATINGS_SHEET
    book.properties.creator = "Callibrate"
    fill_sheet(sheet, COLUMNS, [row.cells for row in rows], _WIDTHS)
    for column in ("session", "rater"):
        sheet.column_dimensions[_letter(COLUMNS, column)].hidden = True
    _unlock(sheet, len(rows))
    _offer(book.create_sheet(LISTS_SHEET), sheet, rows, text)
    talk = book.create_sheet(TRANSCRIPTS_SHEET)
    fill_sheet(talk, TRANSCRIPT_COLUMNS, list(_transcript_rows(session, spoken)), _WIDTHS)
    notes = book.create_sheet("how")
    for number in range(1, 6):
        write_cell(notes, number, 1, text(f"calibration.sheet.how.{number}", session=session.title, rater=rater))
    notes.column_dimensions["A"].width = 110
    for each in book.worksheets:
        each.protection.sheet = True  # against slips, not against anybody: there is no password
    book.save(path)


def _unlock(sheet: Worksheet, n_rows: int) -> None:
    from openpyxl.styles import PatternFill, Protection

    fill = PatternFill("solid", fgColor="FFF8E1")
    for column in ("answer", "comment"):
        letter = _letter(COLUMNS, column)
        for number in range(2, n_rows + 2):
            cell = sheet[f"{letter}{number}"]
            cell.protection = Protection(locked=False)
            cell.fill = fill


def _offer(lists: Worksheet, sheet: Worksheet, rows: Sequence[SheetRow], text: Text) -> None:
    """A list to choose from in each cell that takes one of several answers. The lists lie in a sheet of their own: a list
    inside a validation ends after 255 characters."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    answer = _letter(COLUMNS, "answer")
    offered: dict[tuple[str, ...], DataValidation] = {}
    number = 2
    for choices, alike in groupby(rows, key=lambda row: row.choices):
        first, number = number, number + len(list(alike))
        if not choices:
            continue
        if choices not in offered:
            letter = get_column_letter(len(offered) + 1)
            for place, choice in enumerate(choices, start=1):
                lists[f"{letter}{place}"] = choice
            source = f"{LISTS_SHEET}!${letter}$1:${letter}${len(choices)}"
            found = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
            found.errorTitle = "Callibrate"
            found.error = text("calibration.sheet.not_in_list")
            sheet.add_data_validation(found)
            offered[choices] = found
        offered[choices].add(f"{answer}{first}:{answer}{number - 1}")
    lists.sheet_state = "hidden"


def _letter(columns: Sequence[str], name: str) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(columns.index(name) + 1))
