"""Met by what is said in a part of the call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from qa.model import Outcome, Reason, SpeakerRole
from scoring.checks.condition import Condition, evaluate
from scoring.checks.result import CheckResult, Context, absent, found, not_applicable, not_scored
from scoring.form import Form
from scoring.signals.book import Hit
from scoring.windows import Window, anchor_of


class SaidParams(Form):
    """``met`` is asked first, then ``partially_met``; neither: not met."""

    type: Literal["said"]
    window: Window = "call"
    met: Condition
    partially_met: Condition | None = None
    expected_when: Condition | None = None
    """Absence is a miss only when this holds; otherwise there was nothing to do and the criterion is not applicable."""
    customer_leaves: str | None = None
    """Signal with which a customer ends the call: when it is the last word, absence is not scored."""

    def signal_names(self) -> Iterator[str]:
        for condition in (self.met, self.partially_met, self.expected_when):
            if condition is not None:
                yield from condition.signal_names()
        if self.customer_leaves is not None:
            yield self.customer_leaves
        yield from anchor_of(self.window)


def said(context: Context, params: SaidParams) -> CheckResult:
    """Judge by conditions over signals in a window."""
    region = context.region(params.window)
    finding = evaluate(params.met, context, region)
    if finding.holds and not finding.hits:  # what must not be said was not, or the call data suffice
        explanation = f"{context.say('condition_holds')} {_where(context, params)}"
        return absent(context, Outcome.MET, explanation, looked_in=_looked_in(context, params))
    if finding.holds:
        return found(context, Outcome.MET, _heard(context, finding.hits), finding.hits)
    if params.partially_met is not None:
        partial = evaluate(params.partially_met, context, region)
        if partial.holds:
            explanation = f"{_heard(context, partial.hits)} {_missing(context, params.met, partial.hits)}".strip()
            if not partial.hits:
                looked_in = _looked_in(context, params)
                return absent(
                    context, Outcome.PARTIALLY_MET, f"{explanation} {_where(context, params)}", looked_in=looked_in
                )
            return found(context, Outcome.PARTIALLY_MET, explanation, partial.hits)
    if params.expected_when is not None:
        expected = evaluate(params.expected_when, context, context.region("call"))
        if not expected.holds:
            return not_applicable(context.say("nothing_called_for_it"))
    if params.customer_leaves is not None and _left_before(context, params.customer_leaves):
        return not_scored(context.say("cut_off"), Reason.CALL_CUT_OFF)
    if finding.misplaced:
        explanation = context.say("wrong_time", what=_listed(context, finding.misplaced))
        return found(context, Outcome.NOT_MET, explanation, finding.misplaced)
    explanation = f"{_missing(context, params.met, finding.hits)} {_where(context, params)}".strip()
    return absent(context, Outcome.NOT_MET, explanation, looked_in=_looked_in(context, params))


def _heard(context: Context, hits: tuple[Hit, ...]) -> str:
    return context.say("heard", what=_listed(context, hits)) if hits else context.say("condition_holds")


def _listed(context: Context, hits: tuple[Hit, ...]) -> str:
    places: dict[str, list[int]] = {}
    for hit in hits:
        turns = places.setdefault(context.title(hit.signal), [])
        if hit.turn not in turns:
            turns.append(hit.turn)
    comma = context.say("comma")
    return comma.join(
        context.say("at_turns", what=title, turns=turns_text(sorted(turns))) for title, turns in places.items()
    )


def turns_text(turns: list[int]) -> str:
    """Turn numbers for an explanation; a long list is cut."""
    shown = ", ".join(str(turn) for turn in turns[:6])
    return shown + (", ..." if len(turns) > 6 else "")


def _missing(context: Context, condition: Condition, hits: tuple[Hit, ...]) -> str:
    heard = {hit.signal for hit in hits}
    wanted = dict.fromkeys(condition.wanted())
    names = [name for name in wanted if name not in heard and not _heard_in_parts(context, name, heard)]
    said = {context.title(hit.signal) for hit in hits}  # under one name with another signal, perhaps
    titles = context.titles(name for name in names if context.title(name) not in said)
    return context.say("missing", what=titles) if titles else ""


def _heard_in_parts(context: Context, name: str, heard: set[str]) -> bool:
    return any(part in heard for part in context.signals.signals[name].any_of)


def _looked_in(context: Context, params: SaidParams) -> list[int]:
    """The turns of the window whose speakers could have said it."""
    turns = context.region(params.window).turns
    names = [*params.met.wanted()] or [*params.met.signal_names()]
    roles = {role for name in names for role in context.signals.signals[name].roles} or {SpeakerRole.AGENT}
    return [turn.index for turn in context.transcript.turns if turn.index in turns and turn.role in roles]


def _where(context: Context, params: SaidParams) -> str:
    looked = _looked_in(context, params)
    text = context.say("looked_in", window=context.part(params.window), n=len(looked), turns=turns_text(looked))
    return f"{text} {context.skipped(params.met.signal_names())}".strip()


def _left_before(context: Context, signal: str) -> bool:
    """True when the customer had the last word and left with it."""
    last = context.transcript.floors[-1]
    if context.transcript.turns[last[0]].role != SpeakerRole.CUSTOMER:
        return False
    return any(hit.turn in last for hit in context.signals.hits(signal))
