"""The nightly run's sample: random by agent, and every flagged call after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from qa.model import Conversation, Evaluation, SampleRow, UsageError
from qa.review.sampling.allocation import share_out
from qa.review.sampling.candidates import UNASSIGNED, Candidate, candidates
from qa.review.sampling.chance import number, shuffled, systematic

FLAGGED = ("auto_fail", "role_uncertain")


def draw_calibration_sample(
    calls: Iterable[tuple[Conversation, Evaluation]], size: int, seed: int
) -> tuple[SampleRow, ...]:
    """Draw ``size`` calls at random, stratified by agent, and add every flagged call that was not drawn.

    With at least as many places as agents, each agent gets one and the rest are shared out in proportion to the
    agents' remaining calls; a call's inclusion probability is then n/N of its agent. With fewer places than agents
    the draw is systematic over the calls in random order of agents: every call has size/N. A call that is
    ``role_uncertain`` or an auto-fail and was not drawn follows with ``targeted`` set and its own reason; it enters no
    average. A call scored with several rubrics is one call.

    Random rows come first; both parts are ordered by stratum and call id. Raises UsageError when ``size`` is below 0.
    """
    if size < 0:
        raise UsageError("a sample cannot have fewer than 0 calls", expected="0 or more", fix="Set sample_size.")
    strata: dict[str, dict[str, Candidate]] = defaultdict(dict)
    for call in candidates(calls):
        strata[call.agent_id or UNASSIGNED][call.call_id] = call
    sizes = {name: len(members) for name, members in strata.items()}
    if size < len(strata):
        order = sorted(strata, key=lambda name: number(seed, "stratum", name))
        drawn = systematic([call_id for name in order for call_id in shuffled(strata[name], seed)], size, seed)
        chance = dict.fromkeys(strata, size / sum(sizes.values()))
    else:
        taken = share_out(size, sizes, {name: n - 1.0 for name, n in sizes.items()}, floor=1)
        drawn = {call_id for name, members in strata.items() for call_id in shuffled(members, seed)[: taken[name]]}
        chance = {name: taken[name] / n for name, n in sizes.items()}
    random_rows, targeted_rows = [], []
    for name, members in sorted(strata.items()):
        for call_id, call in sorted(members.items()):
            reasons = [reason for reason in FLAGGED if reason in call.risks]
            if call_id in drawn:
                random_rows.append(call.row(name, chance[name], seed, "random"))
            elif reasons:
                targeted_rows.append(call.row(name, chance[name], seed, "+".join(reasons), targeted=True))
    return (*random_rows, *targeted_rows)
