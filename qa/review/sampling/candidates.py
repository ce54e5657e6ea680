"""A call as the draw sees it: what it can be stratified by, and the signs that make a person's look worth more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from qa.model import Call, ChannelKind, Conversation, Evaluation, Language, Outcome, SampleRow, SpeakerRole

UNASSIGNED = "unassigned"
LOW_WORD_CONFIDENCE = 0.6
"""Mean word probability, weighted by letters, under which the words themselves are doubted."""

_MACHINE = "machine"
_PLACES = {Outcome.MET: 1.0, Outcome.PARTIALLY_MET: 0.5, Outcome.NOT_MET: 0.0}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One call that may be drawn; a call scored with several rubrics is one."""

    call_id: str
    agent_id: str | None = None
    team: str | None = None
    call_type: str | None = None
    language: Language | None = None
    channel_kind: ChannelKind | None = None
    percent: float | None = None
    """The machine's score, 0..100; the mean over rubrics."""
    tenure_days: int | None = None
    """From the day the agent was hired to the day of the call; None when one of them is not known."""
    risks: tuple[str, ...] = ()
    """Of ``auto_fail, crisis_words, low_confidence, role_uncertain``, in this order."""
    uncertainty: float = 0.0
    """0..1: how near the machine's verdicts lie to the point where they would turn, on average over criteria."""
    disagreement: float = 0.0
    """0..1: how far the machine's outcomes lie from earlier people's, on average over criteria; 0 without any."""

    def row(
        self,
        stratum: str,
        chance: float,
        seed: int,
        reason: str,
        *,
        targeted: bool = False,
        weighted: bool = False,
        frame: str = "all",
    ) -> SampleRow:
        """The call as drawn."""
        return SampleRow(
            self.call_id, self.agent_id, self.team, self.language, stratum, chance, seed, reason, targeted, weighted, frame
        )  # fmt: skip


def candidates(
    calls: Iterable[tuple[Conversation, Evaluation]], human: Mapping[str, Sequence[Evaluation]] | None = None
) -> list[Candidate]:
    """The calls, each once, by call id. ``human`` holds people's earlier evaluations by call id.

    Evaluations among ``calls`` by anyone but the machine count as people's as well.
    """
    conversations: dict[str, Conversation] = {}
    by_machine: dict[str, list[Evaluation]] = defaultdict(list)
    by_people: dict[str, list[Evaluation]] = defaultdict(list, {k: list(v) for k, v in (human or {}).items()})
    for conversation, evaluation in calls:
        call_id = conversation.call.call_id
        conversations[call_id] = conversation
        (by_machine if evaluation.evaluator == _MACHINE else by_people)[call_id].append(evaluation)
    return [_candidate(c, by_machine[call_id], by_people[call_id]) for call_id, c in sorted(conversations.items())]


def _candidate(conversation: Conversation, machine: Sequence[Evaluation], people: Sequence[Evaluation]) -> Candidate:
    call = conversation.call
    percents = sorted(e.totals.percent for e in machine if e.totals.percent is not None)
    return Candidate(
        call.call_id,
        call.agent_id,
        call.team,
        call.call_type,
        conversation.language,
        conversation.provenance.channel_kind,
        sum(percents) / len(percents) if percents else None,
        _tenure_days(call),
        tuple(_risks(conversation, machine)),
        _uncertainty(machine),
        _disagreement(machine, people),
    )


def _tenure_days(call: Call) -> int | None:
    if call.started_at is None or call.agent_hired_on is None:
        return None
    try:
        hired_on = date.fromisoformat(call.agent_hired_on.strip()[:10])
    except ValueError:
        return None
    return (call.started_at.date() - hired_on).days


def _risks(conversation: Conversation, machine: Sequence[Evaluation]) -> Iterable[str]:
    if any(e.auto_fail for e in machine):
        yield "auto_fail"
    if has_crisis_words(conversation):
        yield "crisis_words"
    said = [(turn.confidence, len(turn.text)) for turn in conversation.turns if turn.confidence is not None]
    letters = sum(n for _, n in said)
    if letters and sum(confidence * n for confidence, n in said) / letters < LOW_WORD_CONFIDENCE:
        yield "low_confidence"
    if "role_uncertain" in {*conversation.provenance.flags, *(flag for e in machine for flag in e.flags)}:
        yield "role_uncertain"


def has_crisis_words(conversation: Conversation) -> bool:
    """Whether anybody but the agent or the IVR says one of ``crisis_words.yaml``."""
    others = conversation.by_role(SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN)
    return any(_crisis_words().search(turn.text) for turn in others)


@cache
def _crisis_words() -> re.Pattern[str]:
    import yaml

    words = yaml.safe_load(Path(__file__).with_name("crisis_words.yaml").read_text(encoding="utf-8"))
    english = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words["en"])
    return re.compile(rf"(?<![a-z])(?:{english})(?![a-z])|{'|'.join(map(re.escape, words['zh']))}", re.IGNORECASE)


def _uncertainty(machine: Sequence[Evaluation]) -> float:
    """Least confidence (Settles 2009): 1 at a confidence of one half, 0 at 1 and at 0."""
    each = [
        1 - abs(2 * result.confidence - 1)
        for evaluation in machine
        for result in evaluation.results
        if result.confidence is not None and result.outcome in _PLACES
    ]
    return sum(sorted(each)) / len(each) if each else 0.0


def _disagreement(machine: Sequence[Evaluation], people: Sequence[Evaluation]) -> float:
    """Mean distance of outcomes on the criteria that both judged; applicable or not counts as a whole step."""
    theirs = {(e.rubric.id, r.criterion): r.outcome for e in machine for r in e.results}
    each = [
        _distance(theirs[evaluation.rubric.id, result.criterion], result.outcome)
        for evaluation in people
        for result in evaluation.results
        if (evaluation.rubric.id, result.criterion) in theirs
    ]
    known = sorted(distance for distance in each if distance is not None)
    return sum(known) / len(known) if known else 0.0


def _distance(one: Outcome, other: Outcome) -> float | None:
    if Outcome.NOT_SCORED in (one, other):
        return None
    if one in _PLACES and other in _PLACES:
        return abs(_PLACES[one] - _PLACES[other])
    return float(one != other)
