"""How a rubric declares a signal."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from qa.model import Act, SpeakerRole
from scoring.form import Form
from scoring.guards import Guard
from scoring.windows import Window, anchor_of


class Meanings(Form):
    """Sentences that mean the signal (``like``) and sentences that look like it and do not (``unlike``).

    A sentence of the call carries the signal when its cosine with the nearest ``like`` reaches ``threshold`` and beats the
    nearest ``unlike``.
    """

    like: tuple[str, ...] = Field(min_length=1)
    unlike: tuple[str, ...] = ()
    threshold: float = Field(default=0.6, gt=0, le=1)


class NamedCompany(Form):
    """What is left of the opening after greeting, own name and other formulas is the name of the company or service."""

    kind: Literal["named_company"]
    remove: tuple[str, ...]
    """Signals whose words are no company name."""
    until: tuple[str, ...]
    """Phrases at which the self-introduction ends."""
    ignore: tuple[str, ...]
    """Words that name nothing."""


class OwnName(Form):
    """The agent's name of the call data is said, tolerant to spelling."""

    kind: Literal["own_name"]


class Question(Form):
    """A question that carries none of the signals of ``unless``."""

    kind: Literal["question"]
    starts: tuple[str, ...]
    """Phrases with which a question begins, or which make one."""
    mark_suffices: bool = True
    """A sentence with a question mark is a question without any of the phrases."""
    unless: tuple[str, ...]


class Answer(Form):
    """The customer answers one of the questions ``asked``: the hit lies on the answer and is labelled with the question."""

    kind: Literal["answer"]
    asked: tuple[str, ...]
    request: str
    """Signal that makes the mention a request; a short turn is one anyway."""
    refusal: str


class Restatement(Form):
    """The agent takes up what the customer said: opened by a phrase and sharing words, or the digits read back."""

    kind: Literal["restatement"]
    openers: tuple[str, ...]
    opened_by: tuple[str, ...] = ()
    """Signals whose sentences take something up without any such phrase; one more word has to be shared."""
    agreed_by: str | None = None
    """Signal with which the customer's answer begins when it was right; then one shared word is enough."""
    min_shared: int = Field(default=2, ge=1)
    min_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the sentence's words (from the opener on) that the customer has to have said: the rest is news."""
    not_from: tuple[str, ...] = ()
    """Signals of a sentence read from the record: it takes up nothing."""
    echoes: int | None = Field(default=None, ge=2)
    """So many shared words are enough in a sentence half of which is what the customer just said: an address read back."""
    min_digits: int = Field(default=4, ge=2)
    common: tuple[str, ...]
    """Words too frequent to show anything."""


Detect = Annotated[NamedCompany | OwnName | Question | Answer | Restatement, Field(discriminator="kind")]


class Signal(Form):
    """Something said: by whom, in which words, or with which meaning.

    ``phrases``, ``meanings``, ``acts`` and ``detect`` are alternatives: each of them alone is enough. ``any_of`` makes a signal
    of several others.
    """

    title: str = Field(min_length=1)
    """A short noun phrase in the rubric's language, for explanations."""
    role: SpeakerRole | tuple[SpeakerRole, ...] = SpeakerRole.AGENT
    window: Window = "call"
    phrases: tuple[str, ...] = ()
    exclude: tuple[str, ...] = Field(default=(), alias="except")
    """Phrases that take back a match of ``phrases`` which they overlap."""
    tolerance: float = Field(default=0.0, ge=0, le=0.4)
    """Share of a word's letters that a recogniser may get wrong in ``phrases``; Chinese is then compared by sound."""
    guards: tuple[Guard, ...] = ("negated", "quoted")
    not_with: tuple[str, ...] = ()
    """Signals that spoil a whole turn: a hit beside one of them does not count."""
    followed_by: tuple[str, ...] = ()
    """Where given, only a hit counts that one of these signals follows, in the next turn of whoever says that signal."""
    meanings: Meanings | None = None
    acts: tuple[Act, ...] = ()
    """Any of these acts of a sentence, by the classifier that wrote them on the conversation."""
    min_confidence: float = Field(default=0.5, ge=0, le=1)
    """How sure the classifier has to be, for ``acts``, ``if_acts`` and ``unless_acts``."""
    if_acts: tuple[Act, ...] = ()
    """Where acts are known, only a sentence that does one of these counts, however it was found."""
    acts_needed: bool = False
    """Where no acts are known, ``if_acts`` lets nothing count: for phrases too loose to stand alone."""
    unless_acts: tuple[Act, ...] = ()
    """A sentence that does one of these does not count, however it was found."""
    detect: Detect | None = None
    any_of: tuple[str, ...] = ()
    at_least: int = Field(default=1, ge=1)
    """Fewer sentences of the call than this that carry it count as none: for a sign that misleads when it stands alone."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        own = bool(self.phrases or self.meanings or self.acts or self.detect)
        if self.any_of and own:
            raise ValueError("any_of and phrases/meanings/acts/detect contradict each other: use one of them")
        if not self.any_of and not own:
            raise ValueError("expected phrases, meanings, acts, detect or any_of")
        if "min_confidence" in self.model_fields_set and not (self.acts or self.if_acts or self.unless_acts):
            raise ValueError("min_confidence without acts, if_acts or unless_acts has nothing to measure")
        if both := {*self.acts, *self.if_acts} & set(self.unless_acts):
            raise ValueError(f"acts and unless_acts contradict each other: both name {', '.join(sorted(both))}")
        if self.tolerance and not self.phrases:
            raise ValueError("tolerance without phrases has nothing to be tolerant of")
        if self.exclude and not self.phrases:
            raise ValueError("except without phrases has nothing to take back")
        return self

    @property
    def roles(self) -> tuple[SpeakerRole, ...]:
        """Whose words count."""
        return self.role if isinstance(self.role, tuple) else (self.role,)

    def refers_to(self) -> tuple[str, ...]:
        """Names of other signals that this one is made of."""
        match self.detect:
            case NamedCompany(remove=names) | Question(unless=names):
                pass
            case Answer(asked=asked, request=request, refusal=refusal):
                names = (*asked, request, refusal)
            case Restatement(opened_by=opened_by, not_from=not_from, agreed_by=agreed_by):
                names = (*opened_by, *not_from, *(() if agreed_by is None else (agreed_by,)))
            case _:
                names = self.any_of
        return (*names, *self.not_with, *self.followed_by, *anchor_of(self.window))

    def patterns(self) -> tuple[tuple[str, ...], ...]:
        """The lists of phrases, each of which becomes one pattern."""
        match self.detect:
            case NamedCompany(until=more) | Question(starts=more) | Restatement(openers=more):
                return (self.phrases, self.exclude, more)
            case _:
                return (self.phrases, self.exclude)
