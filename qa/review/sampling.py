"""Which calls people score again, so that the machine can be checked against them.

The draw uses permanent random numbers (Ohlsson, "Coordination of samples using permanent random numbers", 1995): each
call gets a number in 0..1 from the seed and its own id, and the smallest numbers of a stratum are taken. That is simple
random sampling within the stratum, it repeats to the call with the same seed, it does not depend on the order of the
input, and one more call of one agent changes nothing for the others.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from qa.model import Conversation, Evaluation, SampleRow, UsageError

UNASSIGNED = "unassigned"
TARGETED_FLAGS = ("role_uncertain",)


@dataclass(frozen=True, slots=True)
class _Candidate:
    call_id: str
    agent_id: str | None
    team: str | None
    language: str | None
    reasons: tuple[str, ...]

    @property
    def stratum(self) -> str:
        return self.agent_id or UNASSIGNED


def draw_calibration_sample(
    calls: Iterable[tuple[Conversation, Evaluation]], size: int, seed: int
) -> tuple[SampleRow, ...]:
    """Draw ``size`` calls at random, stratified by agent, and add every flagged call that was not drawn.

    With at least as many places as agents, each agent gets one and the rest are shared out in proportion to the
    agents' remaining calls; a call's inclusion probability is then n/N of its agent. With fewer places than agents
    the draw is systematic over the calls in random order of agents: every call has size/N. A call that is
    ``role_uncertain`` or an auto-fail and was not drawn follows with ``targeted`` set and its own reason. A call
    scored with several rubrics is one call.

    Random rows come first; both parts are ordered by stratum and call id. Raises UsageError when ``size`` is below 0.
    """
    if size < 0:
        raise UsageError("a sample cannot have fewer than 0 calls", expected="0 or more", fix="Set sample_size.")
    strata = _strata(calls)
    if size < len(strata):
        drawn = _systematic(strata, size, seed)
        chance = dict.fromkeys(strata, size / sum(map(len, strata.values())))
    else:
        taken = _allocate({name: len(members) for name, members in strata.items()}, size)
        drawn = {c.call_id for name, members in strata.items() for c in _shuffled(members, seed)[: taken[name]]}
        chance = {name: taken[name] / len(members) for name, members in strata.items()}
    random_rows, targeted_rows = [], []
    for name, members in sorted(strata.items()):
        for call in sorted(members, key=lambda c: c.call_id):
            if call.call_id in drawn:
                random_rows.append(_row(call, chance[name], seed, "random", targeted=False))
            elif call.reasons:
                targeted_rows.append(_row(call, chance[name], seed, "+".join(call.reasons), targeted=True))
    return (*random_rows, *targeted_rows)


def _strata(calls: Iterable[tuple[Conversation, Evaluation]]) -> dict[str, list[_Candidate]]:
    reasons: dict[str, set[str]] = defaultdict(set)
    conversations: dict[str, Conversation] = {}
    for conversation, evaluation in calls:
        call_id = conversation.call.call_id
        conversations[call_id] = conversation
        reasons[call_id] |= {*conversation.provenance.flags, *evaluation.flags} & {*TARGETED_FLAGS}
        if evaluation.auto_fail:
            reasons[call_id].add("auto_fail")
    strata: dict[str, list[_Candidate]] = defaultdict(list)
    for call_id, conversation in conversations.items():
        call = conversation.call
        candidate = _Candidate(
            call_id, call.agent_id, call.team, conversation.language, tuple(sorted(reasons[call_id]))
        )
        strata[candidate.stratum].append(candidate)
    return strata


def _allocate(sizes: dict[str, int], places: int) -> dict[str, int]:
    """One place for each stratum, the rest in proportion to what is left in it (largest remainder, then by name)."""
    spare = sum(sizes.values()) - len(sizes)
    rest = min(max(places - len(sizes), 0), spare)
    exact = {name: rest * (n - 1) / spare if spare else 0.0 for name, n in sizes.items()}
    taken = {name: 1 + int(share) for name, share in exact.items()}
    missing = rest + len(sizes) - sum(taken.values())
    by_remainder = sorted(sizes, key=lambda name: (-(exact[name] - int(exact[name])), name))
    for name in by_remainder[:missing]:
        taken[name] += 1
    return taken


def _systematic(strata: dict[str, list[_Candidate]], size: int, seed: int) -> set[str]:
    order = [
        call.call_id
        for name in sorted(strata, key=lambda n: _number(seed, "stratum", n))
        for call in _shuffled(strata[name], seed)
    ]
    if size == 0:
        return set()
    step = len(order) / size
    start = _number(seed, "start") * step
    return {order[min(int(start + k * step), len(order) - 1)] for k in range(size)}


def _shuffled(members: list[_Candidate], seed: int) -> list[_Candidate]:
    return sorted(members, key=lambda c: (_number(seed, "call", c.call_id), c.call_id))


def _number(seed: int, *key: str) -> float:
    """The permanent random number of a key: uniform in [0, 1)."""
    digest = hashlib.sha256("\x1f".join((str(seed), *key)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _row(call: _Candidate, chance: float, seed: int, reason: str, *, targeted: bool) -> SampleRow:
    return SampleRow(
        call.call_id, call.agent_id, call.team, call.language, call.stratum, chance, seed, reason, targeted
    )
