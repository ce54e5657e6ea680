"""What a check is and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from qa.model import Cue, Evidence, Language, Outcome, Reason
from scoring.signals.book import Hit, SignalBook
from scoring.transcript import Transcript
from scoring.wording import word

_MAX_EVIDENCE = 4
_ABSENCE_CONFIDENCE = 0.7
"""For a verdict that rests on something not being there: a paraphrase may have been overlooked."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may look at: the transcript and the signals found in it."""

    transcript: Transcript
    signals: SignalBook

    @property
    def language(self) -> Language:
        return self.transcript.language

    def say(self, key: str, **values: object) -> str:
        """A sentence of an explanation in the rubric's language."""
        return word(self.language, key, **values)

    def title(self, signal: str) -> str:
        """The signal's name in the rubric's language."""
        return self.signals.signals[signal].title

    def evidence(self, hits: tuple[Hit, ...]) -> tuple[Evidence, ...]:
        """The words of the hits, one quote for each place, the first few."""
        found: dict[tuple[int, str], Evidence] = {}
        for hit in hits:
            evidence = self.transcript.evidence(hit.turn, hit.start, hit.end)
            found.setdefault((evidence.turn, evidence.quote), evidence)
        return tuple(found.values())[:_MAX_EVIDENCE]

    def cue(self, hit: Hit) -> Cue:
        """The words of a hit as what called for an answer."""
        evidence = self.transcript.evidence(hit.turn, hit.start, hit.end)
        return Cue(turn=evidence.turn, role=evidence.role, quote=evidence.quote)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check's verdict with its reasons; ``confidence`` in 0..1, None where nothing was judged."""

    outcome: Outcome
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    confidence: float | None = None
    method: str = "phrase"
    cue: Cue | None = None
    reason: Reason | None = None


P = TypeVar("P", contravariant=True)


class Check(Protocol[P]):
    """Judges one criterion. Pure: the same context and parameters give the same result."""

    def __call__(self, context: Context, params: P) -> CheckResult: ...


def found(
    context: Context, outcome: Outcome, explanation: str, hits: tuple[Hit, ...], *, cue: Hit | None = None
) -> CheckResult:
    """A verdict that rests on words that were said."""
    return CheckResult(
        outcome,
        explanation,
        evidence=context.evidence(hits),
        confidence=min((hit.confidence for hit in hits), default=_ABSENCE_CONFIDENCE),
        method=_method(hits),
        cue=context.cue(cue) if cue else None,
    )


def absent(context: Context, outcome: Outcome, explanation: str, *, cue: Hit | None = None) -> CheckResult:
    """A verdict that rests on something not being said."""
    return CheckResult(outcome, explanation, confidence=_ABSENCE_CONFIDENCE, cue=context.cue(cue) if cue else None)


def not_scored(explanation: str, reason: Reason) -> CheckResult:
    """No verdict, and why."""
    return CheckResult(Outcome.NOT_SCORED, explanation, method="none", reason=reason)


def not_applicable(explanation: str) -> CheckResult:
    """There was no occasion."""
    return CheckResult(Outcome.NOT_APPLICABLE, explanation, confidence=_ABSENCE_CONFIDENCE)


def _method(hits: tuple[Hit, ...]) -> str:
    methods = {hit.method for hit in hits}
    return next((name for name in ("phrase", "semantic", "structure", "call_data") if name in methods), "phrase")
