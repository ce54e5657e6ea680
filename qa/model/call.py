"""Who called whom, when, about what: what a manifest row or another system tells us about a call."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from qa.model.document import Document

Language = Literal["en", "zh"]
Direction = Literal["inbound", "outbound"]


class SpeakerRole(StrEnum):
    """Who somebody is in the call; not a diarizer's label."""

    AGENT = "agent"
    CUSTOMER = "customer"
    IVR = "ivr"
    UNKNOWN = "unknown"


class ChannelKind(StrEnum):
    """How the voices lie on the recording's channels."""

    STEREO = "stereo"
    """Two legs, one side of the call on each."""
    DUAL_MONO = "dual_mono"
    """Two channels with the same audio."""
    SILENT_LEG = "silent_leg"
    """Two channels, of which one carries nothing."""
    MONO = "mono"


class Call(Document):
    """Call data. Everything but the id may be missing; unknown manifest columns are kept as ``tags``."""

    call_id: str
    agent_id: str | None = None
    agent_name: str | None = None
    team: str | None = None
    queue: str | None = None
    direction: Direction | None = None
    started_at: datetime | None = None
    language: Language | Literal["auto"] | None = None
    call_type: str | None = None
    customer_id: str | None = None
    customer_tier: str | None = None
    agent_channel: Annotated[int, Field(ge=0, le=1)] | None = None
    site: str | None = None
    shift: str | None = None
    agent_hired_on: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)
