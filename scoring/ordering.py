"""The order in which criteria can be judged when some depend on the answers to others."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from scoring.applicability import asked_answers
from scoring.rubric import Criterion, Rubric


def in_dependency_order(form: Rubric) -> tuple[Criterion, ...]:
    """The form's criteria, each after those that its ``applies_when`` asks about; else in the order of the form.

    Raises ``graphlib.CycleError`` for criteria that wait for each other, which the loader refuses.
    """
    asked = _asked(form)
    if not any(asked.values()):
        return form.criteria
    by_id = {criterion.id: criterion for criterion in form.criteria}
    return tuple(by_id[name] for name in TopologicalSorter(asked).static_order() if name in by_id)


def find_cycle(form: Rubric) -> tuple[str, ...]:
    """Ids of criteria that wait for each other, the first one again at the end; empty when there are none."""
    try:
        TopologicalSorter(_asked(form)).prepare()
    except CycleError as error:
        return tuple(error.args[1])[::-1]
    return ()


def _asked(form: Rubric) -> dict[str, list[str]]:
    """The criteria that each criterion asks about."""
    return {
        criterion.id: [asked.criterion for asked in asked_answers(criterion.applies_when)]
        if criterion.applies_when is not None
        else []
        for criterion in form.criteria
    }
