"""Calibration: sessions in which people score the same calls blind, and what the comparison says."""

from qa.review.calibration.comparison import compare
from qa.review.calibration.consensus import Decision, decide, open_questions
from qa.review.calibration.export import export_session
from qa.review.calibration.handing_in import HandedIn, hand_in
from qa.review.calibration.report import calibration_report
from qa.review.calibration.sessions import Draw, close_session, new_session, scores

__all__ = [
    "Decision",
    "Draw",
    "HandedIn",
    "calibration_report",
    "close_session",
    "compare",
    "decide",
    "export_session",
    "hand_in",
    "new_session",
    "open_questions",
    "scores",
]
