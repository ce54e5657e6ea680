"""A sample as CSV, for those who run a calibration; raters get the empty form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, fields

from qa.model import SampleRow
from reports.tables import inert


def sample_csv(rows: Iterable[SampleRow]) -> str:
    """One drawn call a row with everything that is known of the draw; text cells never become formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in fields(SampleRow)])
    writer.writerows([inert(cell) for cell in astuple(row)] for row in rows)
    return out.getvalue()
