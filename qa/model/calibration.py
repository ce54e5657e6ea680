"""A calibration session: people score the same calls blind, so that one can tell how far they, and the machine, agree."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qa.model.call import Language
from qa.model.document import Document
from qa.model.errors import UsageError
from qa.model.evaluation import RubricRef


class StillBlind(UsageError):
    """Somebody asked for another person's scores before the session was closed."""


class CalibrationCall(Document):
    """A call to be scored with one form, and how it came into the session. ``place`` is its position, from 0.

    Where the call was drawn, ``inclusion_probability`` (0..1), ``stratum``, ``seed``, ``reason``, ``targeted``,
    ``weighted`` and ``frame`` are those of the draw (:class:`qa.model.SampleRow`). They tell something of the machine's
    verdict: raters never see them.
    """

    place: int = Field(ge=0)
    call_id: str
    conversation_id: str
    rubric_id: str
    inclusion_probability: float | None = None
    stratum: str | None = None
    seed: int | None = None
    reason: str = "chosen"
    targeted: bool = False
    weighted: bool = False
    frame: str = "all"

    @property
    def key(self) -> tuple[str, str]:
        """What is scored: call and form."""
        return self.call_id, self.rubric_id


class CalibrationForm(Document):
    """A form of a session, kept whole: answers are read by these bytes whatever becomes of the file."""

    ref: RubricRef
    language: Language
    document: str
    """The form as JSON (:class:`scoring.Rubric`)."""


class CalibrationSession(Document):
    """Who scores which calls. ``closed_at`` is None while raters are at work and nobody may see another's scores."""

    session_id: str
    title: str
    created_at: datetime
    created_by: str
    raters: tuple[str, ...]
    expert: str
    """Who gives the final answer where raters differ; may be one of them."""
    forms: tuple[CalibrationForm, ...]
    calls: tuple[CalibrationCall, ...]
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def closed(self) -> bool:
        return self.closed_at is not None


class FinalAnswer(Document):
    """What the expert says about one criterion of one call, and why. Later ones stand beside earlier ones; the last holds."""

    call_id: str
    rubric_id: str
    criterion: str
    answer: str | float | tuple[str, ...]
    """As a person gives it (:data:`scoring.answers.Given`)."""
    reason: str
    author: str
    decided_at: datetime
