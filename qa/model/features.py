"""Measured numbers with units."""

from __future__ import annotations

from qa.model.call import SpeakerRole
from qa.model.document import Document


class Feature(Document):
    """A number with a unit; ``value`` is None with a ``reason`` when it could not be measured, never a silent 0.

    ``role`` names the side that it describes; None means the whole call.
    """

    name: str
    value: float | None
    unit: str
    role: SpeakerRole | None = None
    reason: str | None = None
