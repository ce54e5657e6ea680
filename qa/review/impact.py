"""What scoring again changes: the answers that flip, counted by criterion and by agent, and the scores of each agent.

Everything carries counts, so that parts of a store, worked on by several processes, add up to the whole.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from qa.model import Call, CriterionResult, Evaluation, Outcome, Reason

UNASSIGNED = ""
"""Stands for the agent of calls that name none."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One answer that comes out otherwise. ``was`` and ``now`` name a level or option where the answer is more than yes or no."""

    call_id: str
    agent_id: str
    criterion: str
    was: str
    now: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "call_id": self.call_id,
            "agent_id": self.agent_id or None,
            "criterion": self.criterion,
            "was": self.was,
            "now": self.now,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that could not be scored again; its earlier evaluation stands."""

    call_id: str
    reason: Reason
    detail: str

    def to_dict(self) -> dict[str, Any]:
        return {"call_id": self.call_id, "reason_code": self.reason.value, "detail": self.detail}


@dataclass(slots=True)
class Scores:
    """Sums over calls that have a percentage both before and after."""

    n: int = 0
    before: float = 0.0
    after: float = 0.0
    n_passed_before: int = 0
    n_passed_after: int = 0
    n_flips: int = 0

    def add(self, other: Scores) -> None:
        self.n += other.n
        self.before += other.before
        self.after += other.after
        self.n_passed_before += other.n_passed_before
        self.n_passed_after += other.n_passed_after
        self.n_flips += other.n_flips

    @property
    def mean_before(self) -> float | None:
        return round(self.before / self.n, 2) if self.n else None

    @property
    def mean_after(self) -> float | None:
        return round(self.after / self.n, 2) if self.n else None

    @property
    def change(self) -> float | None:
        """In percentage points; None without a call to compare."""
        return round((self.after - self.before) / self.n, 2) if self.n else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "calls_compared": self.n,
            "percent_before": self.mean_before,
            "percent_after": self.mean_after,
            "change": self.change,
            "passed_before": self.n_passed_before,
            "passed_after": self.n_passed_after,
            "flips": self.n_flips,
        }


@dataclass(slots=True)
class Impact:
    """What became of the calls: scored again, scored for the first time by this form, left as they were, not for this form."""

    n_rescored: int = 0
    n_first: int = 0
    n_unchanged: int = 0
    """The form is the one that they were scored with, to the byte."""
    n_not_for_form: int = 0
    n_judged: int = 0
    """Calls of which something was judged anew; for the others every verdict was kept."""
    flips: list[Flip] = field(default_factory=list)
    agents: dict[str, Scores] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    criteria_added: Counter[str] = field(default_factory=Counter)
    criteria_removed: Counter[str] = field(default_factory=Counter)

    @property
    def n_calls(self) -> int:
        return self.n_rescored + self.n_first + self.n_unchanged + self.n_not_for_form + len(self.failures)

    def compare(self, call: Call, earlier: Evaluation | None, later: Evaluation) -> None:
        """Count one call's evaluations before and after."""
        if earlier is None:
            self.n_first += 1
            return
        self.n_rescored += 1
        agent = call.agent_id or UNASSIGNED
        was = {result.criterion: result for result in earlier.results}
        now = {result.criterion: result for result in later.results}
        flips = [
            Flip(call.call_id, agent, name, _answer(was[name]), _answer(result))
            for name, result in now.items()
            if name in was and _answer(was[name]) != _answer(result)
        ]
        self.flips += flips
        self.criteria_added.update(now.keys() - was.keys())
        self.criteria_removed.update(was.keys() - now.keys())
        scores = Scores(n_flips=len(flips))
        before, after = earlier.totals, later.totals
        if before.percent is not None and after.percent is not None:
            scores.n, scores.before, scores.after = 1, before.percent, after.percent
            scores.n_passed_before, scores.n_passed_after = int(before.passed is True), int(after.passed is True)
        self.agents.setdefault(agent, Scores()).add(scores)

    def add(self, other: Impact) -> None:
        """Take another part of the store in."""
        self.n_rescored += other.n_rescored
        self.n_first += other.n_first
        self.n_unchanged += other.n_unchanged
        self.n_not_for_form += other.n_not_for_form
        self.n_judged += other.n_judged
        self.flips += other.flips
        self.failures += other.failures
        self.criteria_added.update(other.criteria_added)
        self.criteria_removed.update(other.criteria_removed)
        for agent, scores in other.agents.items():
            self.agents.setdefault(agent, Scores()).add(scores)

    @property
    def overall(self) -> Scores:
        """Over all agents."""
        total = Scores()
        for scores in self.agents.values():
            total.add(scores)
        return total

    def by_criterion(self) -> dict[str, Counter[tuple[str, str]]]:
        """How often each answer of each criterion became which other one, the most flips first."""
        found: dict[str, Counter[tuple[str, str]]] = {}
        for flip in self.flips:
            found.setdefault(flip.criterion, Counter())[flip.was, flip.now] += 1
        return dict(sorted(found.items(), key=lambda item: (-item[1].total(), item[0])))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: counts, flips, and the tables by criterion and by agent."""
        return {
            "n_calls": self.n_calls,
            "n_rescored": self.n_rescored,
            "n_first": self.n_first,
            "n_unchanged": self.n_unchanged,
            "n_not_for_form": self.n_not_for_form,
            "n_failed": len(self.failures),
            "n_judged": self.n_judged,
            "n_flips": len(self.flips),
            "overall": self.overall.to_dict(),
            "criteria": {
                name: {
                    "flips": changes.total(),
                    "changes": [{"was": was, "now": now, "n": n} for (was, now), n in changes.most_common()],
                }
                for name, changes in self.by_criterion().items()
            },
            "criteria_added": dict(sorted(self.criteria_added.items())),
            "criteria_removed": dict(sorted(self.criteria_removed.items())),
            "agents": {agent: scores.to_dict() for agent, scores in sorted(self.agents.items())},
            "flips": [flip.to_dict() for flip in sorted(self.flips, key=lambda f: (f.call_id, f.criterion))],
            "failures": [failure.to_dict() for failure in self.failures],
        }


def _answer(result: CriterionResult) -> str:
    """The outcome, with what was chosen or ticked; a number's own changes are no flip, its band's are."""
    given = result.answer
    if result.outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED) or given is None or isinstance(given, float):
        return result.outcome.value
    chosen = given if isinstance(given, str) else ", ".join(given)
    return f"{result.outcome.value} ({chosen})"
