"""What was said in a call, by whom and when (`qa.conversation/1`)."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from qa.model.act import ActScore
from qa.model.call import Call, ChannelKind, SpeakerRole
from qa.model.document import Document
from qa.model.features import Feature
from qa.model.span import Span


class Word(Document):
    """One recognised word (one or a few characters in Mandarin) with its time and probability in 0..1."""

    text: str
    start_s: float
    end_s: float
    confidence: float = Field(ge=0, le=1)


class Sentiment(Document):
    """Probabilities of a turn's tone; they add up to 1."""

    negative: float
    neutral: float
    positive: float

    @property
    def score(self) -> float:
        """From -1 (negative) to 1 (positive)."""
        return self.positive - self.negative


class Sentence(Document):
    """A sentence of a turn: ``turn.text[start:end]``, in characters."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    acts: tuple[ActScore, ...] = ()
    """What it does, by the act classifier; only acts over a low floor of probability are kept."""


class Turn(Document):
    """One speaker until another takes over. Times are in seconds and may be missing; confidences are in 0..1."""

    index: int = Field(ge=0)
    role: SpeakerRole
    text: str
    start_s: float | None = None
    end_s: float | None = None
    confidence: float | None = None
    """How sure the words are: the mean word probability."""
    role_confidence: float | None = None
    speaker: str | None = None
    """The diarizer's label, or ``channel-0`` / ``channel-1``."""
    channel: int | None = None
    words: tuple[Word, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    sentiment: Sentiment | None = None

    @property
    def span(self) -> Span | None:
        """The turn's time, or None when either end is missing."""
        if self.start_s is None or self.end_s is None:
            return None
        return Span(self.start_s, self.end_s)

    def sentence_texts(self) -> list[str]:
        """The sentences' texts; the whole turn where it was not split."""
        return [self.text[s.start : s.end] for s in self.sentences] or ([self.text] if self.text else [])


class Provenance(Document):
    """How a conversation came about: engine, model, options, seconds by stage, and flags worth a person's eye."""

    recording_id: str | None = None
    file: str | None = None
    channel_kind: ChannelKind | None = None
    sample_rate_hz: int | None = None
    n_channels: int | None = None
    language_probability: float | None = None
    role_method: str | None = None
    role_confidence: float | None = None
    engines: dict[str, dict[str, Any]] = Field(default_factory=dict)
    stage_s: dict[str, float] = Field(default_factory=dict)
    flags: tuple[str, ...] = ()


class Conversation(Document):
    """Turns in the order in which they began, with what measure and language added."""

    schema_: Literal["qa.conversation/1"] = Field(default="qa.conversation/1", alias="schema")
    call: Call
    duration_s: float | None = None
    turns: tuple[Turn, ...] = ()
    features: tuple[Feature, ...] = ()
    provenance: Provenance = Field(default_factory=Provenance)

    @model_validator(mode="after")
    def _indexes_count_up(self) -> Self:
        for position, turn in enumerate(self.turns):
            if turn.index != position:
                raise ValueError(f"turns[{position}].index: expected {position}, got {turn.index}")
        return self

    @property
    def language(self) -> Literal["en", "zh"] | None:
        """The language spoken, when known."""
        language = self.call.language
        return language if language in ("en", "zh") else None

    @property
    def has_times(self) -> bool:
        """True when every turn has a start and an end."""
        return bool(self.turns) and not any(turn.start_s is None or turn.end_s is None for turn in self.turns)

    def by_role(self, *roles: SpeakerRole) -> list[Turn]:
        """The turns of these roles, in order."""
        return [turn for turn in self.turns if turn.role in roles]

    def feature(self, name: str, role: SpeakerRole | None = None) -> Feature | None:
        """A measured feature by name and side, or None when it was never measured."""
        for feature in self.features:
            if feature.name == name and feature.role == role:
                return feature
        return None
