"""CSV files that people hand in: rows with their numbers, and a stranger's cells in messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from qa.model import UsageError

NO_FORMULAS = "Paste formulas as values before saving."
_SHOWN = 40


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers: the header is row 1, as a spreadsheet shows it.

    UTF-8 (with or without a byte-order mark) or GB18030, as Excel in China writes it.

    Raises:
        UsageError: the file cannot be read, is a workbook, is no text, or is no CSV (with the row).
    """
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UsageError(
                f"not readable as CSV ({error})", where=f"{path}: row {row}", expected="comma-separated values"
            ) from None
        if any(cell.strip() for cell in cells):
            yield row, cells


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=str(path), expected="a CSV file") from None
    fix = "Save it as CSV UTF-8."
    if data.startswith(b"PK\x03\x04"):
        raise UsageError("this is a workbook", where=str(path), expected="CSV", fix=fix)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UsageError("the file is not text", where=str(path), expected="CSV in UTF-8", fix=fix)


def shown(text: str) -> str:
    """A stranger's text in a message: quoted, escaped, and cut."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
