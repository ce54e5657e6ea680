"""An alarm for the nights: a criterion's outcomes are shared out otherwise than in the nights before.

A share of tonight is compared with that of the trailing nights together by the two-proportion test. Nights differ by more
than chance (other customers, other campaigns), so the variance is widened by what the trailing nights scatter among
themselves (Pearson's chi-square over its degrees of freedom, not below 1; McCullagh and Nelder 1989, 4.5), and Student's t
with those degrees of freedom stands in for the normal. Of all that is compared in a night Holm's method (1979) keeps the
chance of even one false alarm at or below the level: 1 % is one night in a hundred. tools/drift_alarms.py measures it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.model import Outcome

Counts = Mapping[Outcome, int]
"""Calls by outcome, of one criterion in one night."""

LEVEL = 0.01
"""The chance of any false alarm in a night."""
MIN_NIGHTS = 5
MIN_CALLS = 20
"""Fewer in a night, and the night says nothing."""

_JUDGED = (Outcome.MET, Outcome.PARTIALLY_MET, Outcome.NOT_MET)
WATCHED: Mapping[str, tuple[tuple[Outcome, ...], tuple[Outcome, ...]]] = {
    "met": ((Outcome.MET,), _JUDGED),
    "not_applicable": ((Outcome.NOT_APPLICABLE,), (*_JUDGED, Outcome.NOT_APPLICABLE)),
    "not_scored": ((Outcome.NOT_SCORED,), tuple(Outcome)),
}
"""The shares that are looked at: of which outcomes, among which."""


@dataclass(frozen=True, slots=True)
class DriftAlarm:
    """A share that changed: tonight's and the trailing nights', each with its calls; ``p`` is corrected for all compared."""

    criterion: str
    what: str
    share: float
    n: int
    share_before: float
    n_before: int
    n_nights: int
    p: float


def drift_alarms(
    tonight: Mapping[str, Counts], before: Sequence[Mapping[str, Counts]], level: float = LEVEL
) -> list[DriftAlarm]:
    """The alarms of a night, the surest first: counts by criterion of tonight and of each trailing night.

    Nights with fewer than 20 calls in a comparison are left out of it; under 5 trailing nights there is none.
    """
    found = [
        alarm
        for criterion, counts in tonight.items()
        for what in WATCHED
        if (alarm := _compared(criterion, what, counts, [night.get(criterion, {}) for night in before]))
    ]
    found.sort(key=lambda alarm: (alarm.p, alarm.criterion, alarm.what))
    alarms: list[DriftAlarm] = []
    for place, alarm in enumerate(found):
        corrected = min(1.0, alarm.p * (len(found) - place))
        if corrected > level:
            break
        alarms.append(
            DriftAlarm(
                alarm.criterion, alarm.what, alarm.share, alarm.n, alarm.share_before, alarm.n_before, alarm.n_nights,
                max([corrected, *(earlier.p for earlier in alarms)]),
            )
        )  # fmt: skip
    return alarms


def _compared(criterion: str, what: str, counts: Counts, nights: Sequence[Counts]) -> DriftAlarm | None:
    """One comparison with its own p; None where there is too little to compare."""
    from scipy.stats import t

    k, n = _of(what, counts)
    earlier = [(hits, calls) for hits, calls in (_of(what, night) for night in nights) if calls >= MIN_CALLS]
    if n < MIN_CALLS or len(earlier) < MIN_NIGHTS:
        return None
    k_before, n_before = (sum(numbers) for numbers in zip(*earlier, strict=True))
    # One call of each kind more on both sides: shares of exactly 0 or 1 would have no variance.
    pooled = (k + k_before + 1) / (n + n_before + 2)
    variance = pooled * (1 - pooled)
    scatter = sum((hits - calls * k_before / n_before) ** 2 / calls for hits, calls in earlier)
    widened = max(1.0, scatter / variance / (len(earlier) - 1))
    distance = (k / n - k_before / n_before) / math.sqrt(variance * widened * (1 / n + 1 / n_before))
    p = float(2 * t.sf(abs(distance), len(earlier) - 1))
    return DriftAlarm(criterion, what, k / n, n, k_before / n_before, n_before, len(earlier), p)


def _of(what: str, counts: Counts) -> tuple[int, int]:
    wanted, among = WATCHED[what]
    return sum(counts.get(each, 0) for each in wanted), sum(counts.get(each, 0) for each in among)
