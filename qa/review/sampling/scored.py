"""From a sample and people's scores to what averages are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qa.model import SampleRow
from qa.review.sampling.designs import ALL
from scoring.averages import Drawn


@dataclass(frozen=True, slots=True)
class ScoredSample:
    """The drawn calls that count, by call id, and how many do not and why."""

    drawn: Mapping[str, Drawn]
    n_without_chance: int
    """Calls added for a flag or by hand: no chance is known, so they enter no average."""
    n_unscored: int
    """Drawn by chance and not scored: the others of the same stratum speak for them."""
    lost_strata: tuple[str, ...]
    """Strata of which no call was scored: the averages say nothing of their calls."""


def scored_sample(
    rows: Iterable[SampleRow], people: Mapping[str, float], machine: Mapping[str, float], *, frame: str = ALL
) -> ScoredSample:
    """The calls of one draw from ``frame`` with people's and the machine's scores (0..100, by call id).

    A call that people did not score, or the machine could not, is taken as missing at random within its stratum: the
    chances of the stratum's others are lowered by the share that is there. Rows of another frame count as without a
    known chance.
    """
    known = {row.call_id: row for row in rows}
    chances = {r.call_id: r.chance for r in known.values() if r.chance is not None and r.frame == frame}
    there = [call_id for call_id in chances if call_id in people and call_id in machine]
    drawn_in = Counter(known[call_id].stratum for call_id in chances)
    scored_in = Counter(known[call_id].stratum for call_id in there)
    drawn = {}
    for call_id in there:
        stratum = known[call_id].stratum
        chance = chances[call_id] * scored_in[stratum] / drawn_in[stratum]
        drawn[call_id] = Drawn(people[call_id], chance, stratum, machine[call_id])
    return ScoredSample(
        drawn, len(known) - len(chances), len(chances) - len(there), tuple(sorted(set(drawn_in) - set(scored_in)))
    )
