"""Permanent random numbers, and the draws that are made with them.

Ohlsson, "Coordination of samples using permanent random numbers" (1995): each call gets a number in 0..1 from the seed and
its own id. A draw by these numbers repeats to the call with the same seed, does not depend on the order of the input, and one
more call of one agent changes nothing for the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence


def number(seed: int, *key: str) -> float:
    """The permanent random number of a key: uniform in [0, 1)."""
    digest = hashlib.sha256("\x1f".join((str(seed), *key)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def shuffled(call_ids: Iterable[str], seed: int) -> list[str]:
    """The calls in the order of their numbers. The first n of them are a simple random sample."""
    return sorted(call_ids, key=lambda call_id: (number(seed, "call", call_id), call_id))


def systematic(order: Sequence[str], size: int, seed: int) -> set[str]:
    """``size`` calls at equal steps from a random start: each has the chance size / len(order).

    The order decides what is spread evenly; ``size`` is at most the number of calls.
    """
    if size == 0:
        return set()
    step = len(order) / size
    start = number(seed, "start") * step
    return {order[min(int(start + k * step), len(order) - 1)] for k in range(size)}


def probabilities(measures: Mapping[str, float], size: int) -> dict[str, float]:
    """The chances, in 0..1, of a draw of ``size`` calls in proportion to ``measures`` (0 and up).

    A call whose share would be over 1 is taken for certain and the rest is shared anew, so the chances add up to ``size``
    while enough calls have a measure over 0.
    """
    chances = dict.fromkeys(measures, 0.0)
    left = {call_id: m for call_id, m in sorted(measures.items()) if m > 0}
    places = min(size, len(left))
    while places:
        total = sum(left.values())
        certain = [call_id for call_id, m in left.items() if m * places >= total]
        if not certain:
            return chances | {call_id: places * m / total for call_id, m in left.items()}
        chances |= dict.fromkeys(certain, 1.0)
        left = {call_id: m for call_id, m in left.items() if chances[call_id] < 1}
        places -= len(certain)
    return chances


def with_probabilities(chances: Mapping[str, float], seed: int) -> set[str]:
    """Draw calls with these chances: systematic in random order (Hartley and Rao 1962), so each chance is exact.

    The number drawn is the chances' sum (a whole number; else one of the two beside it).
    """
    drawn = set()
    reached, tick = 0.0, number(seed, "start")
    for call_id in shuffled(chances, seed):
        reached += chances[call_id]
        # 1e-9: the chances' sum is a whole number only up to rounding, and its last tick must not fall off the end.
        if chances[call_id] > 0 and tick < reached + 1e-9:
            drawn.add(call_id)
            tick += 1
    return drawn
