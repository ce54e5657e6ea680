"""Alarms for the nights: a criterion's outcomes are shared out otherwise than in the nights before.

One night against the trailing ones (``drift_alarms``): by the two-proportion test. Nights differ by more than chance (other
customers, other campaigns), so the variance is widened by what the trailing nights scatter among themselves (Pearson's
chi-square over its degrees of freedom, not below 1; McCullagh and Nelder 1989, 4.5), and Student's t with those degrees of
freedom stands in for the normal. Of all that is compared in a night Holm's method (1979) keeps the chance of even one false
alarm at or below the level: 1 % is one night in a hundred.

A little every night (``slow_drifts``): by a cumulative sum (Page 1954). Each night is compared in the same way with all nights
before it, which needs no period known to be good (self-starting, Hawkins 1987); distances beyond three standard errors
count as three, so that one odd night is no drift (Lucas and Crosier 1982). tools/drift_alarms.py measures both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.model import Outcome

Counts = Mapping[Outcome, int]
"""Calls by outcome, of one criterion in one night."""

LEVEL = 0.01
"""The chance of any false alarm in a night."""
MIN_NIGHTS = 5
MIN_CALLS = 20
"""Fewer in a night, and the night says nothing."""
_SLACK = 0.5
"""Standard errors a night that the cumulative sum forgives: half of the shift that it is quickest to find."""
_ODD = 3.0
_OVERSHOOT = 0.583
"""By how much a sum of normal steps overshoots its limit, on average (Siegmund 1985)."""

_JUDGED = (Outcome.MET, Outcome.PARTIALLY_MET, Outcome.NOT_MET)
WATCHED: Mapping[str, tuple[tuple[Outcome, ...], tuple[Outcome, ...]]] = {
    "met": ((Outcome.MET,), _JUDGED),
    "not_applicable": ((Outcome.NOT_APPLICABLE,), (*_JUDGED, Outcome.NOT_APPLICABLE)),
    "not_scored": ((Outcome.NOT_SCORED,), tuple(Outcome)),
}
"""The shares that are looked at: of which outcomes, among which."""


Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DriftAlarm:
    """A share that changed: what it is now and what it was, each with its calls and nights."""

    criterion: str
    what: str
    share: float
    n: int
    share_before: float
    n_before: int
    n_nights: int
    """Nights before."""
    n_changed: int = 1
    """Nights of now: tonight alone, or as long as a slow change has been going on."""


def drift_alarms(
    tonight: Mapping[str, Counts], before: Sequence[Mapping[str, Counts]], level: float = LEVEL
) -> list[DriftAlarm]:
    """The alarms of a night, the surest first: counts by criterion of tonight and of each trailing night.

    Nights with fewer than 20 calls in a comparison are left out of it; under 5 trailing nights there is none.
    """
    from scipy.stats import t

    found = sorted(
        (
            (float(2 * t.sf(abs(_distances(k, n)[-1]), len(k) - 2)), criterion, what, k, n)
            for criterion, what, k, n in _series(tonight, before)
        ),
        key=lambda each: each[:3],
    )
    alarms: list[DriftAlarm] = []
    for place, (p, criterion, what, k, n) in enumerate(found):
        if p * (len(found) - place) > level:
            break
        alarms.append(_alarm(criterion, what, k, n, 1))
    return alarms


def slow_drifts(
    tonight: Mapping[str, Counts], before: Sequence[Mapping[str, Counts]], level: float = LEVEL
) -> list[DriftAlarm]:
    """What has moved little by little, over two nights or more up to tonight; ``before`` oldest first, as many as there are.

    The sums of all shares that are compared start at 0 and may go up or down. The limit is one that any of them is above in
    a share of ``level`` of the nights when nothing changes.
    """
    from scipy.stats import norm, t

    series = list(_series(tonight, before))
    if not series:
        return []
    limit = math.log(2 * len(series) / level) / (2 * _SLACK) - _OVERSHOOT
    distances = np.concatenate([_distances(k, n)[MIN_NIGHTS - 1 :] for *_, k, n in series])
    freedom = np.concatenate([np.arange(MIN_NIGHTS, len(k)) - 1 for *_, k, n in series])
    scored = np.clip(norm.ppf(t.cdf(distances, freedom)), -_ODD, _ODD)
    found = []
    for (criterion, what, k, n), scores in zip(
        series, np.split(scored, np.cumsum([len(k) - MIN_NIGHTS for *_, k, _ in series])[:-1]), strict=True
    ):
        for direction in (1, -1):
            total, nights = _page(direction * scores)
            if total > limit and nights > 1:
                found.append((-total, _alarm(criterion, what, k, n, nights)))
    return [alarm for _, alarm in sorted(found, key=lambda each: each[0])]


def _series(
    tonight: Mapping[str, Counts], before: Sequence[Mapping[str, Counts]]
) -> Iterator[tuple[str, str, Floats, Floats]]:
    """By criterion and share its hits and calls of each night with enough calls, tonight last; too few nights are left out."""
    for criterion, counts in tonight.items():
        for what in WATCHED:
            nights = [_of(what, night.get(criterion, {})) for night in before]
            enough = [each for each in nights if each[1] >= MIN_CALLS]
            now = _of(what, counts)
            if now[1] >= MIN_CALLS and len(enough) >= MIN_NIGHTS:
                k, n = np.array([*enough, now], dtype=np.float64).T
                yield criterion, what, k, n


def _distances(k: Floats, n: Floats) -> Floats:
    """(nights - 1,) how far each night's share is from that of all nights before it, in standard errors."""
    k_before, n_before = np.cumsum(k)[:-1], np.cumsum(n)[:-1]
    # One call of each kind more on both sides: shares of exactly 0 or 1 would have no variance.
    pooled = (k[1:] + k_before + 1) / (n[1:] + n_before + 2)
    variance = pooled * (1 - pooled)
    scatter = np.cumsum(k**2 / n)[:-1] - k_before**2 / n_before
    widened = np.maximum(1.0, scatter / variance / np.maximum(1, np.arange(len(k) - 1)))
    return np.asarray((k[1:] / n[1:] - k_before / n_before) / np.sqrt(variance * widened * (1 / n[1:] + 1 / n_before)))


def _page(scores: Floats) -> tuple[float, int]:
    """Page's sum after the last score, and over how many scores it has been above 0."""
    total, nights = 0.0, 0
    for score in scores:
        total = max(0.0, total + float(score) - _SLACK)
        nights = nights + 1 if total > 0 else 0
    return total, nights


def _alarm(criterion: str, what: str, k: Floats, n: Floats, nights: int) -> DriftAlarm:
    hits, calls = float(k[-nights:].sum()), int(n[-nights:].sum())
    hits_before, calls_before = float(k[:-nights].sum()), int(n[:-nights].sum())
    return DriftAlarm(
        criterion, what, hits / calls, calls, hits_before / calls_before, calls_before, len(k) - nights, nights
    )


def _of(what: str, counts: Counts) -> tuple[int, int]:
    wanted, among = WATCHED[what]
    return sum(counts.get(each, 0) for each in wanted), sum(counts.get(each, 0) for each in among)
