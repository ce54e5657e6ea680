"""What a verdict of the machine hangs on, for each criterion: the same on the same call, the same verdict.

It covers how the criterion is judged (its condition, answer and checks, every signal that these lead to, the pieces of
phrases used in them, how sure words have to be) and the code that judges. Points, weights, severities and titles of sections
are left out: they change totals, never a verdict. The thresholds of signals stand beside the hash: one may move within its
margin on a call (:mod:`scoring.signals.margin`) and the verdict stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.applicability import asked_answers
from scoring.checks import CHECKS
from scoring.ordering import in_dependency_order
from scoring.rubric import Criterion, Rubric
from scoring.signals.margin import ALIKENESS, SURENESS, threshold_key
from scoring.signals.model import Signal

_JUDGED_BY = {"applies_when", "answer", "check", "answered_by"}
_THRESHOLDS: dict[str, Any] = {"min_confidence": True, "meanings": {"threshold": True}}
_PHRASES = ("phrases", "exclude", "tolerance", "guards", "role")
_HEX_DIGITS = 16
"""64 bits: among the few hundred criteria that ever meet, chance makes no two alike."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The definition behind a criterion's verdicts: a hash of all but the thresholds of signals, and these."""

    digest: str
    thresholds: Mapping[str, float]
    """By the name that :func:`scoring.signals.margin.threshold_key` gives."""


def fingerprints(form: Rubric, code: str) -> dict[str, Fingerprint]:
    """By criterion id; ``code`` names the version of the code that judges.

    Criteria that a language model or an installed check judges are left out, and those that ask about them: what
    these would say today is not known from the form.
    """
    common = {
        "code": code,
        "language": form.language,
        "sounds_like": form.sounds_like,
        "sure_from": form.sure_from.model_dump(mode="json"),
        # Part of the flags of a whole evaluation, which are kept with a kept verdict.
        "meanings": any(signal.meanings for signal in form.signals.values()),
        "acts": any(signal.acts or signal.if_acts or signal.unless_acts for signal in form.signals.values()),
    }
    found: dict[str, Fingerprint] = {}
    for criterion in in_dependency_order(form):
        condition = criterion.applies_when
        asked = [each.criterion for each in asked_answers(condition)] if condition is not None else []
        if not _told_by_the_form(criterion) or any(name not in found for name in asked):
            continue
        signals = signals_behind(form, criterion.signal_names())
        definition = {
            **common,
            **_definition(form, criterion, signals),
            "asked": {name: found[name].digest for name in asked},
        }
        thresholds = _thresholds(form, signals)
        for name in asked:
            thresholds |= found[name].thresholds
        found[criterion.id] = Fingerprint(_digest(definition), thresholds)
    return found


@dataclass(frozen=True, slots=True)
class SignalFingerprint(Fingerprint):
    """The definition behind a signal's occurrences in a call, in the same way."""

    phrases: str
    """A hash of what tells where the signal's phrases stand, whether they count there or not."""


def signal_fingerprints(form: Rubric, code: str) -> dict[str, SignalFingerprint]:
    """By the signal's name; ``code`` names the version of the code that judges."""
    common = {"code": code, "language": form.language, "sounds_like": form.sounds_like}
    own = {name: _signal(signal) for name, signal in form.signals.items()}

    def digest(definition: object) -> str:
        return _digest({**common, "signals": definition, "words": _words_in(_text(definition), form.words)})

    found: dict[str, SignalFingerprint] = {}
    for name in form.signals:
        behind = signals_behind(form, [name])
        phrases = digest({key: own[name][key] for key in _PHRASES})
        found[name] = SignalFingerprint(
            digest({each: own[each] for each in sorted(behind)}), _thresholds(form, behind), phrases
        )
    return found


def signals_behind(form: Rubric, names: Iterable[str]) -> frozenset[str]:
    """These signals and all that they are made of."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += form.signals[name].refers_to()
    return frozenset(found)


def _told_by_the_form(criterion: Criterion) -> bool:
    return all(check.type in CHECKS and check.type != "judge" for check in criterion.checks)


def _thresholds(form: Rubric, names: Iterable[str]) -> dict[str, float]:
    found = {}
    for name in names:
        signal = form.signals[name]
        if signal.meanings is not None:
            found[threshold_key(name, ALIKENESS)] = signal.meanings.threshold
        if signal.acts or signal.if_acts or signal.unless_acts:
            found[threshold_key(name, SURENESS)] = signal.min_confidence
    return found


def _definition(form: Rubric, criterion: Criterion, names: Iterable[str]) -> dict[str, Any]:
    judged = criterion.model_dump(mode="json", include=_JUDGED_BY)
    signals = {name: _signal(form.signals[name]) for name in sorted(names)}
    return {"judged": judged, "signals": signals, "words": _words_in(_text([judged, signals]), form.words)}


def _signal(signal: Signal) -> dict[str, Any]:
    return signal.model_dump(mode="json", exclude=_THRESHOLDS)


def _words_in(text: str, words: Mapping[str, str]) -> dict[str, str]:
    """The entries of ``words`` that a text uses, and those that they use themselves."""
    found: dict[str, str] = {}
    while True:
        everything = " ".join((text, *found.values()))
        more = {name: value for name, value in words.items() if name not in found and f"{{{name}}}" in everything}
        if not more:
            return found
        found |= more


def _digest(definition: object) -> str:
    return hashlib.sha256(_text(definition).encode()).hexdigest()[:_HEX_DIGITS]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
