"""Everything that can go wrong on purpose.

::

    CallibrateError            what, where, what was expected, how to mend it: one line for the user
    |-- UsageError             wrong usage or a bad input file: the command ends with exit code 2
    |   |-- RubricError        a rubric file, with line and path
    |   `-- StillBlind         another rater's scores before a session is closed (qa/model/calibration.py)
    |-- RecordingRefused       one recording cannot be scored: a reason code in the coverage table, the run goes on
    |-- ModelUnavailable       model files are missing or fail their checksum
    `-- JudgeFailed            a language model gave no usable answer: that criterion is not scored (qa/model/judging.py)
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a file was refused, a criterion not scored, a feature not measured. Written to files: never rename one."""

    EMPTY_FILE = "empty_file"
    FILE_MISSING = "file_missing"
    UNREADABLE_FILE = "unreadable_file"
    NOT_AUDIO = "not_audio"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    DECODE_FAILED = "decode_failed"
    DECODE_TIMEOUT = "decode_timeout"
    NO_SPEECH = "no_speech"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    NO_RUBRIC = "no_rubric"
    ENGINE_FAILED = "engine_failed"
    ALREADY_SCORED = "already_scored"
    DUPLICATE_CONTENT = "duplicate_content"
    NO_TIMES = "no_times"
    NO_AGENT_TURNS = "no_agent_turns"
    NO_CUSTOMER_TURNS = "no_customer_turns"
    CALL_CUT_OFF = "call_cut_off"
    NO_SENTIMENT = "no_sentiment"
    NO_AUDIO = "no_audio"
    CHANNEL_UNKNOWN = "channel_unknown"
    TOO_LITTLE_SPEECH = "too_little_speech"
    LOW_CONFIDENCE = "low_confidence"
    UNVERIFIED_QUOTE = "unverified_quote"
    CHECK_FAILED = "check_failed"
    NEEDS_PERSON = "needs_person"
    NOT_MEASURED = "not_measured"
    JUDGE_OFF = "judge_off"
    JUDGE_UNAVAILABLE = "judge_unavailable"
    JUDGE_TIMEOUT = "judge_timeout"
    JUDGE_BAD_ANSWER = "judge_bad_answer"


class CallibrateError(Exception):
    """A fault that we foresee. ``str()`` is the one line for the user."""

    def __init__(self, what: str, *, where: str = "", expected: str = "", fix: str = "") -> None:
        self.what, self.where, self.expected, self.fix = what, where, expected, fix
        line = f"{where}: {what}" if where else what
        line += f"; expected {expected}" if expected else ""
        line += f". {fix}" if fix else ""
        super().__init__(line)


class UsageError(CallibrateError):
    """Wrong usage or a bad input file (exit code 2)."""


class RubricError(UsageError):
    """A rubric that cannot be used; ``where`` is ``FILE:LINE: path``."""


class ModelUnavailable(CallibrateError):
    """Model files are missing or do not have the expected SHA-256."""


class RecordingRefused(CallibrateError):
    """One recording cannot be scored; ``reason`` goes into the coverage table."""

    def __init__(self, reason: Reason, what: str, *, where: str = "", expected: str = "", fix: str = "") -> None:
        self.reason = reason
        super().__init__(what, where=where, expected=expected, fix=fix)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        # Keyword-only arguments do not survive the default pickling between worker processes.
        return _rebuild_refusal, (self.reason, self.what, self.where, self.expected, self.fix)


def _rebuild_refusal(reason: Reason, what: str, where: str, expected: str, fix: str) -> RecordingRefused:
    return RecordingRefused(reason, what, where=where, expected=expected, fix=fix)
