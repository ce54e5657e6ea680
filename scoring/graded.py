"""The machine's answers: one check for yes or no, a check for each level, option or item, a band for a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import fsum
from typing import TypeVar

from qa.model import Outcome, Reason
from scoring.answer_types import Checklist, FreeText, Item, Metric, MultiChoice, Option, Scale, share_of
from scoring.answers import Answer, by_outcome, by_share, ticked
from scoring.checks import CheckParams, CheckResult, Context
from scoring.checks.result import not_applicable, not_scored
from scoring.rubric import Criterion

Judge = Callable[[CheckParams], CheckResult]
"""Runs one check on the call; its quotes are verified."""

_MEASURED_CONFIDENCE = 0.9
_MAX_EVIDENCE = 4


def answer(context: Context, criterion: Criterion, judge: Judge) -> tuple[CheckResult, Answer]:
    """The verdict on a criterion and the answer that it amounts to.

    A part that is not applicable is left out; one that could not be judged makes a level or a choice not scored, and is
    left out of a checklist as long as others are left.
    """
    kind = criterion.answer
    if isinstance(kind, FreeText):
        return _plain(not_applicable(context.say("free_text")))
    if criterion.for_people:
        return _plain(not_scored(context.say("for_people"), Reason.NEEDS_PERSON))
    match kind:
        case Scale():
            return _first_met(context, kind.options[0], tuple(reversed(kind.options[1:])), judge)
        case MultiChoice(choose="one"):
            other = next(option for option in kind.options if option.check is None)
            return _first_met(context, other, tuple(o for o in kind.options if o.check is not None), judge)
        case MultiChoice():
            return _several(context, kind, judge)
        case Checklist():
            return _items(context, kind, judge)
        case Metric():
            return _metric(context, kind)
    if criterion.check is None:
        raise TypeError(f"criterion {criterion.id} has no check")  # the rubric's own rules exclude it
    return _plain(judge(criterion.check))


def _plain(result: CheckResult) -> tuple[CheckResult, Answer]:
    return result, by_outcome(result.outcome)


def _graded(found: Answer, explanation: str, results: list[CheckResult]) -> tuple[CheckResult, Answer]:
    """A verdict made of several checks: their words together, as sure as the least sure of them."""
    sure = [result.confidence for result in results if result.confidence is not None]
    verdict = CheckResult(
        found.outcome,
        " ".join([explanation, *dict.fromkeys(result.explanation for result in results)]),
        evidence=tuple(dict.fromkeys(e for result in results for e in result.evidence))[:_MAX_EVIDENCE],
        confidence=min(sure, default=None),
        method=next((result.method for result in results), "none"),
        cue=next((result.cue for result in results if result.cue is not None), None),
        judge=next((result.judge for result in results if result.judge is not None), None),
    )
    return verdict, found


def _first_met(
    context: Context, otherwise: Option, options: tuple[Option, ...], judge: Judge
) -> tuple[CheckResult, Answer]:
    """The first option whose check is met, else the one that has none."""
    passed: list[CheckResult] = []
    for option, result in _judged(context, options, judge):
        if result.outcome is Outcome.NOT_SCORED:
            return _plain(result)
        if result.outcome is Outcome.MET:
            return _graded(by_share(option.share, option.name), _answered(context, option), [result])
        passed.append(result)
    if all(result.outcome is Outcome.NOT_APPLICABLE for result in passed):
        return _plain(passed[0])
    judged = [result for result in passed if result.outcome is not Outcome.NOT_APPLICABLE]
    return _graded(by_share(otherwise.share, otherwise.name), _answered(context, otherwise), judged)


def _several(context: Context, choice: MultiChoice, judge: Judge) -> tuple[CheckResult, Answer]:
    found = list(_judged(context, choice.options, judge))
    unsure = [result for _, result in found if result.outcome is Outcome.NOT_SCORED]
    if unsure:
        return _plain(unsure[0])
    if all(result.outcome is Outcome.NOT_APPLICABLE for _, result in found):
        return _plain(found[0][1])
    met = [(option, result) for option, result in found if result.outcome is Outcome.MET]
    share = min(1.0, fsum(option.share for option, _ in met))
    shown = [result for _, result in met] or [r for _, r in found if r.outcome is not Outcome.NOT_APPLICABLE]
    names = tuple(option.name for option, _ in met)
    return _graded(by_share(share, names), _answered(context, *(option for option, _ in met)), shown)


def _items(context: Context, checklist: Checklist, judge: Judge) -> tuple[CheckResult, Answer]:
    found = list(_judged(context, checklist.items, judge))
    judged = [(item, r) for item, r in found if r.outcome not in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED)]
    unsure = [result for _, result in found if result.outcome is Outcome.NOT_SCORED]
    if not judged:
        return _plain(unsure[0] if unsure else found[0][1])
    met = [item for item, result in judged if result.outcome is Outcome.MET]
    if checklist.require == "all" and unsure and len(met) == len(judged):
        return _plain(unsure[0])  # whether all are met hangs on it
    halves = sum(result.outcome is Outcome.PARTIALLY_MET for _, result in judged)
    answer = ticked(checklist, [item.name for item in met], len(judged), halves=halves)
    missing = [item for item, _ in judged if item not in met]
    text = context.say("items_met", n=len(met), of=len(judged))
    if missing:
        text += " " + context.say("items_missing", what=_titles(context, missing))
    return _graded(answer, text, [result for _, result in judged])


def _metric(context: Context, metric: Metric) -> tuple[CheckResult, Answer]:
    feature = context.transcript.conversation.feature(metric.feature, metric.role)
    if feature is None:
        return _plain(not_scored(context.say("unmeasured", what=metric.feature), Reason.NOT_MEASURED))
    if feature.value is None:
        if feature.reason in tuple(Reason):
            return _plain(not_scored(context.say("unmeasured", what=metric.feature), Reason(feature.reason)))
        return _plain(not_applicable(context.say("unmeasured", what=metric.feature)))  # there was none to measure
    found = by_share(share_of(feature.value, metric.bands), feature.value)
    text = context.say("graded", value=f"{feature.value:g}", unit=feature.unit, share=f"{100 * (found.share or 0):g}")
    return CheckResult(found.outcome, text, confidence=_MEASURED_CONFIDENCE, method="metric"), found


Part = TypeVar("Part", Option, Item)


def _judged(context: Context, parts: Iterable[Part], judge: Judge) -> Iterator[tuple[Part, CheckResult]]:
    for part in parts:
        if part.check is None:
            yield part, not_scored(context.say("for_people"), Reason.NEEDS_PERSON)
        else:
            yield part, judge(part.check)


def _answered(context: Context, *options: Option) -> str:
    return context.say("answered_by", what=_titles(context, options) or "–")


def _titles(context: Context, parts: Iterable[Option | Item]) -> str:
    return context.say("comma").join(part.title or part.name for part in parts)
