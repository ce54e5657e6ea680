"""``manifest.csv``: what the call centre knows about each recording."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from qa.model import Call, UsageError

COLUMNS = tuple(name for name in Call.model_fields if name != "tags")
"""Columns with a meaning of their own; all others become tags."""


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One row: the file it names (relative, with forward slashes), its call data, and the line it ends on."""

    file: str
    call: Call
    line: int


def read_manifest(path: Path) -> list[ManifestRow]:
    """Read a manifest in UTF-8 (with or without a byte-order mark) or GB18030, as Excel in China writes it.

    Raises ``UsageError`` naming file, line, column and expectation for the first fault.
    """
    reader = csv.reader(_text(path).splitlines(keepends=True), strict=True)
    rows = _numbered(reader, path)
    line, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    if "file" not in names:
        raise UsageError(
            "the header has no column 'file'",
            where=f"{path}:{line}",
            expected=f"file and, optional, {', '.join(COLUMNS)}",
        )
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise UsageError(
            f"column {repeated[0]!r} stands twice in the header", where=f"{path}:{line}", expected="each column once"
        )
    found: list[ManifestRow] = []
    files: dict[str, int] = {}
    ids: dict[str, int] = {}
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}:{line}"
        if len(cells) != len(names):
            raise UsageError(
                f"the row has {len(cells)} cells",
                where=where,
                expected=f"{len(names)}, as in the header",
                fix="A comma inside a value needs double quotes around the value.",
            )
        row = _row({n: c.strip() for n, c in zip(names, cells, strict=True) if n}, where, line)
        for seen, key, column in ((files, row.file, "file"), (ids, row.call.call_id, "call_id")):
            if key in seen:
                raise UsageError(
                    f"{column} {key!r} stood already in line {seen[key]}",
                    where=where,
                    expected=f"each {column} once",
                )
            seen[key] = line
        found.append(row)
    return found


def default_call_id(file: str) -> str:
    """The call id of a file that the manifest does not name: its relative path without the ending."""
    return str(PurePosixPath(file).with_suffix("")).replace("/", "-")


def _text(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("the manifest is not text", where=str(path), expected="CSV in UTF-8", fix="Save it as UTF-8 CSV.")


def _numbered(reader: Any, path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise UsageError(
            f"not readable as CSV ({error})", where=f"{path}:{reader.line_num}", expected="comma-separated values"
        ) from error


def _row(cells: dict[str, str], where: str, line: int) -> ManifestRow:
    file = cells.get("file", "").replace("\\", "/")
    pure = PurePosixPath(file)
    if not file:
        raise UsageError("the cell 'file' is empty", where=where, expected="the recording's name")
    if pure.is_absolute() or ".." in pure.parts:
        raise UsageError(
            f"file {file!r} leads out of the input folder", where=where, expected="a path inside the folder"
        )
    file = str(pure)
    known = {name: cells[name] for name in COLUMNS if cells.get(name)}
    tags = {name: value for name, value in cells.items() if name not in (*COLUMNS, "file") and value}
    known.setdefault("call_id", default_call_id(file))
    try:
        return ManifestRow(file, Call.model_validate({**known, "tags": tags}), line)
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0])
        raise UsageError(
            f"column {column!r} holds {known.get(column, '')!r}", where=where, expected=_EXPECTED.get(column, "text")
        ) from error


_EXPECTED = {
    "direction": "inbound or outbound",
    "language": "en, zh or auto",
    "agent_channel": "0, 1 or nothing",
    "started_at": "a date and time as in 2026-11-20T09:31:00+08:00",
}
