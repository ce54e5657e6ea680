"""The report over sessions of a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from qa.model import UsageError
from qa.review.calibration.comparison import compare
from qa.review.calibration.questions import closed_session
from qa.store import Store
from reports.calibration_data import CalibrationReport


def calibration_report(store: Store, reader: str, session_ids: Sequence[str] = ()) -> CalibrationReport:
    """What the closed sessions say together: all of the store, or those named.

    Raises:
        UsageError: no such session, or none is closed.
        StillBlind: a named session is open.
    """
    ids = session_ids or [s.session_id for s in store.calibration.sessions() if s.closed]
    if not ids:
        raise UsageError(
            "no calibration session is closed in this store", fix="Open one with qa calibration new, and close it"
        )
    return compare([closed_session(store, each, reader) for each in dict.fromkeys(ids)], datetime.now(UTC))
