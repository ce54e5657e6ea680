"""Where disagreement with people comes from: the words (recognition), who said them (roles), or the check itself.

The same call is scored four times: as the machine heard it, with the right words, with the right roles, and with both.
What is wrong with both right is the check's. What each repair takes away depends on whether the other one is made already,
so its share is the mean over both orders (the Shapley value, 1953): the shares add up to all that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qa.model import Conversation, Evaluation, Outcome, SpeakerRole, Turn, UsageError

Score = Callable[[Conversation], Evaluation]
Labels = Mapping[str, Outcome]
"""What people found, by criterion id."""


@dataclass(frozen=True, slots=True)
class Versions:
    """One call four times. ``repaired`` is the call as it was: right words, right roles."""

    heard: Conversation
    right_words: Conversation
    right_roles: Conversation
    repaired: Conversation


@dataclass(frozen=True, slots=True)
class Budget:
    """Verdicts that differ from people's (not scored where people could tell counts as well), of ``n`` in all.

    ``recognition``, ``roles`` and ``check`` add up to ``wrong``. A repair that makes things worse on balance (two faults that
    cancelled out) has a share below 0.
    """

    n: int = 0
    wrong: int = 0
    recognition: float = 0.0
    roles: float = 0.0
    check: float = 0.0

    def __add__(self, other: Budget) -> Budget:
        return Budget(
            self.n + other.n,
            self.wrong + other.wrong,
            self.recognition + other.recognition,
            self.roles + other.roles,
            self.check + other.check,
        )


@dataclass(slots=True)
class BudgetReport:
    """The budget of each criterion over the calls, and of all of them."""

    n_calls: int = 0
    criteria: dict[str, Budget] = field(default_factory=dict)

    @property
    def overall(self) -> Budget:
        return sum(self.criteria.values(), Budget())


def error_budget(calls: Iterable[tuple[Versions, Labels]], score: Score) -> BudgetReport:
    """Score every call in its four versions and say what each source of error costs.

    Raises:
        UsageError: labels for a criterion that the form does not have.
    """
    report = BudgetReport()
    for versions, labels in calls:
        report.n_calls += 1
        found = [
            _wrong(score(each), labels)
            for each in (versions.heard, versions.right_words, versions.right_roles, versions.repaired)
        ]
        for criterion in labels:
            heard, words, roles, repaired = (wrong[criterion] for wrong in found)
            share = Budget(
                n=1,
                wrong=heard,
                recognition=((heard - words) + (roles - repaired)) / 2,
                roles=((heard - roles) + (words - repaired)) / 2,
                check=repaired,
            )
            report.criteria[criterion] = report.criteria.get(criterion, Budget()) + share
    return report


def versions_of(heard: Conversation, script: Conversation) -> Versions:
    """The four versions of a call from what was heard and what was truly said, matched by time.

    A heard turn gets the role of the script's turn that it overlaps most, and the other way round; one that overlaps none
    keeps its own. Measurements are those of the audio in every version.

    Raises:
        UsageError: a turn without times.
    """
    for conversation in (heard, script):
        if any(turn.start_s is None or turn.end_s is None for turn in conversation.turns):
            raise UsageError(
                "turns without times cannot be matched",
                where=f"call {conversation.call.call_id}",
                expected="start_s and end_s on every turn",
            )
    truth = script.model_copy(update={"call": heard.call, "features": heard.features, "provenance": heard.provenance})
    return Versions(
        heard=heard,
        right_words=truth.model_copy(update={"turns": _with_roles(truth.turns, heard.turns)}),
        right_roles=heard.model_copy(update={"turns": _with_roles(heard.turns, truth.turns)}),
        repaired=truth,
    )


def _with_roles(turns: Sequence[Turn], told_by: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(_with_role(turn, _role(turn, told_by)) for turn in turns)


def _with_role(turn: Turn, role: SpeakerRole) -> Turn:
    """What was found in a turn's sentences goes with a changed role: it may have hung on it, and is found anew."""
    if role is turn.role:
        return turn
    return turn.model_copy(update={"role": role, "role_confidence": None, "sentences": (), "sentiment": None})


def _role(turn: Turn, told_by: Sequence[Turn]) -> SpeakerRole:
    shared: dict[SpeakerRole, float] = {}
    for other in told_by:
        if (seconds := _overlap_s(turn, other)) > 0:
            shared[other.role] = shared.get(other.role, 0.0) + seconds
    return max(shared, key=lambda role: shared[role], default=turn.role)


def _overlap_s(a: Turn, b: Turn) -> float:
    return min(a.end_s or 0.0, b.end_s or 0.0) - max(a.start_s or 0.0, b.start_s or 0.0)


def _wrong(evaluation: Evaluation, labels: Labels) -> dict[str, int]:
    found = {result.criterion: result.outcome for result in evaluation.results}
    if unknown := sorted(labels.keys() - found.keys()):
        raise UsageError(f"a label for {unknown[0]!r}", expected=f"criteria of {evaluation.rubric.id}")
    return {criterion: int(found[criterion] is not outcome) for criterion, outcome in labels.items()}
