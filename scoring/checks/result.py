"""What a check is and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from qa.model import Cue, Evidence, Judge, JudgeUse, Language, Outcome, Reason
from scoring.signals.book import Hit, SignalBook
from scoring.transcript import Transcript
from scoring.windows import Region, Window, described
from scoring.wording import word

_MAX_EVIDENCE = 4
_ABSENCE_CONFIDENCE = 0.7
"""For a verdict that rests on something not being there: a paraphrase may have been overlooked."""
_MEASURED = frozenset({"metric", "sentiment"})
_METHODS = ("phrase", "semantic", "classifier", "structure", "call_data")
"""Of several methods behind one verdict the first is named."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may look at: the transcript and the signals found in it, and for a judge the criterion's question."""

    transcript: Transcript
    signals: SignalBook
    judge: Judge | None = None
    question: str = ""

    @property
    def language(self) -> Language:
        return self.transcript.language

    def region(self, window: Window) -> Region:
        """The part of the call that a window means; raises ``TimesMissing``."""
        return self.signals.region(window)

    def say(self, key: str, **values: object) -> str:
        """A sentence of an explanation in the rubric's language."""
        return word(self.language, key, **values)

    def part(self, window: Window) -> str:
        """A part of the call in words."""
        key, values = described(window, self.title)
        return self.say(key, **values)

    def skipped(self, signals: Iterable[str]) -> str:
        """What was not compared for these signals, in a sentence or two; empty when all was."""
        names = tuple(signals)
        keys = [
            key
            for key, test in (
                ("meanings_skipped", self.signals.meanings_skipped),
                ("acts_skipped", self.signals.acts_skipped),
            )
            if any(test(name) for name in names)
        ]
        return " ".join(self.say(key) for key in keys)

    def titles(self, signals: Iterable[str]) -> str:
        """The signals' names for a list in a sentence; several signals may go by one name."""
        return self.say("comma").join(dict.fromkeys(map(self.title, signals)))

    def title(self, signal: str) -> str:
        """The signal's name in the rubric's language."""
        return self.signals.signals[signal].title

    def evidence(self, hits: tuple[Hit, ...], most: int = _MAX_EVIDENCE) -> tuple[Evidence, ...]:
        """The words of the hits, one quote for each place, the first few."""
        found: dict[tuple[int, str], Evidence] = {}
        for hit in hits:
            if len(found) == most:
                break
            evidence = self.transcript.evidence(hit.turn, hit.start, hit.end)
            found.setdefault((evidence.turn, evidence.quote), evidence)
        return tuple(found.values())

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
    looked_in: tuple[int, ...] | None = None
    """The turns that were searched, for a verdict that rests on absence; the explanation says it in words."""
    judge: JudgeUse | None = None

    @property
    def measured(self) -> bool:
        """Rests on numbers of the call, not on words."""
        return self.method in _MEASURED


P = TypeVar("P", contravariant=True)


class Check(Protocol[P]):
    """Judges one criterion. Pure: the same context and parameters give the same result."""

    def __call__(self, context: Context, params: P) -> CheckResult: ...


def found(
    context: Context,
    outcome: Outcome,
    explanation: str,
    hits: tuple[Hit, ...],
    *,
    cue: Hit | None = None,
    most: int = _MAX_EVIDENCE,
) -> CheckResult:
    """A verdict that rests on words that were said; at most ``most`` places are quoted."""
    return CheckResult(
        outcome,
        explanation,
        evidence=context.evidence(hits, most),
        confidence=min((hit.confidence for hit in hits), default=_ABSENCE_CONFIDENCE),
        method=_method(hits),
        cue=context.cue(cue) if cue else None,
    )


def absent(
    context: Context, outcome: Outcome, explanation: str, *, looked_in: Iterable[int], cue: Hit | None = None
) -> CheckResult:
    """A verdict that rests on something not being said in the turns ``looked_in``; the explanation names the place."""
    return CheckResult(
        outcome,
        explanation,
        confidence=_ABSENCE_CONFIDENCE,
        cue=context.cue(cue) if cue else None,
        looked_in=tuple(looked_in),
    )


def not_scored(explanation: str, reason: Reason) -> CheckResult:
    """No verdict, and why."""
    return CheckResult(Outcome.NOT_SCORED, explanation, method="none", reason=reason)


def not_applicable(explanation: str) -> CheckResult:
    """There was no occasion."""
    return CheckResult(Outcome.NOT_APPLICABLE, explanation, confidence=_ABSENCE_CONFIDENCE)


def _method(hits: tuple[Hit, ...]) -> str:
    methods = {hit.method for hit in hits}
    return next((name for name in _METHODS if name in methods), "phrase")
